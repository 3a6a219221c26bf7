// GET /api/events, and events of the past: from the log, across a restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stream/market_floor.hpp"

namespace rialto::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view subscribe = R"({"op":"subscribe","channel":"events"})";

struct EventStream {
  EventStream(const VenueOverHttp& venue, const Person& person, std::string_view query,
              std::string_view headers = "")
      : raw(venue.raw()) {
    raw.send(fmt::format(
        "GET /api/events{} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\n{}\r\n", query,
        person.http.token(), headers));
    head = raw.answer();
  }
  /// The next event or comment.
  std::string next() { return raw.until("\n\n"); }
  std::string next(std::string_view what) {
    for (;;) {
      const std::string text = next();
      if (text.empty() || text.find(what) != std::string::npos) return text;
    }
  }
  /// The id of an event.
  static std::string id_of(const std::string& event) {
    const auto at = event.find("id: ") + 4;
    return event.substr(at, event.find('\n', at) - at);
  }

  net::test::RawClient raw;
  std::string head;
};

TEST(ServerSentEvents, ComeInTheEnvelope) {
  MarketFloor floor;
  EventStream stream(floor.venue, floor.alice, "");
  EXPECT_THAT(stream.head, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"));
  EXPECT_EQ(stream.next(), ": open\n\n");
  const Answer order = floor.order(floor.alice, "buy", "100", "1");
  const std::string event = stream.next();
  EXPECT_THAT(event, StartsWith("id: "));
  EXPECT_THAT(event, HasSubstr("-OrderCreated-" + order.at("orderId") + "\nevent: OrderCreated\n"));
  Answer envelope;
  envelope.body = event.substr(event.find("data: ") + 6);
  EXPECT_EQ(envelope.at("type"), "OrderCreated");
  EXPECT_EQ(envelope.at("data.orderId"), order.at("orderId"));
  EXPECT_EQ(envelope.at("causeSequence"), envelope.at("sequence"));
}

TEST(ServerSentEvents, AreFiltered) {
  MarketFloor floor;
  EventStream stream(floor.venue, floor.root,
                     fmt::format("?types=TradeExecuted,OrderCancelled&symbol=BTC&userId={}",
                                 floor.bob.user.value));
  stream.next(": open");
  const Answer first = floor.order(floor.alice, "buy", "100", "1");
  floor.alice.http.remove("/api/orders/" + first.at("orderId"));
  const Answer second = floor.order(floor.bob, "buy", "100", "1");
  floor.bob.http.remove("/api/orders/" + second.at("orderId"));
  EXPECT_THAT(stream.next(), HasSubstr("-OrderCancelled-" + second.at("orderId")));
}

TEST(ServerSentEvents, RefuseInHttp) {
  MarketFloor floor;
  auto nobody = floor.venue.client();
  EXPECT_EQ(nobody.get("/api/events").code(), "token_missing");
  auto forger = floor.venue.client("x.y.z");
  EXPECT_EQ(forger.get("/api/events").status, 401);
  const auto code = [&](Person& who, std::string_view query) {
    auto http = floor.venue.client(who.http.token());
    return http.get(fmt::format("/api/events{}", query)).code();
  };
  EXPECT_EQ(code(floor.alice, "?types=Nothing"), "unknown_event_type");
  EXPECT_EQ(code(floor.alice, "?symbol=NONE"), "instrument_not_found");
  EXPECT_EQ(code(floor.alice, "?userId=x"), "parameter_malformed");
  EXPECT_EQ(code(floor.alice, "?since=x"), "since_malformed");
  EXPECT_EQ(code(floor.alice, fmt::format("?userId={}", floor.bob.user.value)),
            "administrator_only");
}

TEST(ServerSentEvents, ABrowserThatReconnectsMissesNothing) {
  MarketFloor floor;
  std::string last;
  {
    EventStream stream(floor.venue, floor.alice, "");
    stream.next(": open");
    floor.order(floor.alice, "buy", "100", "1");
    last = EventStream::id_of(stream.next("event: OrderPlaced"));
  }
  const Answer missed = floor.order(floor.alice, "buy", "101", "1");
  EventStream again(floor.venue, floor.alice, "?since=1", "Last-Event-ID: " + last + "\r\n");
  EXPECT_THAT(again.next("event: "), HasSubstr("-OrderCreated-" + missed.at("orderId")));
}

TEST(ServerSentEvents, StayAliveWithComments) {
  VenueOptions options;
  options.stream.heartbeat = std::chrono::milliseconds{1};
  MarketFloor floor(std::move(options));
  EventStream stream(floor.venue, floor.alice, "");
  EXPECT_THAT(stream.next(": still here"), StartsWith(": still here"));
}

TEST(ServerSentEvents, SayWhyTheyEnd) {
  MarketFloor floor;
  EventStream stream(floor.venue, floor.alice, "");
  stream.next(": open");
  floor.venue.advance_wall(std::chrono::hours{2});
  EXPECT_THAT(stream.next("event: error"), HasSubstr(R"("code":"token_expired")"));
  EXPECT_TRUE(stream.raw.at_end());
}

TEST(PastEvents, AreReadFromTheLog) {  // LIVE-5
  MarketFloor floor;
  // Nobody listened: nothing is kept.
  const Answer first = floor.order(floor.alice, "buy", "100", "1");
  const Answer second = floor.order(floor.bob, "sell", "100", "1");
  Peer peer = floor.peer_of(floor.alice);
  EXPECT_EQ(peer.ask(R"({"op":"subscribe","channel":"events","since":0})").at("resumed"), "true");
  EXPECT_EQ(peer.receive("UserCreated").at("data.userId"), std::to_string(floor.alice.user.value));
  EXPECT_EQ(peer.receive("OrderCreated").at("data.orderId"), first.at("orderId"));
  peer.receive("TradeExecuted");
  EXPECT_EQ(peer.receive("WalletUpdated").at("data.balance.BTC"), "1001");
  // And goes on with what comes.
  const Answer third = floor.order(floor.alice, "buy", "99", "1");
  EXPECT_EQ(peer.receive("OrderPlaced").at("data.orderId"), third.at("orderId"));
}

TEST(PastEvents, AllOfThemInOrderHoweverManyThereAre) {
  VenueOptions options;
  options.stream.unsent_bytes_max = 4'096;
  options.stream.events.kept_events = 32;
  options.snapshot_events = 1'000;
  MarketFloor floor(std::move(options));
  Peer witness = floor.peer_of(floor.root);
  witness.ask(subscribe);
  std::string since;
  for (int i = 0; i < 600; ++i) {
    const Answer made = floor.order(floor.alice, "buy", "100", "0.01");
    if (i == 0) since = made.at("sequence");
    floor.alice.http.remove("/api/orders/" + made.at("orderId"));
  }
  // A read sees all of it, so the replica has come that far: what is kept holds far fewer events
  // than it may be behind.
  floor.alice.http.get("/api/orders");
  Peer peer = floor.peer_of(floor.alice);
  peer.ask(fmt::format(R"({{"op":"subscribe","channel":"events","since":{}}})", since));
  const Answer last = floor.order(floor.alice, "buy", "99", "1");
  std::uint64_t order = 0;
  int created = 0;
  for (;;) {
    const Received next = peer.receive();
    ASSERT_FALSE(next.ended) << peer.close_code() << " " << peer.close_reason();
    if (next.type() != "OrderCreated") continue;
    const std::uint64_t id = std::stoull(next.at("data.orderId"));
    EXPECT_GT(id, order);
    order = id;
    ++created;
    if (next.at("data.orderId") == last.at("orderId")) break;
  }
  EXPECT_EQ(created, 600);  // the first one's own event comes before `since`
}

TEST(PastEvents, OneClientAtATime) {
  VenueOptions options;
  options.stream.unsent_bytes_max = 1;
  options.stream.kernel_send_bytes = 2'048;
  MarketFloor floor(std::move(options));
  for (int i = 0; i < 500; ++i) floor.order(floor.alice, "buy", "100", "0.01");
  Peer slow = floor.peer({.token = floor.alice.http.token(), .receive_buffer = 2'048});
  EXPECT_EQ(slow.ask(R"({"op":"subscribe","channel":"events","since":0})").type(), "subscribed");
  Peer other = floor.peer_of(floor.bob);
  EXPECT_EQ(other.ask(R"({"op":"subscribe","channel":"events","since":0})").code(), "resume_busy");
  slow.close();
  Received answer;
  do answer = other.ask(R"({"op":"subscribe","channel":"events","since":0})");
  while (answer.code() == "resume_busy");
  EXPECT_EQ(answer.type(), "subscribed");
}

TEST(PastEvents, SurviveARestartOfTheServer) {  // STREAM-4
  std::string directory =
      (std::filesystem::temp_directory_path() / "rialto-stream-XXXXXX").string();
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  std::string seen;
  std::string missed;
  std::string token;
  {
    VenueOptions options;
    options.directory = directory;
    MarketFloor floor(std::move(options));
    Peer peer = floor.peer_of(floor.alice);
    peer.ask(subscribe);
    floor.order(floor.alice, "buy", "100", "1");
    seen = peer.receive("OrderPlaced").at("sequence");
    missed = floor.order(floor.alice, "buy", "101", "1").at("orderId");
    token = floor.alice.http.token();
  }
  {
    VenueOptions options;
    options.directory = directory;
    VenueOverHttp venue(std::move(options));
    Peer peer(venue.port(), {.token = token});
    EXPECT_EQ(peer.ask(fmt::format(R"({{"op":"subscribe","channel":"events","since":{}}})", seen))
                  .at("resumed"),
              "true");
    const Received next = peer.receive();
    EXPECT_EQ(next.type(), "OrderCreated");
    EXPECT_EQ(next.at("data.orderId"), missed);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace rialto::test
