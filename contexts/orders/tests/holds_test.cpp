// Fees and holds over fills, amendments and reductions: tables, and the property that a hold always
// suffices.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "contexts/orders/tests/order_desk.hpp"

namespace rialto::orders {
namespace {

OrderDesk desk_with_fees(std::int32_t maker, std::int32_t taker) {
  OrderDesk desk;
  desk.terms.rules.maker_fee = {maker};
  desk.terms.rules.taker_fee = {taker};
  return desk;
}

struct HoldCase {
  const char* label;
  std::int32_t maker, taker;
  std::int64_t price, quantity, hold;
};

TEST(Holds, a_buy_holds_its_worst_price_and_its_worst_fee) {
  // ORDERS-4
  const HoldCase cases[] = {
      {"no fees", 0, 0, 10, 10, 100},
      {"the taker's fee is larger", 10'000, 20'000, 10, 10, 102},
      {"the maker's fee is larger", 30'000, 20'000, 10, 10, 103},
      {"a part of a unit is held whole", 1, 0, 10, 10, 101},
      {"rebates reduce no hold", -5'000, 5'000, 1, 1, 2},
      {"both zero or below", 0, -0, 7, 7, 49},
      {"everything as a fee", 1'000'000, 1'000'000, 10, 10, 200},
  };
  for (const HoldCase& c : cases)
    EXPECT_EQ(
        desk_with_fees(c.maker, c.taker).decide(limit(Side::buy, c.price, c.quantity))->hold.value,
        c.hold)
        << c.label;
}

struct FillRow {
  std::int64_t price, quantity;
  Side taker;
  std::int64_t buyer_fee, buyer_released, seller_fee, seller_released;
};

TEST(Holds, fills_pay_the_rounded_sum_and_release_the_rest) {
  // 10 lots at 10 with 1 % either way: 100 + 1 on hold. Bought for less, the difference is
  // released.
  OrderDesk desk = desk_with_fees(10'000, 10'000);
  const OrderId buy = desk.place(limit(Side::buy, 10, 10));
  const OrderId sell = desk.place(limit(Side::sell, 1, 10, bob));
  const FillRow rows[] = {
      {10, 1, Side::buy, 1, 11, 1, 1000},   // 0.10 is charged as 1
      {10, 1, Side::buy, 0, 10, 0, 1000},   // 0.20: paid already
      {5, 4, Side::sell, 0, 40, 0, 4000},   // 0.40: 20 paid, 20 handed back
      {9, 3, Side::buy, 0, 30, 0, 3000},    // 0.67
      {10, 1, Side::sell, 0, 10, 0, 1000},  // 0.77: the last fill releases what is left
  };
  for (const FillRow& row : rows) {
    const auto event = desk.trade(buy, sell, row.price, row.quantity, row.taker);
    EXPECT_EQ(event.buyer_fee.value, row.buyer_fee);
    EXPECT_EQ(event.buyer_hold_released.value, row.buyer_released);
    EXPECT_EQ(event.seller_fee.value, row.seller_fee);
    EXPECT_EQ(event.seller_hold_released.value, row.seller_released);
  }
  EXPECT_EQ(desk.orders.order(buy), nullptr);
  EXPECT_EQ(desk.orders.order(sell), nullptr);
}

TEST(Holds, rebates_are_rounded_in_the_venues_favour) {
  OrderDesk desk = desk_with_fees(-300'000, 300'000);
  const OrderId buy = desk.place(limit(Side::buy, 1, 10));
  const OrderId sell = desk.place(limit(Side::sell, 1, 10, bob));
  std::vector<std::int64_t> paid;
  for (int i = 0; i < 10; ++i)
    paid.push_back(desk.trade(buy, sell, 1, 1, Side::sell).buyer_fee.value);
  // -0.3, -0.6, -0.9, -1.2, … rounded up: 0, 0, 0, -1, -1, -1, -2, -2, -2, -3 in sum.
  EXPECT_EQ(paid, (std::vector<std::int64_t>{0, 0, 0, -1, 0, 0, -1, 0, 0, -1}));
}

TEST(Holds, a_reduction_releases_its_share) {
  OrderDesk desk = desk_with_fees(10'000, 10'000);
  const OrderId buy = desk.place(limit(Side::buy, 10, 10));
  EXPECT_EQ(desk.orders.hold_released_by(buy, {5}, desk.terms), Amount{50})
      << "the fee stays: 0.5 is 1";
  EXPECT_EQ(desk.orders.hold_released_by(buy, {10}, desk.terms), Amount{101});
  const OrderId sell = desk.place(limit(Side::sell, 10, 10, bob));
  EXPECT_EQ(desk.orders.hold_released_by(sell, {3}, desk.terms), Amount{3000});
}

/// One way an order may go on. `a` and `b` are cut down to what is possible.
struct Move {
  int kind = 0;  // 0 to 3 fill, 4 reduce, 5 amend
  std::int64_t a = 0, b = 0;
  bool taker = false;
};

rc::Gen<Move> any_move() {
  return rc::gen::build<Move>(rc::gen::set(&Move::kind, rc::gen::inRange(0, 6)),
                              rc::gen::set(&Move::a, rc::gen::inRange<std::int64_t>(0, 1'000'000)),
                              rc::gen::set(&Move::b, rc::gen::inRange<std::int64_t>(0, 1'000'000)),
                              rc::gen::set(&Move::taker));
}

/// A buyer's money: what is on hold, and what the fees should come to.
struct Buyer {
  OrderDesk& desk;
  OrderId id;
  OrderId seller;
  i128 exact_fee = 0;
  i128 charged = 0;

  void fill(std::int64_t price, std::int64_t quantity, bool taker) {
    const Order before = *desk.orders.order(id);
    const auto event = desk.trade(id, seller, price, quantity, taker ? Side::buy : Side::sell);
    RC_ASSERT(event.notional.value + event.buyer_fee.value <= event.buyer_hold_released.value);
    RC_ASSERT(event.buyer_hold_released <= before.hold);
    exact_fee += static_cast<i128>(event.notional.value) *
                 (taker ? before.taker_fee : before.maker_fee).value;
    charged += event.buyer_fee.value;
    RC_ASSERT(charged == ceil_divide(exact_fee, fee_rate_unit));
  }
  void reduce(std::int64_t by) {
    matching::OrderReduced event;
    event.order = id;
    event.by = {by};
    event.hold_released = desk.orders.hold_released_by(id, event.by, desk.terms);
    RC_ASSERT(event.hold_released.value >= 0);
    desk.orders.evolve(event);
  }
  void amend(std::int64_t quantity, std::int64_t price) {
    const auto decided = desk.decide(AmendOrder{alice, id, Quantity{quantity}, Price{price}, {}});
    if (decided) desk.orders.evolve(*decided);
  }
  void move(const Move& move) {
    const Order& order = *desk.orders.order(id);
    const std::int64_t left = order.remaining.value;
    if (move.kind <= 3)
      return fill(1 + move.a % order.worst_price.value, 1 + move.b % left, move.taker);
    if (move.kind == 4 && left > 1) return reduce(1 + move.a % (left - 1));
    if (move.kind == 5) amend(1 + move.a, 1 + move.b);
  }
};

TEST(Holds, always_suffice_end_at_zero_and_charge_the_rounded_sum) {
  // ORDERS-3, ORDERS-4
  EXPECT_TRUE(rc::check([] {
    const auto maker = *rc::gen::inRange<std::int32_t>(-999'999, 1'000'001);
    const auto taker = *rc::gen::inRange<std::int32_t>(std::max(-999'999, -maker), 1'000'001);
    OrderDesk desk = desk_with_fees(maker, taker);
    desk.terms.quote_per_tick_lot = {*rc::gen::inRange<std::int64_t>(1, 1000)};
    desk.terms.rules.max_quantity = desk.terms.rules.max_quantity + Quantity{largest_number / 2};
    desk.terms.rules.max_notional = {largest_number};
    const auto price = *rc::gen::inRange<std::int64_t>(1, 100'000);
    const auto quantity = *rc::gen::inRange<std::int64_t>(1, 100'000);
    const OrderId buy = desk.place(limit(Side::buy, price, quantity));
    const OrderId sell = desk.place(limit(Side::sell, 1, largest_number / 1'000'000, bob));
    Buyer buyer{desk, buy, sell};
    const auto moves = *rc::gen::container<std::vector<Move>>(any_move());
    for (const Move& move : moves)
      if (desk.orders.order(buy)) buyer.move(move);
    if (const Order* rest = desk.orders.order(buy))
      buyer.fill(rest->worst_price.value, rest->remaining.value, true);
    RC_ASSERT(desk.orders.order(buy) == nullptr);  // closed: evolve asserts that nothing is on hold
  }));
}

}  // namespace
}  // namespace rialto::orders
