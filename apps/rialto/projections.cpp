#include "apps/rialto/projections.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>

#include "apps/venue/recovery.hpp"
#include "platform/sql/connection.hpp"
#include "platform/storage/file_system.hpp"
#include "projections/market/market_data.hpp"
#include "projections/market/schema.hpp"
#include "projections/notifications/inbox.hpp"
#include "projections/portfolio/holdings.hpp"
#include "projections/statements/statements.hpp"

namespace rialto::apps {
namespace {

namespace fs = std::filesystem;

constexpr const char* history_name = "history";
constexpr const char* in_the_making = ".rebuild";

using OpenedFollower = std::expected<std::unique_ptr<projections::Follower>, std::string>;
using FoundPosition = std::expected<Sequence, std::string>;

struct Projection {
  std::string name;
  std::string (*path)(const std::string& directory);
  OpenedFollower (*open)(const std::string& path);  // null: the history, which recovery opens
  FoundPosition (*position)(sql::Connection&);
};

/// What a store says in one number.
FoundPosition number_of(sql::Connection& connection, const std::string& question) {
  Sequence found;
  const sql::Kind kinds[] = {sql::Kind::integer};
  auto done = connection.ask(question, {}, kinds, [&](auto cells) {
    found = {static_cast<std::uint64_t>(cells[0].number)};
  });
  if (!done) return std::unexpected(done.error());
  return found;
}

FoundPosition history_position(sql::Connection& connection) {
  return number_of(connection, "SELECT flushed FROM position");
}

OpenedFollower open_market(const std::string& path) {
  projections::MarketData::Settings settings;
  settings.path = path;
  auto opened = projections::MarketData::open(std::move(settings));
  if (!opened) return std::unexpected(opened.error());
  return std::move(*opened);
}
FoundPosition market_position(sql::Connection& connection) {
  const auto row = projections::stored_position(connection, projections::market_store);
  if (!row) return std::unexpected(row.error());
  return row->sequence;
}

OpenedFollower open_holdings(const std::string& path) {
  auto opened = projections::Holdings::open(path);
  if (!opened) return std::unexpected(opened.error());
  return std::move(*opened);
}
FoundPosition holdings_position(sql::Connection& connection) {
  return number_of(connection, "SELECT position FROM kept");
}

OpenedFollower open_statements(const std::string& path) {
  auto opened = projections::Statements::open(path);
  if (!opened) return std::unexpected(opened.error());
  return std::move(*opened);
}
OpenedFollower open_inbox(const std::string& path) {
  auto opened = projections::Inbox::open(path);
  if (!opened) return std::unexpected(opened.error());
  return std::move(*opened);
}
/// Of a FollowedStore.
FoundPosition followed_position(sql::Connection& connection) {
  return number_of(connection, "SELECT kept FROM position");
}

const std::vector<Projection>& projections_there_are() {
  static const std::vector<Projection> all{
      {history_name, history_path, nullptr, history_position},
      {"market", market_path, open_market, market_position},
      {"portfolios", holdings_path, open_holdings, holdings_position},
      {"statements", statements_path, open_statements, followed_position},
      {"notifications", inbox_path, open_inbox, followed_position},
  };
  return all;
}

/// SQLite's write-ahead files go with it.
void remove_store(const std::string& path) {
  std::error_code ignored;
  for (const char* part : {"", "-wal", "-shm", "-journal"}) fs::remove(path + part, ignored);
}

/// REQUIRES: nobody has either open, so that all of it is in the one file.
std::expected<void, std::string> replace_store(const std::string& path) {
  remove_store(path);
  std::error_code error;
  fs::rename(path + in_the_making, path, error);
  if (error) return std::unexpected(path + ": " + error.message());
  return {};
}

std::expected<std::vector<const Projection*>, std::string> find_all(
    const std::vector<std::string>& names) {
  std::vector<const Projection*> found;
  for (const Projection& each : projections_there_are())
    if (names.empty() || std::ranges::find(names, each.name) != names.end()) found.push_back(&each);
  for (const std::string& name : names)
    if (std::ranges::find(projections_there_are(), name, &Projection::name) ==
        projections_there_are().end())
      return std::unexpected("there is no projection called " + name);
  return found;
}

/// Folds the whole log into the stores beside the old ones.
std::expected<Sequence, std::string> fold_log(const std::string& directory,
                                              const std::vector<const Projection*>& chosen,
                                              const eventlog::Progress& progress) {
  RecoverySettings settings;
  settings.directory = directory;
  settings.segment_bytes = 64 << 20;
  settings.alarm = [](const std::string&) {};
  settings.progress = progress;
  std::vector<std::unique_ptr<projections::Follower>> followers;
  for (const Projection* each : chosen) {
    if (!each->open) {
      settings.history += in_the_making;
      continue;
    }
    auto opened = each->open(each->path(directory) + in_the_making);
    if (!opened) return std::unexpected(each->name + ": " + opened.error());
    settings.followers.push_back(opened->get());
    followers.push_back(std::move(*opened));
  }
  auto recovered = recover(settings);
  if (!recovered) return std::unexpected(recovered.error());
  if (auto stored = recovered->replica->store(true); !stored)
    return std::unexpected(stored.error());
  return recovered->replica->position();
}

}  // namespace

std::string history_path(const std::string& directory) {
  return storage::join(directory, "history.db");
}

std::string projections_directory(const std::string& directory) {
  return storage::join(directory, "projections");
}

std::string market_path(const std::string& directory) {
  return storage::join(projections_directory(directory), "market.db");
}

std::string holdings_path(const std::string& directory) {
  return storage::join(projections_directory(directory), "portfolios.db");
}
std::string statements_path(const std::string& directory) {
  return storage::join(projections_directory(directory), "statements.db");
}
std::string inbox_path(const std::string& directory) {
  return storage::join(projections_directory(directory), "notifications.db");
}

std::vector<std::string> projection_names() {
  std::vector<std::string> names;
  for (const Projection& each : projections_there_are()) names.push_back(each.name);
  return names;
}

std::vector<ProjectionStatus> projection_status(const std::string& directory) {
  std::vector<ProjectionStatus> all;
  for (const Projection& each : projections_there_are()) {
    ProjectionStatus& status =
        all.emplace_back(ProjectionStatus{each.name, each.path(directory), {}, 0, {}});
    std::error_code error;
    if (!fs::exists(status.path, error)) {
      status.problem = "there is no store; the next start makes it from the log";
      continue;
    }
    for (const char* part : {"", "-wal"})
      if (const auto size = fs::file_size(status.path + part, error); !error) status.bytes += size;
    auto opened = sql::open_sqlite(status.path, true);
    if (!opened) {
      status.problem = opened.error();
      continue;
    }
    const auto position = each.position(**opened);
    if (position)
      status.position = *position;
    else
      status.problem = position.error();
  }
  return all;
}

std::expected<std::vector<Rebuilt>, std::string> rebuild_projections(
    const std::string& directory, const std::vector<std::string>& names,
    const eventlog::Progress& progress) {
  const auto chosen = find_all(names);
  if (!chosen) return std::unexpected(chosen.error());
  if (!fs::exists(storage::join(directory, "log")))
    return std::unexpected(directory + " is no venue's directory: there is no log in it");
  const auto started = std::chrono::steady_clock::now();
  const auto remove_unfinished = [&] {
    for (const Projection* each : *chosen) remove_store(each->path(directory) + in_the_making);
  };
  remove_unfinished();  // of a rebuild that was killed
  const auto position = fold_log(directory, *chosen, progress);
  if (!position) {
    remove_unfinished();
    return std::unexpected(position.error());
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
  std::vector<Rebuilt> rebuilt;
  for (const Projection* each : *chosen) {
    if (auto replaced = replace_store(each->path(directory)); !replaced)
      return std::unexpected(replaced.error());
    rebuilt.push_back({each->name, *position, seconds.count()});
  }
  return rebuilt;
}

}  // namespace rialto::apps
