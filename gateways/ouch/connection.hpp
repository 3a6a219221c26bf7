// One client's socket: what it sent and is not yet read, and how far it has been told. Decides
// nothing; the gateway does.
//
// The venue's thread only, never blocks. What a client is told comes straight out of its session's
// stream; only log-in answers, heartbeats and the like are copied here.
#pragma once

#include <cstdint>
#include <string>

#include "gateways/ouch/session_stream.hpp"
#include "gateways/ouch/stream_store.hpp"

namespace rialto::ouch {

struct SessionState;

class Connection {
 public:
  Connection(int socket, std::string peer, Timestamp now);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int socket() const { return socket_; }
  const std::string& peer() const { return peer_; }

  /// One read from the socket. False: the client has closed, or the connection broke.
  bool receive(Timestamp now);
  /// What has arrived and was not consumed.
  ByteView input() const { return ByteView(in_).first(in_used_); }
  void consume(std::size_t size);

  /// A packet of the connection itself. REQUIRES: drained().
  void say(PacketType type, ByteView payload = {});
  template <class Payload>
  void say(PacketType type, const Payload& payload) {
    append_packet(control_, type, payload);
  }
  /// Tells the session's messages from `sequence` on.
  void follow(SessionState& session, std::uint64_t sequence, StreamStore& store);
  SessionState* session() const { return session_; }

  enum class Sent : std::uint8_t { all, some, failed };
  /// Writes what there is, in one call where the socket takes it. `some`: it took less.
  Sent send(Timestamp now);
  /// Nothing is left to be sent, and the last packet is whole.
  bool drained() const;
  /// Why send() failed, for the operator.
  const std::string& problem() const { return problem_; }

  Timestamp opened;
  Timestamp received;             // last
  Timestamp sent;                 // last
  Timestamp blocked;              // since when the socket takes nothing; 0: it does
  bool waits_for_socket = false;  // EPOLLOUT is asked for
  bool held = false;              // the next request needs what is still on its way to the disk
  Timestamp held_since;
  bool over = false;   // to be closed once all is sent
  bool ended = false;  // closed; only its memory is left

 private:
  bool refill();

  const int socket_;
  const std::string peer_;
  Bytes in_;
  std::size_t in_used_ = 0;
  Bytes control_;
  std::size_t control_sent_ = 0;
  SessionState* session_ = nullptr;
  StreamStore* store_ = nullptr;
  SessionStream::Cursor cursor_;
  std::uint64_t cursor_first_ = 0;  // sequence number of the first message of the cursor's block
  Bytes replay_;                    // out of the file, ahead of the cursor
  std::size_t replay_sent_ = 0;
  std::uint64_t replay_next_ = 0;  // the message behind `replay_`; 0: none to be replayed
  std::string problem_;
};

}  // namespace rialto::ouch
