// Published events over /ws and /api/events: who sees what, filters, resuming.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stream/market_floor.hpp"

namespace rialto::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view subscribe = R"({"op":"subscribe","channel":"events"})";

TEST(StreamEvents, AreForThoseWhoSignIn) {
  MarketFloor floor;
  Peer peer = floor.peer();
  EXPECT_EQ(peer.ask(subscribe).code(), "not_signed_in");
  EXPECT_EQ(peer.ask(R"({"op":"auth","token":"nonsense"})").code(), "token_malformed");
  const Received in =
      peer.ask(fmt::format(R"({{"op":"auth","token":"{}"}})", floor.alice.http.token()));
  EXPECT_EQ(in.type(), "authenticated");
  EXPECT_EQ(in.at("userId"), std::to_string(floor.alice.user.value));
  EXPECT_EQ(peer.ask(subscribe).type(), "subscribed");
}

TEST(StreamEvents, EachSeesTheirOwn) {
  MarketFloor floor;
  Peer alice = floor.peer_of(floor.alice);
  Peer bob = floor.peer_of(floor.bob);
  Peer root = floor.peer_of(floor.root);
  for (Peer* peer : {&alice, &bob, &root}) EXPECT_EQ(peer->ask(subscribe).type(), "subscribed");
  const Answer bid = floor.order(floor.alice, "buy", "100", "1");
  const Received created = alice.receive();
  EXPECT_EQ(created.at("channel"), "events");
  EXPECT_EQ(created.type(), "OrderCreated");
  EXPECT_EQ(created.at("data.orderId"), bid.at("orderId"));
  EXPECT_NE(created.at("sequence"), "(none)");
  EXPECT_EQ(created.at("causeSequence"), created.at("sequence"));
  EXPECT_NE(created.at("time"), "(none)");
  const Answer ask = floor.order(floor.bob, "sell", "100", "1");
  const Received own = bob.receive();  // not Alice's
  EXPECT_EQ(own.type(), "OrderCreated");
  EXPECT_EQ(own.at("data.orderId"), ask.at("orderId"));
  for (auto& [peer, person] : {std::pair{&alice, &floor.alice}, {&bob, &floor.bob}}) {
    const std::string id = std::to_string(person->user.value);
    const Received trade = peer->receive("TradeExecuted");
    for (;;) {
      const Received next = peer->receive();
      EXPECT_EQ(next.at("sequence"), trade.at("sequence"));
      EXPECT_EQ(next.at("data.userId"), id) << next.body;
      if (next.type() == "OrderCompleted") break;
    }
  }
  std::vector<std::string> types;
  for (int i = 0; i < 7; ++i) types.push_back(root.receive().type());
  EXPECT_THAT(types, ElementsAre("OrderCreated", "OrderPlaced", "OrderCreated", "OrderPlaced",
                                 "TradeExecuted", "WalletUpdated", "WalletUpdated"));
}

TEST(StreamEvents, AreFilteredByTypeSymbolAndPerson) {
  MarketFloor floor;
  Peer root = floor.peer_of(floor.root);
  const auto ask = [&](const std::string& more) {
    return root.ask(R"({"op":"subscribe","channel":"events")" + more + "}");
  };
  EXPECT_EQ(ask(R"(,"types":["OrderMade"])").code(), "unknown_event_type");
  EXPECT_EQ(ask(R"(,"symbol":"NONE-USD")").code(), "instrument_not_found");
  EXPECT_EQ(ask(fmt::format(R"(,"types":["OrderCreated"],"symbol":"BTC-USD","userId":{})",
                            floor.bob.user.value))
                .type(),
            "subscribed");
  floor.order(floor.alice, "buy", "100", "1");
  const Answer bobs = floor.order(floor.bob, "sell", "100", "1");
  EXPECT_EQ(root.receive().at("data.orderId"), bobs.at("orderId"));
  EXPECT_EQ(root.ask(R"({"op":"ping"})").type(), "pong");
  Peer alice = floor.peer_of(floor.alice);
  EXPECT_EQ(alice
                .ask(fmt::format(R"({{"op":"subscribe","channel":"events","userId":{}}})",
                                 floor.bob.user.value))
                .code(),
            "administrator_only");
}

TEST(StreamEvents, WhoComesBackMissesNothing) {  // STREAM-4
  MarketFloor floor;
  Peer peer = floor.peer_of(floor.alice);
  peer.ask(subscribe);
  floor.order(floor.alice, "buy", "100", "1");
  const Received seen = peer.receive("OrderPlaced");
  peer.close();
  const Answer second = floor.order(floor.alice, "buy", "101", "1");
  Peer again = floor.peer_of(floor.alice);
  EXPECT_EQ(again
                .ask(fmt::format(R"({{"op":"subscribe","channel":"events","since":{}}})",
                                 seen.at("sequence")))
                .at("resumed"),
            "true");
  EXPECT_EQ(again.receive().at("data.orderId"), second.at("orderId"));
}

TEST(StreamEvents, ResumingBehindOneEventOfASequenceGivesItsSiblings) {
  MarketFloor floor;
  Peer peer = floor.peer_of(floor.alice);
  peer.ask(subscribe);
  floor.order(floor.alice, "buy", "100", "1");
  floor.order(floor.bob, "sell", "100", "1");
  const Received trade = peer.receive("TradeExecuted");
  Peer again = floor.peer_of(floor.alice);
  again.ask(fmt::format(R"({{"op":"subscribe","channel":"events","since":"{}"}})", trade.at("id")));
  const Received sibling = again.receive();
  EXPECT_EQ(sibling.type(), "WalletUpdated");
  EXPECT_EQ(sibling.at("sequence"), trade.at("sequence"));
}

TEST(StreamEvents, AnExpiredTokenEndsTheStream) {  // STREAM-5
  MarketFloor floor;
  Peer peer = floor.peer_of(floor.alice);
  peer.ask(subscribe);
  floor.venue.advance_wall(std::chrono::hours{2});
  EXPECT_EQ(peer.close_code(), 4401);
  EXPECT_THAT(peer.close_reason(), HasSubstr("token_expired"));
}

TEST(StreamEvents, ANewTokenInTimeKeepsIt) {
  MarketFloor floor;
  Peer peer = floor.peer_of(floor.alice);
  peer.ask(subscribe);
  floor.venue.advance_wall(std::chrono::minutes{50});
  auto http = floor.venue.client();
  const Answer login =
      http.post("/api/users/login", R"({"userName":"alice","password":"password of alice"})");
  EXPECT_EQ(
      peer.ask(fmt::format(R"({{"op":"auth","token":"{}"}})", login.at("accessToken"))).type(),
      "authenticated");
  floor.alice.http.use_token(login.at("accessToken"));
  floor.venue.advance_wall(std::chrono::minutes{20});
  floor.order(floor.alice, "buy", "100", "1");
  EXPECT_EQ(peer.receive().type(), "OrderCreated");
}

TEST(StreamEvents, ARevokedUserIsCutOff) {  // STREAM-5
  MarketFloor floor;
  Peer peer = floor.peer_of(floor.bob);
  peer.ask(subscribe);
  const Answer changed = floor.bob.http.put("/api/users/profile", R"({"password":"another one"})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(peer.close_code(), 4401);
  EXPECT_THAT(peer.close_reason(), HasSubstr("token_revoked"));
}

TEST(StreamEvents, ABadTokenAtTheDoorIsRefused) {
  MarketFloor floor;
  EXPECT_EQ(floor.peer({.token = "nonsense"}).refused_with(), 401);
}

}  // namespace
}  // namespace rialto::test
