// Whole steps: what an order does to books, money and events at once.
#include <gtest/gtest.h>

#include "flows/tests/venue_under_test.hpp"

namespace rialto::flows {
namespace {

using matching::OrderCancelled;
using matching::TradeExecuted;
using orders::CancelReason;
using orders::SelfTradePrevention;
using orders::TimeInForce;

class Trading : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(venue.faults(), ""); }

  std::string code(const Command& command) {
    const Reply reply = venue.run(command);
    return reply.rejection ? std::string(reply.rejection->code) : "accepted";
  }

  VenueUnderTest venue;
};

TEST_F(Trading, the_worked_example_comes_out_exactly) {
  // A buys 10 BTC at 50,000, B sells 5: prices in cents, sizes in 0.00001 BTC.
  venue.accept(instruments::RegisterAsset{"USD", 7});
  venue.accept(instruments::RegisterAsset{"BTC", 8});
  const InstrumentId btc_usd = venue
                                   .accept(instruments::ListInstrument{
                                       "BTC-USD", "BTC", "USD", {1, 2}, {1, 5}, plain_rules()})
                                   .instrument;
  const AssetId usd{4}, btc{5};
  constexpr std::int64_t usd_unit = 10'000'000, btc_unit = 100'000'000;
  venue.accept(ledger::CreditAccount{alice, usd, {1'000'000 * usd_unit}, {}, 0});
  venue.accept(ledger::CreditAccount{bob, btc, {20 * btc_unit}, {}, 0});

  orders::PlaceOrder a = limit(alice, Side::buy, 50'000'00, 10'00000);
  a.instrument = btc_usd;
  const Reply placed = venue.accept(a);
  EXPECT_EQ(placed.order.status, OrderStatus::pending);
  orders::PlaceOrder b = limit(bob, Side::sell, 50'000'00, 5'00000);
  b.instrument = btc_usd;
  const Reply sold = venue.accept(b);

  EXPECT_EQ(sold.order.status, OrderStatus::filled);
  const auto trades = venue.emitted<TradeExecuted>();
  ASSERT_EQ(trades.size(), 1u);
  EXPECT_EQ(trades[0].price, Price{50'000'00});
  EXPECT_EQ(trades[0].quantity, Quantity{5'00000});
  EXPECT_EQ(venue.owned(alice, usd).value, (1'000'000 - 250'000) * usd_unit);
  EXPECT_EQ(venue.owned(alice, btc).value, 5 * btc_unit);
  EXPECT_EQ(venue.held(alice, usd).value, 250'000 * usd_unit);
  EXPECT_EQ(venue.engine.venue.orders.order(placed.order.order)->remaining, Quantity{5'00000});
  EXPECT_EQ(venue.owned(bob, usd).value, 250'000 * usd_unit);
  EXPECT_EQ(venue.owned(bob, btc).value, 15 * btc_unit);
  EXPECT_EQ(venue.held(bob, btc).value, 0);
}

TEST_F(Trading, trades_are_at_the_makers_price_and_the_difference_is_released) {
  venue.place(limit(bob, Side::sell, 95, 4));
  venue.place(limit(bob, Side::sell, 90, 3));
  const Reply bought = venue.accept(limit(alice, Side::buy, 100, 10));
  const auto trades = venue.emitted<TradeExecuted>();
  ASSERT_EQ(trades.size(), 2u);
  EXPECT_EQ(trades[0].price, Price{90});
  EXPECT_EQ(trades[1].price, Price{95});
  EXPECT_EQ(bought.order.status, OrderStatus::partially_filled);
  EXPECT_EQ(bought.order.filled, Quantity{7});
  EXPECT_TRUE(bought.order.filled_notional == 3 * 90 + 4 * 95);
  EXPECT_EQ(venue.owned(alice, xyz).value, million - 650);
  EXPECT_EQ(venue.held(alice, xyz).value, 300);
}

struct Rest {
  const char* label;
  orders::PlaceOrder command;
  OrderStatus status;
  std::int64_t filled;
  std::optional<CancelReason> reason;
};

orders::PlaceOrder timed(orders::PlaceOrder command, TimeInForce time_in_force) {
  command.time_in_force = time_in_force;
  return command;
}
orders::PlaceOrder post_only(orders::PlaceOrder command) {
  command.post_only = true;
  return command;
}

TEST_F(Trading, what_does_not_fill_is_reported_with_its_reason) {
  // Offers: 5 at 100, 5 at 109, 5 at 120: a market order's collar (10 %) ends at 110.
  const Rest cases[] = {
      {"limit", limit(alice, Side::buy, 105, 8), OrderStatus::partially_filled, 5, {}},
      {"filled", limit(alice, Side::buy, 109, 8), OrderStatus::filled, 8, {}},
      {"away", limit(alice, Side::buy, 99, 8), OrderStatus::pending, 0, {}},
      {"ioc", timed(limit(alice, Side::buy, 105, 8), TimeInForce::ioc), OrderStatus::cancelled, 5,
       CancelReason::immediate_or_cancel},
      {"ioc of nothing", timed(limit(alice, Side::buy, 99, 8), TimeInForce::ioc),
       OrderStatus::cancelled, 0, CancelReason::immediate_or_cancel},
      {"fok, possible",
       timed(limit(alice, Side::buy, 120, 15), TimeInForce::fok),
       OrderStatus::filled,
       15,
       {}},
      {"fok, impossible", timed(limit(alice, Side::buy, 120, 16), TimeInForce::fok),
       OrderStatus::cancelled, 0, CancelReason::fill_or_kill},
      {"market, within the collar",
       market_order(alice, Side::buy, 10),
       OrderStatus::filled,
       10,
       {}},
      {"market, beyond the collar", market_order(alice, Side::buy, 11), OrderStatus::cancelled, 10,
       CancelReason::no_liquidity},
      {"market, empty book", market_order(alice, Side::sell, 11), OrderStatus::cancelled, 0,
       CancelReason::no_liquidity},
      {"market fok", timed(market_order(alice, Side::buy, 11), TimeInForce::fok),
       OrderStatus::cancelled, 0, CancelReason::fill_or_kill},
      {"post-only, takes", post_only(limit(alice, Side::buy, 100, 1)), OrderStatus::rejected, 0,
       CancelReason::post_only_would_take},
      {"post-only, rests", post_only(limit(alice, Side::buy, 99, 1)), OrderStatus::pending, 0, {}},
  };
  for (const Rest& c : cases) {
    VenueUnderTest fresh;
    for (const std::int64_t price : {100, 109, 120}) fresh.place(limit(bob, Side::sell, price, 5));
    const Reply reply = fresh.accept(c.command);
    EXPECT_EQ(testing::text_of(reply.order.status), testing::text_of(c.status)) << c.label;
    EXPECT_EQ(reply.order.filled.value, c.filled) << c.label;
    EXPECT_EQ(reply.order.reason, c.reason) << c.label;
    const bool open = fresh.engine.venue.orders.order(reply.order.order) != nullptr;
    EXPECT_EQ(open, c.status == OrderStatus::pending || c.status == OrderStatus::partially_filled)
        << c.label;
    const std::int64_t held = fresh.held(alice, xyz).value;
    EXPECT_EQ(held != 0, open) << c.label;
    const auto processed = fresh.emitted<matching::OrderProcessed>();
    ASSERT_EQ(processed.size(), 1u) << c.label << ": exactly one last word";
    EXPECT_EQ(processed[0].outcome, open ? matching::Outcome::resting : matching::Outcome::done);
    EXPECT_EQ(fresh.faults(), "") << c.label;
  }
}

struct SelfTrade {
  SelfTradePrevention mode;
  OrderStatus status;    // of the incoming buy of 10 against the own sell of 4 and bob's of 3
  std::int64_t filled;   // by bob, or by the own order without prevention
  std::int64_t working;  // lots of the incoming order that rest
  bool own_sell_stays;
  std::int64_t held_xyz, held_abc;
};

TEST_F(Trading, orders_of_one_account_do_not_trade_with_each_other) {
  const SelfTrade cases[] = {
      {SelfTradePrevention::none, OrderStatus::partially_filled, 7, 3, false, 300, 0},
      {SelfTradePrevention::cancel_newest, OrderStatus::cancelled, 0, 0, true, 0, 4},
      {SelfTradePrevention::cancel_oldest, OrderStatus::partially_filled, 3, 7, false, 700, 0},
      {SelfTradePrevention::cancel_both, OrderStatus::cancelled, 0, 0, false, 0, 0},
      {SelfTradePrevention::decrement, OrderStatus::partially_filled, 3, 3, false, 300, 0},
  };
  for (const SelfTrade& c : cases) {
    VenueUnderTest fresh;
    const std::string label = testing::text_of(c.mode);
    const OrderId own = fresh.place(limit(alice, Side::sell, 100, 4));
    fresh.place(limit(bob, Side::sell, 100, 3));
    orders::PlaceOrder command = limit(alice, Side::buy, 100, 10);
    command.self_trade_prevention = c.mode;
    const Reply reply = fresh.accept(command);
    EXPECT_EQ(testing::text_of(reply.order.status), testing::text_of(c.status)) << label;
    EXPECT_EQ(reply.order.filled.value, c.filled) << label;
    const orders::Order* rest = fresh.engine.venue.orders.order(reply.order.order);
    EXPECT_EQ(rest ? rest->remaining.value : 0, c.working) << label;
    EXPECT_EQ(fresh.engine.venue.orders.order(own) != nullptr, c.own_sell_stays) << label;
    EXPECT_EQ(fresh.held(alice, xyz).value, c.held_xyz) << label;
    EXPECT_EQ(fresh.held(alice, abc).value, c.held_abc) << label;
    EXPECT_EQ(fresh.faults(), "") << label;
  }
}

TEST_F(Trading, a_decrement_may_use_up_the_incoming_order) {
  const OrderId own = venue.place(limit(alice, Side::sell, 100, 10));
  orders::PlaceOrder command = limit(alice, Side::buy, 100, 4);
  command.self_trade_prevention = SelfTradePrevention::decrement;
  const Reply reply = venue.accept(command);
  EXPECT_EQ(reply.order.status, OrderStatus::cancelled);
  EXPECT_EQ(reply.order.reason, CancelReason::self_trade_prevention);
  EXPECT_EQ(venue.engine.venue.orders.order(own)->remaining, Quantity{6});
  EXPECT_EQ(venue.emitted<matching::OrderReduced>().size(), 2u);
  EXPECT_EQ(venue.held(alice, xyz).value, 0);
  EXPECT_EQ(venue.held(alice, abc).value, 6);
}

TEST_F(Trading, fees_go_to_the_venue_and_rebates_come_from_them) {
  instruments::Rules rules = plain_rules();
  rules.maker_fee = {-10'000};
  rules.taker_fee = {30'000};
  venue.accept(instruments::ChangeRules{abc_xyz, rules});
  venue.place(limit(bob, Side::sell, 100, 5));
  venue.accept(limit(alice, Side::buy, 100, 5));
  EXPECT_EQ(venue.owned(alice, xyz).value, million - 500 - 15);
  EXPECT_EQ(venue.owned(bob, xyz).value, million + 500 + 5);
  EXPECT_EQ(venue.owned(ledger::venue_fees_account, xyz).value, 10);
}

TEST_F(Trading, a_hold_must_be_covered) {
  EXPECT_EQ(code(limit(alice, Side::buy, million, 2)), "insufficient_funds");
  EXPECT_EQ(code(limit(alice, Side::sell, 1, million + 1)), "insufficient_funds");
  EXPECT_EQ(code(limit(alice, Side::buy, million, 1)), "accepted");
  EXPECT_EQ(code(limit(alice, Side::buy, 1, 1)), "insufficient_funds");
}

TEST_F(Trading, an_amendment_takes_the_extra_hold_first) {
  const OrderId order = venue.place(limit(alice, Side::buy, 100, 10));
  const auto amend = [&](std::optional<Quantity> quantity, std::optional<Price> price) {
    return orders::AmendOrder{alice, order, quantity, price, {}};
  };
  EXPECT_EQ(code(amend(Quantity{10'001}, {})), "insufficient_funds");
  EXPECT_EQ(code(amend(Quantity{10'000}, {})), "accepted");
  EXPECT_EQ(venue.held(alice, xyz).value, million);
  EXPECT_EQ(code(amend({}, Price{101})), "insufficient_funds");
  EXPECT_EQ(code(amend(Quantity{1}, {})), "accepted");
  EXPECT_EQ(venue.held(alice, xyz).value, 100);
  venue.accept(limit(bob, Side::sell, 105, 1));
  const Reply crossed = venue.accept(amend({}, Price{110}));
  EXPECT_EQ(crossed.order.status, OrderStatus::filled);
  EXPECT_EQ(venue.emitted<TradeExecuted>().at(0).price, Price{105});
  EXPECT_EQ(code(amend({}, Price{1})), "order_not_found");
}

TEST_F(Trading, only_a_smaller_size_keeps_the_place_in_the_queue) {
  const OrderId first = venue.place(limit(alice, Side::buy, 100, 10));
  const OrderId second = venue.place(limit(carol, Side::buy, 100, 10));
  const auto next_bought = [&] {
    venue.accept(limit(bob, Side::sell, 100, 1));
    return venue.emitted<TradeExecuted>().at(0).buy_order;
  };
  venue.accept(orders::AmendOrder{alice, first, Quantity{9}, {}, {}});
  EXPECT_EQ(next_bought(), first);
  venue.accept(orders::AmendOrder{alice, first, Quantity{10}, {}, {}});
  EXPECT_EQ(next_bought(), second);
}

TEST_F(Trading, the_same_client_order_id_and_content_is_the_same_order) {
  orders::PlaceOrder command = limit(alice, Side::buy, 100, 10);
  command.key = {1, 1};
  command.content = 7;
  const Reply first = venue.accept(command);
  const Reply again = venue.accept(command);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.order.order, first.order.order);
  EXPECT_EQ(venue.emitted_count(), 0u);
  command.content = 8;
  EXPECT_EQ(code(command), "client_order_id_reused");
  venue.accept(orders::CancelOrder{alice, {}, {1, 1}});
  EXPECT_EQ(venue.emitted<OrderCancelled>().at(0).order, first.order.order);
  command.content = 7;
  EXPECT_TRUE(venue.run(command).repeated) << "closed, but not forgotten";
}

TEST_F(Trading, a_halted_instrument_allows_cancels_only) {
  const OrderId order = venue.place(limit(alice, Side::buy, 100, 10));
  venue.accept(instruments::HaltInstrument{abc_xyz});
  EXPECT_EQ(code(limit(bob, Side::sell, 100, 1)), "instrument_halted");
  EXPECT_EQ(code(orders::AmendOrder{alice, order, Quantity{1}, {}, {}}), "instrument_halted");
  EXPECT_EQ(code(orders::CancelOrder{alice, order, {}}), "accepted");
  orders::PlaceOrder elsewhere = limit(bob, Side::sell, 100, 1);
  elsewhere.instrument = def_xyz;
  EXPECT_EQ(code(elsewhere), "accepted");
  venue.accept(instruments::ResumeInstrument{abc_xyz});
  EXPECT_EQ(code(limit(bob, Side::sell, 100, 1)), "accepted");
}

TEST_F(Trading, only_owners_of_open_accounts_place_and_cancel) {
  const OrderId order = venue.place(limit(alice, Side::buy, 100, 10));
  EXPECT_EQ(code(orders::CancelOrder{bob, order, {}}), "order_not_found");
  EXPECT_EQ(code(orders::AmendOrder{bob, order, Quantity{1}, {}, {}}), "order_not_found");
  EXPECT_EQ(code(limit({99}, Side::buy, 100, 10)), "account_not_found");
  EXPECT_EQ(code(limit(ledger::venue_fees_account, Side::buy, 100, 10)), "account_not_found");
  const AccountId foreign{(std::uint64_t{1} << shard_shift) + local_number(alice)};
  EXPECT_EQ(code(limit(foreign, Side::buy, 100, 10)), "account_not_found");
  const OrderId foreign_order{(std::uint64_t{1} << shard_shift) + local_number(order)};
  EXPECT_EQ(code(orders::AmendOrder{alice, foreign_order, Quantity{1}, {}, {}}), "order_not_found");
  orders::PlaceOrder unknown = limit(alice, Side::buy, 100, 10);
  unknown.instrument = {99};
  EXPECT_EQ(code(unknown), "instrument_not_found");
}

}  // namespace
}  // namespace rialto::flows
