// What clients do that they should not: floods, junk, silence, not reading. Nobody else is harmed,
// and the memory of each is bounded (STREAM-6).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stream/market_floor.hpp"

namespace rialto::test {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

constexpr std::string_view watch_book = R"({"op":"subscribe","channel":"book","symbol":"BTC-USD"})";
constexpr std::string_view watch_events = R"({"op":"subscribe","channel":"events"})";

/// Waits until the server's own count says so.
bool eventually(VenueOverHttp& venue, auto condition) {
  const auto give_up = std::chrono::steady_clock::now() + 20s;
  while (std::chrono::steady_clock::now() < give_up)
    if (condition(venue.streams())) return true;
  return false;
}

/// The bytes of a masked client frame (RFC 6455, section 5.2), with a mask of zeros.
std::string masked_frame(char first, std::string_view payload) {
  std::string frame{first, static_cast<char>(0x80 | payload.size())};
  return frame.append(4, '\0').append(payload);
}

const std::string upgrade =
    "GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

TEST(StreamHostile, ProblemsHaveCodesAndTheConnectionLives) {
  MarketFloor floor;
  Peer peer = floor.peer();
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"op":)", "malformed_json"},
      {"[1]", "body_must_be_an_object"},
      {R"({"channel":"book"})", "field_missing"},
      {R"({"op":7})", "field_has_wrong_type"},
      {R"({"op":"sing"})", "unknown_op"},
      {R"({"op":"subscribe","channel":"songs"})", "unknown_channel"},
      {R"({"op":"subscribe","channel":"book"})", "field_missing"},
      {R"({"op":"subscribe","channel":"book","symbol":"X"})", "instrument_not_found"},
      {R"({"op":"subscribe","channel":"book","symbol":"BTC-USD","level":4})", "level_out_of_range"},
      {R"({"op":"subscribe","channel":"book","symbol":"BTC-USD","depth":7})", "depth_not_offered"},
      {R"({"op":"subscribe","channel":"book","symbol":"BTC-USD","level":3,"depth":5})",
       "depth_not_allowed"},
      {R"({"op":"subscribe","channel":"book","symbol":"BTC-USD","since":"x"})", "since_malformed"},
      {R"({"op":"unsubscribe","channel":"book","symbol":"BTC-USD"})", "not_subscribed"},
  };
  for (const auto& [request, code] : cases) {
    const Received answer = peer.ask(request);
    EXPECT_EQ(answer.type(), "error") << request;
    EXPECT_EQ(answer.code(), code) << request;
  }
  EXPECT_EQ(peer.ask(watch_book).type(), "subscribed");
  peer.receive("BookSnapshot");
  EXPECT_EQ(peer.ask(watch_book).code(), "already_subscribed");
}

TEST(StreamHostile, NothingButJunkEndsTheConnection) {
  MarketFloor floor;
  Peer peer = floor.peer();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(peer.ask("junk").code(), "malformed_json");
  EXPECT_EQ(peer.close_code(), 1008);
  EXPECT_THAT(peer.close_reason(), HasSubstr("too_many_errors"));
}

TEST(StreamHostile, AFloodOfRequestsEndsTheConnection) {
  VenueOptions options;
  options.stream.spare_loopback = false;
  options.stream.requests_burst = 5;
  options.stream.requests_per_second = 0.001;
  MarketFloor floor(std::move(options));
  Peer peer = floor.peer();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(peer.ask(R"({"op":"ping"})").type(), "pong");
  peer.send(R"({"op":"ping"})");
  EXPECT_EQ(peer.close_code(), 1008);
}

TEST(StreamHostile, BinaryWhereTextIsSpokenEndsTheConnection) {
  MarketFloor floor;
  Peer peer = floor.peer();
  peer.send("\x01\x02", true);
  EXPECT_EQ(peer.close_code(), 1003);
}

TEST(StreamHostile, AHugeMessageEndsTheConnection) {
  MarketFloor floor;
  Peer peer = floor.peer();
  peer.send(std::string(64 * 1024 + 1, ' '));
  EXPECT_EQ(peer.close_code(), 1009);
}

TEST(StreamHostile, FramesThatAreNoneEndTheConnection) {
  MarketFloor floor;
  const std::string unmasked = std::string{'\x81', '\x02'} + "{}";
  const std::string reserved_bits = masked_frame('\xf1', "{}");
  const std::string unknown_opcode = masked_frame('\x83', "{}");
  const std::string not_utf8 = masked_frame('\x81', "\xff\xfe");
  const std::string endless = std::string{'\x81', '\xff'} + std::string(8, '\x7f') + "????";
  for (const std::string& junk : {unmasked, reserved_bits, unknown_opcode, not_utf8, endless}) {
    net::test::RawClient client = floor.venue.raw();
    client.send(upgrade + junk);
    EXPECT_EQ(net::test::status_of_answer(client.answer()), 101);
    client.rest();  // ends
  }
  EXPECT_TRUE(eventually(floor.venue, [](const auto& counts) { return counts.connections == 0; }));
}

TEST(StreamHostile, WhatCameWithTheUpgradeIsRead) {
  MarketFloor floor;
  net::test::RawClient client = floor.venue.raw();
  client.send(upgrade + masked_frame('\x81', R"({"op":"ping"})"));
  EXPECT_EQ(net::test::status_of_answer(client.answer()), 101);
  client.send(masked_frame('\x88', ""));
  EXPECT_THAT(client.rest(), HasSubstr(R"({"type":"pong"})"));
}

TEST(StreamHostile, AnUpgradeThatIsNoneIsAnsweredInHttp) {
  MarketFloor floor;
  auto http = floor.venue.client();
  EXPECT_EQ(http.get("/ws").code(), "websocket_expected");
  net::test::RawClient client = floor.venue.raw();
  client.send(
      "GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  EXPECT_EQ(net::test::status_of_answer(client.answer()), 400);
}

TEST(StreamHostile, AStrangerWhoWantsNothingIsShownOut) {
  VenueOptions options;
  options.stream.idle_stranger_timeout = 100ms;
  MarketFloor floor(std::move(options));
  Peer watcher = floor.peer();
  watcher.send(watch_book);
  Peer guest = floor.peer_of(floor.alice);
  Peer stranger = floor.peer();
  EXPECT_EQ(stranger.close_code(), 4408);
  EXPECT_EQ(guest.ask(R"({"op":"ping"})").type(), "pong");
  watcher.receive("BookSnapshot");
  EXPECT_EQ(watcher.ask(R"({"op":"ping"})").type(), "pong");
}

TEST(StreamHostile, OneWhoIsGoneWithoutAWordIsNoticed) {
  VenueOptions options;
  options.stream.web_socket.idle_timeout = 400ms;
  MarketFloor floor(std::move(options));
  net::test::RawClient client = floor.venue.raw();
  client.send(upgrade);
  EXPECT_EQ(net::test::status_of_answer(client.answer()), 101);
  // Never answers a ping, as a machine that has lost its power.
  EXPECT_TRUE(eventually(floor.venue, [](const auto& counts) { return counts.connections == 0; }));
}

TEST(StreamHostile, PlacesAreLimited) {
  VenueOptions options;
  options.stream.spare_loopback = false;
  options.stream.connections_per_address_max = 2;
  MarketFloor floor(std::move(options));
  Peer first = floor.peer();
  Peer second = floor.peer();
  EXPECT_EQ(floor.peer().refused_with(), 429);
  second.close();
  EXPECT_TRUE(eventually(floor.venue, [](const auto& counts) { return counts.connections == 1; }));
  EXPECT_TRUE(floor.peer().connected());

  VenueOptions small;
  small.stream.connections_max = 1;
  MarketFloor full(std::move(small));
  Peer only = full.peer();
  EXPECT_EQ(full.peer().refused_with(), 503);
}

TEST(StreamHostile, SubscriptionsAreLimited) {
  VenueOptions options;
  options.stream.subscriptions_max = 1;
  MarketFloor floor(std::move(options));
  Peer peer = floor.peer();
  peer.send(watch_book);
  peer.receive("BookSnapshot");
  EXPECT_EQ(peer.ask(R"({"op":"subscribe","channel":"trades","symbol":"BTC-USD"})").code(),
            "too_many_subscriptions");
}

/// Orders whose client ids make their events long, each cancelled again.
void many_orders(MarketFloor& floor, int count) {
  for (int i = 0; i < count; ++i) {
    const Answer made = floor.order(floor.alice, "buy", "100." + std::to_string(10 + i % 80),
                                    "0.01", fmt::format(R"(,"clientOrderId":"{:060}")", i));
    floor.alice.http.remove("/api/orders/" + made.at("orderId"));
  }
}

TEST(StreamSlow, ABookIsConflatedAndSaysSo) {  // STREAM-2
  VenueOptions options;
  options.stream.unsent_bytes_max = 1;  // a message at a time
  options.stream.kernel_send_bytes = 2'048;
  MarketFloor floor(std::move(options));
  Peer slow = floor.peer({.receive_buffer = 2'048});
  slow.send(R"({"op":"subscribe","channel":"book","symbol":"BTC-USD","level":3})");
  EXPECT_EQ(slow.receive("BookSnapshot").at("data.reason"), "subscribed");
  Peer quick = floor.peer();
  quick.send(watch_book);
  quick.receive("BookSnapshot");
  // More messages than the kernel keeps for a connection: each order is one, because somebody waits
  // for it.
  Answer last;
  for (int i = 0; i < 400; ++i) {
    last = floor.order(floor.bob, "buy", std::to_string(100 + i), "1");
    EXPECT_EQ(quick.receive("BookDelta").at("data.number"), last.at("sequence"));
  }
  bool conflated = false;
  std::string number;
  for (;;) {
    const Received next = slow.receive();
    ASSERT_FALSE(next.ended);
    if (next.type() == "BookSnapshot") {
      EXPECT_EQ(next.at("data.reason"), "conflated");
      conflated = true;
    } else if (!number.empty()) {
      EXPECT_EQ(next.at("data.previous"), number);
    }
    number = next.at("data.number");
    if (number == last.at("sequence")) break;
  }
  EXPECT_TRUE(conflated);
}

TEST(StreamSlow, OneWhoDoesNotReadEventsIsCutOffAndResumes) {  // STREAM-4
  VenueOptions options;
  options.stream.unsent_bytes_max = 1;
  options.stream.kernel_send_bytes = 2'048;
  options.stream.events.kept_events = 64;
  MarketFloor floor(std::move(options));
  Peer slow = floor.peer({.token = floor.alice.http.token(), .receive_buffer = 2'048});
  EXPECT_EQ(slow.ask(watch_events).type(), "subscribed");
  many_orders(floor, 1'000);
  std::uint64_t received = 0;
  std::uint64_t sequence = 0;
  std::string id;
  for (;;) {
    const Received next = slow.receive();
    if (next.ended) break;
    const std::uint64_t now = std::stoull(next.at("sequence"));
    EXPECT_GE(now, sequence);  // one fact may publish several events, each with an id of its own
    EXPECT_NE(next.at("id"), id);
    sequence = now;
    id = next.at("id");
    ++received;
  }
  EXPECT_LT(received, 2'000u);
  EXPECT_EQ(slow.close_code(), 1013);
  EXPECT_THAT(slow.close_reason(), HasSubstr("too_slow"));
}

TEST(StreamSlow, AStalledClientIsCutOff) {
  VenueOptions options;
  options.stream.stall_timeout = 200ms;
  options.stream.kernel_send_bytes = 2'048;
  MarketFloor floor(std::move(options));
  Peer stalled = floor.peer({.token = floor.alice.http.token(), .receive_buffer = 2'048});
  EXPECT_EQ(stalled.ask(watch_events).type(), "subscribed");
  many_orders(floor, 1'000);
  EXPECT_TRUE(eventually(floor.venue, [](const auto& counts) { return counts.connections == 0; }));
}

TEST(StreamCrowd, AThousandSubscribersGetEveryMessage) {
  MarketFloor floor;
  std::vector<Peer> crowd;
  for (int i = 0; i < 1'000; ++i) {
    crowd.push_back(floor.peer());
    crowd.back().send(watch_book);
  }
  for (Peer& peer : crowd) EXPECT_EQ(peer.receive("BookSnapshot").at("data.reason"), "subscribed");
  const Answer first = floor.order(floor.alice, "buy", "100", "1");
  for (Peer& peer : crowd) EXPECT_EQ(peer.receive().at("data.number"), first.at("sequence"));
  const Answer second = floor.order(floor.alice, "buy", "101", "1");
  for (Peer& peer : crowd) {
    const Received delta = peer.receive();
    EXPECT_EQ(delta.at("data.previous"), first.at("sequence"));
    EXPECT_EQ(delta.at("data.number"), second.at("sequence"));
  }
  crowd.clear();
  EXPECT_TRUE(eventually(floor.venue, [](const auto& counts) { return counts.connections == 0; }));
}

}  // namespace
}  // namespace rialto::test
