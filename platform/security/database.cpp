#include "platform/security/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/assert.hpp"

namespace rialto::security {
namespace {

// secure_delete overwrites deleted content with zeros; synchronous = FULL syncs the log at every
// commit.
constexpr const char* settings =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA secure_delete = ON;"
    "CREATE TABLE IF NOT EXISTS credentials (id BLOB PRIMARY KEY, phc TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS persons (id BLOB PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID;";

StoreError error_of(int result) {
  switch (result & 0xff) {
    case SQLITE_FULL:
      return StoreError::disk_full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return StoreError::damaged;
    default:
      return StoreError::io_failed;
  }
}

// SQLite creates files with the process's mask; this file is created with its own mode first, and
// its companions (-wal, -shm) take after it.
StoreResult<void> make_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return std::unexpected(errno == ENOSPC ? StoreError::disk_full : StoreError::io_failed);
  struct stat status{};
  const bool known = ::fstat(file, &status) == 0;
  ::close(file);
  if (!known) return std::unexpected(StoreError::io_failed);
  if ((status.st_mode & 077) != 0) return std::unexpected(StoreError::readable_by_others);
  return {};
}

// The file's name is durable only once its directory is.
StoreResult<void> sync_directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int place = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (place < 0) return std::unexpected(StoreError::io_failed);
  const bool synced = ::fsync(place) == 0;
  ::close(place);
  if (!synced) return std::unexpected(StoreError::io_failed);
  return {};
}

}  // namespace

Statement::~Statement() {
  sqlite3_reset(prepared_);
  sqlite3_clear_bindings(prepared_);
}

Statement& Statement::bind(int place, Fingerprint value) {
  const int result = sqlite3_bind_blob(prepared_, place, &value, sizeof value, SQLITE_TRANSIENT);
  RIALTO_ASSERT(result == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int place, std::string_view bytes) {
  const int result =
      sqlite3_bind_blob64(prepared_, place, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
  RIALTO_ASSERT(result == SQLITE_OK);
  return *this;
}

StoreResult<bool> Statement::step() {
  const int result = sqlite3_step(prepared_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return std::unexpected(error_of(result));
}

std::string_view Statement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(prepared_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column))};
}

Fingerprint Statement::fingerprint(int column) const {
  Fingerprint value;
  const std::string_view stored = bytes(column);
  if (stored.size() == sizeof value) std::memcpy(&value, stored.data(), sizeof value);
  return value;
}

StoreResult<std::unique_ptr<Database>> Database::open(const std::string& path) {
  if (const auto made = make_private(path); !made) return std::unexpected(made.error());
  sqlite3* handle = nullptr;
  const int result =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  auto database = std::make_unique<Database>(handle);
  if (result != SQLITE_OK) return std::unexpected(error_of(result));
  sqlite3_busy_timeout(
      handle, 5000);  // milliseconds: an administrator's sqlite3 shell may hold it for a moment
  if (const auto ready = database->run(settings); !ready) return std::unexpected(ready.error());
  if (const auto synced = sync_directory_of(path); !synced) return std::unexpected(synced.error());
  return database;
}

Database::~Database() {
  for (const auto& [sql, prepared] : prepared_) sqlite3_finalize(prepared);
  sqlite3_close(handle_);
}

Statement Database::statement(const char* sql) {
  sqlite3_stmt*& prepared = prepared_[sql];
  if (prepared == nullptr) {
    const int result =
        sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    RIALTO_ASSERT(result == SQLITE_OK);  // the text is a literal of this folder's
  }
  return Statement(prepared);
}

StoreResult<void> Database::run(const char* sql) {
  const int result = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return std::unexpected(error_of(result));
  return {};
}

StoreResult<void> Database::forget_deleted() {
  return run("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace rialto::security
