// One client's connection: bytes in, requests out, answers back in order. Internal to platform/net.
//
// Lives on the server's thread. Asio operations under way hold a reference, and so does the
// server's table until the connection is closed; answers name it by ticket, never by pointer.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/net/request_parser.hpp"
#include "platform/net/response_text.hpp"
#include "platform/net/takeover.hpp"

namespace rialto::net {

class ServerState;

class Connection final
    : public boost::intrusive_ref_counter<Connection, boost::thread_unsafe_counter> {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(std::shared_ptr<ServerState> server, PlainConnection plain, std::uint32_t place,
             std::uint32_t generation);
  ~Connection();

  std::uint32_t place() const { return place_; }
  std::uint32_t generation() const { return generation_; }

  void start();
  /// NET-1, NET-4: the answer to request number `request` of this connection.
  void deliver(std::uint64_t request, Response&& response);
  /// Sends what is ready, then goes on with whatever is next: more requests, more bytes, the end.
  void settle();
  /// Closes it when it has been in its phase for too long.
  void check_time(Clock::time_point now);
  /// No further requests; what is in flight is still answered.
  void finish();
  void close();

 private:
  enum class Phase : std::uint8_t { idle, header, body, lingering };
  struct Slot {
    std::string text;
    bool answered = false;
    bool without_body = false;
    bool tagged = false;  // a GET: its answer has an ETag
    RequestId id{};
    std::string if_none_match;
    Persistence persistence = Persistence::keep_alive;
  };

  std::string_view message() const { return {buffer_.get() + begin_, end_ - begin_}; }
  std::size_t in_flight() const { return static_cast<std::size_t>(next_request_ - first_request_); }
  std::size_t unsent() const { return ready_.size() + sending_.size() - sent_; }
  bool drained() const { return in_flight() == 0 && unsent() == 0; }
  bool may_parse() const;
  Slot& slot(std::uint64_t request) { return slots_[request & (slots_.size() - 1)]; }

  void read_more();
  void on_read(boost::system::error_code error, std::size_t size);
  void make_room();
  void parse();
  void after_message();
  void dispatch();
  void fail(const RequestParser::Failure& failure);
  std::uint64_t open_slot(RequestId id, Persistence persistence);
  void tag(const Slot& slot, Response& response) const;
  void enter(Phase phase);
  void send_continue();
  void send_ready();
  void on_written(boost::system::error_code error, std::size_t size);
  void linger();
  void hand_over();

  const std::shared_ptr<ServerState> server_;
  Socket socket_;
  const std::uint32_t place_;
  const std::uint32_t generation_;
  std::string peer_;
  bool from_loopback_ = false;

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_;
  std::size_t begin_ = 0;   // first byte of the message being parsed
  std::size_t parsed_ = 0;  // how much of it the parser has seen
  std::size_t end_ = 0;     // one past the last byte received

  RequestParser::Storage storage_;
  std::optional<RequestParser> parser_;

  std::vector<Slot> slots_;  // a ring: the answers of requests first_request_ … next_request_ - 1
  std::uint64_t first_request_ = 0;
  std::uint64_t next_request_ = 0;
  std::string ready_;    // answers in order, not yet given to the socket
  std::string sending_;  // what the socket did not take at once
  std::size_t sent_ = 0;

  Phase phase_ = Phase::idle;
  Clock::time_point phase_since_;
  Clock::time_point sending_since_;
  std::uint64_t discarded_ = 0;  // while lingering
  bool reading_ = false;
  bool writing_ = false;
  bool dirty_ = false;
  bool no_more_requests_ = false;
  bool peer_finished_ = false;
  bool stalled_ = false;  // bytes wait to be parsed until answers have made room
  bool message_waiting_ =
      false;  // complete, wants the connection, waits for earlier answers to leave
  bool closed_ = false;

  friend class ServerState;
};

using ConnectionPointer = boost::intrusive_ptr<Connection>;

}  // namespace rialto::net
