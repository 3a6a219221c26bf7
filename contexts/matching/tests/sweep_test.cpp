// Priority, prices, and what becomes of the rest: MATCHING-1 to MATCHING-7.
#include "contexts/matching/tests/scenarios.hpp"

namespace rialto::matching {
namespace {

TEST(Sweep, trades_in_price_time_priority_at_the_makers_price) {
  check({
      {"MATCHING-1: the price is the maker's",
       {"enter 1 A sell 5@100"},
       {"enter 2 B buy 5@105"},
       "trade 2 buys 5@100 of 1 (B with A)\ndone 2\n",
       " |  |  | "},
      {"MATCHING-1: for a seller too",
       {"enter 1 A buy 5@105"},
       {"enter 2 B sell 5@100"},
       "trade 2 sells 5@105 of 1 (B with A)\ndone 2\n",
       " |  |  | "},
      {"MATCHING-2: better price first, then earlier arrival",
       {"enter 1 A sell 1@101", "enter 2 A sell 2@100", "enter 3 C sell 3@100"},
       {"enter 4 B buy 6@101"},
       "trade 4 buys 2@100 of 2 (B with A)\ntrade 4 buys 3@100 of 3 (B with C)\n"
       "trade 4 buys 1@101 of 1 (B with A)\ndone 4\n",
       " |  |  | "},
      {"a bid does not reach an ask above its limit, and its rest rests",
       {"enter 1 A sell 5@100", "enter 2 A sell 5@102"},
       {"enter 3 B buy 8@101"},
       "trade 3 buys 5@100 of 1 (B with A)\nrest 3 3@101\n",
       "3:3@101 | 2:5@102 |  | "},
      {"an ask does not reach a bid below its limit",
       {"enter 1 A buy 5@100", "enter 2 A buy 5@98"},
       {"enter 3 B sell 8@99"},
       "trade 3 sells 5@100 of 1 (B with A)\nrest 3 3@99\n",
       "2:5@98 | 3:3@99 |  | "},
      {"a maker that is partly filled keeps its place",
       {"enter 1 A sell 5@100", "enter 2 C sell 5@100"},
       {"enter 3 B buy 2@100", "enter 4 B buy 4@100"},
       "trade 3 buys 2@100 of 1 (B with A)\ndone 3\ntrade 4 buys 3@100 of 1 (B with A)\n"
       "trade 4 buys 1@100 of 2 (B with C)\ndone 4\n",
       " | 2:4@100 |  | "},
      {"instruments do not meet",
       {"enter 1 A sell 5@100"},
       {"enter 2 B buy 5@100 on=2"},
       "rest 2 5@100\n",
       " | 1:5@100 |  | "},
      {"without self-trade prevention an account trades with itself",
       {"enter 1 A sell 5@100"},
       {"enter 2 A buy 5@100"},
       "trade 2 buys 5@100 of 1 (A with A)\ndone 2\n",
       " |  |  | "},
  });
}

TEST(Sweep, an_unfilled_rest_rests_or_is_reported) {
  check({
      {"IOC cancels its rest",
       {"enter 1 A sell 2@100"},
       {"enter 2 B buy 5@100 ioc"},
       "trade 2 buys 2@100 of 1 (B with A)\ncancel 2 leaving 3: immediate_or_cancel\ndone 2\n",
       " |  |  | "},
      {"IOC that is filled has nothing to cancel",
       {"enter 1 A sell 5@100"},
       {"enter 2 B buy 5@100 ioc"},
       "trade 2 buys 5@100 of 1 (B with A)\ndone 2\n",
       " |  |  | "},
      {"a market order stops at its collar and names what is missing",
       {"enter 1 A sell 2@100", "enter 2 A sell 2@111"},
       {"enter 3 B buy 5@110 market"},
       "trade 3 buys 2@100 of 1 (B with A)\ncancel 3 leaving 3: no_liquidity\ndone 3\n",
       " | 2:2@111 |  | "},
      {"a market order in an empty book",
       {},
       {"enter 1 B sell 5@1 market"},
       "cancel 1 leaving 5: no_liquidity\ndone 1\n",
       " |  |  | "},
      {"post-only rests where it takes nothing",
       {"enter 1 A sell 5@100"},
       {"enter 2 B buy 5@99 post"},
       "rest 2 5@99\n",
       "2:5@99 | 1:5@100 |  | "},
      {"post-only is cancelled where it would take, a touch included",
       {"enter 1 A sell 5@100"},
       {"enter 2 B buy 5@100 post"},
       "cancel 2 leaving 5: post_only_would_take\ndone 2\n",
       " | 1:5@100 |  | "},
      {"post-only would take its own account's order too",
       {"enter 1 A buy 5@100"},
       {"enter 2 A sell 5@100 post stp=oldest"},
       "cancel 2 leaving 5: post_only_would_take\ndone 2\n",
       "1:5@100 |  |  | "},
  });
}

TEST(FillOrKill, fills_wholly_or_leaves_no_trace) {
  check({
      {"MATCHING-6: over several levels",
       {"enter 1 A sell 2@100", "enter 2 A sell 3@101"},
       {"enter 3 B buy 5@101 fok"},
       "trade 3 buys 2@100 of 1 (B with A)\ntrade 3 buys 3@101 of 2 (B with A)\ndone 3\n",
       " |  |  | "},
      {"MATCHING-6: one lot short",
       {"enter 1 A sell 2@100", "enter 2 A sell 3@101"},
       {"enter 3 B buy 6@101 fok"},
       "cancel 3 leaving 6: fill_or_kill\ndone 3\n",
       " | 1:2@100 2:3@101 |  | "},
      {"only prices within the limit count",
       {"enter 1 A buy 2@100", "enter 2 A buy 3@99"},
       {"enter 3 B sell 5@100 fok"},
       "cancel 3 leaving 5: fill_or_kill\ndone 3\n",
       "1:2@100 2:3@99 |  |  | "},
      {"reserves of icebergs count",
       {"enter 1 A sell 5@100 display=1"},
       {"enter 2 B buy 4@100 fok"},
       "trade 2 buys 1@100 of 1 (B with A)\ntrade 2 buys 1@100 of 1 (B with A)\n"
       "trade 2 buys 1@100 of 1 (B with A)\ntrade 2 buys 1@100 of 1 (B with A)\ndone 2\n",
       " | 1:1@100 |  | "},
      {"own orders do not count, and stay when the order is killed",
       {"enter 1 B sell 5@100", "enter 2 A sell 4@100"},
       {"enter 3 B buy 5@100 fok stp=oldest"},
       "cancel 3 leaving 5: fill_or_kill\ndone 3\n",
       " | 1:5@100 2:4@100 |  | "},
      {"own orders are cancelled on the way to a whole fill",
       {"enter 1 B sell 5@100", "enter 2 A sell 4@100"},
       {"enter 3 B buy 4@100 fok stp=oldest"},
       "cancel 1 leaving 5: self_trade_prevention\ntrade 3 buys 4@100 of 2 (B with A)\ndone 3\n",
       " |  |  | "},
      {"own orders count where self-trades are allowed",
       {"enter 1 B sell 5@100"},
       {"enter 2 B buy 5@100 fok"},
       "trade 2 buys 5@100 of 1 (B with B)\ndone 2\n",
       " |  |  | "},
      {"an own order that would end the sweep hides what is behind it",
       {"enter 1 A sell 2@100", "enter 2 B sell 1@100", "enter 3 A sell 5@101"},
       {"enter 4 B buy 5@101 fok stp=newest", "enter 5 B buy 5@101 fok stp=both",
        "enter 6 B buy 5@101 fok stp=decrement"},
       "cancel 4 leaving 5: fill_or_kill\ndone 4\ncancel 5 leaving 5: fill_or_kill\ndone 5\n"
       "cancel 6 leaving 5: fill_or_kill\ndone 6\n",
       " | 1:2@100 2:1@100 3:5@101 |  | "},
      {"a reserve is refreshed behind the own order, where it does not help",
       {"enter 1 A sell 5@100 display=2", "enter 2 B sell 1@100"},
       {"enter 3 B buy 3@100 fok stp=newest", "enter 4 B buy 2@100 fok stp=newest"},
       "cancel 3 leaving 3: fill_or_kill\ndone 3\ntrade 4 buys 2@100 of 1 (B with A)\ndone 4\n",
       " | 2:1@100 1:2+1@100 |  | "},
      {"sums beyond 64 bits are sums",
       {"enter 1 A sell 999999999999999999@100", "enter 2 A sell 999999999999999999@100",
        "enter 3 A sell 999999999999999999@100", "enter 4 A sell 999999999999999999@100",
        "enter 5 A sell 999999999999999999@100", "enter 6 A sell 999999999999999999@100",
        "enter 7 A sell 999999999999999999@100", "enter 8 A sell 999999999999999999@100",
        "enter 9 A sell 999999999999999999@100", "enter 10 A sell 999999999999999999@100"},
       {"enter 11 B buy 1@100 fok"},
       "trade 11 buys 1@100 of 1 (B with A)\ndone 11\n",
       " | 1:999999999999999998@100 2:999999999999999999@100 3:999999999999999999@100 "
       "4:999999999999999999@100 5:999999999999999999@100 6:999999999999999999@100 "
       "7:999999999999999999@100 8:999999999999999999@100 9:999999999999999999@100 "
       "10:999999999999999999@100 |  | "},
  });
}

TEST(SelfTradePrevention, each_mode_ends_the_right_order) {
  check({
      {"MATCHING-7: cancel_newest",
       {"enter 1 A sell 1@100", "enter 2 B sell 5@100", "enter 3 A sell 1@100"},
       {"enter 4 B buy 4@100 stp=newest"},
       "trade 4 buys 1@100 of 1 (B with A)\ncancel 4 leaving 3: self_trade_prevention\ndone 4\n",
       " | 2:5@100 3:1@100 |  | "},
      {"cancel_oldest: reserves go too, and the sweep goes on",
       {"enter 1 B sell 5@100 display=1", "enter 2 A sell 1@100"},
       {"enter 3 B buy 4@100 stp=oldest"},
       "cancel 1 leaving 5: self_trade_prevention\ntrade 3 buys 1@100 of 2 (B with A)\n"
       "rest 3 3@100\n",
       "3:3@100 |  |  | "},
      {"cancel_both",
       {"enter 1 B buy 5@100", "enter 2 A buy 1@100"},
       {"enter 3 B sell 4@100 stp=both"},
       "cancel 1 leaving 5: self_trade_prevention\ncancel 3 leaving 4: self_trade_prevention\n"
       "done 3\n",
       "2:1@100 |  |  | "},
      {"decrement: the resting one is larger",
       {"enter 1 B sell 5@100"},
       {"enter 2 B buy 2@100 stp=decrement"},
       "reduce 1 by 2\nreduce 2 by 2\ncancel 2 leaving 0: self_trade_prevention\ndone 2\n",
       " | 1:3@100 |  | "},
      {"decrement: the incoming one is larger and goes on",
       {"enter 1 B sell 2@100", "enter 2 A sell 2@100"},
       {"enter 3 B buy 5@100 stp=decrement"},
       "reduce 1 by 2\ncancel 1 leaving 0: self_trade_prevention\nreduce 3 by 2\n"
       "trade 3 buys 2@100 of 2 (B with A)\nrest 3 1@100\n",
       "3:1@100 |  |  | "},
      {"decrement: both are used up",
       {"enter 1 B sell 2@100"},
       {"enter 2 B buy 2@100 stp=decrement"},
       "reduce 1 by 2\ncancel 1 leaving 0: self_trade_prevention\n"
       "reduce 2 by 2\ncancel 2 leaving 0: self_trade_prevention\ndone 2\n",
       " |  |  | "},
      {"decrement takes an iceberg's reserve first: it keeps its place",
       {"enter 1 B sell 5@100 display=2", "enter 2 A sell 1@100"},
       {"enter 3 B buy 2@100 stp=decrement"},
       "reduce 1 by 2\nreduce 3 by 2\ncancel 3 leaving 0: self_trade_prevention\ndone 3\n",
       " | 1:2+1@100 2:1@100 |  | "},
      {"the incoming order's choice counts, not the resting one's",
       {"enter 1 B sell 5@100 stp=newest"},
       {"enter 2 B buy 5@100"},
       "trade 2 buys 5@100 of 1 (B with B)\ndone 2\n",
       " |  |  | "},
      {"no order within the limit, no self-trade",
       {"enter 1 B sell 5@101"},
       {"enter 2 B buy 5@100 stp=both"},
       "rest 2 5@100\n",
       "2:5@100 | 1:5@101 |  | "},
  });
}

TEST(Iceberg, shows_a_part_and_queues_again_for_the_next) {
  check({
      {"MATCHING-4: refreshed at the back of its level",
       {"enter 1 A sell 5@100 display=2", "enter 2 C sell 1@100"},
       {"enter 3 B buy 2@100"},
       "trade 3 buys 2@100 of 1 (B with A)\ndone 3\n",
       " | 2:1@100 1:2+1@100 |  | "},
      {"a part that is only partly taken keeps its place",
       {"enter 1 A sell 5@100 display=2", "enter 2 C sell 1@100"},
       {"enter 3 B buy 1@100"},
       "trade 3 buys 1@100 of 1 (B with A)\ndone 3\n",
       " | 1:1+3@100 2:1@100 |  | "},
      {"the last part is what is left, in one sweep",
       {"enter 1 A sell 5@100 display=2", "enter 2 C sell 1@100"},
       {"enter 3 B buy 9@100"},
       "trade 3 buys 2@100 of 1 (B with A)\ntrade 3 buys 1@100 of 2 (B with C)\n"
       "trade 3 buys 2@100 of 1 (B with A)\ntrade 3 buys 1@100 of 1 (B with A)\nrest 3 3@100\n",
       "3:3@100 |  |  | "},
      {"an incoming iceberg sweeps with its whole quantity, then shows a part",
       {"enter 1 A sell 4@100"},
       {"enter 2 B buy 9@100 display=2"},
       "trade 2 buys 4@100 of 1 (B with A)\nrest 2 5@100 showing 2\n",
       "2:2+3@100 |  |  | "},
      {"a display size beyond the quantity hides nothing",
       {},
       {"enter 1 A sell 4@100 display=9"},
       "rest 1 4@100 showing 9\n",
       " | 1:4@100 |  | "},
  });
}

TEST(Amendment, keeps_priority_only_when_it_shrinks_in_place) {
  check({
      {"MATCHING-5: shrink keeps the place",
       {"enter 1 A sell 5@100", "enter 2 C sell 5@100"},
       {"shrink 1 3"},
       "",
       " | 1:2@100 2:5@100 |  | "},
      {"an iceberg's reserve shrinks first, then what it shows",
       {"enter 1 A sell 5@100 display=2", "enter 2 A sell 5@100 display=2"},
       {"shrink 1 2", "shrink 2 4"},
       "",
       " | 1:2+1@100 2:1@100 |  | "},
      {"re-entry goes to the back, and may trade",
       {"enter 1 A sell 5@100", "enter 2 C sell 5@100", "enter 3 B buy 1@99"},
       {"amend 1 6@100", "amend 2 1@99"},
       "rest 1 6@100\ntrade 2 sells 1@99 of 3 (C with B)\ndone 2\n",
       " | 1:6@100 |  | "},
      {"a waiting stop can shrink and be cancelled",
       {"enter 1 A sell 5@100 stop=101", "enter 2 A buy 5@100 stop=99"},
       {"shrink 1 3", "cancel 2"},
       "cancel 2 leaving 5: user\n",
       " |  |  | 1:2@101"},
      {"cancelling takes an order from the middle, the front and the back",
       {"enter 1 A buy 1@100", "enter 2 A buy 2@100", "enter 3 A buy 3@100", "enter 4 A buy 4@100"},
       {"cancel 2", "cancel 1", "cancel 4"},
       "cancel 2 leaving 2: user\ncancel 1 leaving 1: user\ncancel 4 leaving 4: user\n",
       "3:3@100 |  |  | "},
  });
}

TEST(Prefetch, is_a_hint_for_any_command_and_changes_nothing) {
  Desk<Matching> desk;
  for (const char* line : {"enter 1 A buy 5@100", "enter 2 A buy 6@100", "enter 3 A sell 7@900000"})
    desk.apply(line);
  const Bytes before = state_of(desk.engine);
  for (const auto pass : {Matching::Pass::first, Matching::Pass::second, Matching::Pass::third}) {
    for (const char* line :
         {"enter 9 B buy 1@100", "enter 9 B sell 1@5", "enter 9 B buy 1@1 on=77"})
      desk.engine.prefetch(parse(line).order, pass);
    for (const std::uint64_t id : {1ull, 2ull, 3ull, 4ull, 1'000'000'000ull, ~0ull})
      desk.engine.prefetch(OrderId{id}, pass);
  }
  EXPECT_EQ(state_of(desk.engine), before);
}

TEST(Queries, tell_levels_best_prices_and_remainders) {
  Desk<Matching> desk;
  EXPECT_EQ(desk.engine.best({1}, Side::buy), std::nullopt);
  EXPECT_EQ(desk.engine.last_price({1}), std::nullopt);
  for (const char* line : {"enter 1 A buy 5@100", "enter 2 A buy 6@100 display=2",
                           "enter 3 A buy 7@99", "enter 4 A buy 8@98", "enter 5 B sell 1@100"})
    desk.apply(line);
  std::string seen;
  desk.engine.levels({1}, Side::buy, 2, [&](Price price, Quantity visible, std::size_t orders) {
    seen += std::to_string(orders) + ":" + std::to_string(visible.value) + "@" +
            std::to_string(price.value) + " ";
  });
  EXPECT_EQ(seen, "2:6@100 1:7@99 ");
  EXPECT_EQ(desk.engine.best({1}, Side::buy), Price{100});
  EXPECT_EQ(desk.engine.best({1}, Side::sell), std::nullopt);
  EXPECT_EQ(desk.engine.last_price({1}), Price{100});
  EXPECT_EQ(desk.engine.remaining({2}), Quantity{6});
  EXPECT_EQ(desk.engine.remaining({5}), Quantity{0});
  EXPECT_EQ(desk.engine.remaining({std::uint64_t{7} << shard_shift | 2}), Quantity{0});
  EXPECT_TRUE(desk.engine.contains({4}));
  EXPECT_FALSE(desk.engine.contains({~std::uint64_t{0}}));
  EXPECT_EQ(desk.engine.order_count(), 4u);
  EXPECT_TRUE(desk.engine.lists({2}));
  EXPECT_FALSE(desk.engine.lists({0}));
  EXPECT_FALSE(desk.engine.lists({3}));
}

TEST(Queries, a_visible_quantity_is_capped_not_wrapped) {
  Desk<Matching> desk;
  desk.apply("enter 1 A buy 999999999999999999@100");
  desk.apply("enter 2 A buy 999999999999999999@100");
  desk.engine.levels({1}, Side::buy, 1, [](Price, Quantity visible, std::size_t orders) {
    EXPECT_EQ(visible.value, largest_number);
    EXPECT_EQ(orders, 2u);
  });
}

TEST(Queries, tell_where_an_order_is_and_what_rests_at_a_price) {
  Desk<Matching> desk;
  desk.apply("enter 1 A buy 5@100");
  desk.apply("enter 2 A buy 6@100 display=2");
  const auto found = desk.engine.find({2});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->instrument, InstrumentId{1});
  EXPECT_EQ(found->side, Side::buy);
  EXPECT_FALSE(found->waiting);
  EXPECT_EQ(found->price, Price{100});
  EXPECT_EQ(found->remaining, Quantity{6});
  EXPECT_FALSE(desk.engine.find({3}).has_value());
  EXPECT_EQ(desk.engine.depth_at({1}, Side::buy, {100}), Quantity{11});
  EXPECT_EQ(desk.engine.depth_at({1}, Side::buy, {101}), Quantity{0});
  EXPECT_EQ(desk.engine.depth_at({1}, Side::buy, {1'000'000}), Quantity{0});
  EXPECT_EQ(desk.engine.depth_at({1}, Side::sell, {100}), Quantity{0});
}

TEST(Levels, that_cannot_count_their_lots_ask_their_orders_until_they_are_empty) {
  Desk<Matching> desk;
  Desk<NaiveTwin> twin;
  const auto both = [&](const std::string& line) {
    desk.apply(line);
    twin.apply(line);
  };
  const auto depth = [&] { return desk.engine.depth_at({1}, Side::sell, {100}).value; };
  // Twelve orders of 10^18 - 1 lots: more than 2^63 together.
  for (int order = 1; order <= 12; ++order)
    both("enter " + std::to_string(order) + " A sell 999999999999999999@100");
  both("enter 13 A sell 7@100");
  EXPECT_EQ(depth(), largest_number);
  both("enter 14 B buy 999999999999999999@100 fok");
  for (int order = 2; order <= 12; ++order) both("cancel " + std::to_string(order));
  EXPECT_EQ(depth(), 7) << "counted one by one, though the total was lost";
  both("enter 15 B buy 8@100 fok");
  both("enter 16 B buy 7@100 fok");
  EXPECT_EQ(depth(), 0);
  both("enter 17 A sell 3@100");
  EXPECT_EQ(depth(), 3);
  EXPECT_EQ(desk.said, twin.said);
  EXPECT_EQ(state_of(desk.engine), state_of(twin.engine));
}

TEST(Events, an_impossible_one_stops_the_program) {
  Desk<Matching> desk;
  desk.apply("enter 1 A sell 5@100");
  TradeExecuted trade;
  trade.instrument = {1};
  trade.taker_side = Side::buy;
  trade.buy_order = {9};
  trade.sell_order = {1};
  trade.price = {99};  // not the maker's
  trade.quantity = {1};
  EXPECT_DEATH(desk.engine.evolve(trade), "");
  trade.price = {100};
  trade.quantity = {6};  // more than it has
  EXPECT_DEATH(desk.engine.evolve(trade), "");
  trade.sell_order = {2};  // nobody
  EXPECT_DEATH(desk.engine.evolve(trade), "");
  desk.apply("enter 3 A sell 5@100");
  trade.sell_order = {3};  // MATCHING-2: order 1 came first
  trade.quantity = {1};
  EXPECT_DEATH(desk.engine.evolve(trade), "");
  EXPECT_DEATH(desk.engine.evolve(OrderTriggered{{1}, {1}}), "");
  EXPECT_DEATH(desk.engine.list({1}), "");
  EnterOrder again = parse("enter 1 A sell 1@100").order;
  EXPECT_DEATH(desk.engine.enter(again, desk), "");
}

}  // namespace
}  // namespace rialto::matching
