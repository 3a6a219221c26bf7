// /ws, channel book: snapshots, numbered deltas, every level, resuming.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stream/market_floor.hpp"

namespace rialto::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(StreamBook, ASnapshotThenNumberedDeltas) {
  MarketFloor floor;
  floor.order(floor.alice, "buy", "100", "2");
  floor.order(floor.alice, "sell", "110", "3");
  Peer peer = floor.peer();
  const Received subscribed =
      peer.ask(R"({"op":"subscribe","channel":"book","symbol":"BTC-USD","id":"one"})");
  EXPECT_EQ(subscribed.body,
            R"({"type":"subscribed","id":"one","channel":"book","symbol":"BTC-USD","level":2})");
  const Received snapshot = peer.receive();
  EXPECT_EQ(snapshot.type(), "BookSnapshot");
  EXPECT_EQ(snapshot.at("channel"), "book");
  EXPECT_EQ(snapshot.at("data.reason"), "subscribed");
  EXPECT_THAT(rows(snapshot, "bids"), ElementsAre("100 2 1"));
  EXPECT_THAT(rows(snapshot, "asks"), ElementsAre("110 3 1"));

  const Answer second = floor.order(floor.alice, "buy", "100", "1");
  const Received grown = peer.receive();
  EXPECT_EQ(grown.type(), "BookDelta");
  EXPECT_EQ(grown.at("data.previous"), snapshot.at("data.number"));
  EXPECT_THAT(rows(grown, "bids"), ElementsAre("100 3 2"));
  EXPECT_THAT(rows(grown, "asks"), IsEmpty());
  EXPECT_EQ(grown.at("data.number"), second.at("sequence"));

  floor.order(floor.bob, "sell", "100", "3");
  const Received gone = peer.receive();
  EXPECT_EQ(gone.at("data.previous"), grown.at("data.number"));
  EXPECT_THAT(rows(gone, "bids"), ElementsAre("100 0 0"));
}

TEST(StreamBook, TheNumberAgreesWithTheSequenceOfRest) {  // STREAM-1
  MarketFloor floor;
  floor.order(floor.alice, "buy", "100", "2");
  Peer peer = floor.peer();
  peer.send(R"({"op":"subscribe","channel":"book","symbol":"BTC"})");
  const Received snapshot = peer.receive("BookSnapshot");
  const Answer rest = floor.venue.client().get("/api/instruments/BTC-USD/book");
  EXPECT_EQ(snapshot.at("data.number"), rest.at("sequence"));
}

TEST(StreamBook, TheBestLevelsOnly) {
  MarketFloor floor;
  Peer peer = floor.peer();
  peer.send(R"({"op":"subscribe","channel":"book","symbol":"BTC-USD","depth":1})");
  EXPECT_THAT(rows(peer.receive("BookSnapshot"), "bids"), IsEmpty());
  floor.order(floor.alice, "buy", "100", "2");
  EXPECT_THAT(rows(peer.receive(), "bids"), ElementsAre("100 2 1"));
  floor.order(floor.alice, "buy", "99", "5");  // out of sight
  const Answer top = floor.order(floor.alice, "buy", "101", "1");
  const Received pushed = peer.receive();
  EXPECT_THAT(rows(pushed, "bids"), ElementsAre("101 1 1", "100 0 0"));
  EXPECT_EQ(floor.alice.http.remove("/api/orders/" + top.at("orderId")).status, 200);
  const Received back = peer.receive();
  EXPECT_EQ(back.at("data.previous"), pushed.at("data.number"));
  EXPECT_THAT(rows(back, "bids"), ElementsAre("101 0 0", "100 2 1"));
}

TEST(StreamBook, Level1IsTheTopWholeEachTime) {
  MarketFloor floor;
  floor.order(floor.alice, "buy", "100", "2");
  Peer peer = floor.peer();
  peer.send(R"({"op":"subscribe","channel":"book","symbol":"BTC-USD","level":1})");
  EXPECT_EQ(peer.receive().type(), "subscribed");
  const Received first = peer.receive();
  EXPECT_EQ(first.type(), "BookTop");
  EXPECT_THAT(rows(first, "bids"), ElementsAre("100 2 1"));
  floor.order(floor.alice, "sell", "105", "4");
  const Received second = peer.receive();
  EXPECT_EQ(second.type(), "BookTop");
  EXPECT_EQ(second.at("data.previous"), first.at("data.number"));
  EXPECT_THAT(rows(second, "bids"), ElementsAre("100 2 1"));
  EXPECT_THAT(rows(second, "asks"), ElementsAre("105 4 1"));
}

TEST(StreamBook, Level3OrderByOrder) {
  MarketFloor floor;
  const Answer first = floor.order(floor.alice, "buy", "100", "2");
  const Answer second = floor.order(floor.bob, "buy", "100", "5");
  Peer peer = floor.peer();
  peer.send(R"({"op":"subscribe","channel":"book","symbol":"BTC-USD","level":3})");
  const Received snapshot = peer.receive("BookSnapshot");
  EXPECT_EQ(snapshot.at("data.level"), "3");
  EXPECT_THAT(rows(snapshot, "bids"),
              ElementsAre(first.at("orderId") + " 100 2", second.at("orderId") + " 100 5"));
  floor.order(floor.bob, "sell", "100", "3", R"(,"selfTradePrevention":"cancel_newest")");
  const Received delta = peer.receive();
  EXPECT_EQ(delta.type(), "BookDelta");
  EXPECT_THAT(rows(delta, "changes"), ElementsAre("remove buy " + first.at("orderId") + " 100 0"));
  const Answer third = floor.order(floor.alice, "sell", "100", "1");
  const Received hit = peer.receive();
  EXPECT_EQ(hit.at("data.previous"), delta.at("data.number"));
  EXPECT_THAT(rows(hit, "changes"), ElementsAre("change buy " + second.at("orderId") + " 100 4"));
}

TEST(StreamBook, AHiddenReserveShowsNowhere) {
  MarketFloor floor;
  floor.order(floor.alice, "buy", "100", "20", R"(,"displayQuantity":"5")");
  Peer peer = floor.peer();
  peer.send(R"({"op":"subscribe","channel":"book","symbol":"BTC-USD"})");
  EXPECT_THAT(rows(peer.receive("BookSnapshot"), "bids"), ElementsAre("100 5 1"));
  floor.order(floor.bob, "sell", "100", "7");
  EXPECT_THAT(rows(peer.receive(), "bids"), ElementsAre("100 3 1"));
}

TEST(StreamBook, WhoComesBackGetsWhatWasMissed) {  // STREAM-3
  MarketFloor floor;
  Peer peer = floor.peer();
  peer.send(R"({"op":"subscribe","channel":"book","symbol":"BTC-USD"})");
  peer.receive("BookSnapshot");
  floor.order(floor.alice, "buy", "100", "2");
  const Received last = peer.receive();
  peer.close();
  // Whoever still watches tells when each order has become a message.
  Peer witness = floor.peer();
  witness.send(R"({"op":"subscribe","channel":"book","symbol":"BTC-USD"})");
  witness.receive("BookSnapshot");
  floor.order(floor.alice, "buy", "101", "1");
  witness.receive("BookDelta");
  floor.order(floor.alice, "buy", "102", "1");
  witness.receive("BookDelta");

  Peer again = floor.peer();
  const Received subscribed = again.ask(
      fmt::format(R"({{"op":"subscribe","channel":"book","symbol":"BTC-USD","since":{}}})",
                  last.at("data.number")));
  EXPECT_EQ(subscribed.at("resumed"), "true");
  const Received first = again.receive();
  EXPECT_EQ(first.at("data.previous"), last.at("data.number"));
  EXPECT_THAT(rows(first, "bids"), ElementsAre("101 1 1"));
  const Received second = again.receive();
  EXPECT_EQ(second.at("data.previous"), first.at("data.number"));
  EXPECT_THAT(rows(second, "bids"), ElementsAre("102 1 1"));
}

TEST(StreamBook, WhoComesBackTooLateGetsASnapshotThatSaysSo) {  // STREAM-3
  MarketFloor floor;
  floor.order(floor.alice, "buy", "100", "2");
  Peer peer = floor.peer();
  const Received subscribed =
      peer.ask(R"({"op":"subscribe","channel":"book","symbol":"BTC-USD","since":1})");
  EXPECT_EQ(subscribed.at("resumed"), "false");
  const Received snapshot = peer.receive();
  EXPECT_EQ(snapshot.type(), "BookSnapshot");
  EXPECT_EQ(snapshot.at("data.reason"), "resume_too_old");
}

TEST(StreamBook, AnUnsubscribedChannelIsSilent) {
  MarketFloor floor;
  Peer peer = floor.peer();
  peer.send(R"({"op":"subscribe","channel":"book","symbol":"BTC-USD"})");
  peer.receive("BookSnapshot");
  EXPECT_EQ(peer.ask(R"({"op":"unsubscribe","channel":"book","symbol":"BTC-USD"})").type(),
            "unsubscribed");
  floor.order(floor.alice, "buy", "100", "2");
  EXPECT_EQ(peer.ask(R"({"op":"ping"})").type(), "pong");
  EXPECT_EQ(peer.ask(R"({"op":"unsubscribe","channel":"book","symbol":"BTC-USD"})").code(),
            "not_subscribed");
}

TEST(StreamTrades, RecentOnesThenEachAsItHappens) {
  MarketFloor floor;
  floor.order(floor.alice, "buy", "100", "2");
  floor.order(floor.bob, "sell", "100", "1");
  Peer peer = floor.peer();
  peer.send(R"({"op":"subscribe","channel":"trades","symbol":"BTC-USD"})");
  const Received snapshot = peer.receive("TradesSnapshot");
  ASSERT_EQ(snapshot.size("data.trades"), 1u);
  EXPECT_EQ(snapshot.at("data.trades.0.price"), "100");
  EXPECT_EQ(snapshot.at("data.trades.0.takerSide"), "sell");
  floor.order(floor.bob, "sell", "100", "0.25");
  const Received trades = peer.receive();
  EXPECT_EQ(trades.type(), "Trades");
  EXPECT_EQ(trades.at("data.previous"), snapshot.at("data.number"));
  ASSERT_EQ(trades.size("data.trades"), 1u);
  EXPECT_EQ(trades.at("data.trades.0.quantity"), "0.25");
  EXPECT_EQ(trades.at("data.trades.0.tradeId"), "2");
}

TEST(StreamTicker, LastAndBestPrices) {
  MarketFloor floor;
  Peer peer = floor.peer();
  peer.send(R"({"op":"subscribe","channel":"ticker","symbol":"BTC-USD"})");
  EXPECT_EQ(peer.receive("Ticker").at("data.lastPrice"), "null");
  floor.order(floor.alice, "buy", "100", "2");
  EXPECT_EQ(peer.receive("Ticker").at("data.bid"), "100");
  floor.order(floor.bob, "sell", "100", "0.5");
  const Received ticker = peer.receive("Ticker");
  EXPECT_EQ(ticker.at("data.lastPrice"), "100");
  EXPECT_EQ(ticker.at("data.lastQuantity"), "0.5");
  EXPECT_EQ(ticker.at("data.bidQuantity"), "1.5");
  EXPECT_EQ(ticker.at("data.ask"), "null");
}

}  // namespace
}  // namespace rialto::test
