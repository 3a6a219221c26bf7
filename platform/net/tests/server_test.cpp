// The server as a well-behaved client sees it: order, keep-alive, pipelining, answers from other
// threads.
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "platform/net/error_body.hpp"
#include "platform/net/takeover.hpp"
#include "platform/net/tests/raw_client.hpp"

namespace rialto::net::test {
namespace {

using namespace std::chrono_literals;

void echo(Request& request, Responder responder) {
  std::string text{method_text(request.method)};
  text.append(" ")
      .append(request.path)
      .append(" ")
      .append(request.query)
      .append(" ")
      .append(request.body);
  responder.respond({.type = ContentType::text, .body = std::move(text)});
}

// Keeps responders until the test releases them, in the order it likes.
class Shelf {
 public:
  void put(Responder responder) {
    const std::lock_guard lock(mutex_);
    kept_.push_back(std::move(responder));
    changed_.notify_all();
  }
  std::vector<Responder> take(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, 10s, [&] { return kept_.size() >= count; }));
    return std::exchange(kept_, {});
  }
  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return kept_.size();
  }
  Server::Handler handler() {
    return [this](Request&, Responder responder) { put(std::move(responder)); };
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Responder> kept_;
};

TEST(Server, AnswersWithLengthDateAndTheConnectionKept) {
  RunningServer server(echo);
  RawClient client = server.run().client();
  for (int i = 0; i < 3; ++i) {
    const std::string answer = client.get("/a/b?c=d");
    EXPECT_EQ(status_of_answer(answer), 200);
    EXPECT_EQ(body_of(answer), "GET /a/b c=d ");
    EXPECT_NE(answer.find("\r\nDate: "), std::string::npos);
    EXPECT_EQ(answer.find("Connection:"), std::string::npos);
  }
  EXPECT_EQ(server.counts().connections_accepted, 1u);
  EXPECT_EQ(server.counts().requests, 3u);
}

TEST(Server, PassesBodiesHeadersAndPeer) {
  RunningServer server([](Request& request, Responder responder) {
    const std::string text = std::string(request.header("x-one").value_or("-")) + "|" +
                             std::string(request.header("absent").value_or("-")) + "|" +
                             std::string(request.body) + "|" + std::string(request.peer);
    EXPECT_TRUE(request.from_loopback);
    responder.respond({.body = text});
  });
  RawClient client = server.run().client();
  client.send("POST / HTTP/1.1\r\nX-ONE:  1 \r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(body_of(client.answer()), "1|-|hello|127.0.0.1");
}

TEST(Server, TakesARequestByteByByte) {
  RunningServer server(echo);
  RawClient client = server.run().client();
  const std::string request = "PUT /x HTTP/1.1\r\nA: b\r\nContent-Length: 3\r\n\r\nabc";
  for (const char c : request) client.send({&c, 1});
  EXPECT_EQ(body_of(client.answer()), "PUT /x  abc");
}

TEST(Server, JoinsChunkedBodiesAndIgnoresTheirTrailers) {
  RunningServer server([](Request& request, Responder responder) {
    EXPECT_EQ(request.header("Authorization"), std::nullopt);
    responder.respond({.body = std::string(request.body)});
  });
  RawClient client = server.run().client();
  client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  client.send("4;x=y\r\ndefg\r\n0\r\nAuthorization: forged\r\n\r\n");
  EXPECT_EQ(body_of(client.answer()), "abcdefg");
  EXPECT_EQ(status_of_answer(client.get("/")), 200);
}

TEST(Server, ReadsABodyOfTheLargestSizeInPieces) {
  RunningServer server([](Request& request, Responder responder) {
    responder.respond({.body = std::string(request.header("after").value_or("lost")) + ":" +
                               std::to_string(request.body.size())});
  });
  RawClient client = server.run().client();
  client.send("POST / HTTP/1.1\r\nContent-Length: 1048576\r\nAfter: kept\r\n\r\n");
  const std::string piece(4096, 'x');
  for (int i = 0; i < 256; ++i) client.send(piece);
  EXPECT_EQ(body_of(client.answer()), "kept:1048576");
}

TEST(Server, SaysContinueToThoseWhoAsk) {
  RunningServer server(echo);
  RawClient client = server.run().client();
  client.send("POST /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hi");
  EXPECT_EQ(body_of(client.answer()), "POST /x  hi");
}

TEST(Server, LeavesTheBodyOutForHead) {
  RunningServer server(echo);
  RawClient client = server.run().client();
  client.send("HEAD /x HTTP/1.1\r\n\r\nGET /y HTTP/1.1\r\nConnection: close\r\n\r\n");
  const std::string all = client.rest();
  EXPECT_NE(all.find("Content-Length: 9\r\n"), std::string::npos);
  EXPECT_EQ(all.find("HEAD /x"), std::string::npos);
  EXPECT_TRUE(all.ends_with("GET /y  "));
}

TEST(Server, ClosesAfterHttp10AndConnectionClose) {
  RunningServer server(echo);
  server.run();
  for (const std::string request :
       {"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"}) {
    RawClient client = server.client();
    client.send(request);
    const std::string answer = client.answer();
    EXPECT_EQ(status_of_answer(answer), 200);
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    EXPECT_TRUE(client.at_end());
  }
}

TEST(Server, AnswersAClientThatHasFinishedSending) {
  Shelf shelf;
  RunningServer server(shelf.handler());
  RawClient client = server.run().client();
  client.send("GET / HTTP/1.1\r\n\r\n");
  client.finish_sending();
  auto kept = shelf.take(1);
  kept[0].respond({.body = "late"});
  EXPECT_TRUE(client.rest().ends_with("late"));
}

// NET-1
TEST(Server, PipelinedAnswersLeaveInTheOrderOfTheRequests) {
  Shelf shelf;
  RunningServer server(shelf.handler());
  RawClient client = server.run().client();
  std::string requests;
  for (int i = 0; i < 40; ++i) requests += "GET / HTTP/1.1\r\n\r\n";
  client.send(requests);
  auto kept = shelf.take(40);
  for (int i = 39; i >= 0; --i)  // last first
    kept[static_cast<std::size_t>(i)].respond({.body = std::to_string(i)});
  for (int i = 0; i < 40; ++i) EXPECT_EQ(body_of(client.answer()), std::to_string(i));
}

TEST(Server, BoundsWhatIsInFlightOnOneConnection) {
  Shelf shelf;
  RunningServer server(shelf.handler(), {.in_flight_per_connection_max = 4});
  RawClient client = server.run().client();
  std::string requests;
  for (int i = 0; i < 10; ++i) requests += "GET / HTTP/1.1\r\n\r\n";
  client.send(requests);
  std::size_t answered = 0;
  for (const std::size_t batch : {4u, 4u, 2u}) {
    auto kept = shelf.take(batch);
    EXPECT_EQ(kept.size(), batch);
    for (Responder& responder : kept) responder.respond({.body = std::to_string(answered++)});
    for (std::size_t i = answered - batch; i < answered; ++i)
      EXPECT_EQ(body_of(client.answer()), std::to_string(i));
  }
}

TEST(Server, AnswersAFloodOfPipelinedRequestsToAClientThatReadsLate) {
  const std::string body(2000, 'x');
  RunningServer server(
      [&body](Request&, Responder responder) { responder.respond({.body = body}); },
      {.unsent_bytes_max = 16 * 1024});
  RawClient client = server.run().client();
  constexpr int count = 20'000;
  std::thread sender([&client] {
    std::string requests;
    for (int i = 0; i < count; ++i) requests += "GET / HTTP/1.1\r\n\r\n";
    EXPECT_TRUE(client.send(requests));
  });
  int equal = 0;
  for (int i = 0; i < count; ++i) equal += body_of(client.answer()) == body;
  sender.join();
  EXPECT_EQ(equal, count);
}

// NET-4
TEST(Server, AnswersFromAnotherThreadInOneBatch) {
  Shelf shelf;
  RunningServer server(shelf.handler());
  server.run();
  std::vector<RawClient> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(server.client());
    clients.back().send("GET / HTTP/1.1\r\n\r\n");
  }
  auto kept = shelf.take(8);
  {
    const WakeupBatch wakeups = server.server->batch_wakeups();
    for (Responder& responder : kept) responder.respond({.body = "done"});
  }
  for (RawClient& client : clients) EXPECT_EQ(body_of(client.answer()), "done");
}

// NET-7
TEST(Server, RunsPostedWorkBehindTheRoundAndOnItsThread) {
  std::vector<Responder> kept;
  int handed_over = 0;
  std::unique_ptr<ServerThread> thread;
  RunningServer server([&](Request&, Responder responder) {
    EXPECT_TRUE(thread->here());
    kept.push_back(std::move(responder));
    if (kept.size() > 1) return;
    thread->post([&] {
      EXPECT_TRUE(thread->here());
      ++handed_over;
      for (Responder& waiting : kept) waiting.respond({.body = std::to_string(kept.size())});
      kept.clear();
    });
  });
  thread = std::make_unique<ServerThread>(server.server->thread());
  RawClient client = server.client();
  EXPECT_FALSE(thread->here());
  std::string three;
  for (int i = 0; i < 3; ++i) three += "GET / HTTP/1.1\r\n\r\n";
  client.send(three);
  server.run();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(body_of(client.answer()), "3");
  EXPECT_EQ(server.on_thread([&] { return handed_over; }), 1);
}

// NET-7, NET-3
TEST(Server, DropsWorkThatComesTooLate) {
  bool ran = false;
  std::optional<ServerThread> thread;
  {
    RunningServer server([](Request&, Responder) {});
    thread = server.server->thread();
    server.run();
  }
  thread->post([&] { ran = true; });
  EXPECT_FALSE(ran);
}

TEST(Server, ServesManyConnectionsAtOnce) {
  RunningServer server(echo);
  server.run();
  std::vector<std::thread> threads;
  std::atomic<int> equal = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      std::vector<RawClient> clients;
      for (int i = 0; i < 25; ++i) clients.push_back(server.client());
      for (int round = 0; round < 10; ++round)
        for (std::size_t i = 0; i < clients.size(); ++i) {
          const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
          equal += body_of(clients[i].get(path)) == "GET " + path + "  ";
        }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(equal, 1000);
}

// NET-2
TEST(Server, ADroppedResponderAnswers500) {
  RunningServer server([](Request&, Responder) {});
  RawClient client = server.run().client();
  EXPECT_EQ(status_of_answer(client.get("/")), 500);
}

// NET-3
TEST(Server, AnAnswerToAClientThatHasGoneIsDropped) {
  Shelf shelf;
  RunningServer server(shelf.handler());
  RawClient gone = server.run().client();
  gone.send("GET / HTTP/1.1\r\n\r\n");
  auto kept = shelf.take(1);
  gone.reset();
  EXPECT_TRUE(server.eventually([](const ServerCounts& c) { return c.connections_open == 0; }));
  // The place is used again, and the old answer must not be mistaken for the new tenant's.
  RawClient next = server.client();
  next.send("GET / HTTP/1.1\r\n\r\n");
  auto fresh = shelf.take(1);
  kept[0].respond({.body = "for nobody"});
  fresh[0].respond({.body = "for you"});
  EXPECT_EQ(body_of(next.answer()), "for you");
}

// NET-3
TEST(Server, AResponderOutlivesItsServer) {
  Shelf shelf;
  std::vector<Responder> kept;
  {
    RunningServer server(shelf.handler());
    RawClient client = server.run().client();
    client.send("GET / HTTP/1.1\r\n\r\n");
    kept = shelf.take(1);
  }
  kept[0].respond({.body = "too late"});
  EXPECT_TRUE(kept[0].answered());
}

TEST(Server, StopsGracefully) {
  Shelf shelf;
  RunningServer server(shelf.handler());
  RawClient busy = server.run().client();
  RawClient idle = server.client();
  busy.send("GET / HTTP/1.1\r\n\r\n");
  auto kept = shelf.take(1);
  EXPECT_TRUE(server.eventually([](const ServerCounts& c) { return c.connections_open == 2; }));
  std::promise<void> stopped;
  server.on_thread([&] { server.server->stop(10s, [&] { stopped.set_value(); }); });
  EXPECT_TRUE(idle.at_end());
  EXPECT_FALSE(server.client().connected());
  auto done = stopped.get_future();
  EXPECT_EQ(done.wait_for(0s), std::future_status::timeout);
  kept[0].respond({.body = "last"});
  const std::string answer = busy.answer();
  EXPECT_EQ(body_of(answer), "last");
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  busy.disconnect();
  idle.disconnect();
  EXPECT_EQ(done.wait_for(5s), std::future_status::ready);
}

TEST(Server, StopsAtTheDeadlineWhateverIsInFlight) {
  Shelf shelf;
  RunningServer server(shelf.handler(), {.write_timeout = 100ms});
  RawClient client = server.run().client();
  client.send("GET / HTTP/1.1\r\n\r\n");
  auto kept = shelf.take(1);
  std::promise<void> stopped;
  server.on_thread([&] { server.server->stop(50ms, [&] { stopped.set_value(); }); });
  EXPECT_EQ(stopped.get_future().wait_for(5s), std::future_status::ready);
  EXPECT_TRUE(client.at_end());
}

TEST(Server, HandsAConnectionOverOnceEarlierAnswersHaveLeft) {
  Shelf shelf;
  RunningServer server(shelf.handler());
  std::shared_ptr<TakenConnection> taken;
  server.server->on_takeover(
      [](const Request& request) { return request.header("Upgrade") == "test"; },
      [&taken](TakenConnection connection) {
        taken = std::make_shared<TakenConnection>(std::move(connection));
        boost::asio::async_write(taken->socket, boost::asio::buffer(taken->received),
                                 [taken](auto, std::size_t) mutable { taken->socket.close(); });
      });
  RawClient client = server.run().client();
  const std::string upgrade = "GET /ws HTTP/1.1\r\nUpgrade: test\r\n\r\nextra";
  client.send("GET / HTTP/1.1\r\n\r\n" + upgrade);
  auto kept = shelf.take(1);
  kept[0].respond({.body = "first"});
  EXPECT_EQ(body_of(client.answer()), "first");
  EXPECT_EQ(client.rest(), upgrade);
  EXPECT_EQ(server.counts().connections_open, 0u);
  server.on_thread([&taken] { taken.reset(); });
}

TEST(Server, RefusesAnAddressInUse) {
  RunningServer server(echo);
  server.run();
  boost::asio::io_context io;
  const auto second = Server::open(io, {"127.0.0.1", server.port()}, {}, echo);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error(), ServerError::address_in_use);
}

TEST(Server, ParsesEndpoints) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:8080")->port, 8080);
  EXPECT_EQ(parse_endpoint("[::1]:80")->host, "::1");
  EXPECT_EQ(parse_endpoint("localhost:0")->port, 0);
  for (const char* wrong : {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "nowhere:80",
                            "127.0.0.1:80x", "127.0.0.1:-1"})
    EXPECT_FALSE(parse_endpoint(wrong).has_value()) << wrong;
}

}  // namespace
}  // namespace rialto::net::test
