#include "projections/market/postgres_copy.hpp"

#include <algorithm>

#include "platform/sql/rows.hpp"
#include "projections/market/schema.hpp"

namespace rialto::projections {
namespace {

constexpr std::size_t rows_at_once = 20'000;

/// Appends rows to PostgreSQL as they are read from the source.
template <class Row>
class Transfer {
 public:
  explicit Transfer(sql::Connection& to) : to_(to) {}
  void add(const Row& row) {
    rows_.push_back(row);
    if (rows_.size() == rows_at_once) hand_over();
  }
  sql::Done finish() {
    hand_over();
    return done_;
  }

 private:
  void hand_over() {
    if (done_) done_ = sql::put<Row>(to_, rows_);
    rows_.clear();
  }
  sql::Connection& to_;
  std::vector<Row> rows_;
  sql::Done done_;
};

/// What the events behind `position` changed. Reports are found by their key, two to an event.
template <class Row>
sql::Done transfer(sql::Connection& from, sql::Connection& to, Sequence position) {
  constexpr bool report = std::is_same_v<Row, ReportRow>;
  const auto behind = static_cast<std::int64_t>(position.value);
  const sql::Cell parameters[] = {sql::Cell::integer(report ? behind * 2 + 1 : behind)};
  Transfer<Row> transferred(to);
  const auto read = sql::each<Row>(from, report ? "WHERE report_id > $1" : "WHERE sequence > $1",
                                   parameters, [&](const Row& row) { transferred.add(row); });
  if (!read) return read;
  return transferred.finish();
}

template <class... Rows>
sql::Done transfer_all(sql::Connection& from, sql::Connection& to, Sequence position) {
  sql::Done done;
  ((done = done ? transfer<Rows>(from, to, position) : done), ...);
  return done;
}

sql::Done transfer_market(sql::Connection& from, sql::Connection& to, Sequence position) {
  return transfer_all<AssetRow, InstrumentRow, TradeRow, CandleRow, PriceRow, ReportRow>(from, to,
                                                                                         position);
}
sql::Done transfer_clearing(sql::Connection& from, sql::Connection& to, Sequence position) {
  return transfer_all<AssetRow, InstrumentRow, BalanceRow, SettlementRow>(from, to, position);
}

sql::Done make_market(sql::Connection& connection) {
  if (auto done = create_market_tables(connection); !done) return done;
  return create_market_views(connection);
}
sql::Done make_clearing(sql::Connection& connection) {
  if (auto done = create_clearing_tables(connection); !done) return done;
  return create_clearing_views(connection);
}

}  // namespace

struct PostgresCopy::Target {
  std::string database;
  sql::Done (*make)(sql::Connection&);
  sql::Done (*transfer)(sql::Connection& from, sql::Connection& to, Sequence position);
  std::vector<std::string> tables;
  std::shared_ptr<sql::Connection> connection;  // null: to be made
  PositionRow position;                         // as of the last look
  bool failing = false;
  bool anew = false;  // what it holds is to be dropped first
};

PostgresCopy::PostgresCopy(Settings settings) : settings_(std::move(settings)) {
  targets_[0] = std::make_unique<Target>(
      Target{"market_data",
             make_market,
             transfer_market,
             {"assets", "instruments", "trades", "candles", "prices", "reports"},
             nullptr,
             {},
             false,
             settings_.anew});
  targets_[1] =
      std::make_unique<Target>(Target{"clearing_data",
                                      make_clearing,
                                      transfer_clearing,
                                      {"assets", "instruments", "balances", "settlements"},
                                      nullptr,
                                      {},
                                      false,
                                      settings_.anew});
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

PostgresCopy::~PostgresCopy() {
  thread_.request_stop();
  const std::lock_guard lock(mutex_);
  for (const auto& target : targets_)
    if (target->connection) target->connection->interrupt();
}

void PostgresCopy::notice() {
  {
    const std::lock_guard lock(mutex_);
    noticed_ = true;
  }
  changed_.notify_all();
}

Sequence PostgresCopy::position() const {
  const std::lock_guard lock(mutex_);
  return std::min(targets_[0]->position.sequence, targets_[1]->position.sequence);
}

bool PostgresCopy::wait_for(Sequence position, std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, most, [&] {
    return targets_[0]->position.sequence >= position && targets_[1]->position.sequence >= position;
  });
}

void PostgresCopy::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    {
      const std::lock_guard lock(mutex_);
      noticed_ = false;
    }
    bool failed = false;
    for (const auto& target : targets_) {
      const auto done = copy(*target);
      if (stop.stop_requested()) return;
      note(*target, done);
      failed = failed || !done;
    }
    std::unique_lock lock(mutex_);
    if (!failed) {
      pause_ = {};
      changed_.wait(lock, stop, [&] { return noticed_; });
      continue;
    }
    pause_ =
        pause_.count() == 0 ? settings_.first_pause : std::min(pause_ * 2, settings_.longest_pause);
    changed_.wait_for(lock, stop, pause_, [] { return false; });
  }
}

void PostgresCopy::note(Target& target, const sql::Done& done) {
  if (!done) {
    const std::lock_guard lock(mutex_);
    target.connection.reset();
  }
  if (target.failing == !done.has_value()) return;
  target.failing = !done.has_value();
  settings_.alarm(
      "PostgreSQL " + target.database +
      (done ? " is being copied to again" : " lags behind, trying again: " + done.error()));
}

sql::Done PostgresCopy::connect(Target& target) {
  auto opened = sql::open_postgres(settings_.url, target.database);
  if (!opened) return std::unexpected(opened.error());
  const std::shared_ptr<sql::Connection> connection = std::move(*opened);
  if (auto made = target.make(*connection); !made) return made;
  const auto position = stored_position(*connection, target.database);
  if (!position) return std::unexpected(position.error());
  {
    const std::lock_guard lock(mutex_);
    target.connection = connection;
    target.position = target.anew ? PositionRow{} : *position;
    target.position.version = position->version;
  }
  changed_.notify_all();
  return {};
}

sql::Done PostgresCopy::copy(Target& target) {
  auto source = sql::open_sqlite(settings_.source, true);
  if (!source) return std::unexpected(source.error());
  if (!target.connection)
    if (auto connected = connect(target); !connected) return connected;
  // One state of the source for all its tables.
  if (auto begun = (*source)->run("BEGIN"); !begun) return begun;
  return transfer(target, **source);
}

/// COPY-1: rows and position in one transaction.
sql::Done PostgresCopy::transfer(Target& target, sql::Connection& source) {
  auto found = stored_position(source, market_store);
  if (!found) return std::unexpected(found.error());
  PositionRow next = *found;
  next.store = target.database;
  PositionRow has = target.position;
  sql::Connection& to = *target.connection;
  if (next.version == 0) return {};
  const bool other = has.version != 0 && has.origin != next.origin;
  if (other && !target.anew)
    return std::unexpected(
        "it holds the rows of another venue; give this one databases of its own");
  const bool empty_first = has.version != 0 && (target.anew || has.version != next.version);
  // Ahead of it: the source is being made anew.
  if (has.version != 0 && !empty_first && has.sequence >= next.sequence) return {};
  if (auto begun = to.run("BEGIN"); !begun) return begun;
  if (empty_first) {
    for (const std::string& table : target.tables)
      if (auto emptied = to.run("DELETE FROM \"" + table + "\""); !emptied) return emptied;
    has.sequence = {};
  }
  if (auto copied = target.transfer(source, to, has.sequence); !copied) return copied;
  if (auto put = sql::put<PositionRow>(to, {&next, 1}); !put) return put;
  settings_.before_commit(target.database);
  if (auto committed = to.run("COMMIT"); !committed) return committed;
  {
    const std::lock_guard lock(mutex_);
    target.position = next;
    target.anew = false;
  }
  changed_.notify_all();
  return {};
}

}  // namespace rialto::projections
