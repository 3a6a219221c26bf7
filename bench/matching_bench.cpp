// Matching alone, on a neutral random flow: 55 % passive limits, 40 % cancels of random live
// orders, 5 % marketable orders that meet about three makers. One deep book, then 1000 books;
// through the public face, every answer made an event and evolved. Peers in the same run: the naive
// twin and a plain std::map book. The flow is recorded beforehand, so every engine carries out the
// same commands.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <list>
#include <map>
#include <random>
#include <span>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "bench/figures.hpp"
#include "contexts/matching/matching.hpp"
#include "contexts/matching/tests/naive_twin.hpp"

namespace rialto::matching {
namespace {

/// One recorded command in 16 bytes, so that the recording's own cache misses are not what is
/// measured.
struct Operation {
  enum class Kind : std::uint8_t { passive, marketable, cancel };
  std::uint32_t order;
  std::uint32_t price;
  std::uint16_t instrument;
  std::uint16_t account;
  std::uint8_t quantity;
  Side side;
  Kind kind;

  /// What is entered; of a cancel, what names the order.
  EnterOrder entry() const {
    return {.order = {order},
            .account = {account},
            .instrument = {instrument},
            .side = side,
            .limit = {price},
            .quantity = {quantity},
            .display = {},
            .time_in_force = kind == Kind::marketable ? TimeInForce::ioc : TimeInForce::gtc};
  }
};
static_assert(sizeof(Operation) == 16);

/// Makes the events, evolves them, and counts, so that no work can be left out unnoticed.
template <class Engine>
struct Venue {
  Engine engine;
  std::uint64_t fills = 0;
  std::uint64_t lots = 0;
  std::uint64_t cancels = 0;

  [[gnu::noinline]] void fill(const Fill& fill) {
    const bool buys = fill.taker_side == Side::buy;
    TradeExecuted trade;
    trade.trade = {++fills};
    trade.instrument = fill.instrument;
    trade.taker_side = fill.taker_side;
    trade.buy_order = buys ? fill.taker : fill.maker;
    trade.sell_order = buys ? fill.maker : fill.taker;
    trade.buyer = buys ? fill.taker_account : fill.maker_account;
    trade.seller = buys ? fill.maker_account : fill.taker_account;
    trade.price = fill.price;
    trade.quantity = fill.quantity;
    lots += static_cast<std::uint64_t>(fill.quantity.value);
    engine.evolve(trade);
  }
  void cancelled(const Cancellation& gone) {
    OrderCancelled event;
    event.order = gone.order;
    event.instrument = gone.instrument;
    event.remaining = gone.remaining;
    event.reason = gone.reason;
    ++cancels;
    engine.evolve(event);
  }
  void reduced(const Reduction&) {}
  [[gnu::always_inline]] void processed(const OrderProcessed& processed) {
    engine.evolve(processed);
  }

  [[gnu::always_inline]] void carry_out(const Operation& operation) {
    if (operation.kind != Operation::Kind::cancel) return engine.enter(operation.entry(), *this);
    const OrderId order{operation.order};
    cancelled({order, {operation.instrument}, engine.remaining(order), CancelReason::user});
  }
};

constexpr std::size_t batch_size = 32;

/// A sequencer's batch: engines that can are told what comes, then it is carried out. The commands
/// are sorted into kinds first, without a branch: kinds come at random, and a wrong guess in every
/// pass would cost more than the passes save.
template <class Engine>
void carry_out(Venue<Engine>& venue, std::span<const Operation> batch) {
  if constexpr (requires { typename Engine::Pass; }) {
    std::array<const Operation*, batch_size> entries;
    std::array<const Operation*, batch_size> cancels;
    std::size_t entry_count = 0;
    std::size_t cancel_count = 0;
    for (const Operation& operation : batch) {
      const bool cancels_one = operation.kind == Operation::Kind::cancel;
      entries[entry_count] = &operation;
      cancels[cancel_count] = &operation;
      entry_count += !cancels_one;
      cancel_count += cancels_one;
    }
    for (const auto pass : {Engine::Pass::first, Engine::Pass::second, Engine::Pass::third}) {
      for (std::size_t i = 0; i < entry_count; ++i)
        venue.engine.prefetch(entries[i]->entry(), pass);
      for (std::size_t i = 0; i < cancel_count; ++i)
        venue.engine.prefetch(OrderId{cancels[i]->order}, pass);
    }
  }
  for (const Operation& operation : batch) venue.carry_out(operation);
}

/// What one writes first: a map of lists and a hash of iterators, no more features than this flow
/// needs.
class MapBook {
 public:
  void list(InstrumentId instrument) { books_.resize(instrument.value + std::size_t{1}); }
  template <class Answers>
  void enter(const EnterOrder& order, Answers& answers) {
    Quantity rest = order.quantity;
    auto& makers = books_[order.instrument.value].sides[order.side == Side::buy ? 1 : 0];
    while (rest.value > 0 && !makers.empty()) {
      const auto level = order.side == Side::buy ? makers.begin() : std::prev(makers.end());
      if (order.side == Side::buy ? level->first > order.limit : level->first < order.limit) break;
      const Resting& maker = level->second.front();
      const Quantity quantity = std::min(rest, maker.quantity);
      rest -= quantity;
      answers.fill(Fill{order.instrument, order.order, maker.order, order.account, maker.account,
                        order.side, level->first, quantity});
    }
    const bool rests = rest.value > 0 && order.time_in_force != TimeInForce::ioc;
    if (rest.value > 0 && !rests)
      answers.cancelled({order.order, order.instrument, rest, CancelReason::immediate_or_cancel});
    answers.processed(OrderProcessed{order.order,
                                     order.account,
                                     order.instrument,
                                     rests ? Outcome::resting : Outcome::done,
                                     order.side,
                                     order.limit,
                                     rest,
                                     {}});
  }
  void evolve(const TradeExecuted& event) {
    const auto at = where_.find(event.taker_side == Side::buy ? event.sell_order : event.buy_order);
    at->second.order->quantity -= event.quantity;
    if (at->second.order->quantity.value == 0) erase(at);
  }
  void evolve(const OrderCancelled& event) {
    if (const auto at = where_.find(event.order); at != where_.end()) erase(at);
  }
  void evolve(const OrderProcessed& event) {
    if (event.outcome == Outcome::done) return;
    Orders& side = books_[event.instrument.value].sides[event.side == Side::buy ? 0 : 1];
    const auto level = side.try_emplace(event.price).first;
    level->second.push_back({event.order, event.account, event.remaining});
    where_[event.order] = {&side, level, std::prev(level->second.end())};
  }
  Quantity remaining(OrderId order) const { return where_.at(order).order->quantity; }

 private:
  struct Resting {
    OrderId order;
    AccountId account;
    Quantity quantity;
  };
  using Orders = std::map<Price, std::list<Resting>>;
  struct Where {
    Orders* side;
    Orders::iterator level;
    std::list<Resting>::iterator order;
  };
  struct Book {
    Orders sides[2];
  };
  void erase(std::unordered_map<OrderId, Where>::iterator at) {
    const Where where = at->second;
    where.level->second.erase(where.order);
    if (where.level->second.empty()) where.side->erase(where.level);
    where_.erase(at);
  }
  std::vector<Book> books_;
  std::unordered_map<OrderId, Where> where_;
};

struct Flow {
  std::uint32_t books;
  std::int64_t depth_ticks;  // passive orders rest 1 to this many ticks from the middle
  std::size_t resting;       // orders in the books before the clock starts
  std::size_t operations;
};

/// Records a flow by playing it to a book: cancels name orders that are alive at that moment.
class Recorder {
 public:
  explicit Recorder(const Flow& flow) : flow_(flow) {
    for (std::uint32_t i = 1; i <= flow.books; ++i) venue_.engine.list({i});
  }
  std::vector<Operation> record() {
    std::vector<Operation> operations;
    while (operations.size() < flow_.resting) operations.push_back(play(passive()));
    while (operations.size() < flow_.resting + flow_.operations) {
      const std::uint64_t kind = up_to(99);
      operations.push_back(play(kind < 55 ? passive() : kind < 95 ? cancel() : marketable()));
    }
    return operations;
  }

 private:
  std::uint64_t up_to(std::uint64_t bound) { return random_() % (bound + 1); }
  Operation enter(Operation::Kind kind) {
    Operation operation{};
    operation.order = ++last_id_;
    operation.kind = kind;
    operation.account = static_cast<std::uint16_t>(1 + up_to(9'999));
    operation.instrument = static_cast<std::uint16_t>(1 + up_to(flow_.books - 1));
    operation.side = up_to(1) == 0 ? Side::buy : Side::sell;
    return operation;
  }
  /// Its price lies `ticks` from the middle on its own side; on the other where they are negative.
  static std::uint32_t price(const Operation& operation, std::int64_t ticks) {
    return static_cast<std::uint32_t>(middle + (operation.side == Side::buy ? -ticks : ticks));
  }
  Operation passive() {
    Operation operation = enter(Operation::Kind::passive);
    operation.price = price(operation, 1 + static_cast<std::int64_t>(up_to(flow_.depth_ticks - 1)));
    operation.quantity = static_cast<std::uint8_t>(1 + up_to(9));
    live_.push_back(operation);
    return operation;
  }
  Operation marketable() {
    Operation operation = enter(Operation::Kind::marketable);
    operation.price = price(operation, -flow_.depth_ticks);
    operation.quantity = static_cast<std::uint8_t>(1 + up_to(32));
    return operation;
  }
  Operation cancel() {
    while (true) {
      const std::size_t at = up_to(live_.size() - 1);
      Operation operation = live_[at];
      live_[at] = live_.back();
      live_.pop_back();
      if (!venue_.engine.contains(OrderId{operation.order})) continue;
      operation.kind = Operation::Kind::cancel;
      return operation;
    }
  }
  Operation play(const Operation& operation) {
    venue_.carry_out(operation);
    return operation;
  }

  static constexpr std::int64_t middle = 100'000;
  Flow flow_;
  std::mt19937_64 random_{20'260'730};
  std::uint32_t last_id_ = 0;
  std::vector<Operation> live_;
  Venue<Matching> venue_;
};

struct Result {
  double nanoseconds;  // per operation
  std::uint64_t fills;
  std::uint64_t lots;
  std::uint64_t cancels;
};

/// Processor time of this thread in nanoseconds: a run never blocks, so on a quiet machine it is
/// the wall's.
double spent() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

template <class Engine>
Result run_once(const Flow& flow, const std::vector<Operation>& operations) {
  Venue<Engine> venue;
  for (std::uint32_t i = 1; i <= flow.books; ++i) venue.engine.list({i});
  for (std::size_t i = 0; i < flow.resting; ++i) venue.carry_out(operations[i]);
  const double start = spent();
  std::span<const Operation> left = std::span(operations).subspan(flow.resting);
  for (; !left.empty(); left = left.subspan(std::min(batch_size, left.size())))
    carry_out(venue, left.first(std::min(batch_size, left.size())));
  const double nanoseconds = spent() - start;
  return {nanoseconds / static_cast<double>(flow.operations), venue.fills, venue.lots,
          venue.cancels};
}

template <class Engine>
Result measure(const char* name, const Flow& flow, const std::vector<Operation>& operations,
               int rounds) {
  std::vector<Result> results;
  for (int i = 0; i < rounds; ++i) results.push_back(run_once<Engine>(flow, operations));
  const Result best = *std::ranges::min_element(results, {}, &Result::nanoseconds);
  fmt::print("{:>6} books  {:<12} {:7.2f} M ops/s  {:7.1f} ns/op  ({} fills, {} cancels)\n",
             flow.books, name, 1e3 / best.nanoseconds, best.nanoseconds, best.fills, best.cancels);
  std::fflush(stdout);
  const std::string key = fmt::format("{} books, {}", flow.books, name);
  bench::figures().add(key, 1e9 / best.nanoseconds);
  bench::figures().add(key + ", fills", static_cast<double>(best.fills));
  bench::figures().add(key + ", lots", static_cast<double>(best.lots));
  bench::figures().add(key + ", cancels", static_cast<double>(best.cancels));
  return best;
}

/// For peers that run outside this process: books, resting, operations and zero as 32-bit numbers,
/// then the operations as they are in memory (bench/peers/README.md has the layout).
bool store(const std::string& directory, const Flow& flow, std::span<const Operation> recorded) {
  std::ofstream file(fmt::format("{}/flow-{}.bin", directory, flow.books), std::ios::binary);
  const std::uint32_t header[] = {flow.books, static_cast<std::uint32_t>(flow.resting),
                                  static_cast<std::uint32_t>(flow.operations), 0};
  file.write(reinterpret_cast<const char*>(header), sizeof header);
  file.write(reinterpret_cast<const char*>(recorded.data()),
             static_cast<std::streamsize>(recorded.size_bytes()));
  return file.good();
}

bool same_work(const Result& a, const Result& b) {
  return a.fills == b.fills && a.lots == b.lots && a.cancels == b.cancels;
}

}  // namespace
}  // namespace rialto::matching

int main(int argc, char** argv) {
  using namespace rialto::matching;
  std::size_t operations = 1'000'000;
  std::string json;
  std::string record;
  CLI::App app("matching alone, on a neutral random flow");
  app.add_option("operations", operations);
  app.add_option("--json", json, "write the figures there");
  app.add_option("--record", record, "leave the flows in this directory, for other engines");
  CLI11_PARSE(app, argc, argv);
  for (const Flow& flow :
       {Flow{1, 500, 20'000, operations}, Flow{1'000, 50, 100'000, operations}}) {
    const auto recorded = Recorder(flow).record();
    if (!record.empty() && !store(record, flow, recorded)) return 1;
    const auto fast = measure<Matching>("rialto", flow, recorded, 5);
    const auto map = measure<MapBook>("std::map", flow, recorded, 1);
    const auto twin = measure<NaiveTwin>("naive twin", flow, recorded, 1);
    if (!same_work(fast, map) || !same_work(fast, twin)) {
      fmt::print(stderr, "the engines did not do the same work\n");
      return 1;
    }
  }
  return rialto::bench::figures().write(json) ? 0 : 1;
}
