// The market that the benchmarks of the venue trade on: books against USD around a price of 500.00,
// funded accounts, each keeping to one book, and random orders of theirs.
#pragma once

#include <cstdint>
#include <random>

#include <fmt/format.h>

#include "flows/commands.hpp"

namespace rialto::bench {

/// Numbers of customers' accounts begin here, behind the venue's own three.
inline constexpr std::uint64_t first_account = 4;

struct Market {
  std::uint32_t books = 1;
  std::uint64_t accounts = 0;

  AccountId account(std::uint64_t trader) const { return {first_account + trader}; }
  InstrumentId book(std::uint64_t trader) const {
    return {1 + static_cast<std::uint32_t>(trader % books)};
  }

  /// Calls run(Command) for all it takes, and between(): so far everything is complete.
  template <class Run, class Between>
  void open(Run run, Between between) const {
    for (int i = 0; i < 3; ++i) run(ledger::OpenAccount{ledger::AccountKind::system, {}});
    run(instruments::RegisterAsset{"USD", 2});
    instruments::Rules rules;
    rules.max_quantity = {largest_number};
    rules.max_notional = {largest_number};
    rules.max_open_orders = 1'000'000;
    rules.taker_fee = {300};
    rules.maker_fee = {100};
    for (std::uint32_t number = 1; number <= books; ++number) {
      const std::string base = fmt::format("B{}", number);
      run(instruments::RegisterAsset{base, 0});
      run(instruments::ListInstrument{base + "-USD", base, "USD", {1, 2}, {1, 0}, rules});
    }
    for (std::uint64_t trader = 0; trader < accounts; ++trader) {
      run(ledger::OpenAccount{ledger::AccountKind::customer, {}});
      run(ledger::CreditAccount{account(trader), {1}, {1'000'000'000'000}, {}, 0});
      run(ledger::CreditAccount{account(trader), {1 + book(trader).value}, {1'000'000'000}, {}, 0});
      between();
    }
  }

  /// A random order, up to `farthest` ticks beyond the middle where it is marketable (and then
  /// immediate), short of it where it is not.
  template <class Random>
  orders::PlaceOrder order_of(std::uint64_t trader, Random& random, bool marketable,
                              std::uint64_t farthest) const {
    orders::PlaceOrder order;
    order.account = account(trader);
    order.instrument = book(trader);
    order.side = random() % 2 == 0 ? Side::buy : Side::sell;
    const auto away = static_cast<std::int64_t>(1 + random() % farthest);
    order.price = {50'000 + ((order.side == Side::buy) == marketable ? away : -away)};
    order.quantity = {static_cast<std::int64_t>(1 + random() % 100)};
    order.time_in_force = marketable ? orders::TimeInForce::ioc : orders::TimeInForce::gtc;
    return order;
  }
  /// The same of a random trader.
  template <class Random>
  orders::PlaceOrder any_order(Random& random, bool marketable, std::uint64_t farthest) const {
    const std::uint64_t trader = random() % accounts;
    return order_of(trader, random, marketable, farthest);
  }
  /// A client order id of its own.
  template <class Random>
  static void give_key(orders::PlaceOrder& order, Random& random) {
    order.key = {random(), random()};
    order.content = random();
  }
};

}  // namespace rialto::bench
