// When an order is placed / then OrderCreated, or the first of the reasons against it.
#include <functional>

#include <gtest/gtest.h>

#include "contexts/orders/tests/order_desk.hpp"

namespace rialto::orders {
namespace {

using testing::expect_refused;

/// Room for ten orders and ten keys; the last trade was at 1000, the best offer stands at 1010.
OrderDesk open_market() {
  OrderDesk desk;
  desk.orders = Orders(Limits{.open_orders = 10, .keys = 10});
  desk.market = {Price{1010}, Price{1000}};
  desk.terms.rules.price_band_ppm = 500'000;
  return desk;
}

struct Refused {
  const char* label;
  Reject reject;
  std::function<void(OrderDesk&, PlaceOrder&)> spoil;
};

// In order of precedence. Each row stands on its own: applied last, nothing before it hides it.
const Refused rows[] = {
    {"keys are full", Reject::client_order_id_capacity_exhausted,
     [](auto& d, auto& c) {
       d.orders = Orders(Limits{.open_orders = 10, .keys = 0});
       c.key = {1, 1};
     }},
    {"venue", Reject::venue_blocked, [](auto& d, auto&) { d.orders.evolve(TradingBlocked{}); }},
    {"account", Reject::account_blocked,
     [](auto& d, auto&) { d.orders.evolve(TradingBlocked{alice}); }},
    {"halted", Reject::instrument_halted, [](auto& d, auto&) { d.terms.halted = true; }},
    {"no quantity", Reject::quantity_must_be_positive, [](auto&, auto& c) { c.quantity = {0}; }},
    {"no price", Reject::price_required,
     [](auto&, auto& c) {
       c.type = OrderType::limit;
       c.price = {};
     }},
    {"negative price", Reject::price_must_be_positive,
     [](auto&, auto& c) {
       c.type = OrderType::limit;
       c.price = {-1};
     }},
    {"price on a market order", Reject::price_not_allowed,
     [](auto&, auto& c) {
       c.type = OrderType::market;
       c.price = {1000};
     }},
    {"no stop price", Reject::stop_price_required,
     [](auto&, auto& c) {
       c.type = OrderType::stop_limit;
       c.price = {1000};
       c.stop_price = {};
     }},
    {"negative stop price", Reject::stop_price_must_be_positive,
     [](auto&, auto& c) {
       c.type = OrderType::stop;
       c.price = {};
       c.stop_price = {-1};
     }},
    {"stop price on a limit order", Reject::stop_price_not_allowed,
     [](auto&, auto& c) {
       c.type = OrderType::limit;
       c.price = {1000};
       c.stop_price = {1005};
     }},
    {"peak above the size", Reject::display_quantity_out_of_range,
     [](auto&, auto& c) { c.display = c.quantity + Quantity{1}; }},
    {"peak of an order that cannot rest", Reject::display_quantity_not_allowed,
     [](auto&, auto& c) {
       c.time_in_force = TimeInForce::ioc;
       c.display = {1};
     }},
    {"post-only that cannot rest", Reject::post_only_not_allowed,
     [](auto&, auto& c) {
       c.time_in_force = TimeInForce::fok;
       c.post_only = true;
     }},
    {"market order for the day", Reject::time_in_force_not_allowed,
     [](auto&, auto& c) {
       c = market_order(Side::buy, 10);
       c.time_in_force = TimeInForce::day;
     }},
    {"till no date", Reject::expire_time_required,
     [](auto&, auto& c) {
       c.time_in_force = TimeInForce::gtd;
       c.expire_time = {};
     }},
    {"date without GTD", Reject::expire_time_not_allowed,
     [](auto&, auto& c) {
       c.time_in_force = TimeInForce::gtc;
       c.expire_time = {2 * minute};
     }},
    {"date gone by", Reject::expire_time_in_the_past,
     [](auto& d, auto& c) {
       c.time_in_force = TimeInForce::gtd;
       c.expire_time = d.now;
     }},
    {"19 digits of price", Reject::number_too_large,
     [](auto&, auto& c) { c.price = {largest_number + 1}; }},
    {"outside the band", Reject::price_outside_band, [](auto&, auto& c) { c.price = {1501}; }},
    {"stop already reached", Reject::stop_price_would_trigger_immediately,
     [](auto&, auto& c) {
       c.type = OrderType::stop_limit;
       c.price = {1000};
       c.stop_price = {1000};
     }},
    {"size", Reject::quantity_above_maximum, [](auto&, auto& c) { c.quantity = {1'000'001}; }},
    {"notional", Reject::notional_above_maximum,
     [](auto& d, auto&) { d.terms.rules.max_notional = {1}; }},
    {"orders of the account", Reject::too_many_open_orders,
     [](auto& d, auto&) {
       d.terms.rules.max_open_orders = 1;
       OrderCreated other;
       other.order = {1};
       other.account = alice;
       d.orders.evolve(other, d.now);
     }},
    {"orders of the venue", Reject::order_capacity_exhausted,
     [](auto& d, auto&) { d.orders = Orders(Limits{.open_orders = 0, .keys = 10}); }},
    {"hold", Reject::hold_too_large,
     [](auto& d, auto& c) {
       c.side = Side::sell;
       d.terms.base_per_lot = {largest_number};
     }},
};

TEST(PlaceOrder, refuses_and_changes_nothing) {
  for (const Refused& row : rows) {
    OrderDesk desk = open_market();
    PlaceOrder command = limit(Side::buy, 1000, 10);
    ASSERT_TRUE(desk.decide(command).has_value());
    row.spoil(desk, command);
    expect_refused(row.label, desk.orders, command, row.reject, &desk.terms, desk.market, desk.now);
  }
}

TEST(PlaceOrder, of_two_reasons_the_first_is_given) {
  for (std::size_t second = 1; second < std::size(rows); ++second)
    for (std::size_t first = 0; first < second; ++first) {
      OrderDesk desk = open_market();
      PlaceOrder command = limit(Side::buy, 1000, 10);
      rows[second].spoil(desk, command);
      rows[first].spoil(desk, command);
      const std::string label = std::string(rows[first].label) + " before " + rows[second].label;
      expect_refused(label.c_str(), desk.orders, command, rows[first].reject, &desk.terms,
                     desk.market, desk.now);
    }
}

TEST(PlaceOrder, an_unknown_instrument_comes_before_everything) {
  OrderDesk desk = open_market();
  desk.orders.evolve(TradingBlocked{});
  expect_refused("unknown", desk.orders, limit(Side::buy, 0, 0), Reject::instrument_not_found,
                 static_cast<const Terms*>(nullptr), desk.market, desk.now);
}

struct Numbers {
  const char* label;
  Side side;
  std::int64_t price, quantity, quote_per_tick_lot, base_per_lot, max_notional;
  std::optional<Reject> reject;
};

TEST(PlaceOrder, numbers_of_eighteen_digits_pass_or_are_refused_clearly) {
  constexpr std::int64_t e9 = 1'000'000'000, e18 = largest_number;
  const Numbers cases[] = {
      {"18 digits exactly", Side::buy, e9, 999'999'999, 1, 1, e18, {}},
      {"10^18", Side::buy, e9, e9, 1, 1, e18, Reject::notional_above_maximum},
      {"10^18 by the unit", Side::buy, 1'000'000, 1'000'000, 1'000'000, 1, e18,
       Reject::notional_above_maximum},
      {"largest × largest", Side::buy, e18, e18, e18, 1, e18, Reject::notional_above_maximum},
      {"beyond 64 bits, sold", Side::sell, e18, e18, 1, 1, e18, Reject::notional_above_maximum},
      {"price of 19 digits", Side::buy, e18 + 1, 1, 1, 1, e18, Reject::number_too_large},
      {"largest price there is", Side::buy, INT64_MAX, INT64_MAX, 1, 1, e18,
       Reject::number_too_large},
      {"size of 19 digits", Side::buy, 1, e18 + 1, 1, 1, e18, Reject::quantity_above_maximum},
      {"at the maximum", Side::buy, 10, 10, 1, 1, 100, {}},
      {"one above", Side::buy, 101, 1, 1, 1, 100, Reject::notional_above_maximum},
      {"base of 19 digits", Side::sell, 1, e9, 1, e9, e18, Reject::hold_too_large},
      {"base of 18 digits", Side::sell, 1, 999'999'999, 1, e9, e18, {}},
      {"most negative price", Side::buy, INT64_MIN, 1, 1, 1, e18, Reject::price_must_be_positive},
      {"most negative size", Side::buy, 1, INT64_MIN, 1, 1, e18, Reject::quantity_must_be_positive},
  };
  for (const Numbers& c : cases) {
    OrderDesk desk;
    desk.terms.quote_per_tick_lot = {c.quote_per_tick_lot};
    desk.terms.base_per_lot = {c.base_per_lot};
    desk.terms.rules.max_quantity = {e18};
    desk.terms.rules.max_notional = {c.max_notional};
    const auto decided = desk.decide(limit(c.side, c.price, c.quantity));
    if (c.reject) {
      ASSERT_FALSE(decided.has_value()) << c.label;
      EXPECT_EQ(testing::text_of(decided.error()), testing::text_of(*c.reject)) << c.label;
    } else {
      EXPECT_TRUE(decided.has_value()) << c.label << ' ' << testing::text_of(decided.error());
    }
  }
}

TEST(PlaceOrder, a_fee_may_carry_the_hold_beyond_eighteen_digits) {
  OrderDesk desk;
  desk.terms.rules.max_quantity = {largest_number};
  desk.terms.rules.max_notional = {largest_number};
  desk.terms.rules.taker_fee = {1};
  const auto decided = desk.decide(limit(Side::buy, 1, largest_number));
  ASSERT_FALSE(decided.has_value());
  EXPECT_EQ(decided.error(), Reject::hold_too_large);
}

TEST(PlaceOrder, bands_stand_around_the_last_price) {
  const struct {
    std::int64_t price;
    bool inside;
  } cases[] = {{900, true}, {899, false}, {1100, true}, {1101, false}, {1000, true}};
  OrderDesk desk;
  desk.terms.rules.price_band_ppm = 100'000;
  for (const auto& c : cases)
    EXPECT_TRUE(desk.decide(limit(Side::sell, c.price, 1)).has_value()) << "no trade, no band";
  desk.market.last = Price{1000};
  for (const auto& c : cases)
    EXPECT_EQ(desk.decide(limit(Side::sell, c.price, 1)).has_value(), c.inside) << c.price;
}

TEST(PlaceOrder, stops_lie_beyond_the_last_price) {
  OrderDesk desk;
  EXPECT_TRUE(desk.decide(stop(Side::buy, 1, 1)).has_value()) << "no trade, nothing triggers";
  desk.market.last = Price{1000};
  EXPECT_TRUE(desk.decide(stop(Side::buy, 1001, 1)).has_value());
  EXPECT_FALSE(desk.decide(stop(Side::buy, 1000, 1)).has_value());
  EXPECT_TRUE(desk.decide(stop(Side::sell, 999, 1)).has_value());
  EXPECT_FALSE(desk.decide(stop(Side::sell, 1000, 1)).has_value());
}

TEST(PlaceOrder, the_event_carries_everything_that_policy_decided) {
  OrderDesk desk = open_market();
  desk.terms.rules.maker_fee = {100};
  desk.terms.rules.taker_fee = {200};
  PlaceOrder command = limit(Side::buy, 1000, 10);
  command.time_in_force = TimeInForce::gtd;
  command.expire_time = {2 * minute};
  command.self_trade_prevention = SelfTradePrevention::decrement;
  command.post_only = true;
  command.display = {4};
  command.client_order_id = {"mine"};
  command.key = {3, 4};
  command.content = 5;
  testing::expect_event("all fields", desk.decide(command),
                        OrderCreated{.order = {1},
                                     .account = alice,
                                     .user = {7},
                                     .instrument = instrument,
                                     .side = Side::buy,
                                     .type = OrderType::limit,
                                     .time_in_force = TimeInForce::gtd,
                                     .self_trade_prevention = SelfTradePrevention::decrement,
                                     .post_only = true,
                                     .price = {1000},
                                     .worst_price = {1000},
                                     .stop_price = {},
                                     .quantity = {10},
                                     .display = {4},
                                     .expire_time = {2 * minute},
                                     .maker_fee = {100},
                                     .taker_fee = {200},
                                     .hold_asset = usd,
                                     .hold = {10'002},  // 10,000 and 0.02 % of it
                                     .key = {3, 4},
                                     .content = 5,
                                     .client_order_id = {"mine"}});
}

struct Shape {
  const char* label;
  PlaceOrder command;
  TimeInForce time_in_force;
  std::int64_t worst_price, hold, display;
};

TEST(PlaceOrder, worst_prices_and_holds) {
  // ORDERS-2: the collar is 10 % beyond the best price (1010) or the stop. ORDERS-4: the hold
  // covers it.
  PlaceOrder iceberg = limit(Side::sell, 1000, 10);
  iceberg.display = {10};
  PlaceOrder stop_limit = stop(Side::buy, 1200, 10);
  stop_limit.type = OrderType::stop_limit;
  stop_limit.price = {1250};
  PlaceOrder fill_or_kill = market_order(Side::buy, 10);
  fill_or_kill.time_in_force = TimeInForce::fok;
  const Shape cases[] = {
      {"limit buy", limit(Side::buy, 990, 10), TimeInForce::gtc, 990, 9'900, 0},
      {"limit sell", limit(Side::sell, 990, 10), TimeInForce::gtc, 990, 10'000, 0},
      {"market buy", market_order(Side::buy, 10), TimeInForce::ioc, 1111, 11'110, 0},
      {"market sell", market_order(Side::sell, 10), TimeInForce::ioc, 909, 10'000, 0},
      {"market fill-or-kill", fill_or_kill, TimeInForce::fok, 1111, 11'110, 0},
      {"stop buy", stop(Side::buy, 1200, 10), TimeInForce::gtc, 1320, 13'200, 0},
      {"stop sell", stop(Side::sell, 905, 10), TimeInForce::gtc, 815, 10'000,
       0},  // 814.5, towards 905
      {"stop-limit buy", stop_limit, TimeInForce::gtc, 1250, 12'500, 0},
      {"a peak of the whole size hides nothing", iceberg, TimeInForce::gtc, 1000, 10'000, 0},
  };
  for (const Shape& c : cases) {
    const auto created = open_market().decide(c.command);
    ASSERT_TRUE(created.has_value()) << c.label << ' ' << testing::text_of(created.error());
    EXPECT_EQ(created->time_in_force, c.time_in_force) << c.label;
    EXPECT_EQ(created->worst_price.value, c.worst_price) << c.label;
    EXPECT_EQ(created->hold.value, c.hold) << c.label;
    EXPECT_EQ(created->display.value, c.display) << c.label;
    EXPECT_EQ(created->hold_asset, c.command.side == Side::buy ? usd : btc) << c.label;
  }
}

TEST(PlaceOrder, a_market_order_that_can_meet_nothing_stands_for_no_money) {
  OrderDesk desk;
  desk.terms.rules.max_notional = {1};
  const auto buy = desk.decide(market_order(Side::buy, 10));
  ASSERT_TRUE(buy.has_value());
  EXPECT_EQ(buy->hold, Amount{0});
  Order order;
  order.type = OrderType::market;
  order.remaining = {10};
  order.worst_price = buy->worst_price;
  EXPECT_EQ(desk.orders.entry(order, desk.terms, desk.market).limit, Price{1});
  const auto sell = desk.decide(market_order(Side::sell, 10));
  ASSERT_TRUE(sell.has_value());
  EXPECT_EQ(sell->worst_price, Price{largest_number});
  EXPECT_EQ(sell->hold, Amount{10'000});
}

TEST(PlaceOrder, a_triggered_stops_collar_only_tightens) {
  // ORDERS-2
  OrderDesk desk;
  Order buy;
  buy.type = OrderType::stop;
  buy.remaining = {10};
  buy.worst_price = {1320};
  Order sell = buy;
  sell.side = Side::sell;
  sell.worst_price = {815};
  const auto limit_of = [&](const Order& order) {
    return desk.orders.entry(order, desk.terms, desk.market).limit.value;
  };
  EXPECT_EQ(limit_of(buy), 1320) << "nobody there";
  desk.market.best_opposite = Price{1100};
  EXPECT_EQ(limit_of(buy), 1210);
  EXPECT_EQ(limit_of(sell), 990);
  desk.market.best_opposite = Price{1300};
  EXPECT_EQ(limit_of(buy), 1320) << "1430 would be looser";
  desk.market.best_opposite = Price{800};
  EXPECT_EQ(limit_of(sell), 815) << "720 would be looser";
}

}  // namespace
}  // namespace rialto::orders
