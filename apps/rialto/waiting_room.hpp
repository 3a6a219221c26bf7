// Answers HTTP while the venue is recovering: alive, not ready, how far it is.
//
// Runs the io_context on a thread of its own from open() to close(); afterwards the caller
// runs it, and the connections that were made meanwhile live on.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "platform/net/message.hpp"
#include "platform/net/responder.hpp"

namespace boost::asio {
class io_context;
}

namespace rialto::apps {

class WaitingRoom {
 public:
  explicit WaitingRoom(boost::asio::io_context& io) : io_(io) {}
  ~WaitingRoom() { close(); }
  WaitingRoom(const WaitingRoom&) = delete;

  /// REQUIRES: nobody else runs the io_context until close().
  void open();
  /// /healthz 200; /readyz 503 with `progress` from 0 to 1; everything else 503 intake_recovering.
  void answer(const net::Request& request, net::Responder responder) const;
  /// Any thread: bytes of the log read, and to read in all.
  void progress(std::uint64_t done, std::uint64_t total);
  /// Waits for the request at hand; later ones stay in their sockets until the caller runs the
  /// io_context.
  void close();

 private:
  boost::asio::io_context& io_;
  std::atomic<double> progress_{0};
  std::thread thread_;
};

}  // namespace rialto::apps
