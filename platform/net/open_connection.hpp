// A connection that stays open and is mostly written to: a WebSocket or a stream of server-sent
// events. What is sent is made once and shared by all who get it; nothing is copied on its way to
// the socket.
//
// Server's thread only. Counted references: operations under way hold one, and so does the
// receiver, which is told once when the connection has ended. Needs Asio, so only .cpp files and
// this folder's internals include it beside gateways/stream.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "platform/net/takeover.hpp"

namespace rialto::net {

/// Bytes as they go over the wire, shared by all connections that they are sent to.
using SharedBytes = std::shared_ptr<const std::string>;

/// Whom a connection belongs to. Nothing is called after on_end().
class StreamReceiver {
 public:
  virtual ~StreamReceiver() = default;
  /// The handshake is done; from here on something may be sent.
  virtual void on_open() = 0;
  /// A whole message; the view is valid during the call.
  virtual void on_message(std::string_view message, bool binary) = 0;
  /// What could not be sent at once has left.
  virtual void on_room() = 0;
  virtual void on_end() = 0;
};

class OpenConnection
    : public boost::intrusive_ref_counter<OpenConnection, boost::thread_unsafe_counter> {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~OpenConnection() = default;
  OpenConnection(const OpenConnection&) = delete;
  OpenConnection& operator=(const OpenConnection&) = delete;

  /// Queues a piece; it leaves with the next flush(). Dropped once the connection is closing.
  void send(SharedBytes piece);
  /// Gives the socket what it takes; the rest follows by itself, and on_room() after it.
  void flush();
  /// Ends it: what has not begun to leave is dropped, the peer is told why as far as the protocol
  /// can. on_end() follows, soon. `reason` at most 123 bytes.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  /// Ends it without another word; on_end() follows.
  void abort();
  /// As abort(), for a receiver that goes first: it hears nothing more.
  void disown() {
    receiver_ = nullptr;
    abort();
  }

  /// Bytes that wait for the socket.
  std::size_t unsent() const { return unsent_; }
  bool blocked() const { return waiting_; }
  /// Since when nothing could be sent; meaningful while blocked().
  Clock::time_point blocked_since() const { return blocked_since_; }
  const std::string& peer() const { return peer_; }
  bool from_loopback() const { return from_loopback_; }

 protected:
  using Sent = std::move_only_function<void(boost::system::error_code)>;

  OpenConnection(TakenConnection&& taken, StreamReceiver& receiver);

  /// A piece of the protocol itself; `sent` is called, never from within, when it has left.
  void send_own(std::string bytes, Sent sent);
  void drop_unsent();
  void stop_sending() { closing_ = true; }
  /// on_end(), once.
  void end();
  StreamReceiver* receiver() { return receiver_; }
  Socket& socket() { return socket_; }

 private:
  struct Piece {
    SharedBytes bytes;
    Sent sent;  // of the protocol's own pieces
  };
  void wait();
  void advance(std::size_t written);
  void fail(boost::system::error_code error);

  Socket socket_;
  StreamReceiver* receiver_;  // null once it was told of the end
  std::string peer_;
  bool from_loopback_ = false;
  std::deque<Piece> pieces_;
  std::size_t begun_ = 0;   // bytes of the first piece that have left
  std::size_t unsent_ = 0;  // bytes of all pieces that have not
  bool waiting_ = false;
  bool closing_ = false;
  Clock::time_point blocked_since_;
};

using OpenConnectionPointer = boost::intrusive_ptr<OpenConnection>;

}  // namespace rialto::net
