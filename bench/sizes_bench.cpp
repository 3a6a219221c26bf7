// What an account and a resting order cost in memory, all contexts and indices together: the
// engine's resident pages before and after many of them.
//
// sizes_bench [--accounts N] [--orders N] [--json FILE]: accounts with two assets each, of which
// every one rests an order, so that all that is kept of an account is there; then orders of random
// accounts, which tell what one more costs. All with client order ids.
#include <unistd.h>

#include <cstdio>
#include <random>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "bench/figures.hpp"
#include "flows/engine.hpp"
#include "platform/eventlog/step_writer.hpp"

namespace {

using namespace rialto;

constexpr std::uint64_t first_account = 4;

std::uint64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  unsigned long pages = 0;
  if (file == nullptr || std::fscanf(file, "%*u %lu", &pages) != 1) pages = 0;
  if (file != nullptr) std::fclose(file);
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

class Market {
 public:
  Market() {
    for (int i = 0; i < 3; ++i) run(ledger::OpenAccount{ledger::AccountKind::system, {}});
    run(instruments::RegisterAsset{"USD", 2});
    run(instruments::RegisterAsset{"BTC", 0});
    instruments::Rules rules;
    rules.max_quantity = {largest_number};
    rules.max_notional = {largest_number};
    rules.max_open_orders = 1'000'000;
    run(instruments::ListInstrument{"BTC-USD", "BTC", "USD", {1, 2}, {1, 0}, rules});
  }
  void open_account(std::uint64_t number) {
    run(ledger::OpenAccount{ledger::AccountKind::customer, {}});
    run(ledger::CreditAccount{{first_account + number}, {1}, {1'000'000'000'000}, {}, 0});
    run(ledger::CreditAccount{{first_account + number}, {2}, {1'000'000'000}, {}, 0});
  }
  std::uint64_t any_of(std::uint64_t accounts) { return random_() % accounts; }
  /// Buys below the middle and sells above it: all rest.
  void rest_order(std::uint64_t account) {
    orders::PlaceOrder order;
    order.account = {first_account + account};
    order.instrument = {1};
    order.side = random_() % 2 == 0 ? Side::buy : Side::sell;
    const auto away = static_cast<std::int64_t>(1 + random_() % 500);
    order.price = {50'000 + (order.side == Side::buy ? -away : away)};
    order.quantity = {static_cast<std::int64_t>(1 + random_() % 100)};
    order.time_in_force = orders::TimeInForce::gtc;
    order.key = {random_(), random_()};
    order.content = random_();
    run(order);
  }
  std::size_t open_orders() const { return engine_.venue.orders.open_count(); }

 private:
  void run(const flows::Command& command) {
    writer_.begin_step({});
    (void)engine_.execute(command, {1}, writer_);
    writer_.end_step();
    writer_.clear();
  }

  flows::Engine engine_;
  eventlog::StepWriter writer_{Sequence{1}};
  std::mt19937_64 random_{1};
};

void report(const char* name, double value) {
  fmt::print("{:<40} {:8.1f}\n", name, value);
  bench::figures().add(name, value);
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t accounts = 1'000'000;
  std::uint64_t orders = 1'000'000;
  std::string json;
  CLI::App app("what accounts and resting orders cost in memory");
  app.add_option("--accounts", accounts)->check(CLI::PositiveNumber);
  app.add_option("--orders", orders)->check(CLI::PositiveNumber);
  app.add_option("--json", json, "write the figures there");
  CLI11_PARSE(app, argc, argv);
  Market market;
  const std::uint64_t empty = resident_bytes();
  for (std::uint64_t i = 0; i < accounts; ++i) market.open_account(i);
  for (std::uint64_t i = 0; i < accounts; ++i) market.rest_order(i);
  const std::uint64_t traded = resident_bytes();
  for (std::uint64_t i = 0; i < orders; ++i) market.rest_order(market.any_of(accounts));
  const std::uint64_t rested = resident_bytes();
  if (market.open_orders() != accounts + orders) {
    fmt::print(stderr, "{} of {} orders rest\n", market.open_orders(), accounts + orders);
    return 1;
  }
  const auto each = [](std::uint64_t bytes, std::uint64_t count) {
    return static_cast<double>(bytes) / static_cast<double>(count);
  };
  const double order = each(rested - traded, orders);
  report("account with two assets, bytes", each(traded - empty, accounts) - order);
  report("resting order, bytes", order);
  return rialto::bench::figures().write(json) ? 0 : 1;
}
