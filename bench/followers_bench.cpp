// What read models cost the replica: the same frames folded by replicas that differ in what hangs
// on them, side by side, a piece at a time, stored as the venue stores them.
//
// followers_bench --directory DIR [--orders N] [--accounts N] [--books N]
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "bench/figures.hpp"
#include "bench/market.hpp"
#include "bench/stopwatch.hpp"
#include "core/assert.hpp"
#include "flows/engine.hpp"
#include "platform/eventlog/step_writer.hpp"
#include "platform/storage/file_system.hpp"
#include "projections/market/market_data.hpp"
#include "projections/replica/replica.hpp"

namespace {

using namespace rialto;
using bench::Stopwatch;

struct Settings {
  std::string directory;
  std::string json;
  std::uint64_t orders = 2'000'000;
  std::uint64_t accounts = 10'000;
  std::uint32_t books = 4;
};

// As apps/venue/replica_thread.cpp has it.
constexpr std::size_t most_pending_rows = 50'000;
constexpr std::uint64_t orders_a_piece = 10'000;
// Of venue time: 500,000 orders a second.
constexpr std::int64_t order_every_ns = 2'000;

/// 55 of 100 commands place an order away from the market, 40 cancel one, 5 take.
class Flow {
 public:
  explicit Flow(const Settings& settings) : market_{settings.books, settings.accounts} {}
  const bench::Market& market() const { return market_; }
  flows::Command next() {
    const auto draw = random_() % 100;
    if (draw < 40 && !live_.empty()) {
      std::swap(live_[random_() % live_.size()], live_.back());
      const auto [order, account] = live_.back();
      live_.pop_back();
      return orders::CancelOrder{account, order, {}, orders::CancelReason::user};
    }
    return market_.any_order(random_, draw >= 95, 500);
  }
  void answered(const flows::Command& command, const flows::Reply& reply) {
    if (const auto* placed = std::get_if<orders::PlaceOrder>(&command))
      if (!reply.rejection && reply.order.status == flows::OrderStatus::pending)
        live_.push_back({reply.order.order, placed->account});
  }

 private:
  bench::Market market_;
  std::mt19937_64 random_{1};
  std::vector<std::pair<OrderId, AccountId>> live_;
};

/// A replica with what hangs on it, and the time of a core it has taken.
struct Folding {
  std::string name;
  std::unique_ptr<projections::MarketData> market;
  std::unique_ptr<projections::Replica> replica;
  double cpu = 0;

  Folding(std::string named, const Settings& settings, bool with_history, bool with_market)
      : name(std::move(named)) {
    std::vector<projections::Follower*> followers;
    if (with_market) {
      auto opened =
          projections::MarketData::open({storage::join(settings.directory, name + "-market.db")});
      RIALTO_ASSERT(opened.has_value());
      market = std::move(*opened);
      followers.push_back(market.get());
    }
    std::unique_ptr<projections::History> history;
    if (with_history) {
      auto opened = projections::History::open(storage::join(settings.directory, name + ".db"));
      RIALTO_ASSERT(opened.has_value());
      history = std::move(*opened);
    }
    replica = std::make_unique<projections::Replica>(std::move(history), std::move(followers));
  }
  void fold(ByteView frames) {
    const Stopwatch watch(bench::Of::thread);
    const auto refused = replica->fold_frames(frames);
    RIALTO_ASSERT(!refused);
    if (replica->pending() >= most_pending_rows) {
      const auto stored = replica->store(false);
      RIALTO_ASSERT(stored.has_value());
    }
    cpu += watch.cpu();
  }
};

int run(const Settings& settings) {
  std::vector<Folding> all;
  all.emplace_back("bare", settings, false, false);
  all.emplace_back("history", settings, true, false);
  all.emplace_back("market", settings, false, true);
  all.emplace_back("both", settings, true, true);
  flows::Engine engine;
  eventlog::StepWriter writer({1});
  Timestamp now{1'700'000'000'000'000'000};
  const auto ask = [&](const flows::Command& command) {
    now.value += order_every_ns;
    writer.begin_step({.time = now});
    auto outcome = engine.execute(command, now, writer);
    writer.end_step();
    return std::move(outcome.reply);
  };
  const auto fold = [&] {
    for (Folding& each : all) each.fold(writer.frames());
    writer.clear();
  };
  while (engine.has_work(now)) {
    writer.begin_step({.time = now});
    engine.drain(now, 100, writer);
    writer.end_step();
  }
  Flow flow(settings);
  flow.market().open(ask, fold);
  fold();
  for (Folding& each : all) each.cpu = 0;
  const std::uint64_t begin = writer.next().value;
  for (std::uint64_t done = 0; done < settings.orders; done += orders_a_piece) {
    for (std::uint64_t i = 0; i < orders_a_piece; ++i) {
      const flows::Command command = flow.next();
      flow.answered(command, ask(command));
    }
    fold();
  }
  const auto events = static_cast<double>(writer.next().value - begin);
  const auto commands = static_cast<double>(settings.orders);
  for (const Folding& each : all) {
    fmt::print("{:<8} {:>12.0f} commands/s  {:>12.0f} events/s  {:6.0f} ns a command\n", each.name,
               commands / each.cpu, events / each.cpu, each.cpu / commands * 1e9);
    bench::figures().add(each.name + ", events per second", events / each.cpu);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app("what read models cost the replica");
  app.add_option("--directory", settings.directory)->required();
  app.add_option("--json", settings.json);
  app.add_option("--orders", settings.orders);
  app.add_option("--accounts", settings.accounts);
  app.add_option("--books", settings.books);
  CLI11_PARSE(app, argc, argv);
  std::filesystem::remove_all(settings.directory);
  std::filesystem::create_directories(settings.directory);
  const int code = run(settings);
  std::filesystem::remove_all(settings.directory);
  return bench::figures().write(settings.json) ? code : 1;
}
