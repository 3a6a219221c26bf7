// LIVE-1 to LIVE-4: what the feed hands over, held against the venue's own books.
#include "projections/live/live_feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "flows/engine.hpp"

namespace rialto::projections {
namespace {

constexpr Timestamp noon{1'767'268'800'000'000'000};

/// A venue whose events a feed follows as it would behind the replica.
class Floor {
 public:
  explicit Floor(LiveFeedLimits limits = {}) : feed(limits) {
    for (int i = 0; i < 3; ++i) run(ledger::OpenAccount{ledger::AccountKind::system, {}});
    run(instruments::RegisterAsset{"USD", 7});
    run(instruments::RegisterAsset{"BTC", 8});
    run(instruments::RegisterAsset{"ETH", 8});
    instruments::Rules rules;
    rules.max_quantity = {largest_number};
    rules.max_notional = {largest_number};
    rules.max_open_orders = 1'000;
    run(instruments::ListInstrument{"BTC-USD", "BTC", "USD", {1, 2}, {1, 5}, rules});
    run(instruments::ListInstrument{"ETH-USD", "ETH", "USD", {1, 2}, {1, 5}, rules});
    for (std::uint64_t i = 1; i <= 2; ++i) {
      const auto made = run(
          identity::RegisterUser{{0, i}, {"sealed name", "sealed mail", {1, i}, {2, i}}, {3, i}});
      wallets.push_back(made.account);
      for (const std::uint32_t asset : {1u, 2u, 3u})
        run(ledger::CreditAccount{made.account, {asset}, {1'000'000'000'000'000}, {}, 0});
    }
    feed.take();
  }

  /// Refused commands change nothing.
  flows::Reply run(const flows::Command& command) {
    EventBlock block;
    const auto outcome = engine.execute(command, noon, block);
    std::uint64_t sequence = outcome.first.value;
    block.each([&](EventType type, ByteView payload) {
      flows::decode_event(type, payload, [&](const auto& event) {
        const flows::AnyEvent any = event;
        at = {{sequence++}, noon};
        feed.before(any, at, venue);
        venue.evolve(event, noon);
        feed.follow(any, at, venue);
      });
    });
    feed.settle();
    return outcome.reply;
  }
  flows::Reply order(std::size_t who, Side side, std::int64_t price, std::int64_t lots,
                     std::int64_t display = 0, std::uint32_t instrument = 1) {
    orders::PlaceOrder command;
    command.account = wallets[who];
    command.instrument = {instrument};
    command.side = side;
    command.price = {price};
    command.quantity = {lots};
    command.display = {display};
    command.self_trade_prevention = orders::SelfTradePrevention::decrement;
    return run(command);
  }
  void watch(std::uint32_t instrument, bool by_order = true) {
    feed.watch_book(venue, at, {instrument}, by_order);
  }

  flows::Engine engine;
  flows::Venue venue;
  LiveFeed feed;
  Moment at;
  std::vector<AccountId> wallets;
};

/// A book put together from nothing but news.
struct Mirror {
  using Queue = std::vector<BookOrder>;
  std::map<std::int64_t, Queue> sides[2];

  void apply(const News& news) {
    if (const auto* image = std::get_if<BookImage>(&news)) {
      sides[0].clear();
      sides[1].clear();
      for (const BookOrder& order : image->bids.orders)
        sides[0][order.price.value].push_back(order);
      for (const BookOrder& order : image->asks.orders)
        sides[1][order.price.value].push_back(order);
    }
    if (const auto* batch = std::get_if<NewsBatch>(&news))
      for (const BookChange& change : batch->changes) apply(change);
  }
  void apply(const BookChange& change) {
    auto& side = sides[static_cast<std::size_t>(change.side)];
    Queue& queue = side[change.price.value];
    const auto found = std::ranges::find(queue, change.order, &BookOrder::order);
    const Quantity before = found == queue.end() ? Quantity{} : found->shown;
    EXPECT_EQ(change.shown - before, change.by);
    switch (change.action) {
      case BookAction::add:
        EXPECT_EQ(found, queue.end());
        queue.push_back({change.order, change.price, change.shown});
        break;
      case BookAction::change:
        found->shown = change.shown;
        break;
      case BookAction::remove:
        queue.erase(found);
        break;
    }
    if (queue.empty()) side.erase(change.price.value);
  }
  Queue queue(Side side) const {
    Queue all;
    for (const auto& [price, queue] : sides[static_cast<std::size_t>(side)])
      all.insert(all.end(), queue.begin(), queue.end());
    return all;
  }
};

Mirror::Queue queue_of(const flows::Venue& venue, Side side) {
  std::map<std::int64_t, Mirror::Queue> levels;
  venue.matching.orders({1}, side, [&](const matching::QueuedOrder& order) {
    levels[order.price.value].push_back({order.order, order.price, order.shown});
  });
  Mirror::Queue all;
  for (const auto& [price, queue] : levels) all.insert(all.end(), queue.begin(), queue.end());
  return all;
}

TEST(LiveFeed, NothingIsToldOfWhatNobodyWatches) {  // LIVE-1
  Floor floor;
  floor.order(0, Side::buy, 100, 10);
  EXPECT_TRUE(floor.feed.take().empty());
  floor.watch(2);
  floor.feed.take();
  floor.order(0, Side::buy, 101, 10);
  EXPECT_TRUE(floor.feed.take().empty());
}

TEST(LiveFeed, AnImageThenChangesAndTrades) {
  Floor floor;
  floor.order(0, Side::buy, 100, 10);
  floor.watch(1);
  floor.order(1, Side::sell, 100, 4);
  const auto news = floor.feed.take();
  ASSERT_EQ(news.size(), 2u);
  const auto& image = std::get<BookImage>(news[0]);
  ASSERT_EQ(image.bids.orders.size(), 1u);
  EXPECT_EQ(image.bids.orders[0].shown.value, 10);
  const auto& batch = std::get<NewsBatch>(news[1]);
  ASSERT_EQ(batch.changes.size(), 1u);
  EXPECT_EQ(batch.changes[0].action, BookAction::change);
  EXPECT_EQ(batch.changes[0].shown.value, 6);
  EXPECT_EQ(batch.changes[0].by.value, -4);
  ASSERT_EQ(batch.trades.size(), 1u);
  EXPECT_EQ(batch.trades[0].quantity.value, 4);
  EXPECT_EQ(batch.trades[0].taker_side, Side::sell);
  EXPECT_GT(batch.trades[0].at.sequence, image.at.sequence);
}

TEST(LiveFeed, AnIcebergShowsItsNextPartBehindTheOthers) {  // LIVE-4
  Floor floor;
  floor.watch(1);
  floor.order(0, Side::buy, 100, 30, 10);
  floor.order(0, Side::buy, 100, 5);
  floor.feed.take();
  floor.order(1, Side::sell, 100, 10);
  const auto news = floor.feed.take();
  const auto& changes = std::get<NewsBatch>(news.at(0)).changes;
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].action, BookAction::remove);
  EXPECT_EQ(changes[1].action, BookAction::add);
  EXPECT_EQ(changes[1].shown.value, 10);
}

TEST(LiveFeed, LevelsWhereNobodyAsksForOrders) {
  Floor floor;
  floor.order(0, Side::buy, 100, 10);
  floor.order(0, Side::buy, 100, 5);
  floor.order(0, Side::sell, 110, 7);
  floor.watch(1, false);
  const auto news = floor.feed.take();
  const auto& image = std::get<BookImage>(news.at(0));
  EXPECT_THAT(image.bids.levels, ::testing::ElementsAre(BookLevel{{100}, {15}, 2}));
  EXPECT_THAT(image.asks.levels, ::testing::ElementsAre(BookLevel{{110}, {7}, 1}));
  EXPECT_TRUE(image.bids.orders.empty());
}

TEST(LiveFeed, EventsArePublishedWhileWatched) {
  Floor floor;
  floor.feed.watch_events(floor.at);
  floor.order(0, Side::buy, 100, 10);
  floor.feed.ignore_events();
  floor.order(0, Side::buy, 100, 10);
  const auto news = floor.feed.take();
  ASSERT_EQ(news.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<EventsOpened>(news[0]));
  const auto& events = std::get<NewsBatch>(news[1]).events;
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]->type, "OrderCreated");
  EXPECT_EQ(events[1]->type, "OrderPlaced");
  EXPECT_EQ(events[0]->instrument.value, 1u);
  EXPECT_TRUE(events[0]->audience.includes({1}));
  EXPECT_FALSE(events[0]->audience.includes({2}));
  EXPECT_FALSE(events[0]->audience.includes({}));
}

TEST(LiveFeed, CallsOnceUntilTaken) {
  Floor floor;
  int calls = 0;
  floor.feed.on_news([&] { ++calls; });
  floor.watch(1);
  floor.order(0, Side::buy, 100, 10);
  EXPECT_EQ(calls, 1);
  floor.feed.take();
  floor.order(0, Side::buy, 100, 10);
  EXPECT_EQ(calls, 2);
}

TEST(LiveFeed, WhatNobodyTakesIsGivenUpAndSaidToBe) {  // LIVE-2
  Floor floor({.changes_max = 8, .event_bytes_max = 2'000});
  floor.watch(1);
  floor.watch(2);
  floor.feed.watch_events(floor.at);
  std::size_t waiting = 0;
  for (int i = 0; i < 500; ++i) floor.order(0, Side::buy, 100, 1);
  std::vector<InstrumentId> lost;
  bool events_lost = false;
  for (const News& news : floor.feed.take())
    if (const auto* batch = std::get_if<NewsBatch>(&news)) {
      waiting += batch->changes.size();
      lost.insert(lost.end(), batch->lost_books.begin(), batch->lost_books.end());
      events_lost = events_lost || batch->events_lost;
    }
  EXPECT_LE(waiting, 8u);
  EXPECT_THAT(lost, ::testing::ElementsAre(InstrumentId{1}, InstrumentId{2}));
  EXPECT_TRUE(events_lost);
  floor.order(0, Side::buy, 100, 1);
  EXPECT_TRUE(floor.feed.take().empty());
  floor.watch(1);
  floor.order(0, Side::buy, 100, 1);
  const auto news = floor.feed.take();
  ASSERT_EQ(news.size(), 2u);
  EXPECT_GT(std::get<BookImage>(news[0]).bids.orders.size(), 400u);
}

TEST(LiveFeed, NewsAloneGiveTheBook) {  // LIVE-3
  rc::check([] {
    Floor floor;
    const int before = *rc::gen::inRange(0, 10);
    const int steps = *rc::gen::inRange(1, 120);
    std::vector<OrderId> placed;
    Mirror mirror;
    const auto step = [&] {
      const auto who = *rc::gen::inRange<std::size_t>(0, 2);
      const int what = *rc::gen::inRange(0, 10);
      if (what < 6 || placed.empty()) {
        const auto side = *rc::gen::element(Side::buy, Side::sell);
        const auto price = *rc::gen::inRange<std::int64_t>(95, 106);
        const auto lots = *rc::gen::inRange<std::int64_t>(1, 30);
        const auto display = *rc::gen::weightedElement<std::int64_t>({{3, 0}, {1, 1}, {1, 5}});
        const auto reply = floor.order(who, side, price, lots, std::min(display, lots));
        if (!reply.rejection) placed.push_back(reply.order.order);
      } else if (what < 8) {
        orders::AmendOrder amend;
        amend.account = floor.wallets[who];
        amend.order = *rc::gen::elementOf(placed);
        amend.quantity = Quantity{*rc::gen::inRange<std::int64_t>(1, 40)};
        if (*rc::gen::arbitrary<bool>())
          amend.price = Price{*rc::gen::inRange<std::int64_t>(95, 106)};
        floor.run(amend);
      } else {
        orders::CancelOrder cancel;
        cancel.account = floor.wallets[who];
        cancel.order = *rc::gen::elementOf(placed);
        floor.run(cancel);
      }
    };
    for (int i = 0; i < before; ++i) step();
    floor.watch(1);
    for (int i = 0; i < steps; ++i) step();
    for (const News& news : floor.feed.take()) mirror.apply(news);
    for (const Side side : {Side::buy, Side::sell})
      RC_ASSERT(mirror.queue(side) == queue_of(floor.venue, side));
  });
}

}  // namespace
}  // namespace rialto::projections
