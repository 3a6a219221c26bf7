// The arithmetic of lots: the hand-worked tables of docs/portfolio.md, and its edges.
#include "projections/portfolio/position.hpp"

#include <gtest/gtest.h>

#include "core/tests/given.hpp"

namespace rialto::projections {
namespace {

using portfolio::LotId;
using portfolio::ReliefMethod;
using rialto::testing::text_of;

std::string text(i128 number) {
  return format_decimal(number, 0);
}

/// One side of a trade at `price` per unit; each deal is an order and a lot of its own unless told
/// otherwise.
class Trader {
 public:
  explicit Trader(ReliefMethod with = ReliefMethod::fifo) : method(with) {}

  Closing trade(Side side, std::int64_t quantity, std::int64_t price, std::int64_t fee = 0,
                std::uint64_t lot = 0) {
    return position.trade(deal(side, quantity, price, fee), method, {lot});
  }
  std::string buy(std::int64_t quantity, std::int64_t price, std::int64_t fee = 0) {
    return text(trade(Side::buy, quantity, price, fee).realized);
  }
  std::string sell(std::int64_t quantity, std::int64_t price, std::int64_t fee = 0,
                   std::uint64_t lot = 0) {
    return text(trade(Side::sell, quantity, price, fee, lot).realized);
  }
  Deal deal(Side side, std::int64_t quantity, std::int64_t price, std::int64_t fee = 0) {
    ++next;
    return {side,        {quantity},  static_cast<i128>(quantity) * price,      {fee},
            {price * 2}, LotId{next}, order.value != 0 ? order : OrderId{next}, {}};
  }
  /// "5@50 3@45": what is left of each lot, oldest first, and its cost.
  std::string lots() const {
    std::string out;
    for (std::size_t i = 0; i < position.lot_count(); ++i)
      out += (out.empty() ? "" : " ") + text_of(position.lot(i).quantity) + "@" +
             text(position.cost_of(i));
    return out;
  }
  void check() const {
    EXPECT_EQ(text(position.realized() - position.open_cost()),
              text(position.cash() - position.contributed() + position.withdrawn()));
  }

  ReliefMethod method;
  OrderId order;
  std::uint64_t next = 0;
  Position position;
};

// Table 1 of docs/portfolio.md: 100 at 10 (fee 5), 100 at 12 (fee 6), 50 at 15 (fee 4); then 120
// are sold at 14 (fee 7).
void buy_three(Trader& trader) {
  trader.buy(100, 10, 5);
  trader.buy(100, 12, 6);
  trader.buy(50, 15, 4);
}

TEST(Table1, fifo) {
  Trader trader(ReliefMethod::fifo);
  buy_three(trader);
  EXPECT_EQ(trader.lots(), "100@1005 100@1206 50@754");
  EXPECT_EQ(trader.sell(120, 14, 7), "427");  // 1673 - 1005 - 20/100 of 1206 (241.2 -> 241)
  EXPECT_EQ(trader.lots(), "80@965 50@754");
  trader.check();
}

TEST(Table1, lifo) {
  Trader trader(ReliefMethod::lifo);
  buy_three(trader);
  EXPECT_EQ(trader.sell(120, 14, 7), "75");  // 1673 - 754 - 70/100 of 1206 (844.2 -> 844)
  EXPECT_EQ(trader.lots(), "100@1005 30@362");
  trader.check();
}

TEST(Table1, average_cost) {
  Trader trader(ReliefMethod::average_cost);
  buy_three(trader);
  EXPECT_EQ(trader.sell(120, 14, 7), "250");  // 1673 - 120/250 of 2965 (1423.2 -> 1423)
  EXPECT_EQ(text(trader.position.open_cost()), "1542");
  EXPECT_EQ(trader.lots(), "80@949 50@593");
  trader.check();
}

TEST(Table1, specific_lot) {
  Trader trader(ReliefMethod::fifo);
  buy_three(trader);
  EXPECT_EQ(trader.sell(120, 14, 7, 2), "266");  // 1673 - 1206 - 20/100 of 1005 (201)
  EXPECT_EQ(trader.lots(), "80@804 50@754");
  trader.check();
}

// Table 2: rounding; the remainder is never lost.
TEST(Table2, a_lot_sold_in_thirds_gives_its_whole_cost) {
  for (const auto method : {ReliefMethod::fifo, ReliefMethod::lifo, ReliefMethod::average_cost}) {
    Trader trader(method);
    trader.buy(3, 33, 1);                // costs 100
    EXPECT_EQ(trader.sell(1, 40), "7");  // 33.3 -> 33
    EXPECT_EQ(trader.sell(1, 40), "6");  // 67 / 2 = 33.5 -> 34
    EXPECT_EQ(trader.sell(1, 40), "7");  // 33
    EXPECT_EQ(text(trader.position.realized()), "20");
    EXPECT_EQ(text(trader.position.open_cost()), "0");
    EXPECT_EQ(trader.position.lot_count(), 0u);
    trader.check();
  }
}

// Table 3: a house account sells short, covers, and turns long in one deal.
TEST(Table3, short_lots) {
  Trader trader;
  EXPECT_EQ(trader.sell(10, 100, 2), "0");
  EXPECT_TRUE(trader.position.is_short());
  EXPECT_EQ(trader.lots(), "10@998");
  EXPECT_EQ(text(trader.position.quantity()), "-10");
  EXPECT_EQ(text(trader.position.open_cost()), "-998");
  EXPECT_EQ(trader.sell(10, 90, 2), "0");
  EXPECT_EQ(trader.buy(5, 80, 1), "98");  // 499 - 401
  EXPECT_EQ(trader.lots(), "5@499 10@898");
  EXPECT_EQ(trader.buy(25, 80, 5), "194");  // 499 + 898 - 15/25 of 2005
  EXPECT_FALSE(trader.position.is_short());
  EXPECT_EQ(trader.lots(), "10@802");
  EXPECT_EQ(trader.sell(12, 80), "-2");  // 10/12 of 960 - 802; the rest is short again
  EXPECT_EQ(trader.lots(), "2@160");
  EXPECT_EQ(text(trader.position.quantity()), "-2");
  trader.check();
}

TEST(Table4, deposits_and_withdrawals) {
  Trader trader;
  trader.position.deposit(trader.deal(Side::buy, 10, 50), trader.method);
  EXPECT_EQ(text(trader.position.cash()), "0");
  EXPECT_EQ(text(trader.position.contributed()), "500");
  EXPECT_EQ(trader.sell(4, 60, 1), "39");
  trader.buy(4, 70);
  trader.position.withdraw(trader.deal(Side::sell, 7, 80), trader.method);
  EXPECT_EQ(text(trader.position.withdrawn()), "370") << "at cost: 6 of 300, 1 of 70";
  EXPECT_EQ(text(trader.position.realized()), "39") << "a withdrawal is no sale";
  EXPECT_EQ(trader.lots(), "3@210");
  trader.check();
  // More leaves than there is: another portfolio of the account has it.
  trader.position.withdraw(trader.deal(Side::sell, 5, 80), trader.method);
  EXPECT_EQ(text(trader.position.quantity()), "-2");
  EXPECT_EQ(text(trader.position.open_cost()), "-160");
  trader.check();
  EXPECT_EQ(text(trader.position.deposit(trader.deal(Side::buy, 2, 70), trader.method).realized),
            "20");
  trader.check();
}

TEST(Position, fills_of_one_order_at_one_price_are_one_lot) {
  Trader trader;
  trader.order = {7};
  trader.buy(1, 10, 1);
  trader.buy(2, 10, 1);
  EXPECT_EQ(trader.lots(), "3@32");
  EXPECT_EQ(trader.position.lot(0).id, LotId{1});
  EXPECT_EQ(trader.position.lot(0).fees, Amount{2});
  trader.buy(2, 11);
  EXPECT_EQ(trader.lots(), "3@32 2@22") << "another price";
  trader.order = {8};
  trader.buy(2, 11);
  EXPECT_EQ(trader.lots(), "3@32 2@22 2@22") << "another order";
  EXPECT_EQ(trader.position.find(LotId{3})->order, OrderId{7});
  EXPECT_EQ(trader.position.find(LotId{2}), nullptr);
}

TEST(Position, a_named_lot_that_is_too_small_goes_on_by_the_method) {
  Trader trader;
  buy_three(trader);
  const Closing closing = trader.trade(Side::sell, 60, 20, 0, 3);
  EXPECT_EQ(text(closing.cost), "855");  // 754 and 10/100 of 1005 (100.5 -> 101)
  EXPECT_EQ(trader.lots(), "90@904 100@1206");
  EXPECT_EQ(text(trader.trade(Side::sell, 10, 20, 0, 99).cost), "100") << "no such lot";
}

TEST(Position, a_change_of_method_keeps_every_minor_unit) {
  Trader trader(ReliefMethod::average_cost);
  buy_three(trader);
  trader.sell(33, 14, 0);
  EXPECT_EQ(trader.lots(), "67@795 100@1186 50@593");
  const i128 before = trader.position.open_cost();
  trader.method = ReliefMethod::fifo;
  EXPECT_EQ(trader.sell(67, 14), "143");  // 938 - 795
  EXPECT_EQ(trader.lots(), "100@1186 50@593");
  EXPECT_EQ(text(before), "2574");
  trader.method = ReliefMethod::average_cost;
  trader.sell(1, 14);
  EXPECT_EQ(trader.lots(), "99@1174 50@593");
  trader.check();
}

TEST(Position, saved_and_loaded_it_goes_on_as_before) {
  Trader trader;
  for (int i = 0; i < 9; ++i) trader.buy(10, 10 + i, 1);
  trader.sell(35, 20);
  Bytes bytes = rialto::testing::bytes_of(trader.position);
  Trader loaded;
  BinaryReader reader(bytes);
  loaded.position.load(reader);
  ASSERT_TRUE(reader.at_end() && !reader.failed());
  EXPECT_EQ(loaded.lots(), trader.lots());
  EXPECT_EQ(loaded.sell(40, 21), trader.sell(40, 21));
  EXPECT_EQ(rialto::testing::bytes_of(loaded.position), rialto::testing::bytes_of(trader.position));
}

TEST(Share, rounds_half_up_and_reaches_both_ends) {
  const struct {
    i128 amount, part, whole, expected;
  } cases[] = {
      {100, 1, 3, 33},   {100, 2, 3, 67},
      {1, 1, 2, 1},      {-1, 1, 2, 0},
      {-100, 1, 3, -33}, {-100, 2, 3, -67},
      {7, 0, 9, 0},      {7, 9, 9, 7},
      {0, 1, 2, 0},      {largest_number, largest_number - 1, largest_number, largest_number - 1}};
  for (const auto& c : cases)
    EXPECT_EQ(text(share(c.amount, c.part, c.whole)), text(c.expected)) << text(c.amount);
  const i128 huge = static_cast<i128>(largest_number) * largest_number;
  EXPECT_EQ(text(share(huge, 1, 3)), text(huge / 3));
}

}  // namespace
}  // namespace rialto::projections
