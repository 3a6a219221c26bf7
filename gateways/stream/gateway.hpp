// The streaming gateway: /ws (WebSocket) and /api/events (server-sent events), over connections
// taken from the HTTP server.
//
// Owned by apps, beside the server whose connections it takes; both on the server's thread. Destroy
// it after the server and before the venue; what it is given outlives it.
#pragma once

#include <memory>

#include "gateways/stream/settings.hpp"
#include "gateways/venue_port.hpp"
#include "platform/security/tokens.hpp"
#include "projections/live/event_replay.hpp"
#include "projections/live/live_feed.hpp"

namespace boost::asio {
class io_context;
}
namespace rialto::net {
class Router;
class Server;
}  // namespace rialto::net

namespace rialto::stream {

/// For metrics; read on the server's thread.
struct StreamCounts {
  std::size_t connections = 0;
  std::uint64_t refused = 0;
};

class StreamGateway {
 public:
  /// Takes over the server's upgrades from now on. Call before requests come, or on its thread.
  /// `past`: where events are read again from; without it, what is not kept is too old.
  StreamGateway(gateways::VenuePort& venue, projections::LiveFeed& feed, security::Tokens& tokens,
                boost::asio::io_context& io, net::Server& server, StreamSettings settings = {},
                std::optional<projections::EventReplayPlaces> past = std::nullopt);
  ~StreamGateway();
  StreamGateway(const StreamGateway&) = delete;
  StreamGateway& operator=(const StreamGateway&) = delete;

  /// What to answer to those who come to /ws without an upgrade.
  void add_routes(net::Router&);
  /// Tells every client that the server stops, and closes. On the server's thread.
  void stop();
  StreamCounts counts() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace rialto::stream
