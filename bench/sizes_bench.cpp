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
#include "bench/market.hpp"
#include "flows/engine.hpp"
#include "platform/eventlog/step_writer.hpp"

namespace {

using namespace rialto;

std::uint64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  unsigned long pages = 0;
  if (file == nullptr || std::fscanf(file, "%*u %lu", &pages) != 1) pages = 0;
  if (file != nullptr) std::fclose(file);
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

class Venue {
 public:
  explicit Venue(std::uint64_t accounts) : market_{1, accounts} {}

  void open_accounts() {
    market_.open([this](const flows::Command& command) { run(command); }, [] {});
  }
  /// They rest, all of them.
  void rest_order(std::uint64_t trader) {
    orders::PlaceOrder order = market_.order_of(trader, random_, false, 500);
    bench::Market::give_key(order, random_);
    run(order);
  }
  void rest_any_order() { rest_order(random_() % market_.accounts); }
  std::size_t open_orders() const { return engine_.venue.orders.open_count(); }

 private:
  void run(const flows::Command& command) {
    writer_.begin_step({});
    (void)engine_.execute(command, {1}, writer_);
    writer_.end_step();
    writer_.clear();
  }

  bench::Market market_;
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
  Venue venue(accounts);
  const std::uint64_t empty = resident_bytes();
  venue.open_accounts();
  for (std::uint64_t i = 0; i < accounts; ++i) venue.rest_order(i);
  const std::uint64_t traded = resident_bytes();
  for (std::uint64_t i = 0; i < orders; ++i) venue.rest_any_order();
  const std::uint64_t rested = resident_bytes();
  if (venue.open_orders() != accounts + orders) {
    fmt::print(stderr, "{} of {} orders rest\n", venue.open_orders(), accounts + orders);
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
