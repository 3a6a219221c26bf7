// How fast a venue comes back: replay of a log, and a whole restart.
//
// recovery_bench generate --directory DIR [--events N] [--accounts N] [--open N] [--books N]
//   writes a log through the engine, unsynced: a market day of eight hours, in which every trader
//   keeps some orders open; 45 % cancels, 10 % marketable, client order ids on all. Leaves a
//   snapshot 2 M events (serve's default) before the end, and the closed orders of the last
//   twentieth in the history
// recovery_bench replay --directory DIR
//   read, check, decode, fold: one state, all of the log
// recovery_bench restart --directory DIR
//   what `rialto serve` does before it is ready, and the first reads; leaves a snapshot where none
//   is as new as the log
#include <chrono>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/venue/recovery.hpp"
#include "bench/figures.hpp"
#include "bench/market.hpp"
#include "bench/stopwatch.hpp"
#include "flows/engine.hpp"
#include "platform/eventlog/log_reader.hpp"
#include "platform/eventlog/step_writer.hpp"
#include "platform/storage/posix_files.hpp"
#include "projections/replica/fold_frames.hpp"

namespace {

using namespace rialto;
using bench::Stopwatch;

struct Settings {
  std::string directory;
  std::string json;
  std::uint64_t events = 4'000'000;
  std::uint64_t accounts = 100'000;
  std::uint64_t open = 100'000;
  std::uint32_t books = 100;
};

std::string log_directory(const Settings& settings) {
  return storage::join(settings.directory, "log");
}

/// What this machine does at this moment with plain memory: the yardstick of the other figures.
double copied_gb_per_second() {
  std::vector<char> from(256 << 20, 1);
  std::vector<char> to(from.size());
  const Stopwatch watch;
  std::memcpy(to.data(), from.data(), from.size());
  return static_cast<double>(from.size()) / watch.wall() / 1e9;
}

void report(const char* what, const Stopwatch& watch, std::uint64_t events) {
  const double wall = watch.wall();
  const double cpu = watch.cpu();
  fmt::print("{:<28} {:7.3f} s, {:7.3f} s of CPU", what, wall, cpu);
  if (events != 0)
    fmt::print("  {:10.0f} events/s, {:10.0f} a CPU second", static_cast<double>(events) / wall,
               static_cast<double>(events) / cpu);
  fmt::print("\n");
  bench::figures().add(fmt::format("{}, seconds", what), wall);
  if (events != 0) bench::figures().add(what, static_cast<double>(events) / wall);
}

class Day {
 public:
  explicit Day(const Settings& settings)
      : settings_(settings),
        market_{settings.books, settings.accounts},
        ns_per_command_(static_cast<std::int64_t>(8.0 * 3600 * 1e9 * events_per_command /
                                                  static_cast<double>(settings.events))) {}

  void open_market(const std::function<void()>& write_out) {
    market_.open([&](const flows::Command& command) { run(command); }, write_out);
  }
  void trade() {
    if (live_.size() >= settings_.open && random_() % 100 < 47) return cancel();
    place();
  }
  void run(const flows::Command& command) { answer_ = execute(command); }
  Timestamp now() const { return now_; }

  flows::Engine engine;
  eventlog::StepWriter writer{Sequence{1}};

 private:
  // About what this flow emits; only the pace of the day hangs on it.
  static constexpr double events_per_command = 1.9;
  flows::Reply execute(const flows::Command& command) {
    now_.value += ns_per_command_;
    while (engine.has_work(now_)) {
      writer.begin_step({.time = now_});
      engine.drain(now_, 1'000, writer);
      writer.end_step();
    }
    writer.begin_step({.time = now_});
    auto outcome = engine.execute(command, now_, writer);
    writer.end_step();
    return outcome.reply;
  }
  void cancel() {
    const std::size_t at = random_() % live_.size();
    const auto [order, account] = live_[at];
    live_[at] = live_.back();
    live_.pop_back();
    run(orders::CancelOrder{account, order, {}, orders::CancelReason::user});
  }
  void place() {
    orders::PlaceOrder order = market_.any_order(random_, random_() % 100 < 10, 2'000);
    bench::Market::give_key(order, random_);
    run(order);
    if (!answer_.rejection && answer_.order.status == flows::OrderStatus::pending)
      live_.push_back({answer_.order.order, order.account});
  }

  Settings settings_;
  bench::Market market_;
  std::int64_t ns_per_command_;
  Timestamp now_{1'790'000'000'000'000'000};
  std::mt19937_64 random_{1};
  std::vector<std::pair<OrderId, AccountId>> live_;
  flows::Reply answer_;
};

bool store_snapshot(projections::Replica& replica, eventlog::SnapshotStore& snapshots,
                    const eventlog::ChainPoint& point) {
  const Stopwatch watch;
  if (!replica.history()->make_durable(replica.position())) return false;
  Bytes state;
  BinaryWriter writer(state);
  writer.write(replica.now());
  replica.venue().save(writer);
  const double encoded = watch.wall();
  if (!snapshots.write(point, state)) return false;
  fmt::print("  left a snapshot of {:.1f} MB: encoded {:.3f} s, all {:.3f} s\n",
             static_cast<double>(state.size()) / 1e6, encoded, watch.wall());
  return true;
}

/// Stands in for the replica of a venue that ran all day: follows from some event on, up to its
/// last snapshot.
class LateReplica {
 public:
  LateReplica(const Settings& settings, eventlog::Log& log) : log_(log) {
    auto history = projections::History::open(storage::join(settings.directory, "history.db"));
    auto snapshots = eventlog::SnapshotStore::open(
        storage::posix_files(), storage::join(settings.directory, "snapshots"), log.log_id());
    if (!history || !snapshots) return;
    snapshots_ = std::move(*snapshots);
    replica_.emplace(std::move(*history));
    from_ = settings.events - settings.events / 20;
    until_ = settings.events > 4'000'000 ? settings.events - 2'000'000 : settings.events;
  }
  /// Right after the log took `frames`. `venue` is the state behind them.
  bool follow(ByteView frames, const flows::Venue& venue, Timestamp now) {
    if (!replica_ || stored_ || log_.last().value < from_) return replica_.has_value();
    if (replica_->position().value == 0) {
      Bytes state;
      BinaryWriter writer(state);
      venue.save(writer);
      flows::Venue copy;
      if (!copy.load(state)) return false;
      replica_->adopt(std::move(copy), log_.last(), now);
      return true;
    }
    if (replica_->fold_frames(frames)) return false;
    if (replica_->history()->pending() > 50'000 &&
        !replica_->history()->flush(replica_->position()))
      return false;
    if (log_.last().value < until_) return true;
    stored_ = true;
    return store_snapshot(*replica_, *snapshots_, log_.chain_point());
  }

 private:
  eventlog::Log& log_;
  std::optional<eventlog::SnapshotStore> snapshots_;
  std::optional<projections::Replica> replica_;
  std::uint64_t from_ = 0;
  std::uint64_t until_ = 0;
  bool stored_ = false;
};

int generate(const Settings& settings) {
  std::filesystem::remove_all(settings.directory);
  auto log =
      eventlog::Log::open(storage::posix_files(), log_directory(settings),
                          {.durability = {eventlog::DurabilityMode::none, 0}, .log_id = {1, 1}});
  if (!log) return 1;
  Day day(settings);
  LateReplica replica(settings, **log);
  const Stopwatch watch;
  const auto write_out = [&](std::size_t at_least) {
    if (day.writer.frames().size() < at_least) return true;
    const bool written = (*log)->append(day.writer.frames()) && (*log)->commit({}) &&
                         replica.follow(day.writer.frames(), day.engine.venue, day.now());
    day.writer.clear();
    return written;
  };
  bool written = true;
  day.open_market([&] { written = written && write_out(40 << 10); });
  if (!written) return 1;
  while (day.writer.next().value <= settings.events) {
    day.trade();
    if (!write_out(40 << 10)) return 1;
  }
  if (!write_out(0) || !(*log)->seal({})) return 1;
  report("generated", watch, (*log)->last().value);
  fmt::print("  {} open orders, {} accounts\n", day.engine.venue.orders.open_count(),
             settings.accounts);
  return day.engine.venue.ledger.consistent() ? 0 : 1;
}

int replay(const Settings& settings) {
  fmt::print("memcpy {:.1f} GB/s\n", copied_gb_per_second());
  auto read = [&](auto&& take) -> std::uint64_t {
    auto reader = eventlog::LogReader::open(storage::posix_files(), log_directory(settings), {});
    std::uint64_t events = 0;
    while (reader) {
      const auto frame = reader->next();
      if (!frame || !*frame) break;
      events += (*frame)->header().event_count;
      take((*frame)->bytes());
    }
    return events;
  };
  auto watch = Stopwatch();
  std::uint64_t events = read([](ByteView) {});
  report("read and check", watch, events);
  std::uint64_t sum = 0;
  watch = Stopwatch();
  events = read([&](ByteView frame) {
    for (const eventlog::EventView& event : eventlog::FrameView(frame).events())
      flows::decode_event(event.type, event.payload, [&](const auto& fact) { sum += sizeof fact; });
  });
  report("read, check, decode", watch, events + (sum == 0));
  flows::Venue venue;
  watch = Stopwatch();
  bool well = true;
  events = read([&](ByteView frame) {
    well =
        well && !projections::fold_frames(
                    frame, venue, [&](const eventlog::EventView& view, const flows::AnyEvent& any) {
                      std::visit([&](const auto& event) { venue.evolve(event, view.time); }, any);
                    });
  });
  report("read, check, decode, fold", watch, events);
  return well && venue.ledger.consistent() ? 0 : 1;
}

int restart(const Settings& settings) {
  fmt::print("memcpy {:.1f} GB/s\n", copied_gb_per_second());
  const Stopwatch watch;
  auto recovered =
      apps::recover({.directory = settings.directory,
                     .durability = {},
                     .segment_bytes = 64 << 20,
                     .alarm = [](const std::string& line) { fmt::print("ALARM {}\n", line); },
                     .progress = {},
                     .lines = {},
                     .followers = {}});
  if (!recovered) {
    fmt::print("{}\n", recovered.error());
    return 1;
  }
  const double ready = watch.wall();
  report("ready", watch, 0);
  auto& replica = *recovered->replica;
  const auto newest = replica.history()->orders({}, {});
  const auto page = replica.orders({4}, std::nullopt, {});
  const auto oldest = replica.order({1});
  const double reads = watch.wall() - ready;
  const std::uint64_t tail = replica.position().value - recovered->snapshot.value;
  fmt::print(
      "  {} events in all, {} behind the snapshot; {} accounts, {} open orders\n"
      "  first reads of the history {:.4f} s: {} closed orders, {} of one account, order 1 {}\n",
      replica.position().value, tail, replica.venue().ledger.accounts().size(),
      replica.venue().orders.open_count(), reads, newest.size(), page.size(),
      oldest ? "found" : "missing");
  if (recovered->snapshot.value * 10 >= replica.position().value * 9) return 0;
  return store_snapshot(replica, *recovered->snapshots, recovered->log->chain_point()) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app("how fast a venue comes back");
  std::string mode;
  app.add_option("mode", mode)->required()->check(CLI::IsMember({"generate", "replay", "restart"}));
  app.add_option("--directory", settings.directory)->required();
  app.add_option("--json", settings.json);
  app.add_option("--events", settings.events);
  app.add_option("--accounts", settings.accounts);
  app.add_option("--open", settings.open);
  app.add_option("--books", settings.books);
  CLI11_PARSE(app, argc, argv);
  const int code = mode == "generate" ? generate(settings)
                   : mode == "replay" ? replay(settings)
                                      : restart(settings);
  return bench::figures().write(settings.json) ? code : 1;
}
