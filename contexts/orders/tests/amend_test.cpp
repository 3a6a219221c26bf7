// Given an open order / when it is amended or cancelled / then the change, or the reason against
// it.
#include <functional>

#include <gtest/gtest.h>

#include "contexts/orders/tests/order_desk.hpp"

namespace rialto::orders {
namespace {

using testing::expect_event;
using testing::expect_refused;

constexpr OrderId resting{1}, waiting{2}, stop_market{3};

/// Order 1: buy 10 at 1000, 4 of them filled. Order 2: a stop-limit buy of 10 at 1100, stop 1050,
/// waiting. Order 3: a stop (market) sell of 10 at 900, waiting. The last trade was at 1000.
OrderDesk three_orders() {
  OrderDesk desk;
  desk.terms.rules.max_open_orders = 10;
  desk.terms.rules.price_band_ppm = 500'000;
  desk.market.last = Price{1000};
  desk.place(limit(Side::buy, 1000, 10));
  PlaceOrder stop_limit = stop(Side::buy, 1050, 10);
  stop_limit.type = OrderType::stop_limit;
  stop_limit.price = {1100};
  desk.place(stop_limit);
  desk.place(stop(Side::sell, 900, 10));
  const OrderId sell = desk.place(limit(Side::sell, 1000, 4, bob));
  desk.trade(resting, sell, 1000, 4, Side::sell);
  return desk;
}

AmendOrder amend(OrderId order) {
  return {alice, order, {}, {}, {}};
}

struct Refused {
  const char* label;
  Reject reject;
  std::function<void(OrderDesk&, AmendOrder&)> spoil;
};

// In order of precedence; each row stands on its own.
const Refused rows[] = {
    {"unknown", Reject::order_not_found, [](auto&, auto& c) { c.order = {99}; }},
    {"another's", Reject::order_not_found, [](auto&, auto& c) { c.account = bob; }},
    {"venue", Reject::venue_blocked, [](auto& d, auto&) { d.orders.evolve(TradingBlocked{}); }},
    {"account", Reject::account_blocked,
     [](auto& d, auto&) { d.orders.evolve(TradingBlocked{alice}); }},
    {"halted", Reject::instrument_halted, [](auto& d, auto&) { d.terms.halted = true; }},
    {"zero", Reject::quantity_must_be_positive, [](auto&, auto& c) { c.quantity = Quantity{0}; }},
    {"negative", Reject::quantity_must_be_positive,
     [](auto&, auto& c) { c.quantity = Quantity{-5}; }},
    {"no price", Reject::price_must_be_positive, [](auto&, auto& c) { c.price = Price{0}; }},
    {"price of a stop", Reject::price_not_allowed,
     [](auto&, auto& c) {
       c.order = stop_market;
       c.price = Price{1000};
     }},
    {"no stop price", Reject::stop_price_must_be_positive,
     [](auto&, auto& c) { c.stop_price = Price{0}; }},
    {"stop price of a limit", Reject::stop_price_not_allowed,
     [](auto&, auto& c) {
       c.order = resting;
       c.stop_price = Price{1050};
     }},
    {"below the filled part", Reject::quantity_not_above_filled,
     [](auto&, auto& c) { c = {alice, resting, Quantity{4}, {}, {}}; }},
    {"the same again", Reject::nothing_to_change,
     [](auto&, auto& c) { c = {alice, resting, Quantity{10}, Price{1000}, {}}; }},
    {"19 digits", Reject::number_too_large,
     [](auto&, auto& c) { c.price = Price{largest_number + 1}; }},
    {"band", Reject::price_outside_band, [](auto&, auto& c) { c.price = Price{499}; }},
    {"stop already reached", Reject::stop_price_would_trigger_immediately,
     [](auto&, auto& c) { c = {alice, waiting, {}, {}, Price{999}}; }},
    {"size", Reject::quantity_above_maximum,
     [](auto&, auto& c) { c.quantity = Quantity{1'000'001}; }},
    {"notional", Reject::notional_above_maximum,
     [](auto& d, auto&) { d.terms.rules.max_notional = {1}; }},
};

TEST(AmendOrder, refuses_and_changes_nothing) {
  for (const Refused& row : rows) {
    OrderDesk desk = three_orders();
    AmendOrder command = amend(resting);
    command.quantity = Quantity{11};
    row.spoil(desk, command);
    expect_refused(row.label, desk.orders, command, row.reject, desk.terms, desk.market);
  }
}

TEST(AmendOrder, of_two_reasons_the_first_is_given) {
  for (std::size_t second = 1; second < std::size(rows); ++second)
    for (std::size_t first = 0; first < second; ++first) {
      OrderDesk desk = three_orders();
      AmendOrder command = amend(resting);
      command.quantity = Quantity{11};
      rows[second].spoil(desk, command);
      rows[first].spoil(desk, command);
      const std::string label = std::string(rows[first].label) + " before " + rows[second].label;
      expect_refused(label.c_str(), desk.orders, command, rows[first].reject, desk.terms,
                     desk.market);
    }
}

TEST(AmendOrder, a_hold_beyond_eighteen_digits_is_refused) {
  OrderDesk desk = three_orders();
  desk.terms.rules.max_quantity = {largest_number};
  desk.terms.rules.max_notional = {largest_number};
  desk.terms.base_per_lot = {largest_number / 10};
  AmendOrder command = amend(stop_market);
  command.quantity = Quantity{11};
  expect_refused("hold", desk.orders, command, Reject::hold_too_large, desk.terms, desk.market);
}

TEST(AmendOrder, the_number_of_another_shards_order_names_none_of_ours) {
  OrderDesk desk = three_orders();
  AmendOrder command = amend({(std::uint64_t{1} << shard_shift) + resting.value});
  command.quantity = Quantity{9};
  expect_refused("foreign", desk.orders, command, Reject::order_not_found, desk.terms, desk.market);
  EXPECT_EQ(desk.orders.order(command.order), nullptr);
}

struct Accepted {
  const char* label;
  AmendOrder command;
  std::int64_t price, worst_price, stop_price, quantity, shrunk_by;
  bool priority_kept;
  std::int64_t hold_change;
};

TEST(AmendOrder, priority_is_kept_only_by_a_smaller_size_at_the_same_price) {
  // ORDERS-5. Order 1 has 6 left of 10 at 1000, so 6000 on hold.
  const Accepted cases[] = {
      {"smaller", {alice, resting, Quantity{8}, {}, {}}, 1000, 1000, 0, 8, 2, true, -2'000},
      {"smaller, price repeated",
       {alice, resting, Quantity{5}, Price{1000}, {}},
       1000,
       1000,
       0,
       5,
       5,
       true,
       -5'000},
      {"larger", {alice, resting, Quantity{11}, {}, {}}, 1000, 1000, 0, 11, 0, false, 1'000},
      {"price down", {alice, resting, {}, Price{900}, {}}, 900, 900, 0, 10, 0, false, -600},
      {"price up", {alice, resting, {}, Price{1100}, {}}, 1100, 1100, 0, 10, 0, false, 600},
      {"smaller at a better price",
       {alice, resting, Quantity{8}, Price{1100}, {}},
       1100,
       1100,
       0,
       8,
       0,
       false,
       -1'600},
      {"stop moved", {alice, waiting, {}, {}, Price{1060}}, 1100, 1100, 1060, 10, 0, false, 0},
      {"stop's limit moved",
       {alice, waiting, {}, Price{1200}, {}},
       1200,
       1200,
       1050,
       10,
       0,
       false,
       1'000},
      {"a smaller stop",
       {alice, waiting, Quantity{9}, {}, {}},
       1100,
       1100,
       1050,
       9,
       1,
       true,
       -1'100},
      {"a stop sell's collar moves along",
       {alice, stop_market, {}, {}, Price{800}},
       0,
       720,
       800,
       10,
       0,
       false,
       0},
      {"a smaller stop sell",
       {alice, stop_market, Quantity{1}, {}, {}},
       0,
       810,
       900,
       1,
       9,
       true,
       -9'000},
  };
  for (const Accepted& c : cases) {
    const OrderDesk desk = three_orders();
    const Side side = desk.orders.order(c.command.order)->side;
    expect_event(c.label, desk.decide(c.command),
                 OrderUpdated{.order = c.command.order,
                              .account = alice,
                              .instrument = instrument,
                              .price = {c.price},
                              .worst_price = {c.worst_price},
                              .stop_price = {c.stop_price},
                              .quantity = {c.quantity},
                              .shrunk_by = {c.shrunk_by},
                              .priority_kept = c.priority_kept,
                              .hold_asset = side == Side::buy ? usd : btc,
                              .hold_change = {c.hold_change}});
  }
}

TEST(AmendOrder, frozen_fees_stay_frozen) {
  OrderDesk desk = three_orders();
  desk.terms.rules.taker_fee = {1'000'000};
  AmendOrder command = amend(resting);
  command.quantity = Quantity{11};
  EXPECT_EQ(desk.decide(command)->hold_change, Amount{1'000}) << "the order came before the fee";
}

TEST(AmendOrder, a_triggered_stop_limit_is_a_limit_order) {
  OrderDesk desk = three_orders();
  desk.orders.evolve(matching::OrderTriggered{waiting, instrument});
  AmendOrder command = amend(waiting);
  command.stop_price = Price{1060};
  expect_refused("stop", desk.orders, command, Reject::stop_price_not_allowed, desk.terms,
                 desk.market);
  command.stop_price = {};
  command.price = Price{1150};
  EXPECT_TRUE(desk.decide(command).has_value());
}

TEST(AmendOrder, the_state_follows) {
  OrderDesk desk = three_orders();
  desk.amend({alice, resting, Quantity{20}, Price{900}, {}});
  const Order& order = *desk.orders.order(resting);
  EXPECT_EQ(order.quantity(), Quantity{20});
  EXPECT_EQ(order.remaining, Quantity{16});
  EXPECT_EQ(order.price, Price{900});
  EXPECT_EQ(order.hold, Amount{16 * 900});
}

TEST(CancelOrder, finds_the_accounts_own_order_by_number_or_key) {
  OrderDesk desk;
  PlaceOrder command = limit(Side::buy, 1000, 10);
  command.key = {1, 2};
  const OrderId id = desk.place(command);
  EXPECT_EQ(desk.orders.decide(CancelOrder{alice, id, {}}).value()->id, id);
  EXPECT_EQ(desk.orders.decide(CancelOrder{alice, {}, {1, 2}}).value()->id, id);
  const CancelOrder refused[] = {
      {alice, {99}, {}}, {bob, id, {}}, {bob, {}, {1, 2}}, {alice, {}, {9, 9}}, {alice, {}, {}},
  };
  for (const CancelOrder& c : refused)
    expect_refused("cancel", desk.orders, c, Reject::order_not_found);
  desk.cancel(id);
  expect_refused("closed", desk.orders, CancelOrder{alice, id, {}}, Reject::order_not_found);
  expect_refused("closed, by key", desk.orders, CancelOrder{alice, {}, {1, 2}},
                 Reject::order_not_found);
}

}  // namespace
}  // namespace rialto::orders
