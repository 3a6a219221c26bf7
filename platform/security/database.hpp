// One SQLite file of secrets, readable by its owner only; every commit is on the disk before it
// returns. Shared by CredentialStore and PersonVault, which lock it: each of their calls may come
// from any thread.
#pragma once

#include <boost/describe/enum.hpp>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/types.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace rialto::security {

BOOST_DEFINE_FIXED_ENUM_CLASS(StoreError, std::uint8_t,
                              not_found,   // no such credential, or an erased person
                              unreadable,  // sealed text that is not this person's, or was altered
                              readable_by_others,  // the file's permissions are wider than 0600
                              disk_full, damaged, io_failed)

template <class T>
using StoreResult = std::expected<T, StoreError>;

/// One use of a prepared statement: bound, stepped, and reset at the end of the scope.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* prepared) : prepared_(prepared) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  Statement& bind(int place, Fingerprint value);
  Statement& bind(int place, std::string_view bytes);
  /// True while there is a row.
  StoreResult<bool> step();
  Fingerprint fingerprint(int column) const;
  std::string_view bytes(int column) const;  // until the next step

 private:
  sqlite3_stmt* prepared_;
};

class Database {
 public:
  /// Creates the file and its tables if need be.
  static StoreResult<std::unique_ptr<Database>> open(const std::string& path);
  explicit Database(sqlite3* handle) : handle_(handle) {}
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// REQUIRES: lock() held, for this call and the statement's life.
  Statement statement(const char* sql);
  /// Runs a statement that yields no rows.
  StoreResult<void> run(const char* sql);
  /// Rewrites what deletions have left in the write-ahead log, so that erased keys are gone from it
  /// too.
  StoreResult<void> forget_deleted();
  std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }

 private:
  std::mutex mutex_;
  sqlite3* handle_;
  std::map<std::string_view, sqlite3_stmt*> prepared_;  // by their text, which is literal
};

}  // namespace rialto::security
