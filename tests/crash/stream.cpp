#include "tests/crash/stream.hpp"

#include <algorithm>

#include "tests/simulation/random.hpp"

namespace rialto::crash {
namespace {

using simulation::Random;

constexpr std::uint64_t customers = 6;
constexpr AssetId dollar{1};
constexpr AssetId coin{2};

Fingerprint key_of(std::uint64_t number) {
  return {77, number};
}
AccountId some_account(Random& random) {
  return {4 + random.below(customers)};
}

flows::Command place(Random& random, std::uint64_t number) {
  orders::PlaceOrder order;
  order.account = some_account(random);
  order.instrument = {1};
  order.side = random.one_in(2) ? Side::buy : Side::sell;
  order.quantity = {random.between(1, 5'000)};
  order.key = key_of(number);
  order.content = number;
  order.self_trade_prevention = static_cast<orders::SelfTradePrevention>(random.below(5));
  const std::int64_t away = random.between(-40, 60);
  order.price = {5'000'000 + (order.side == Side::buy ? -away : away)};
  if (random.one_in(10)) {
    order.type = orders::OrderType::market;
    order.price = {};
  } else if (random.one_in(10)) {
    order.type = orders::OrderType::stop;
    order.price = {};
    order.stop_price = {5'000'000 + (order.side == Side::buy ? 1 : -1) * random.between(1, 40)};
  } else if (random.one_in(6)) {
    order.display = {std::max<std::int64_t>(1, order.quantity.value / 3)};
  } else if (random.one_in(12)) {
    order.time_in_force = orders::TimeInForce::fok;
  }
  return order;
}

}  // namespace

std::vector<flows::Command> opening() {
  std::vector<flows::Command> all;
  for (int i = 0; i < 3; ++i) all.push_back(ledger::OpenAccount{ledger::AccountKind::system, {}});
  all.push_back(instruments::RegisterAsset{"USD", 7});
  all.push_back(instruments::RegisterAsset{"BTC", 8});
  instruments::Rules rules;
  rules.maker_fee = {100};
  rules.taker_fee = {250};
  rules.max_quantity = {largest_number};
  rules.max_notional = {largest_number};
  rules.collar_ppm = 50'000;
  rules.max_open_orders = 25;
  all.push_back(instruments::ListInstrument{"BTC-USD", "BTC", "USD", {1, 2}, {1, 5}, rules});
  for (std::uint64_t i = 0; i < customers; ++i) {
    all.push_back(ledger::OpenAccount{ledger::AccountKind::customer, {}});
    all.push_back(ledger::CreditAccount{{4 + i}, dollar, {30'000'000'000'000'000}, {}, 0});
    all.push_back(ledger::CreditAccount{{4 + i}, coin, {1'000'000'000'000}, {}, 0});
  }
  return all;
}

flows::Command request(std::uint64_t number) {
  number &= ~again;
  Random random(number * 0x9E3779B97F4A7C15ull);
  const std::uint64_t dice = random.below(100);
  if (dice < 72) return place(random, number);
  if (dice < 88) {
    // An order of a moment ago, by its client's name for it. Usually another account's, then
    // refused.
    const std::uint64_t earlier = number - 1 - random.below(12);
    const auto target = request(std::max(earlier, first_load));
    orders::CancelOrder cancel;
    cancel.account = some_account(random);
    if (const auto* placed = std::get_if<orders::PlaceOrder>(&target)) {
      cancel.account = placed->account;
      cancel.key = placed->key;
    }
    return cancel;
  }
  if (dice < 89)
    return orders::CancelAllOrders{some_account(random), {}, orders::CancelReason::mass_cancel};
  const AccountId account = some_account(random);
  const Amount amount{random.between(1, 1'000'000'000)};
  if (dice < 95) return ledger::CreditAccount{account, dollar, amount, key_of(number), number};
  return ledger::DebitAccount{account, dollar, amount, key_of(number), number};
}

}  // namespace rialto::crash
