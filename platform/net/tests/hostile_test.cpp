// The server against clients that are broken, slow, greedy or malicious.
#include "platform/net/tests/raw_client.hpp"

namespace rialto::net::test {
namespace {

using namespace std::chrono_literals;

void answer_ok(Request&, Responder responder) {
  responder.respond({.body = "{}"});
}

struct BadRequest {
  const char* name;
  std::string bytes;
  int status;
  const char* code;
};

// NET-5, NET-6
TEST(HostileClient, GetsAClearErrorAndIsCutOff) {
  const std::vector<BadRequest> table{
      {"no HTTP", "hello\r\n\r\n", 400, "malformed_http"},
      {"TLS", "\x16\x03\x01\x02\x01\xfc\x03\x03 \r\n\r\n", 400, "malformed_http"},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "malformed_http"},
      {"space in name", "GET / HTTP/1.1\r\nA b: c\r\n\r\n", 400, "malformed_http"},
      {"folded header", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400, "malformed_http"},
      {"bare control", "GET /\x01 HTTP/1.1\r\n\r\n", 400, "malformed_http"},
      {"bad length", "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400, "malformed_http"},
      {"negative length", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400, "malformed_http"},
      {"two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400,
       "malformed_http"},
      {"length and chunked",
       "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
       "malformed_http"},
      {"bad chunk", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400,
       "malformed_http"},
      {"endless chunk header",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;" + std::string(100'000, 'x'), 400,
       "malformed_http"},
      {"huge header", "GET / HTTP/1.1\r\nA: " + std::string(20'000, 'x') + "\r\n\r\n", 431,
       "header_too_large"},
      {"huge target", "GET /" + std::string(40'000, 'x') + " HTTP/1.1\r\n\r\n", 431,
       "header_too_large"},
      {"endless start line", std::string(40'000, 'G'), 431, "header_too_large"},
      {"10 MB body",
       "POST / HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n" + std::string(10'000'000, 'x'), 413,
       "body_too_large"},
      {"10 MB chunk",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n989680\r\n" +
           std::string(10'000'000, 'x'),
       413, "body_too_large"},
  };
  RunningServer server(answer_ok);
  server.run();
  for (const BadRequest& bad : table) {
    RawClient client = server.client();
    EXPECT_TRUE(client.send(bad.bytes)) << bad.name;
    const std::string answer = client.answer();
    EXPECT_EQ(status_of_answer(answer), bad.status) << bad.name;
    EXPECT_NE(answer.find("\"code\":\"" + std::string(bad.code) + "\""), std::string::npos)
        << bad.name;
    EXPECT_NE(answer.find("Connection: close"), std::string::npos) << bad.name;
    EXPECT_TRUE(client.at_end()) << bad.name;
  }
  EXPECT_EQ(server.counts().malformed_requests, table.size());
  EXPECT_EQ(server.counts().requests, 0u);
  EXPECT_EQ(status_of_answer(server.client().get("/")), 200);
}

TEST(HostileClient, AnErrorComesAfterTheAnswersBeforeIt) {
  RunningServer server(answer_ok);
  RawClient client = server.run().client();
  client.send("GET / HTTP/1.1\r\n\r\nnonsense\r\n\r\n");
  EXPECT_EQ(status_of_answer(client.answer()), 200);
  EXPECT_EQ(status_of_answer(client.answer()), 400);
  EXPECT_TRUE(client.at_end());
}

TEST(HostileClient, SlowHeadersAreTimedOutHoweverTheyTrickle) {
  RunningServer server(answer_ok, {.header_timeout = 200ms});
  RawClient client = server.run().client();
  client.send("GET / HTTP/1.1\r\nA: ");
  while (!client.readable_within(10ms)) client.send("x");
  EXPECT_EQ(status_of_answer(client.answer()), 408);
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(server.counts().timeouts, 1u);
}

TEST(HostileClient, ASlowBodyIsTimedOut) {
  RunningServer server(answer_ok, {.body_timeout = 100ms});
  RawClient client = server.run().client();
  client.send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(status_of_answer(client.answer()), 408);
  EXPECT_TRUE(client.at_end());
}

TEST(HostileClient, AnIdleConnectionIsClosedWithoutAWord) {
  RunningServer server(answer_ok, {.idle_timeout = 100ms});
  RawClient silent = server.run().client();
  RawClient once = server.client();
  EXPECT_EQ(status_of_answer(once.get("/")), 200);
  EXPECT_TRUE(silent.at_end());
  EXPECT_TRUE(once.at_end());
}

TEST(HostileClient, OneThatNeverReadsIsCutOff) {
  RunningServer server(
      [](Request&, Responder responder) {
        responder.respond({.body = std::string(8'000'000, 'x')});
      },
      {.write_timeout = 200ms});
  RawClient client = server.run().client();
  client.send("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(server.eventually([](const ServerCounts& c) {
    return c.connections_accepted == 1 && c.connections_open == 0;
  }));
}

TEST(HostileClient, TooManyConnectionsAreRefused) {
  RunningServer server(answer_ok, {.connections_max = 2});
  server.run();
  RawClient first = server.client();
  RawClient second = server.client();
  EXPECT_EQ(status_of_answer(first.get("/")), 200);
  EXPECT_EQ(status_of_answer(second.get("/")), 200);
  RawClient third = server.client();
  EXPECT_EQ(status_of_answer(third.answer()), 503);
  EXPECT_TRUE(third.at_end());
  EXPECT_EQ(server.counts().connections_refused, 1u);
  first.disconnect();
  EXPECT_TRUE(server.eventually([](const ServerCounts& c) { return c.connections_open == 1; }));
  EXPECT_EQ(status_of_answer(server.client().get("/")), 200);
}

TEST(HostileClient, DisconnectsAnywhereInARequestAndLeavesNothing) {
  RunningServer server(answer_ok);
  server.run();
  const std::string request = "POST /x HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd";
  for (std::size_t size = 0; size <= request.size(); ++size) {
    RawClient client = server.client();
    client.send(std::string_view(request).substr(0, size));
  }
  EXPECT_TRUE(server.eventually([&](const ServerCounts& c) {
    return c.connections_accepted == request.size() + 1 && c.connections_open == 0;
  }));
  EXPECT_LE(server.counts().requests, 1u);
}

}  // namespace
}  // namespace rialto::net::test
