// Idempotency, limits, expiry, mass cancels, the kill switch and snapshots of the open orders.
#include <gtest/gtest.h>

#include "contexts/orders/tests/order_desk.hpp"

namespace rialto::orders {
namespace {

using testing::expect_event;
using testing::expect_refused;

constexpr std::int64_t retention = 5 * minute;

PlaceOrder keyed(std::uint64_t key, std::uint64_t content = 1) {
  PlaceOrder command = limit(Side::buy, 1000, 1);
  command.key = {9, key};
  command.content = content;
  return command;
}

TEST(ClientOrderId, the_same_content_finds_the_same_order_and_other_content_is_refused) {
  // ORDERS-7
  OrderDesk desk;
  EXPECT_FALSE(desk.orders.earlier(keyed(1)).has_value());
  const OrderId id = desk.place(keyed(1));
  EXPECT_EQ(desk.orders.earlier(keyed(1))->value(), id);
  EXPECT_EQ(desk.orders.earlier(keyed(1, 2))->error(), Reject::client_order_id_reused);
  EXPECT_FALSE(desk.orders.earlier(keyed(2)).has_value());
  EXPECT_FALSE(desk.orders.earlier(limit(Side::buy, 1000, 1)).has_value()) << "no key, no memory";
}

TEST(ClientOrderId, is_remembered_for_five_minutes_of_log_time_after_the_close) {
  // ORDERS-7
  OrderDesk desk;
  desk.terms.rules.max_open_orders = 100;
  const OrderId id = desk.place(keyed(1));
  desk.now.value += 100 * minute;
  desk.place(limit(Side::buy, 1000, 1));
  EXPECT_TRUE(desk.orders.earlier(keyed(1)).has_value()) << "live orders are never forgotten";
  desk.cancel(id);
  desk.now.value += retention;
  desk.place(limit(Side::buy, 1000, 1));
  EXPECT_EQ(desk.orders.earlier(keyed(1))->value(), id) << "the last moment";
  desk.now.value += 1;
  EXPECT_TRUE(desk.orders.earlier(keyed(1)).has_value()) << "eviction is an effect of events only";
  desk.place(limit(Side::buy, 1000, 1));
  EXPECT_FALSE(desk.orders.earlier(keyed(1)).has_value());
  EXPECT_NE(desk.place(keyed(1, 2)), id);
}

TEST(ClientOrderId, a_full_table_refuses_new_keys_until_the_oldest_one_is_over) {
  // ORDERS-7
  OrderDesk desk;
  desk.orders = Orders(Limits{.open_orders = 10, .keys = 2});
  const OrderId first = desk.place(keyed(1));
  desk.place(keyed(2));
  const auto refused = [&] {
    expect_refused("full", desk.orders, keyed(3), Reject::client_order_id_capacity_exhausted,
                   &desk.terms, desk.market, desk.now);
  };
  desk.now.value += 100 * minute;
  refused();
  desk.cancel(first);
  desk.now.value += retention;
  refused();
  EXPECT_TRUE(desk.decide(limit(Side::buy, 1000, 1)).has_value()) << "orders without a key go on";
  desk.now.value += 1;
  desk.place(keyed(3));
  refused();
}

TEST(OpenOrders, are_counted_and_listed_per_account_oldest_first) {
  OrderDesk desk;
  const OrderId a = desk.place(limit(Side::buy, 1000, 1));
  desk.place(limit(Side::buy, 1000, 1, bob));
  const OrderId b = desk.place(limit(Side::buy, 1000, 1));
  const OrderId c = desk.place(limit(Side::buy, 1000, 1));
  EXPECT_EQ(desk.orders.open_orders(alice), 3u);
  EXPECT_EQ(desk.orders.open_orders({99}), 0u);
  EXPECT_EQ(desk.decide(limit(Side::buy, 1000, 1)).error(), Reject::too_many_open_orders);
  EXPECT_TRUE(desk.decide(limit(Side::buy, 1000, 1, bob)).has_value());
  desk.cancel(b);
  std::vector<OrderId> seen;
  desk.orders.each_open(alice, [&](const Order& order) { seen.push_back(order.id); });
  EXPECT_EQ(seen, (std::vector{a, c}));
  EXPECT_EQ(desk.orders.open_count(), 3u);
  EXPECT_TRUE(desk.decide(limit(Side::buy, 1000, 1)).has_value());
}

TEST(Expiry, orders_are_due_by_time_and_then_by_number) {
  OrderDesk desk;
  const auto until = [](std::int64_t time) {
    PlaceOrder command = limit(Side::buy, 1000, 1);
    command.time_in_force = TimeInForce::gtd;
    command.expire_time = {time};
    return command;
  };
  const OrderId late = desk.place(until(3 * minute));
  const OrderId early = desk.place(until(2 * minute));
  const OrderId also_early = desk.place(until(2 * minute));
  EXPECT_EQ(desk.orders.next_expiry(), Timestamp{2 * minute});
  EXPECT_EQ(desk.orders.next_expired({2 * minute - 1}), std::nullopt);
  EXPECT_EQ(desk.orders.next_expired({2 * minute}), early);
  desk.cancel(early);
  EXPECT_EQ(desk.orders.next_expired({9 * minute}), also_early);
  desk.cancel(also_early);
  EXPECT_EQ(desk.orders.next_expired({9 * minute}), late);
  desk.cancel(late);
  EXPECT_EQ(desk.orders.next_expiry(), std::nullopt);
}

TEST(MassCancel, queues_what_is_open_and_skips_what_closes_meanwhile) {
  // ORDERS-6
  OrderDesk desk;
  const OrderId a = desk.place(limit(Side::buy, 1000, 1));
  const OrderId b = desk.place(limit(Side::buy, 1000, 1));
  const OrderId c = desk.place(limit(Side::buy, 1000, 1));
  desk.orders.evolve(MassCancelRequested{alice, {2}, CancelReason::mass_cancel});
  EXPECT_EQ(desk.orders.next_mass_cancelled(), std::nullopt) << "nothing on that instrument";
  desk.orders.evolve(MassCancelRequested{alice, instrument, CancelReason::mass_cancel});
  desk.orders.evolve(MassCancelRequested{alice, {}, CancelReason::kill_switch});
  EXPECT_EQ(desk.orders.next_mass_cancelled(), a);
  EXPECT_EQ(desk.orders.mass_cancel_reason(), CancelReason::mass_cancel);
  desk.cancel(b);
  testing::expect_saves_and_loads(desk.orders);
  desk.cancel(a);
  EXPECT_EQ(desk.orders.next_mass_cancelled(), c);
  desk.cancel(c);
  EXPECT_EQ(desk.orders.next_mass_cancelled(), std::nullopt)
      << "the second request has nothing left";
}

TEST(KillSwitch, blocks_and_unblocks_accounts_and_the_venue) {
  OrderDesk desk;
  for (const AccountId who : {alice, AccountId{}}) {
    expect_refused("not blocked", desk.orders, UnblockTrading{who}, Reject::account_not_blocked);
    const auto blocked = desk.orders.decide(BlockTrading{who});
    expect_event("block", blocked, TradingBlocked{who});
    desk.orders.evolve(*blocked);
    expect_refused("blocked", desk.orders, BlockTrading{who}, Reject::account_already_blocked);
    testing::expect_saves_and_loads(desk.orders);
    const auto unblocked = desk.orders.decide(UnblockTrading{who});
    expect_event("unblock", unblocked, TradingUnblocked{who});
    desk.orders.evolve(*unblocked);
    EXPECT_TRUE(desk.decide(limit(Side::buy, 1000, 1)).has_value());
  }
}

TEST(KillSwitch, sweeps_the_accounts_that_have_orders_once_each) {
  OrderDesk desk;
  desk.place(limit(Side::buy, 1000, 1, alice));
  desk.place(limit(Side::buy, 1000, 1, {9}));
  EXPECT_EQ(desk.orders.kill_switch_at(), std::nullopt);
  desk.orders.evolve(TradingBlocked{});
  EXPECT_EQ(desk.orders.kill_switch_at(), alice);
  desk.orders.evolve(KillSwitchAdvanced{bob});
  EXPECT_EQ(desk.orders.kill_switch_at(), AccountId{9});
  desk.orders.evolve(KillSwitchAdvanced{{10}});
  EXPECT_EQ(desk.orders.kill_switch_at(), AccountId{}) << "nobody left: one last event ends it";
  desk.orders.evolve(KillSwitchAdvanced{{}});
  EXPECT_EQ(desk.orders.kill_switch_at(), std::nullopt);
  desk.orders.evolve(TradingUnblocked{});
  desk.orders.evolve(TradingBlocked{});
  EXPECT_EQ(desk.orders.kill_switch_at(), alice) << "again from the start";
}

TEST(Snapshot, keeps_everything_that_later_decisions_need) {
  OrderDesk desk;
  desk.terms.rules.taker_fee = desk.terms.rules.maker_fee = {333'333};
  PlaceOrder buy = keyed(1);
  buy.quantity = {10};
  buy.client_order_id = {"mine"};
  buy.display = {3};
  buy.time_in_force = TimeInForce::gtd;
  buy.expire_time = {3 * minute};
  const OrderId id = desk.place(buy);
  const OrderId sell = desk.place(limit(Side::sell, 1000, 4, bob));
  desk.trade(id, sell, 1000, 1, Side::sell);
  desk.place(stop(Side::sell, 900, 5));
  desk.cancel(desk.place(keyed(2)));
  desk.orders.evolve(TradingBlocked{bob});
  testing::expect_saves_and_loads(desk.orders);

  const Bytes bytes = testing::bytes_of(desk.orders);
  BinaryReader reader(bytes);
  OrderDesk loaded;
  loaded.terms = desk.terms;
  loaded.orders.load(reader);
  EXPECT_EQ(loaded.orders.earlier(keyed(1))->value(), id);
  EXPECT_EQ(loaded.orders.next_expired({3 * minute}), id);
  EXPECT_TRUE(loaded.orders.blocked(bob));
  const auto before = desk.trade(id, sell, 1000, 1, Side::sell);
  const auto after = loaded.trade(id, sell, 1000, 1, Side::sell);
  EXPECT_EQ(testing::text_of(before), testing::text_of(after)) << "slack and holds are the same";
  EXPECT_EQ(testing::bytes_of(desk.orders), testing::bytes_of(loaded.orders));
}

TEST(Orders, an_impossible_event_stops_the_program) {
  OrderDesk desk;
  const OrderId id = desk.place(limit(Side::buy, 1000, 10));
  OrderCreated out_of_turn;
  out_of_turn.order = {5};
  EXPECT_DEATH(desk.orders.evolve(out_of_turn, desk.now), "assertion failed") << "ORDERS-1";
  matching::OrderCancelled cancelled;
  cancelled.order = id;
  EXPECT_DEATH(desk.orders.evolve(cancelled, desk.now), "assertion failed") << "ORDERS-3";
  EXPECT_DEATH(desk.orders.evolve(matching::OrderTriggered{{99}, instrument}), "assertion failed");
}

TEST(JustClosed, an_order_can_be_looked_at_right_behind_its_end) {
  OrderDesk desk;
  const OrderId buy = desk.place(limit(Side::buy, 1000, 3));
  const OrderId sell = desk.place(limit(Side::sell, 1000, 3, bob));
  desk.trade(buy, sell, 1000, 1, Side::sell);
  EXPECT_EQ(desk.orders.just_closed(buy), nullptr) << "still open";
  desk.trade(buy, sell, 1000, 2, Side::sell);
  for (const OrderId id : {buy, sell}) {
    ASSERT_NE(desk.orders.just_closed(id), nullptr);
    EXPECT_EQ(desk.orders.just_closed(id)->id, id);
    EXPECT_EQ(desk.orders.just_closed(id)->filled, Quantity{3});
    EXPECT_TRUE(desk.orders.just_closed(id)->filled_notional == 3000);
  }
  const OrderId next = desk.place(limit(Side::buy, 1000, 5));
  EXPECT_EQ(desk.orders.just_closed(next), nullptr);
  desk.cancel(next);
  ASSERT_NE(desk.orders.just_closed(next), nullptr);
  EXPECT_EQ(desk.orders.just_closed(next)->remaining, Quantity{5});
  EXPECT_EQ(desk.orders.just_closed({99}), nullptr);
}

}  // namespace
}  // namespace rialto::orders
