#include "apps/rialto/waiting_room.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "platform/net/server.hpp"
#include "platform/net/tests/raw_client.hpp"

namespace rialto::apps {
namespace {

using net::test::body_of;
using net::test::status_of_answer;

TEST(WaitingRoom, says_how_far_it_is_and_hands_its_connections_on) {
  boost::asio::io_context io(1);
  std::optional<WaitingRoom> room;
  auto server = net::Server::open(io, {"127.0.0.1", 0}, {},
                                  [&](net::Request& request, net::Responder responder) {
                                    if (room) return room->answer(request, std::move(responder));
                                    responder.respond({.body = R"("open")"});
                                  });
  ASSERT_TRUE(server);
  room.emplace(io);
  room->open();
  net::test::RawClient client((*server)->port());
  EXPECT_EQ(status_of_answer(client.get("/healthz")), 200);
  room->progress(1, 4);
  const std::string ready = client.get("/readyz");
  EXPECT_EQ(status_of_answer(ready), 503);
  EXPECT_EQ(body_of(ready), R"({"ready":false,"intake":"recovering","progress":0.250})");
  const std::string other = client.get("/api/orders");
  EXPECT_EQ(status_of_answer(other), 503);
  EXPECT_NE(other.find(R"("code":"intake_recovering")"), std::string::npos) << other;

  room.reset();
  // Sent while nobody listened: answered by the venue, on the same connection.
  client.send("GET /api/orders HTTP/1.1\r\nHost: test\r\n\r\n");
  std::thread open([&] { io.run(); });
  EXPECT_EQ(body_of(client.answer()), R"("open")");
  io.stop();
  open.join();
}

}  // namespace
}  // namespace rialto::apps
