// Every check of the auditor can fail: a correct story passes, and each lie in it is named.
#include <gtest/gtest.h>

#include "tests/simulation/auditor.hpp"

namespace rialto::simulation {
namespace {

using matching::Outcome;

/// Two people, one instrument without fees, a resting sell of 10 at 100 and a buy that takes 4.
class Story {
 public:
  Story() {
    command(instruments::RegisterAsset{"USD", 2}, {});
    command(instruments::RegisterAsset{"X", 0}, {});
    instruments::Rules rules{{0}, {1'000}, {1'000}, {1'000'000}, 0, 50'000, 10};
    command(instruments::ListInstrument{"X-USD", "X", "USD", {1, 2}, {1, 0}, rules}, {});
    for (const std::uint64_t account : {1, 2, 3})
      command(ledger::OpenAccount{ledger::AccountKind::system, {}},
              {ledger::AccountOpened{{account}, ledger::AccountKind::system, {}}});
    for (const std::uint64_t account : {4, 5})
      command(ledger::OpenAccount{ledger::AccountKind::customer, {account}},
              {ledger::AccountOpened{{account}, ledger::AccountKind::customer, {account}}});
    command(ledger::CreditAccount{{4}, {1}, {10'000}, {1, 1}, 7}, {});
    command(ledger::CreditAccount{{5}, {2}, {10}, {}, 0}, {});
  }

  orders::PlaceOrder sell() const {
    orders::PlaceOrder order;
    order.account = {5};
    order.instrument = {1};
    order.side = Side::sell;
    order.price = {100};
    order.quantity = {10};
    return order;
  }
  orders::PlaceOrder buy() const {
    auto order = sell();
    order.account = {4};
    order.side = Side::buy;
    order.price = {101};
    order.quantity = {4};
    order.key = {1, 9};
    return order;
  }
  static orders::OrderCreated created(std::uint64_t id, const orders::PlaceOrder& order) {
    orders::OrderCreated event;
    event.order = {id};
    event.account = order.account;
    event.instrument = order.instrument;
    event.side = order.side;
    event.price = order.price;
    event.quantity = order.quantity;
    event.expire_time = order.expire_time;
    return event;
  }
  static matching::OrderProcessed processed(std::uint64_t id, Outcome outcome, std::int64_t left) {
    return {{id}, {}, {1}, outcome, {}, {}, {left}, {}};
  }
  static matching::TradeExecuted trade() {
    matching::TradeExecuted event;
    event.trade = {1};
    event.instrument = {1};
    event.taker_side = Side::buy;
    event.sell_order = {1};
    event.buy_order = {2};
    event.seller = {5};
    event.buyer = {4};
    event.price = {100};
    event.quantity = {4};
    event.base = {2};
    event.quote = {1};
    event.base_amount = {4};
    event.notional = {400};
    event.buyer_fee = {1};  // 0.1 % of 400, rounded up
    return event;
  }

  void command(const flows::Command& asked, std::vector<Report> reports) {
    auditor.asked({1, ++id_}, asked);
    step({1, id_}, std::move(reports));
  }
  void step(Fingerprint cause, std::vector<Report> reports) {
    const Sequence at{++sequence_};
    auditor.step({at, at, {++time_}, cause, std::move(reports)});
  }
  void rest_a_sell() { command(sell(), {created(1, sell()), processed(1, Outcome::resting, 10)}); }
  void take(const matching::TradeExecuted& event) {
    command(buy(), {created(2, buy()), event, processed(2, Outcome::done, 0)});
  }
  Shown shown() const {
    return {{{{1}, {1}, {-10'000}, {0}},
             {{1}, {2}, {-10}, {0}},
             {{3}, {1}, {1}, {0}},
             {{4}, {1}, {9'599}, {0}},
             {{4}, {2}, {4}, {0}},
             {{5}, {1}, {400}, {0}},
             {{5}, {2}, {6}, {6}}},
            {{{1}, {5}, {10}, {4}, {6}, false}}};
  }
  bool found(std::string_view what) const {
    return std::ranges::any_of(findings.all(), [&](const auto& finding) {
      return finding.find(what) != std::string::npos;
    });
  }

  Findings findings;
  Auditor auditor{findings};
  std::uint64_t id_ = 0;
  std::uint64_t sequence_ = 0;
  std::int64_t time_ = 0;
};

TEST(AuditorTest, a_true_story_passes) {
  Story story;
  story.rest_a_sell();
  story.take(Story::trade());
  story.auditor.compare(story.shown());
  flows::Reply reply;
  reply.sequence = {story.sequence_};
  reply.order = {{2}, {1}, flows::OrderStatus::filled, {4}, {4}, 400, {}, {}};
  story.auditor.answered({1, story.id_}, reply);
  EXPECT_TRUE(story.findings.none()) << story.findings.all().front();
}

TEST(AuditorTest, every_wrong_number_in_a_trade_is_named) {
  using Trade = matching::TradeExecuted;
  const std::vector<std::pair<std::function<void(Trade&)>, std::string_view>> lies = {
      {[](Trade& t) { t.price = {99}, t.notional = {396}; }, "worse than order 1 allows"},
      {[](Trade& t) { t.price = {101}, t.notional = {404}; }, "not at the resting price"},
      {[](Trade& t) { t.price = {102}, t.notional = {408}; }, "worse than order 2 allows"},
      {[](Trade& t) { t.quantity = {5}; }, "more than is left of order 2"},
      {[](Trade& t) { t.notional = {401}; }, "is not 401"},
      {[](Trade& t) { t.base_amount = {5}; }, "is not 400"},
      {[](Trade& t) { t.buyer_fee = {0}; }, "the fee of order 2 is 1"},
      {[](Trade& t) { t.seller_fee = {1}; }, "the fee of order 1 is 0"},
      {[](Trade& t) { t.buyer = {5}; }, "order 2 is another's"},
      {[](Trade& t) { t.taker_side = Side::sell; }, "was not resting"},
      {[](Trade& t) { t.trade = {2}; }, "follows trade 0"},
      {[](Trade& t) { t.sell_order = {7}; }, "is not open"},
  };
  for (const auto& [lie, expected] : lies) {
    Story story;
    story.rest_a_sell();
    auto trade = Story::trade();
    lie(trade);
    story.take(trade);
    EXPECT_TRUE(story.found(expected)) << expected;
  }
}

TEST(AuditorTest, a_half_done_order_is_named) {
  Story story;
  story.command(story.sell(), {Story::created(1, story.sell())});
  EXPECT_TRUE(story.found("left half done"));
}

TEST(AuditorTest, a_book_left_crossed_is_named) {
  Story story;
  story.rest_a_sell();
  story.command(story.buy(),
                {Story::created(2, story.buy()), Story::processed(2, Outcome::resting, 4)});
  EXPECT_TRUE(story.found("is crossed"));
}

TEST(AuditorTest, the_same_key_twice_is_named) {
  Story story;
  story.rest_a_sell();
  story.take(Story::trade());
  auto again = Story::trade();
  again.trade = {2};
  again.buy_order = {3};
  story.command(story.buy(),
                {Story::created(3, story.buy()), again, Story::processed(3, Outcome::done, 0)});
  EXPECT_TRUE(story.found("placed twice under one key"));
  story.command(ledger::CreditAccount{{4}, {1}, {10'000}, {1, 1}, 7}, {});
  EXPECT_TRUE(story.found("done twice under one key"));
}

TEST(AuditorTest, trading_where_trading_is_stopped_is_named) {
  Story halted;
  halted.rest_a_sell();
  halted.command(instruments::HaltInstrument{{1}}, {});
  halted.take(Story::trade());
  EXPECT_TRUE(halted.found("halted instrument"));
  for (const std::uint64_t account : {0, 5}) {
    Story blocked;
    blocked.rest_a_sell();
    blocked.command(orders::BlockTrading{{account}}, {});
    blocked.take(Story::trade());
    EXPECT_TRUE(blocked.found("is blocked"));
  }
}

TEST(AuditorTest, steps_out_of_order_or_of_nobody_are_named) {
  Story gap;
  ++gap.sequence_;
  gap.step({}, {});
  EXPECT_TRUE(gap.found("follows event"));
  Story back;
  back.time_ = 0;
  back.step({}, {});
  EXPECT_TRUE(back.found("time went back"));
  Story unknown;
  unknown.step({1, 99}, {});
  EXPECT_TRUE(unknown.found("nobody asked"));
  Story twice;
  twice.step({1, twice.id_}, {});
  EXPECT_TRUE(twice.found("done twice"));
}

TEST(AuditorTest, every_wrong_number_that_is_shown_is_named) {
  const std::vector<std::pair<std::function<void(Shown&)>, std::string_view>> lies = {
      {[](Shown& s) { ++s.balances[3].owned.value; }, "account 4 owns 9599"},
      {[](Shown& s) { ++s.balances[6].held.value; }, "on hold"},
      {[](Shown& s) { s.balances.pop_back(); }, "shows nothing"},
      {[](Shown& s) { ++s.open_orders[0].filled.value; }, "shown as 5/10"},
      {[](Shown& s) { --s.open_orders[0].hold.value; }, "must hold 6"},
      {[](Shown& s) { s.open_orders.clear(); }, "the venue shows 0"},
  };
  for (const auto& [lie, expected] : lies) {
    Story story;
    story.rest_a_sell();
    story.take(Story::trade());
    Shown shown = story.shown();
    lie(shown);
    story.auditor.compare(shown);
    EXPECT_TRUE(story.found(expected)) << expected;
  }
}

TEST(AuditorTest, wrong_answers_are_named) {
  const auto answer = [](auto change) {
    Story story;
    story.rest_a_sell();
    flows::Reply reply;
    reply.sequence = {story.sequence_};
    reply.order = {{1}, {1}, flows::OrderStatus::pending, {10}, {0}, 0, {}, {}};
    change(reply);
    story.auditor.answered({1, story.id_}, reply);
    return story.findings.none() ? std::string() : story.findings.all().front();
  };
  EXPECT_EQ(answer([](flows::Reply&) {}), "");
  EXPECT_NE(answer([](flows::Reply& r) { r.rejection = Rejection{RejectKind::business, "no"}; }),
            "");
  EXPECT_NE(answer([](flows::Reply& r) { r.order.filled = {1}; }), "");
  EXPECT_NE(answer([](flows::Reply& r) { r.order.status = flows::OrderStatus::filled; }), "");
  EXPECT_NE(answer([](flows::Reply& r) { r.order.order = {2}; }), "");
  EXPECT_NE(answer([](flows::Reply& r) { ++r.sequence.value; }), "");
  EXPECT_NE(answer([](flows::Reply& r) { r.repeated = true; }), "");
}

}  // namespace
}  // namespace rialto::simulation
