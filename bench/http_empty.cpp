// The HTTP server with an empty handler: the ceiling for every figure measured through HTTP.
//
//   http_empty [PORT] [direct|thread]      then e.g.  wrk -t1 -c64 -d10s http://127.0.0.1:PORT/
//
// `direct` answers inside the handler; `thread` hands each request to a second thread, which
// answers in batches, as the engine does.
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "platform/net/server.hpp"

namespace {

namespace net = rialto::net;

class BatchAnswerer {
 public:
  void add(net::Responder responder) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(responder));
    if (waiting_.size() == 1) arrived_.notify_one();
  }
  void run(const net::Server& server) {
    std::vector<net::Responder> batch;
    while (true) {
      {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        batch.swap(waiting_);
      }
      const net::WakeupBatch wakeups = server.batch_wakeups();
      for (net::Responder& responder : batch) responder.respond({.body = "{}"});
      batch.clear();
    }
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    arrived_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<net::Responder> waiting_;
  bool stopping_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8081);
  const bool threaded = argc > 2 && std::string_view(argv[2]) == "thread";
  boost::asio::io_context io(1);
  BatchAnswerer answerer;
  auto server =
      net::Server::open(io, {"127.0.0.1", port}, {}, [&](net::Request&, net::Responder responder) {
        if (threaded)
          answerer.add(std::move(responder));
        else
          responder.respond({.body = "{}"});
      });
  if (!server) {
    std::fprintf(stderr, "cannot listen on port %d\n", port);
    return 1;
  }
  std::thread worker([&] { answerer.run(**server); });
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait(
      [&](auto, int) { (*server)->stop(std::chrono::seconds{1}, [&] { io.stop(); }); });
  std::printf("http://127.0.0.1:%d/\n", (*server)->port());
  std::fflush(stdout);
  io.run();
  answerer.stop();
  worker.join();
  return 0;
}
