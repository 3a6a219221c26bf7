#include <algorithm>
#include <map>

#include <sqlite3.h>

#include "core/assert.hpp"
#include "platform/sql/connection.hpp"
#include "platform/sql/statements.hpp"

namespace rialto::sql {
namespace {

// A commit does not wait for the disk; pages that change again and again are moved into the file
// every 64 MB only.
constexpr const char* writer_settings =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
    "PRAGMA wal_autocheckpoint=16384;";
constexpr int busy_timeout_ms = 5'000;
// In one statement: what a statement costs by itself is shared.
constexpr std::size_t rows_at_once = 16;

std::string_view type_of(Kind kind) {
  return kind == Kind::integer ? "INTEGER" : "TEXT";
}

class Sqlite final : public Connection {
 public:
  explicit Sqlite(sqlite3* handle) : handle_(handle) {}
  ~Sqlite() override {
    for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
    sqlite3_close(handle_);
  }

  Done run(const std::string& sql) override {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return failure();
  }

  Done create(const Table& table) override {
    // A single number as key is the row's own; longer keys are the tree's.
    const std::string_view after = table.key_columns == 1 ? "" : " WITHOUT ROWID";
    return run(create_table(table, type_of, after) + create_indexes(table));
  }

  Done put(const Table& table, std::size_t rows, const Fill& fill) override {
    const std::size_t columns = table.columns.size();
    std::vector<Cell> cells(columns * std::min(rows, rows_at_once));
    for (std::size_t done = 0; done < rows;) {
      // Whole groups first, then what is left one by one: two statements for each table.
      const std::size_t group = rows - done >= rows_at_once ? rows_at_once : 1;
      const auto statement = prepare(insert_text(table, group));
      if (!statement) return std::unexpected(statement.error());
      const std::span<Cell> all(cells.data(), columns * group);
      for (std::size_t i = 0; i < group; ++i) fill(done + i, all.subspan(i * columns, columns));
      bind(*statement, all);
      const int result = sqlite3_step(*statement);
      sqlite3_reset(*statement);
      if (result != SQLITE_DONE) return failure();
      done += group;
    }
    return {};
  }

  Done ask(const std::string& sql, std::span<const Cell> parameters, std::span<const Kind> kinds,
           const Visit& visit) override {
    const auto statement = prepare(sql);
    if (!statement) return std::unexpected(statement.error());
    bind(*statement, parameters);
    std::vector<Cell> cells(kinds.size());
    int result = sqlite3_step(*statement);
    for (; result == SQLITE_ROW; result = sqlite3_step(*statement)) {
      for (std::size_t i = 0; i < kinds.size(); ++i) cells[i] = cell(*statement, i, kinds[i]);
      visit(cells);
    }
    sqlite3_reset(*statement);
    if (result != SQLITE_DONE) return failure();
    return {};
  }

  Done checkpoint() {
    if (sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr) ==
        SQLITE_OK)
      return {};
    return failure();
  }

  void interrupt() override { sqlite3_interrupt(handle_); }

 private:
  std::unexpected<std::string> failure() const {
    return std::unexpected(std::string(sqlite3_errmsg(handle_)));
  }

  const std::string& insert_text(const Table& table, std::size_t rows) {
    std::string& sql = inserts_[{table.name, rows}];
    if (!sql.empty()) return sql;
    std::string row = "(?";
    for (std::size_t i = 1; i < table.columns.size(); ++i) row += ",?";
    row += ")";
    sql = "INSERT INTO \"" + table.name + "\" VALUES " + row;
    for (std::size_t i = 1; i < rows; ++i) sql += "," + row;
    return sql += on_conflict(table);
  }

  std::expected<sqlite3_stmt*, std::string> prepare(const std::string& sql) {
    sqlite3_stmt*& statement = prepared_[sql];
    if (statement) return statement;
    if (sqlite3_prepare_v3(handle_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement,
                           nullptr) != SQLITE_OK) {
      prepared_.erase(sql);
      return failure();
    }
    return statement;
  }

  void bind(sqlite3_stmt* statement, std::span<const Cell> cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const int place = static_cast<int>(i) + 1;
      const Cell& cell = cells[i];
      if (cell.kind == Kind::integer) {
        sqlite3_bind_int64(statement, place, static_cast<std::int64_t>(cell.number));
      } else if (cell.kind == Kind::wide) {
        const std::string text = decimal_text(cell.number);
        sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()),
                          SQLITE_TRANSIENT);
      } else {
        // Not copied: it lives until the statement has run.
        sqlite3_bind_text(statement, place, cell.text.data(), static_cast<int>(cell.text.size()),
                          SQLITE_STATIC);
      }
    }
  }

  static Cell cell(sqlite3_stmt* statement, std::size_t at, Kind kind) {
    const int column = static_cast<int>(at);
    if (kind == Kind::integer) return Cell::integer(sqlite3_column_int64(statement, column));
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
    const std::string_view text{bytes,
                                static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
    if (kind == Kind::text) return Cell::of_text(text);
    return {Kind::wide, decimal_value(text), {}};
  }

  sqlite3* handle_;
  std::map<std::string, sqlite3_stmt*> prepared_;                       // by their text
  std::map<std::pair<std::string, std::size_t>, std::string> inserts_;  // by table, rows
};

}  // namespace

Opened open_sqlite(const std::string& path, bool read_only) {
  sqlite3* handle = nullptr;
  const int access = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  // One thread at a time, so no locks of the library's.
  const int opened = sqlite3_open_v2(path.c_str(), &handle, access | SQLITE_OPEN_NOMUTEX, nullptr);
  auto connection = std::make_unique<Sqlite>(handle);
  if (opened != SQLITE_OK) return std::unexpected(std::string(sqlite3_errmsg(handle)));
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  if (!read_only)
    if (auto done = connection->run(writer_settings); !done) return std::unexpected(done.error());
  return connection;
}

Done checkpoint_sqlite(Connection& connection) {
  auto* sqlite = dynamic_cast<Sqlite*>(&connection);
  RIALTO_ASSERT(sqlite);
  return sqlite->checkpoint();
}

}  // namespace rialto::sql
