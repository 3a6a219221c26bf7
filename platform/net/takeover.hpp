// A connection that leaves HTTP: what Server::on_takeover hands to, say, a WebSocket endpoint; and
// one that comes to it by another way than its own port. Needs Asio, so only .cpp files of those
// who take or bring connections include it.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "platform/net/message.hpp"

namespace rialto::net {

/// A TCP socket bound to the io_context itself: without type-erased executors on the hot path.
using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

struct TakenConnection {
  Socket socket;         // open, non-blocking, on the server's io_context
  std::string received;  // the request from its first byte, and whatever came after it
  std::string peer;      // the client's address
  RequestId id{};        // of that request
};

/// For Server::admit: a stream of plain bytes, and who is at its other end.
struct PlainConnection {
  Socket socket;  // open, on the server's io_context
  std::string peer;
  bool from_loopback = false;
};

}  // namespace rialto::net
