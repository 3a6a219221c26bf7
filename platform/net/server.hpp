// An HTTP/1.1 server on one io_context thread. It knows requests and answers, nothing of what they
// mean.
//
// Owned by apps, which also own the io_context and its one thread. The handler is called on that
// thread; it answers at once or keeps the Responder and lets any thread answer later. Requests of
// one connection may be in flight together (pipelining); their answers leave in the order of the
// requests, and all that are ready leave in one write. Lifetime: the io_context outlives the
// server; construct and destroy the server on the io_context's thread, or while that is not
// running.
#pragma once

#include <boost/describe/enum.hpp>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/net/message.hpp"
#include "platform/net/responder.hpp"

namespace boost::asio {
class io_context;
}

namespace rialto::net {

struct PlainConnection;
struct TakenConnection;
class ServerState;

struct Endpoint {
  std::string host;        // an IPv4 or IPv6 address, or "localhost"
  std::uint16_t port = 0;  // 0: any free one
};

/// "127.0.0.1:8080", "[::1]:8080", "localhost:80"; nothing where it is none of these.
std::optional<Endpoint> parse_endpoint(std::string_view text);

/// NET-5.
struct ServerLimits {
  std::uint32_t header_bytes_max = 16 * 1024;      // else 431
  std::uint64_t body_bytes_max = 1024 * 1024;      // else 413
  std::size_t connections_max = 10'000;            // else 503 and closed
  std::size_t in_flight_per_connection_max = 256;  // beyond it, reading pauses
  std::size_t unsent_bytes_max = 4 * 1024 * 1024;  // per connection; beyond it, reading pauses
  std::chrono::milliseconds header_timeout{
      10'000};  // from a request's first byte to its last header; else 408
  std::chrono::milliseconds body_timeout{30'000};  // from there to its last byte; else 408
  std::chrono::milliseconds idle_timeout{75'000};  // between requests; then closed
  std::chrono::milliseconds write_timeout{
      30'000};  // a client that does not read its answers is cut off
};

BOOST_DEFINE_FIXED_ENUM_CLASS(ServerError, std::uint8_t,
                              bad_address,        // not an address, or not one of this machine's
                              address_in_use,     //
                              permission_denied,  // a port below 1024
                              cannot_listen)

/// What the server did so far; for metrics. Read on the server's thread.
struct ServerCounts {
  std::uint64_t requests = 0;
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t malformed_requests = 0;
  std::uint64_t timeouts = 0;
  std::size_t connections_open = 0;
};

class Server {
 public:
  using Handler = std::function<void(Request&, Responder)>;
  /// Whether this request takes its connection away from HTTP (a WebSocket upgrade). Called for GET
  /// only.
  using WantsConnection = std::function<bool(const Request&)>;
  using TakeConnection = std::function<void(TakenConnection)>;

  /// Binds and listens; connections are accepted as soon as the io_context runs.
  static std::expected<std::unique_ptr<Server>, ServerError> open(boost::asio::io_context& io,
                                                                  const Endpoint& endpoint,
                                                                  ServerLimits limits,
                                                                  Handler handler);
  explicit Server(std::shared_ptr<ServerState> state);
  /// Closes every connection; answers still to come are dropped.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  const ServerCounts& counts() const;

  /// A connection that came another way (tls_front.hpp); served like those of its own port. On the
  /// server's thread.
  void admit(PlainConnection);

  /// Hands over whole connections, socket and all bytes received (see takeover.hpp), once earlier
  /// answers have left. Call before the io_context runs.
  void on_takeover(WantsConnection wants, TakeConnection take);

  /// Any thread: gathers the answers of a batch into one wake-up.
  WakeupBatch batch_wakeups() const;
  ServerThread thread() const;

  /// Stops accepting, lets requests in flight finish, closes what is idle, and calls `done` when no
  /// connection is left or, at the latest, after `deadline`. On the server's thread; once.
  void stop(std::chrono::milliseconds deadline, std::function<void()> done);

 private:
  std::shared_ptr<ServerState> state_;
};

}  // namespace rialto::net
