// FLOWS-4: work that is queued in the state and done in bounded steps: stops, expiries, mass
// cancels, kill switches.
#include <gtest/gtest.h>

#include "flows/tests/venue_under_test.hpp"

namespace rialto::flows {
namespace {

using matching::OrderCancelled;
using matching::OrderTriggered;
using matching::TradeExecuted;
using orders::CancelReason;
using orders::TimeInForce;

class QueuedWork : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(venue.faults(), ""); }

  void trade_at(std::int64_t price, std::int64_t quantity = 1) {
    venue.place(limit(carol, Side::buy, price, quantity));
    orders::PlaceOrder sell = limit(bob, Side::sell, price, quantity);
    venue.accept(sell);
  }
  bool open(OrderId order) const { return venue.engine.venue.orders.order(order) != nullptr; }
  std::string code(const Command& command) {
    const Reply reply = venue.run(command);
    return reply.rejection ? std::string(reply.rejection->code) : "accepted";
  }

  VenueUnderTest venue;
};

TEST_F(QueuedWork, a_trade_at_the_stop_price_sets_a_stop_off) {
  trade_at(100);
  const OrderId order = venue.place(stop(alice, Side::buy, 105, 2));
  venue.place(limit(bob, Side::sell, 107, 5));
  trade_at(104);
  EXPECT_FALSE(venue.engine.has_work(venue.now));
  trade_at(105);
  ASSERT_TRUE(venue.engine.has_work(venue.now));
  venue.drain();
  EXPECT_EQ(venue.emitted<OrderTriggered>().at(0).order, order);
  EXPECT_EQ(venue.emitted<TradeExecuted>().at(0).price, Price{107});
  EXPECT_FALSE(open(order));
}

TEST_F(QueuedWork, a_triggered_stop_limit_rests_at_its_limit) {
  trade_at(100);
  orders::PlaceOrder command = stop(alice, Side::sell, 95, 2);
  command.type = orders::OrderType::stop_limit;
  command.price = {97};
  const OrderId order = venue.place(command);
  trade_at(95);
  venue.drain();
  EXPECT_FALSE(venue.engine.venue.orders.order(order)->waiting);
  EXPECT_EQ(venue.engine.venue.matching.best(abc_xyz, Side::sell), Price{97});
}

TEST_F(QueuedWork, one_trade_sets_off_a_hundred_thousand_stops_in_bounded_steps) {
  constexpr std::int64_t stops = 100'000, bid_for = 40'000;
  constexpr std::uint32_t budget = 256, largest_stop = 4;  // triggered, trade, cancelled, processed
  venue.checks_every_step = false;
  trade_at(100);
  for (std::int64_t i = 0; i < stops; ++i) venue.place(stop(alice, Side::sell, 90, 1));
  ASSERT_EQ(venue.held(alice, abc).value, stops);
  venue.check_state();
  trade_at(90);
  // Half a million XYZ would not pay for it all: the bid takes what it can, the rest finds nothing.
  venue.accept(ledger::CreditAccount{carol, xyz, {100 * million}, {}, 0});

  orders::PlaceOrder elsewhere = limit(bob, Side::sell, 100, 1);
  elsewhere.instrument = def_xyz;
  const orders::PlaceOrder here = limit(carol, Side::buy, 90, bid_for);
  EXPECT_TRUE(venue.engine.must_wait(here, venue.now));
  std::int64_t steps = 0;
  std::uint32_t largest_step = 0;
  while (venue.engine.has_work(venue.now)) {
    ASSERT_FALSE(venue.engine.must_wait(elsewhere, venue.now)) << "other instruments go on";
    if (steps % 100 == 0) venue.accept(elsewhere);
    largest_step = std::max(largest_step, venue.drain_once(budget));
    ++steps;
  }
  EXPECT_LE(largest_step, budget + largest_stop);
  EXPECT_GE(steps, stops * 3 / (budget + largest_stop));
  EXPECT_EQ(venue.engine.venue.orders.open_orders(alice), 0u);
  EXPECT_EQ(venue.held(alice, abc).value, 0);
  EXPECT_FALSE(venue.engine.must_wait(here, venue.now));
  venue.check_state();
}

TEST_F(QueuedWork, stops_set_each_other_off_one_after_the_other) {
  // Each stop sells into the next bid and so reaches the next stop's price.
  constexpr std::int64_t chain = 50;
  trade_at(1000);
  for (std::int64_t i = 1; i <= chain; ++i) {
    venue.place(limit(carol, Side::buy, 1000 - i, 1));
    venue.place(stop(alice, Side::sell, 1001 - i - (i == 1 ? 1 : 0), 1));
  }
  venue.accept(limit(bob, Side::sell, 999, 1));
  venue.drain();
  EXPECT_EQ(venue.emitted<OrderTriggered>().size(), static_cast<std::size_t>(chain));
  EXPECT_EQ(venue.engine.venue.orders.open_orders(alice), 0u);
}

TEST_F(QueuedWork, a_halt_stops_the_stops_and_nothing_waits_for_them) {
  trade_at(100);
  const OrderId first = venue.place(stop(alice, Side::sell, 95, 1));
  const OrderId second = venue.place(stop(alice, Side::sell, 95, 1));
  orders::PlaceOrder elsewhere = stop(alice, Side::sell, 95, 1);
  elsewhere.instrument = def_xyz;
  venue.place(elsewhere);
  trade_at(95);
  ASSERT_TRUE(venue.engine.has_work(venue.now));
  venue.accept(instruments::HaltInstrument{abc_xyz});
  EXPECT_FALSE(venue.engine.has_work(venue.now)) << "no trading in a halted instrument";
  EXPECT_EQ(code(orders::CancelOrder{alice, first, {}}), "accepted");
  EXPECT_EQ(code(limit(bob, Side::sell, 100, 1)), "instrument_halted");
  EXPECT_EQ(code(orders::CancelAllOrders{bob, {}}), "accepted");

  orders::PlaceOrder other = limit(carol, Side::buy, 90, 1);
  other.instrument = def_xyz;
  venue.place(other);
  other = limit(bob, Side::sell, 90, 1);
  other.instrument = def_xyz;
  venue.place(other);
  venue.drain();
  EXPECT_EQ(venue.emitted<OrderTriggered>().size(), 1u) << "the other instrument's stop goes off";
  EXPECT_TRUE(open(second));

  venue.accept(instruments::ResumeInstrument{abc_xyz});
  EXPECT_TRUE(venue.engine.must_wait(limit(bob, Side::sell, 100, 1), venue.now));
  venue.drain();
  EXPECT_EQ(venue.emitted<OrderTriggered>().at(0).order, second);
}

TEST_F(QueuedWork, day_orders_end_with_the_business_day) {
  orders::PlaceOrder command = limit(alice, Side::buy, 100, 10);
  command.time_in_force = TimeInForce::day;
  const OrderId day = venue.place(command);
  const OrderId forever = venue.place(limit(alice, Side::buy, 100, 10));
  const Timestamp midnight = venue.engine.venue.calendar.end_of_day();
  EXPECT_EQ(venue.engine.next_work(), midnight);
  venue.now = {midnight.value - 1};
  EXPECT_FALSE(venue.engine.has_work(venue.now));
  venue.now = midnight;
  EXPECT_TRUE(venue.engine.must_wait(limit(alice, Side::buy, 100, 10), venue.now));
  venue.drain();
  ASSERT_EQ(venue.emitted<OrderCancelled>().size(), 1u);
  EXPECT_EQ(venue.emitted<OrderCancelled>()[0].order, day);
  EXPECT_EQ(venue.emitted<OrderCancelled>()[0].reason, CancelReason::expired);
  EXPECT_EQ(venue.emitted<calendar::DayHasPassed>().size(), 1u);
  EXPECT_TRUE(open(forever));
  EXPECT_EQ(venue.held(alice, xyz).value, 1000);
}

TEST_F(QueuedWork, orders_till_a_date_end_there_waiting_stops_too) {
  orders::PlaceOrder command = limit(alice, Side::buy, 100, 10);
  command.time_in_force = TimeInForce::gtd;
  command.expire_time = venue.now + Timestamp{2 * second};
  const OrderId resting = venue.place(command);
  command = stop(alice, Side::buy, 200, 10);
  command.time_in_force = TimeInForce::gtd;
  command.expire_time = venue.now + Timestamp{3 * second};
  const OrderId waiting = venue.place(command);
  EXPECT_EQ(venue.engine.next_work(), (venue.now + Timestamp{2 * second}));
  venue.advance(2 * second);
  EXPECT_EQ(code(orders::AmendOrder{alice, resting, Quantity{5}, {}, {}}), "order_not_found")
      << "expiries come first";
  EXPECT_FALSE(open(resting));
  EXPECT_TRUE(open(waiting));
  venue.advance(second);
  venue.drain();
  EXPECT_FALSE(open(waiting));
  EXPECT_EQ(venue.held(alice, xyz).value, 0);
}

TEST_F(QueuedWork, a_mass_cancel_larger_than_the_budget_takes_several_steps) {
  for (int i = 0; i < 100; ++i) venue.place(limit(alice, Side::buy, 100, 1));
  const OrderId bobs = venue.place(limit(bob, Side::buy, 100, 1));
  orders::PlaceOrder elsewhere = limit(alice, Side::buy, 100, 1);
  elsewhere.instrument = def_xyz;
  const OrderId other = venue.place(elsewhere);
  EXPECT_EQ(venue.accept(orders::CancelAllOrders{alice, abc_xyz}).count, 100u);
  EXPECT_EQ(venue.emitted_count(), 1u);
  EXPECT_TRUE(venue.engine.must_wait(limit(bob, Side::sell, 100, 1), venue.now))
      << "what was promised comes before any trading";
  EXPECT_EQ(venue.drain_once(30), 30u);
  EXPECT_EQ(venue.engine.venue.orders.open_orders(alice), 71u);
  venue.drain();
  EXPECT_EQ(venue.emitted<OrderCancelled>().back().reason, CancelReason::mass_cancel);
  EXPECT_TRUE(open(bobs) && open(other));
  EXPECT_EQ(venue.held(alice, xyz).value, 100);
  EXPECT_EQ(venue.accept(orders::CancelAllOrders{alice, abc_xyz}).count, 0u);
  EXPECT_EQ(venue.emitted_count(), 0u) << "nothing to cancel, nothing to say";
}

TEST_F(QueuedWork, the_kill_switch_of_an_account_cancels_and_blocks) {
  const OrderId order = venue.place(limit(alice, Side::buy, 100, 1));
  const OrderId bobs = venue.place(limit(bob, Side::buy, 100, 1));
  EXPECT_EQ(venue.accept(orders::BlockTrading{alice}).count, 1u);
  EXPECT_EQ(code(limit(alice, Side::buy, 100, 1)), "account_blocked");
  EXPECT_FALSE(open(order));
  EXPECT_TRUE(open(bobs));
  EXPECT_EQ(code(orders::BlockTrading{alice}), "account_already_blocked");
  EXPECT_EQ(code(orders::BlockTrading{{99}}), "account_not_found");
  venue.accept(orders::UnblockTrading{alice});
  EXPECT_EQ(code(limit(alice, Side::buy, 100, 1)), "accepted");
}

TEST_F(QueuedWork, the_kill_switch_of_the_venue_cancels_everything_and_blocks) {
  venue.budget = 3;
  for (const AccountId account : {alice, bob, carol})
    for (int i = 0; i < 5; ++i) venue.place(limit(account, Side::buy, 100, 1));
  venue.accept(orders::BlockTrading{});
  venue.drain();
  EXPECT_EQ(venue.engine.venue.orders.open_count(), 0u);
  EXPECT_EQ(venue.emitted<OrderCancelled>().size(), 15u);
  EXPECT_EQ(venue.emitted<OrderCancelled>()[0].reason, CancelReason::kill_switch);
  EXPECT_EQ(code(limit(alice, Side::buy, 100, 1)), "venue_blocked");
  venue.accept(orders::UnblockTrading{});
  EXPECT_EQ(code(limit(alice, Side::buy, 100, 1)), "accepted");
}

TEST_F(QueuedWork, the_kill_switch_goes_ahead_of_stops_that_are_set_off) {
  trade_at(100);
  for (int i = 0; i < 10; ++i) venue.place(stop(alice, Side::sell, 95, 1));
  trade_at(95);
  ASSERT_TRUE(venue.engine.has_work(venue.now));
  ASSERT_FALSE(venue.engine.must_wait(orders::BlockTrading{}, venue.now));
  venue.accept(orders::BlockTrading{});
  venue.drain();
  EXPECT_TRUE(venue.emitted<OrderTriggered>().empty());
  EXPECT_EQ(venue.engine.venue.orders.open_orders(alice), 0u);
}

TEST_F(QueuedWork, a_jump_in_time_passes_every_day_on_the_way) {
  venue.drain();
  venue.advance(5 * calendar::day_ns);
  venue.accept(AdvanceClock{});
  venue.drain();
  EXPECT_EQ(venue.emitted<calendar::DayHasPassed>().size(), 5u);
}

}  // namespace
}  // namespace rialto::flows
