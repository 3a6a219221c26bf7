// What an operator may set about streams.
#pragma once

#include <chrono>
#include <cstddef>

#include "gateways/stream/event_channel.hpp"
#include "platform/net/web_socket.hpp"

namespace rialto::stream {

struct StreamSettings {
  net::WebSocketLimits web_socket;
  EventLimits events;
  std::size_t connections_max = 20'000;  // in all
  std::size_t connections_per_address_max = 200;
  bool spare_loopback = true;           // from the limit of an address and that of requests
  std::size_t subscriptions_max = 256;  // of one connection
  /// What may wait for one connection; more is not given to it. With what the kernel holds and one
  /// message beyond it, all the memory a connection that does not read can take (STREAM-6).
  std::size_t unsent_bytes_max = 64 * 1024;
  int kernel_send_bytes =
      128 * 1024;  // asked of the kernel for each connection; it takes twice that
  std::chrono::milliseconds stall_timeout{30'000};  // nothing read for so long: cut off
  /// For a connection that neither signs in nor subscribes to anything.
  std::chrono::milliseconds idle_stranger_timeout{30'000};
  std::chrono::milliseconds heartbeat{15'000};  // of server-sent events
  double requests_per_second = 50;              // of one WebSocket
  double requests_burst = 500;
};

}  // namespace rialto::stream
