// What goes on beside the path of an order must not be felt on it.
//
// replica_bench cost --directory DIR
//   durable turns with a replica that follows and without one, in turns, in one run
// replica_bench stalls --directory DIR
//   the longest append + commit over many segments, chain and zeros beside it, against the bare
//   write + fdatasync of as many bytes in between
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/venue/replica_thread.hpp"
#include "apps/venue/sequencer.hpp"
#include "bench/figures.hpp"
#include "bench/market.hpp"
#include "bench/stopwatch.hpp"
#include "platform/eventlog/step_writer.hpp"
#include "platform/storage/aligned_buffer.hpp"
#include "platform/storage/posix_files.hpp"

namespace {

using namespace rialto;
using bench::Stopwatch;

struct Settings {
  std::string directory;
  std::string json;
  std::uint64_t turns = 4'000;
  std::size_t batch = 256;
};

std::unique_ptr<eventlog::Log> new_log(const std::string& directory) {
  std::filesystem::remove_all(directory);
  auto log =
      eventlog::Log::open(storage::posix_files(), directory, {.durability = {}, .log_id = {1, 1}});
  return log ? std::move(*log) : nullptr;
}

/// The host's third thread: zeros for the next segment, and the chain.
class Preparer {
 public:
  explicit Preparer(eventlog::Log& log)
      : thread_([&log](std::stop_token stop) {
          while (!stop.stop_requested()) {
            const bool busy = log.hash_backlog() > 128 << 10;
            if (busy) log.hash_pending(128 << 10);
            if (!log.next_ready())
              (void)log.prepare_next(1 << 20);
            else if (!busy)
              std::this_thread::sleep_for(std::chrono::microseconds(200));
          }
        }) {}

 private:
  std::jthread thread_;
};

/// A venue in which orders come and are cancelled, a batch a turn.
class Side {
 public:
  Side(const Settings& settings, const std::string& name, bool with_replica)
      : settings_(settings), log_(new_log(storage::join(settings.directory, name))) {
    if (with_replica) {
      auto history = projections::History::open(storage::join(settings.directory, name + ".db"));
      if (history)
        replica_ = std::make_unique<apps::ReplicaThread>(
            projections::Replica(std::move(*history)), *log_,
            storage::join(settings.directory, name), [](auto&, auto) {},
            [](const std::string& line) { fmt::print("ALARM {}\n", line); });
    }
    sequencer_ = std::make_unique<apps::Sequencer>(
        engine_, *log_,
        [this](ByteView) {
          if (replica_) replica_->notice();
        },
        [](auto&, auto&) {});
    preparer_ = std::make_unique<Preparer>(*log_);
    market_.open([this](flows::Command command) { ask(std::move(command)); }, [] {});
    turn();
  }

  struct Spent {
    double wall{};
    double cpu{};  // of the thread that decides and journals
  };
  /// Seconds a block of turns takes, durable each.
  Spent block(std::uint64_t turns) {
    const Stopwatch watch(bench::Of::thread);
    for (std::uint64_t t = 0; t < turns; ++t) {
      for (std::size_t i = 0; i < settings_.batch; ++i) order();
      turn();
    }
    return {watch.wall(), watch.cpu()};
  }
  /// Until the replica has folded all of it.
  void await_replica() {
    if (!replica_) return;
    std::promise<void> done;
    replica_->read([&](const auto&) { done.set_value(); });
    done.get_future().wait();
  }
  std::uint64_t events() const { return log_->last().value; }
  std::uint64_t detours() const { return replica_ ? replica_->detours() : 0; }

 private:
  void ask(flows::Command command) {
    batch_.push_back({std::move(command), {}, {}});
    if (batch_.size() == 1'000) turn();
  }
  void turn() { sequencer_->turn(batch_, {++now_ * 1'000'000}); }
  /// One comes, the oldest is cancelled, and so on.
  void order() {
    const auto account_of = [this](std::uint64_t number) {
      return market_.account((number - 1) % market_.accounts);
    };
    if (placed_ - cancelled_ > 5'000) {
      ++cancelled_;
      return ask(orders::CancelOrder{
          account_of(cancelled_), {cancelled_}, {}, orders::CancelReason::user});
    }
    orders::PlaceOrder order;
    order.account = account_of(++placed_);
    order.instrument = {1};
    order.side = rialto::Side::buy;
    order.price = {static_cast<std::int64_t>(50'000 - placed_ % 500)};
    order.quantity = {5};
    ask(order);
  }

  Settings settings_;
  bench::Market market_{1, 10'000};
  std::unique_ptr<eventlog::Log> log_;
  flows::Engine engine_;
  std::unique_ptr<apps::ReplicaThread> replica_;
  std::unique_ptr<apps::Sequencer> sequencer_;
  std::unique_ptr<Preparer> preparer_;
  std::vector<apps::Submission> batch_;
  std::int64_t now_ = 1'000'000;
  std::uint64_t placed_ = 0;  // orders are numbered as they come
  std::uint64_t cancelled_ = 0;
};

int run_cost(const Settings& settings) {
  Side with(settings, "with", true);
  Side without(settings, "without", false);
  constexpr std::uint64_t block = 100;
  Side::Spent sum_with;
  Side::Spent sum_without;
  std::vector<double> ratios;
  for (std::uint64_t done = 0; done < settings.turns; done += block) {
    const Side::Spent a = with.block(block);
    with.await_replica();
    const Side::Spent b = without.block(block);
    sum_with = {sum_with.wall + a.wall, sum_with.cpu + a.cpu};
    sum_without = {sum_without.wall + b.wall, sum_without.cpu + b.cpu};
    ratios.push_back(a.cpu / b.cpu);
  }
  std::ranges::sort(ratios);
  const auto orders = static_cast<double>(settings.turns * settings.batch);
  if (with.events() < settings.turns * settings.batch) return 1;  // refused, for the most part
  fmt::print(
      "durable, {} commands a sync: {:.0f} commands/s with the replica, {:.0f} without\n"
      "CPU of the venue's thread, with / without: {:.3f} in all, median of {} pairs {:.3f}; {} "
      "detours\n",
      settings.batch, orders / sum_with.wall, orders / sum_without.wall,
      sum_with.cpu / sum_without.cpu, ratios.size(), ratios[ratios.size() / 2], with.detours());
  bench::figures().add("with / without", ratios[ratios.size() / 2]);
  return 0;
}

void print_tail(const char* what, std::vector<double> ms) {
  std::ranges::sort(ms);
  const auto at = [&](double share) {
    return ms[static_cast<std::size_t>(static_cast<double>(ms.size() - 1) * share)];
  };
  fmt::print("{:<24} p50 {:7.3f}  p99 {:7.3f}  p99.9 {:7.3f}  longest {:7.3f} ms, {} above 10 ms\n",
             what, at(0.5), at(0.99), at(0.999), ms.back(),
             std::ranges::count_if(ms, [](double x) { return x > 10; }));
  bench::figures().add(fmt::format("{}, longest ms", what), ms.back());
}

int run_stalls(const Settings& settings) {
  auto log = new_log(storage::join(settings.directory, "log"));
  constexpr std::uint64_t floor_bytes = 64 << 20;
  auto floor = storage::posix_files().open(storage::join(settings.directory, "floor"),
                                           storage::Access::create_new, storage::Caching::direct);
  if (!log || !floor || !(*floor)->allocate(0, floor_bytes) || !(*floor)->datasync()) return 1;
  Preparer preparer(*log);
  eventlog::StepWriter steps({1});
  std::vector<double> ours;
  std::vector<double> appends;
  std::vector<double> ours_at_changes;
  std::vector<double> bare;
  std::uint64_t at = 0;
  for (std::uint64_t turn = 0; turn < settings.turns; ++turn) {
    for (std::size_t i = 0; i < settings.batch; ++i) {
      steps.begin_step({.time = {1}});
      steps.append_encoded({30}, Bytes(126));
      steps.append_encoded({43}, Bytes(13));
      steps.end_step();
    }
    const auto segment = log->segment();
    const Stopwatch append;
    if (!log->append(steps.frames())) return 1;
    appends.push_back(append.wall() * 1e3);
    if (!log->commit({1})) return 1;
    const double ms = append.wall() * 1e3;
    ours.push_back(ms);
    if (log->segment() != segment) ours_at_changes.push_back(ms);
    const std::size_t size = (steps.frames().size() + 4095) / 4096 * 4096;
    storage::AlignedBuffer buffer(size);
    std::memcpy(buffer.data(), steps.frames().data(), steps.frames().size());
    if (at + size > floor_bytes) at = 0;
    const Stopwatch beside;
    if (!(*floor)->write_at(at, {buffer.data(), size}) || !(*floor)->datasync()) return 1;
    bare.push_back(beside.wall() * 1e3);
    at += size;
    steps.clear();
  }
  print_tail("append + commit", ours);
  print_tail("  append alone", appends);
  if (!ours_at_changes.empty()) print_tail("  at segment changes", ours_at_changes);
  print_tail("bare write + fdatasync", bare);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app("what goes on beside the path of an order");
  std::string mode;
  app.add_option("mode", mode)->required()->check(CLI::IsMember({"cost", "stalls"}));
  app.add_option("--directory", settings.directory)->required();
  app.add_option("--json", settings.json);
  app.add_option("--turns", settings.turns);
  app.add_option("--batch", settings.batch);
  CLI11_PARSE(app, argc, argv);
  std::filesystem::remove_all(settings.directory);
  std::filesystem::create_directories(settings.directory);
  const int code = mode == "cost" ? run_cost(settings) : run_stalls(settings);
  std::filesystem::remove_all(settings.directory);
  return bench::figures().write(settings.json) ? code : 1;
}
