// A WebSocket (RFC 6455), server's side, over a taken connection. Beast speaks the protocol:
// handshake, masks, fragments, UTF-8, ping and pong, closing. What is sent bypasses it: a message
// to thousands of clients is the same frame for all of them, made once by text_frame() or
// binary_frame() (no extension is ever agreed on, so frames are independent of the connection).
//
// Server's thread only.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "platform/net/open_connection.hpp"
#include "platform/net/taken_request.hpp"

namespace rialto::net {

/// NET-8.
struct WebSocketLimits {
  std::size_t message_bytes_max = 64 * 1024;            // else closed with 1009
  std::chrono::milliseconds handshake_timeout{10'000};  // of opening and of closing
  /// A peer that is silent for half of it is pinged; one that does not answer either is cut off.
  std::chrono::milliseconds idle_timeout{60'000};
};

/// Close codes: RFC 6455 section 7.4.1, and from 4000 on this program's own.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  unsupported_data = 1003,
  policy = 1008,
  try_again_later = 1013,
  unauthorized = 4401,
  nothing_subscribed = 4408,
};

/// Whether a GET asks for a WebSocket; whether it does so correctly is seen at the handshake.
bool wants_web_socket(const Request&);

/// Offers this among the subprotocols that the request names; nothing where it names none of them.
std::optional<std::string_view> choose_subprotocol(const Request&,
                                                   std::initializer_list<std::string_view> offered);

/// Answers the handshake; on_open() follows, or on_end() where it was wrong (400, 426).
/// `subprotocol` may be empty.
OpenConnectionPointer accept_web_socket(TakenConnection&& taken, const TakenRequest& request,
                                        std::string_view subprotocol, const WebSocketLimits&,
                                        StreamReceiver&);

SharedBytes text_frame(std::string_view text);
SharedBytes binary_frame(std::string_view bytes);

}  // namespace rialto::net
