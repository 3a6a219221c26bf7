// The whole write path: idempotence check, risk, hold, match, settle both sides, fees, encoded
// events.
//
// venue_bench memory|durable [--books N] [--accounts N] [--orders N] [--batch N]
// [--directory DIR] memory: commands to encoded frames, nothing written. durable: the same through
// Sequencer and Log, synced per batch, beside the bare floor (append + fdatasync of as many bytes).
#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/venue/sequencer.hpp"
#include "bench/figures.hpp"
#include "bench/market.hpp"
#include "bench/stopwatch.hpp"
#include "flows/prefetch.hpp"
#include "platform/storage/posix_files.hpp"

namespace {

using namespace rialto;

struct Settings {
  std::string mode;
  std::uint32_t books = 1;
  std::uint64_t accounts = 1'000'000;
  std::uint64_t orders = 1'000'000;
  std::uint64_t warm_up = 1'000'000;
  std::size_t batch = 128;
  bool keys = true;
  bool prefetch = true;
  std::string directory = "/tmp/rialto-venue-bench";
  std::string json;
};

/// What the flow needs to know of a reply.
struct Answer {
  OrderId order;
  flows::OrderStatus status{};
  bool refused = false;
};

/// 55 % passive limits, 40 % cancels of random live orders, 5 % marketable (performance.md's
/// neutral flow).
class Flow {
 public:
  Flow(const Settings& settings, const bench::Market& market)
      : settings_(settings), market_(market) {}

  flows::Command next() {
    const auto draw = random_() % 100;
    if (draw < 40 && !live_.empty()) {
      const std::size_t at = random_() % live_.size();
      const auto [order, account] = live_[at];
      live_[at] = live_.back();
      live_.pop_back();
      return orders::CancelOrder{account, order, {}, orders::CancelReason::user};
    }
    orders::PlaceOrder order = market_.any_order(random_, draw >= 95, 500);
    if (settings_.keys) bench::Market::give_key(order, random_);
    return order;
  }
  void answered(const flows::Command& command, const Answer& answer) {
    if (const auto* placed = std::get_if<orders::PlaceOrder>(&command))
      if (!answer.refused && answer.status == flows::OrderStatus::pending)
        live_.push_back({answer.order, placed->account});
  }

 private:
  Settings settings_;
  bench::Market market_;
  std::mt19937_64 random_{1};
  std::vector<std::pair<OrderId, AccountId>> live_;
};

Timestamp now() {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

void report(const char* what, std::uint64_t count, double seconds, const char* unit) {
  fmt::print("{:<44} {:>12.0f} {}/s   ({:.3f} s)\n", what, static_cast<double>(count) / seconds,
             unit, seconds);
  bench::figures().add("per second", static_cast<double>(count) / seconds);
}

/// Only the engine's own work is timed: the flow is drawn, and the answers are taken note of,
/// between batches.
int run_memory(const Settings& settings) {
  flows::Engine engine;
  eventlog::StepWriter writer({1});
  const auto run = [&](const flows::Command& command) {
    writer.begin_step({});
    auto outcome = engine.execute(command, {1}, writer);
    writer.end_step();
    return std::move(outcome.reply);
  };
  while (engine.has_work({1})) {
    writer.begin_step({});
    engine.drain({1}, 100, writer);
    writer.end_step();
  }
  const bench::Market market{settings.books, settings.accounts};
  market.open(run, [&] { writer.clear(); });
  Flow flow(settings, market);
  std::vector<flows::Command> batch(settings.batch);
  std::vector<Answer> answers(settings.batch);
  double spent = 0;
  std::uint64_t bytes = 0;
  std::uint64_t refused = 0;
  const std::uint64_t warm_up = settings.warm_up / settings.batch;
  const std::uint64_t batches = settings.orders / settings.batch;
  for (std::uint64_t b = 0; b < warm_up + batches; ++b) {
    for (auto& command : batch) command = flow.next();
    const bench::Stopwatch watch(bench::Of::thread);
    for (int pass = 0; pass < flows::prefetch_passes && settings.prefetch; ++pass)
      for (const auto& command : batch) flows::prefetch(engine.venue, command, pass);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      writer.begin_step({});
      const auto outcome = engine.execute(batch[i], {1}, writer);
      writer.end_step();
      answers[i] = {outcome.reply.order.order, outcome.reply.order.status,
                    outcome.reply.rejection.has_value()};
    }
    const auto frames = writer.frames();
    if (b >= warm_up) {
      spent += watch.cpu();
      bytes += frames.size();
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
      refused += answers[i].refused;
      flow.answered(batch[i], answers[i]);
    }
    writer.clear();
  }
  const std::uint64_t commands = batches * settings.batch;
  report(fmt::format("whole path in memory, {} books", settings.books).c_str(), commands, spent,
         "commands");
  fmt::print("  {} open orders, {} accounts, {} refused, {:.0f} bytes of journal a command\n",
             engine.venue.orders.open_count(), settings.accounts, refused,
             static_cast<double>(bytes) / static_cast<double>(commands));
  bench::figures().add("open orders", static_cast<double>(engine.venue.orders.open_count()));
  bench::figures().add("refused", static_cast<double>(refused));
  bench::figures().add("log bytes", static_cast<double>(bytes) / static_cast<double>(commands));
  return engine.venue.ledger.consistent() ? 0 : 1;
}

double floor_seconds(const Settings& settings, std::uint64_t batches, std::uint64_t bytes) {
  auto file = storage::posix_files().open(settings.directory + "/floor",
                                          storage::Access::create_new, storage::Caching::buffered);
  if (!file) return 0;
  const Bytes block(bytes / batches);
  if (!(*file)->allocate(0, bytes + block.size())) return 0;
  const bench::Stopwatch watch;
  for (std::uint64_t i = 0; i < batches; ++i)
    if (!(*file)->write_at(i * block.size(), block) || !(*file)->datasync()) return 0;
  return watch.wall();
}

int run_durable(const Settings& settings) {
  std::system(fmt::format("rm -rf '{0}' && mkdir -p '{0}/log'", settings.directory).c_str());
  flows::Engine engine;
  auto log = eventlog::Log::open(storage::posix_files(), settings.directory + "/log",
                                 {.durability = {}, .log_id = {1, 1}});
  if (!log) return 1;
  std::uint64_t bytes = 0;
  apps::Sequencer sequencer(
      engine, **log, [&](ByteView frames) { bytes += frames.size(); }, [](auto&, auto&) {});
  std::vector<apps::Submission> batch;
  const bench::Market market{settings.books, settings.accounts};
  market.open([&](flows::Command command) { batch.push_back({std::move(command), {}, {}}); },
              [&] {
                if (batch.size() >= 1'000) sequencer.turn(batch, now());
              });
  sequencer.turn(batch, now());
  bytes = 0;
  Flow flow(settings, market);
  const std::uint64_t batches = settings.orders / settings.batch;
  const bench::Stopwatch watch;
  for (std::uint64_t i = 0; i < batches; ++i) {
    for (std::size_t j = 0; j < settings.batch; ++j) {
      flows::Command command = flow.next();
      batch.push_back({command, {}, [&flow, command](const flows::Reply& reply) {
                         flow.answered(command, {reply.order.order, reply.order.status,
                                                 reply.rejection.has_value()});
                       }});
    }
    sequencer.turn(batch, now());
    if (!(*log)->next_ready()) (void)(*log)->prepare_next(1 << 20);
  }
  const double seconds = watch.wall();
  report(fmt::format("durable steps, {} a sync", settings.batch).c_str(), batches * settings.batch,
         seconds, "commands");
  const double floor = floor_seconds(settings, batches, bytes);
  fmt::print(
      "  {:.1f} bytes a command; bare append + fdatasync of the same bytes {:.3f} s: ratio "
      "{:.2f}\n",
      static_cast<double>(bytes) / static_cast<double>(settings.orders), floor, seconds / floor);
  bench::figures().add("log bytes",
                       static_cast<double>(bytes) / static_cast<double>(settings.orders));
  bench::figures().add("ratio to floor", seconds / floor);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app("the venue's write path, measured");
  app.add_option("mode", settings.mode)->required()->check(CLI::IsMember({"memory", "durable"}));
  app.add_option("--books", settings.books);
  app.add_option("--accounts", settings.accounts);
  app.add_option("--orders", settings.orders);
  app.add_option("--batch", settings.batch)->check(CLI::PositiveNumber);
  app.add_option("--warm-up", settings.warm_up);
  app.add_flag("!--no-keys", settings.keys);
  app.add_flag("!--no-prefetch", settings.prefetch);
  app.add_option("--directory", settings.directory);
  app.add_option("--json", settings.json);
  CLI11_PARSE(app, argc, argv);
  const int code = settings.mode == "memory" ? run_memory(settings) : run_durable(settings);
  return bench::figures().write(settings.json) ? code : 1;
}
