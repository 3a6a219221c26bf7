// One thin face over SQLite and PostgreSQL: tables of numbers and texts that are written in bulk
// and read back, the same bytes from either. Business is not known here; rows.hpp adds types.
//
// A connection belongs to one thread at a time, interrupt() excepted. Errors are a sentence of the
// database's own; after one the transaction is lost and, with PostgreSQL, often the connection.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"

namespace rialto::sql {

/// integer: 64 bits. wide: up to 38 digits (NUMERIC; decimal text in SQLite, so it is not for
/// sorting there). text: UTF-8 without NUL.
enum class Kind : std::uint8_t { integer, wide, text };

struct Column {
  std::string name;
  Kind kind{};
};

struct Table {
  std::string name;
  std::vector<Column> columns;
  std::size_t key_columns = 1;       // the first of them are the primary key
  std::vector<std::string> indexes;  // each a list of column names: "instrument_id, time"
};

/// One value; which of its parts counts is the column's kind.
struct Cell {
  Kind kind{};
  i128 number{};
  std::string_view text{};  // of a result: valid until the next row

  static Cell integer(std::int64_t value) { return {Kind::integer, value, {}}; }
  static Cell of_text(std::string_view value) { return {Kind::text, 0, value}; }
};

using Done = std::expected<void, std::string>;
using Fill = std::function<void(std::size_t row, std::span<Cell>)>;
using Visit = std::function<void(std::span<const Cell>)>;

class Connection {
 public:
  virtual ~Connection() = default;

  /// Statements without parameters and without rows: BEGIN, COMMIT, CREATE VIEW.
  virtual Done run(const std::string& sql) = 0;
  /// Makes the table and its indexes where they are missing.
  virtual Done create(const Table&) = 0;
  /// Inserts rows, or replaces those of the same key. `fill` is called for each row in turn. No
  /// key may come twice in one call.
  virtual Done put(const Table&, std::size_t rows, const Fill& fill) = 0;
  /// Calls `visit` for each row. Parameters are $1, $2, … in order of first appearance; `kinds`
  /// are those of the result's columns.
  virtual Done ask(const std::string& sql, std::span<const Cell> parameters,
                   std::span<const Kind> kinds, const Visit& visit) = 0;
  /// Any thread: whatever call is under way ends with an error soon. For good.
  virtual void interrupt() {}
};

using Opened = std::expected<std::unique_ptr<Connection>, std::string>;

/// A file, made if need be. A commit survives a kill of the program at once, a power cut after
/// checkpoint_sqlite() at the latest. `read_only`: sees what another connection has committed, and
/// never holds it back.
Opened open_sqlite(const std::string& path, bool read_only = false);
/// REQUIRES: a connection of open_sqlite without an open transaction.
Done checkpoint_sqlite(Connection&);

/// A database of the server that `url` names (postgresql://user@host:port/ or any conninfo),
/// made if it is missing. Waits for at most about five seconds for the server to be there.
Opened open_postgres(const std::string& url, const std::string& database);

}  // namespace rialto::sql
