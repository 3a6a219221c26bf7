// Waiting stops: MATCHING-8.
#include "contexts/matching/tests/scenarios.hpp"

namespace rialto::matching {
namespace {

TEST(Stops, are_set_off_by_trades_at_their_price_or_beyond) {
  check({
      {"MATCHING-8: a buy stop at exactly the trade price",
       {"enter 1 A sell 1@100", "enter 2 C buy 3@110 stop=100", "enter 3 C buy 3@110 stop=101"},
       {"enter 4 B buy 1@100", "activate 9"},
       "trade 4 buys 1@100 of 1 (B with A)\ndone 4\ntrigger 2\nrest 2 3@110\n",
       "2:3@110 |  | 3:3@101 | "},
      {"a sell stop at exactly the trade price",
       {"enter 1 A buy 1@100", "enter 2 C sell 3@90 stop=100", "enter 3 C sell 3@90 stop=99"},
       {"enter 4 B sell 1@100", "activate 9"},
       "trade 4 sells 1@100 of 1 (B with A)\ndone 4\ntrigger 2\nrest 2 3@90\n",
       " | 2:3@90 |  | 3:3@99"},
      {"buys ascending, then sells descending, ties by arrival",
       {"enter 1 A sell 1@100", "enter 2 C sell 1@500 stop=100", "enter 3 C sell 1@500 stop=101",
        "enter 4 C buy 1@50 stop=100", "enter 5 C buy 1@50 stop=99", "enter 6 C buy 1@50 stop=99"},
       {"enter 7 B buy 1@100", "activate 2", "activate 9"},
       "trade 7 buys 1@100 of 1 (B with A)\ndone 7\ntrigger 5\nrest 5 1@50\ntrigger 6\n"
       "rest 6 1@50\ntrigger 4\nrest 4 1@50\ntrigger 3\nrest 3 1@500\ntrigger 2\nrest 2 1@500\n",
       "5:1@50 6:1@50 4:1@50 | 3:1@500 2:1@500 |  | "},
      {"quotes alone set nothing off",
       {"enter 1 C buy 1@200 stop=100"},
       {"enter 2 A sell 5@150", "activate 9"},
       "rest 2 5@150\n",
       " | 2:5@150 | 1:1@100 | "},
      {"a high that fell back still sets off a stop that was waiting then",
       {"enter 1 A sell 1@100", "enter 2 A sell 1@105", "enter 3 A buy 1@90",
        "enter 4 C buy 1@50 stop=105"},
       {"enter 5 B buy 2@105", "enter 6 B sell 1@90", "activate 9"},
       "trade 5 buys 1@100 of 1 (B with A)\ntrade 5 buys 1@105 of 2 (B with A)\ndone 5\n"
       "trade 6 sells 1@90 of 3 (B with A)\ndone 6\ntrigger 4\nrest 4 1@50\n",
       "4:1@50 |  |  | "},
      {"a high from before the stop arrived is forgotten once all is quiet",
       {"enter 1 A sell 1@105", "enter 2 B buy 1@105", "enter 3 A sell 1@100",
        "enter 4 B buy 1@100"},
       {"enter 5 C buy 1@50 stop=103", "activate 9"},
       "wait 5 1@103\n",
       " |  | 5:1@103 | "},
      {"the last trade sets off a stop that arrives beyond it",
       {"enter 1 A sell 1@100", "enter 2 B buy 1@100"},
       {"enter 3 C sell 1@50 stop=100", "activate 9"},
       "wait 3 1@100\ntrigger 3\nrest 3 1@50\n",
       " | 3:1@50 |  | "},
      {"a triggered stop's own trades set off the next",
       {"enter 1 A sell 1@100", "enter 2 A sell 1@101", "enter 3 A sell 1@102",
        "enter 4 C buy 1@200 stop=100", "enter 5 C buy 1@200 stop=101"},
       {"enter 6 B buy 1@100", "activate 9"},
       "trade 6 buys 1@100 of 1 (B with A)\ndone 6\ntrigger 4\ntrade 4 buys 1@101 of 2 (C with A)\n"
       "done 4\ntrigger 5\ntrade 5 buys 1@102 of 3 (C with A)\ndone 5\n",
       " |  |  | "},
      {"a cancelled stop is not set off, and leaves nothing pending",
       {"enter 1 A sell 1@100", "enter 2 C buy 1@50 stop=100", "enter 3 B buy 1@100"},
       {"cancel 2", "activate 9"},
       "cancel 2 leaving 1: user\n",
       " |  |  | "},
      {"an iceberg stop shows its part once it rests",
       {"enter 1 A sell 1@100", "enter 2 C buy 5@99 stop=100 display=2", "enter 3 B buy 1@100"},
       {"activate 9"},
       "trigger 2\nrest 2 5@99 showing 2\n",
       "2:2+3@99 |  |  | "},
  });
}

TEST(Stops, the_lowest_instrument_with_triggered_stops_is_named_first) {
  Desk<Matching> desk(130);
  EXPECT_EQ(desk.engine.instrument_with_triggered(), std::nullopt);
  int id = 0;
  for (const int instrument : {130, 3, 64}) {
    const std::string on = " on=" + std::to_string(instrument);
    desk.apply("enter " + std::to_string(++id) + " A sell 1@100" + on);
    desk.apply("enter " + std::to_string(++id) + " C buy 1@50 stop=100" + on);
    desk.apply("enter " + std::to_string(++id) + " B buy 1@100" + on);
  }
  for (const std::uint32_t instrument : {3u, 64u, 130u}) {
    EXPECT_EQ(desk.engine.instrument_with_triggered(), InstrumentId{instrument});
    EXPECT_TRUE(desk.engine.next_triggered({instrument}).has_value());
    desk.apply("activate 1");
    EXPECT_EQ(desk.engine.next_triggered({instrument}), std::nullopt);
  }
  EXPECT_EQ(desk.engine.instrument_with_triggered(), std::nullopt);
}

/// Counts instead of telling: 100,000 stops are no test of text.
struct Counting {
  Matching& matching;
  std::size_t fills = 0;
  std::size_t ends = 0;
  void fill(const Fill& fill) {
    ++fills;
    TradeExecuted trade;
    trade.instrument = fill.instrument;
    trade.taker_side = fill.taker_side;
    (fill.taker_side == Side::buy ? trade.buy_order : trade.sell_order) = fill.taker;
    (fill.taker_side == Side::buy ? trade.sell_order : trade.buy_order) = fill.maker;
    trade.price = fill.price;
    trade.quantity = fill.quantity;
    matching.evolve(trade);
  }
  void cancelled(const Cancellation&) {}
  void reduced(const Reduction&) {}
  void processed(const OrderProcessed& processed) {
    ++ends;
    matching.evolve(processed);
  }
};

// MATCHING-8: one trade sets off 100,000 stops on 20,000 prices, and each activation trades on.
// Nothing recurses and nothing scans: quadratic work would be 10^10 steps and run into the test's
// time limit.
TEST(Stops, a_hundred_thousand_set_off_by_one_trade_are_activated_one_by_one) {
  constexpr std::uint64_t stops = 100'000;
  Matching matching;
  matching.list({1});
  Counting desk{matching};
  const auto enter = [&](std::uint64_t id, Side side, std::int64_t price, std::int64_t quantity) {
    matching.enter(EnterOrder{.order = {id},
                              .account = {1},
                              .instrument = {1},
                              .side = side,
                              .limit = {price},
                              .quantity = {quantity},
                              .display = {},
                              .time_in_force = TimeInForce::gtc,
                              .market = false,
                              .post_only = false,
                              .self_trade_prevention = {}},
                   desk);
  };
  for (std::uint64_t id = 1; id <= stops; ++id) {
    const auto stop = static_cast<std::int64_t>(1 + id * 7'919 % 20'000);
    matching.evolve(OrderProcessed{{id}, {1}, {1}, Outcome::waiting, Side::buy, {stop}, {1}, {}});
  }
  enter(stops + 1, Side::sell, 30'000, 1 + static_cast<std::int64_t>(stops));
  enter(stops + 2, Side::buy, 30'000, 1);
  ASSERT_EQ(desk.fills, 1u);
  std::int64_t before = 0;
  std::uint64_t activated = 0;
  while (const auto instrument = matching.instrument_with_triggered()) {
    const OrderId stop = matching.next_triggered(*instrument).value();
    const auto price = static_cast<std::int64_t>(1 + stop.value * 7'919 % 20'000);
    ASSERT_LE(before, price);
    before = price;
    matching.evolve(OrderTriggered{stop, *instrument});
    enter(stop.value, Side::buy, 30'000, 1);
    ++activated;
  }
  EXPECT_EQ(activated, stops);
  EXPECT_EQ(desk.fills, stops + 1);
  EXPECT_EQ(matching.order_count(), 0u);
}

}  // namespace
}  // namespace rialto::matching
