// One connection to an SQLite database and its prepared statements.
//
// Belongs to one thread; several connections may share a file (write-ahead log). Errors are
// SQLite's own sentences.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "core/codec.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace rialto::sqlite {

/// How far a commit goes before it returns. Either survives a kill of the program.
enum class Synchronous : std::uint8_t {
  normal,  // a power cut may undo the newest commits, all or nothing
  full,    // it is on the disk
};

struct Finalize {
  void operator()(sqlite3_stmt*) const;
};
/// Outlived by its connection.
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

/// One use of a prepared statement; reset when it goes out of scope. What is bound is not copied:
/// it must live as long.
class Query {
 public:
  explicit Query(const Prepared& prepared) : prepared_(prepared.get()) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  Query& bind(std::int64_t value);
  Query& bind_id(std::uint64_t id) { return bind(static_cast<std::int64_t>(id)); }
  Query& bind(ByteView bytes);
  Query& bind(std::string_view text);
  /// True while there is a row.
  bool next();
  /// For statements without rows: true when it was done.
  bool run();

  std::int64_t number(int column) const;
  std::uint64_t id(int column) const { return static_cast<std::uint64_t>(number(column)); }
  ByteView bytes(int column) const;         // until the next step
  std::string_view text(int column) const;  // likewise

 private:
  sqlite3_stmt* prepared_;
  int bound_ = 0;
};

class Connection {
 public:
  /// Opens or makes the file, in write-ahead mode; waits up to five seconds for another writer.
  static std::expected<Connection, std::string> open(const std::string& path, Synchronous);

  /// Statements without results, as many as are written there.
  std::expected<void, std::string> run(const std::string& sql);
  /// Null, and error() tells, where the text is wrong.
  Prepared prepare(std::string_view sql);
  /// Moves the write-ahead log into the file; what was committed survives a power cut then.
  std::expected<void, std::string> checkpoint();
  std::string error() const;
  /// Rows changed by the last statement.
  std::int64_t changes() const;

 private:
  struct Close {
    void operator()(sqlite3*) const;
  };
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace rialto::sqlite
