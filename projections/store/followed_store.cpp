#include "projections/store/followed_store.hpp"

#include <fmt/format.h>

namespace rialto::projections {

std::expected<FollowedStore, std::string> FollowedStore::open(const std::string& path, int version,
                                                              const std::string& schema,
                                                              const std::string& clear) {
  auto connection = sqlite::Connection::open(path, sqlite::Synchronous::normal);
  if (!connection) return std::unexpected(connection.error());
  FollowedStore store(std::move(*connection));
  store.clear_ = clear;
  const auto fail = [&](const std::string& why) { return std::unexpected(path + ": " + why); };
  // Pages that change again and again are moved into the file every 64 MB only.
  if (auto made = store.connection_.run(
          "PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=16384;"
          "CREATE TABLE IF NOT EXISTS position(id INTEGER PRIMARY KEY CHECK (id = 1),"
          " version INTEGER, kept INTEGER);" +
          fmt::format("INSERT OR IGNORE INTO position VALUES (1, {}, 0);", version) + schema);
      !made)
    return fail(made.error());
  const auto position = store.prepare("SELECT version, kept FROM position");
  {
    sqlite::Query query(position);
    if (!query.next()) return fail("it has no position");
    if (query.number(0) == version) store.kept_ = {query.id(1)};
  }
  if (store.kept_.value == 0)
    if (auto emptied = store.connection_.run(
            clear + fmt::format("UPDATE position SET version = {}, kept = 0;", version));
        !emptied)
      return fail(emptied.error());
  if (auto begun = store.connection_.run("BEGIN"); !begun) return fail(begun.error());
  return store;
}

void FollowedStore::note(bool done) {
  ++pending_;
  if (!done && !failure_) failure_ = connection_.error();
}

std::expected<void, std::string> FollowedStore::store(Sequence position, bool durably) {
  if (!failure_)
    if (auto done = commit(position, durably); !done) failure_ = done.error();
  if (failure_) return std::unexpected(*failure_);
  kept_ = position;
  pending_ = 0;
  return {};
}

std::expected<void, std::string> FollowedStore::commit(Sequence position, bool durably) {
  if (auto set =
          connection_.run(fmt::format("UPDATE position SET kept = {}; COMMIT", position.value));
      !set)
    return set;
  if (durably)
    if (auto moved = connection_.checkpoint(); !moved) return moved;
  return connection_.run("BEGIN");
}

void FollowedStore::clear() {
  note(connection_.run(clear_ + "UPDATE position SET kept = 0;").has_value());
  kept_ = {};
}

}  // namespace rialto::projections
