// What the events of orders and matching do to balances and holds.
#include <gtest/gtest.h>

#include "contexts/ledger/ledger.hpp"
#include "core/tests/given.hpp"

namespace rialto::ledger {
namespace {

constexpr AssetId usd{1}, btc{2};
constexpr AccountId buyer{4}, seller{5};

/// Buyer: 1000 USD, 505 of them on hold. Seller: 10 BTC, all on hold.
Ledger before_the_trade() {
  Ledger ledger;
  for (const auto kind : {AccountKind::system, AccountKind::system, AccountKind::system,
                          AccountKind::customer, AccountKind::customer})
    ledger.evolve(ledger.decide(OpenAccount{kind, {}}).value());
  ledger.evolve(AccountCredited{buyer, usd, {1000}, {}, 0}, {});
  ledger.evolve(AccountCredited{seller, btc, {10}, {}, 0}, {});
  orders::OrderCreated order;
  order.account = buyer;
  order.hold_asset = usd;
  order.hold = {505};
  ledger.evolve(order);
  order.account = seller;
  order.hold_asset = btc;
  order.hold = {10};
  ledger.evolve(order);
  return ledger;
}

/// 4 BTC for 400 USD.
matching::TradeExecuted trade(std::int64_t buyer_fee, std::int64_t seller_fee) {
  matching::TradeExecuted event;
  event.buyer = buyer;
  event.seller = seller;
  event.base = btc;
  event.quote = usd;
  event.base_amount = {4};
  event.notional = {400};
  event.buyer_fee = {buyer_fee};
  event.seller_fee = {seller_fee};
  event.buyer_hold_released = {404};
  event.seller_hold_released = {4};
  return event;
}

struct Expected {
  AccountId account;
  AssetId asset;
  std::int64_t owned;
  std::int64_t held;
};

void expect_balances(const Ledger& ledger, std::initializer_list<Expected> expected) {
  for (const Expected& e : expected) {
    const Balance balance = ledger.balance(e.account, e.asset);
    EXPECT_EQ(balance.owned.value, e.owned)
        << "account " << e.account.value << " asset " << e.asset.value;
    EXPECT_EQ(balance.held.value, e.held)
        << "account " << e.account.value << " asset " << e.asset.value;
  }
  EXPECT_TRUE(ledger.consistent());
}

TEST(Settlement, both_sides_settle_against_clearing_and_fees_go_to_the_venue) {
  // LEDGER-1
  Ledger ledger = before_the_trade();
  ledger.evolve(trade(4, 1));
  expect_balances(ledger, {{buyer, usd, 596, 101},
                           {buyer, btc, 4, 0},
                           {seller, usd, 399, 0},
                           {seller, btc, 6, 6},
                           {venue_fees_account, usd, 5, 0},
                           {clearing_account, usd, 0, 0},
                           {clearing_account, btc, 0, 0},
                           {external_account, usd, -1000, 0}});
}

TEST(Settlement, a_rebate_is_paid_out_of_the_others_fee) {
  Ledger ledger = before_the_trade();
  ledger.evolve(trade(4, -3));
  expect_balances(ledger,
                  {{buyer, usd, 596, 101}, {seller, usd, 403, 0}, {venue_fees_account, usd, 1, 0}});
}

TEST(Settlement, amendments_cancels_and_reductions_move_the_hold) {
  Ledger ledger = before_the_trade();
  orders::OrderUpdated updated;
  updated.account = buyer;
  updated.hold_asset = usd;
  updated.hold_change = {95};
  ledger.evolve(updated);
  expect_balances(ledger, {{buyer, usd, 1000, 600}});
  updated.hold_change = {-100};
  ledger.evolve(updated);
  expect_balances(ledger, {{buyer, usd, 1000, 500}});
  matching::OrderReduced reduced;
  reduced.account = buyer;
  reduced.hold_asset = usd;
  reduced.hold_released = {200};
  ledger.evolve(reduced);
  expect_balances(ledger, {{buyer, usd, 1000, 300}});
  matching::OrderCancelled cancelled;
  cancelled.account = buyer;
  cancelled.hold_asset = usd;
  cancelled.hold_released = {300};
  ledger.evolve(cancelled);
  expect_balances(ledger, {{buyer, usd, 1000, 0}});
}

// Events that would break an invariant are bugs: the program stops before they spread.
TEST(Settlement, an_impossible_event_stops_the_program) {
  Ledger ledger = before_the_trade();
  matching::TradeExecuted overdraft = trade(601, 0);  // LEDGER-2: 1000 - 400 - 601 < 0
  EXPECT_DEATH(ledger.evolve(overdraft), "assertion failed");
  EXPECT_DEATH(ledger.evolve(AccountDebited{buyer, usd, {496}, {}, 0}, {}), "assertion failed")
      << "LEDGER-3: 505 are held";
  matching::OrderCancelled twice;
  twice.account = seller;
  twice.hold_asset = btc;
  twice.hold_released = {11};
  EXPECT_DEATH(ledger.evolve(twice), "assertion failed");
  EXPECT_DEATH(ledger.evolve(AccountClosed{buyer}), "assertion failed");
}

}  // namespace
}  // namespace rialto::ledger
