#include "platform/sqlite/connection.hpp"

#include <sqlite3.h>

namespace rialto::sqlite {
namespace {
constexpr int busy_timeout_ms = 5'000;
}  // namespace

void Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void Connection::Close::operator()(sqlite3* handle) const {
  sqlite3_close(handle);
}

Query::~Query() {
  sqlite3_reset(prepared_);
  sqlite3_clear_bindings(prepared_);
}

Query& Query::bind(std::int64_t value) {
  sqlite3_bind_int64(prepared_, ++bound_, value);
  return *this;
}

Query& Query::bind(ByteView bytes) {
  // An empty blob, not null.
  const void* data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
  sqlite3_bind_blob64(prepared_, ++bound_, data, bytes.size(), SQLITE_STATIC);
  return *this;
}

Query& Query::bind(std::string_view text) {
  sqlite3_bind_text64(prepared_, ++bound_, text.empty() ? "" : text.data(), text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

bool Query::next() {
  return sqlite3_step(prepared_) == SQLITE_ROW;
}

bool Query::run() {
  return sqlite3_step(prepared_) == SQLITE_DONE;
}

std::int64_t Query::number(int column) const {
  return sqlite3_column_int64(prepared_, column);
}

ByteView Query::bytes(int column) const {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(prepared_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column))};
}

std::string_view Query::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(prepared_, column));
  return {data ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column))};
}

std::expected<Connection, std::string> Connection::open(const std::string& path,
                                                        Synchronous synchronous) {
  sqlite3* handle = nullptr;
  const int opened =
      sqlite3_open_v2(path.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(handle);
  if (opened != SQLITE_OK) return std::unexpected(path + ": " + connection.error());
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  const auto set = connection.run(synchronous == Synchronous::full
                                      ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                      : "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
  if (!set) return std::unexpected(path + ": " + set.error());
  return connection;
}

std::expected<void, std::string> Connection::run(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return std::unexpected(error());
  return {};
}

Prepared Connection::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  return Prepared(statement);
}

std::expected<void, std::string> Connection::checkpoint() {
  if (sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                nullptr) != SQLITE_OK)
    return std::unexpected(error());
  return {};
}

std::string Connection::error() const {
  return sqlite3_errmsg(handle_.get());
}

std::int64_t Connection::changes() const {
  return sqlite3_changes64(handle_.get());
}

}  // namespace rialto::sqlite
