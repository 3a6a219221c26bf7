// A client of /ws for tests: Beast's own client side, on a thread of nobody (each wait runs it).
// What does not come in time fails the test instead of hanging it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {

struct PeerOptions {
  std::string path{"/ws"};
  std::string token{};        // as Authorization: Bearer; empty: none
  std::string subprotocol{};  // empty: none
  int receive_buffer = 0;     // of the socket; 0: the system's
};

/// A message as received. at() as for an HTTP answer's body.
struct Received : Answer {
  bool binary = false;
  bool ended = false;  // there was none: the connection is closed

  std::string type() const { return at("type"); }
};

class Peer {
 public:
  Peer(std::uint16_t port, const PeerOptions& options = {});
  ~Peer();
  Peer(Peer&&) noexcept;

  bool connected() const;
  /// The status of the HTTP answer where the upgrade was refused.
  int refused_with() const;
  std::string subprotocol() const;

  void send(std::string_view text, bool binary = false);
  /// The next message; `ended` where the connection was closed, by close_code().
  Received receive();
  /// Reads on to the next message of this type.
  Received receive(std::string_view type);
  /// Whether a message, or the end, is there within this time.
  bool anything_within(std::chrono::milliseconds patience);
  /// Reads to the end: why it was closed.
  std::uint16_t close_code();
  std::string close_reason() const;
  void close();
  /// Sends one request and receives the answer to it.
  Received ask(std::string_view request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Prices and quantities of a side, as a book of them reads: {"100.01 0.5 1", …}.
std::vector<std::string> rows(const Received& message, std::string_view side);

}  // namespace rialto::test
