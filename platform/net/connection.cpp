#include "platform/net/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <cstring>

#include "core/assert.hpp"
#include "platform/net/error_body.hpp"
#include "platform/net/server_state.hpp"

namespace rialto::net {
namespace {

constexpr std::size_t read_bytes_min = 4 * 1024;
constexpr std::size_t read_room = 16 * 1024;  // beyond the largest header
// A client that still sends while its error waits to be read gets this much more, then a reset.
constexpr std::uint64_t linger_bytes_max = 64 * 1024 * 1024;
constexpr std::size_t kept_capacity_max = 256 * 1024;
constexpr std::chrono::seconds linger_time_max{2};
constexpr RequestParser::Failure header_timed_out{Status::request_timeout, "request_timeout",
                                                  "the request's headers did not arrive in time"};
constexpr RequestParser::Failure body_timed_out{Status::request_timeout, "request_timeout",
                                                "the request's body did not arrive in time"};

constexpr RequestParser::Failure endless_chunk_header{Status::bad_request, "malformed_http",
                                                      "a chunk's header or trailer is too long"};

}  // namespace

Connection::Connection(std::shared_ptr<ServerState> server, PlainConnection plain,
                       std::uint32_t place, std::uint32_t generation)
    : server_(std::move(server)),
      socket_(std::move(plain.socket)),
      place_(place),
      generation_(generation),
      capacity_(server_->limits.header_bytes_max + read_room),
      slots_(4),
      phase_since_(server_->now) {
  peer_ = std::move(plain.peer);
  from_loopback_ = plain.from_loopback;
  buffer_ = std::make_unique_for_overwrite<char[]>(capacity_);
}

Connection::~Connection() = default;

void Connection::start() {
  read_more();
}

bool Connection::may_parse() const {
  return !no_more_requests_ && in_flight() < server_->limits.in_flight_per_connection_max &&
         unsent() < server_->limits.unsent_bytes_max && (!message_waiting_ || drained());
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  phase_since_ = server_->now;
}

// ---- bytes in

void Connection::make_room() {
  if (begin_ == end_) begin_ = end_ = parsed_ = 0;
  if (capacity_ - end_ >= read_bytes_min) return;
  // The header must stay (the request views it); parsed pieces of the body have been copied out
  // already.
  const bool in_body = parser_ && parser_->header_complete();
  const std::size_t kept = in_body ? parser_->header_size() : parsed_;
  const std::size_t rest = end_ - begin_ - parsed_;
  std::memmove(buffer_.get(), buffer_.get() + begin_, kept);
  std::memmove(buffer_.get() + kept, buffer_.get() + begin_ + parsed_, rest);
  begin_ = 0;
  parsed_ = kept;
  end_ = kept + rest;
}

void Connection::read_more() {
  if (reading_ || closed_ || peer_finished_) return;
  if (phase_ == Phase::lingering)
    begin_ = end_ = parsed_ = 0;
  else
    make_room();
  if (end_ == capacity_) {  // a chunk header or trailer without end: nothing else stays unparsed
                            // for so long
    fail(endless_chunk_header);
    return;
  }
  reading_ = true;
  socket_.async_read_some(
      boost::asio::buffer(buffer_.get() + end_, capacity_ - end_),
      [self = ConnectionPointer(this)](boost::system::error_code error, std::size_t size) {
        self->on_read(error, size);
      });
}

void Connection::on_read(boost::system::error_code error, std::size_t size) {
  reading_ = false;
  if (closed_) return;
  if (error == boost::asio::error::eof) {
    peer_finished_ = true;  // it may still read: requests in flight are answered
    no_more_requests_ = true;
  } else if (error) {
    close();
    return;
  }
  if (phase_ == Phase::lingering) {
    discarded_ += size;
    if (peer_finished_ || discarded_ > linger_bytes_max)
      close();
    else
      read_more();
    return;
  }
  end_ += size;
  {
    const Inbox::DirectScope direct(*server_->inbox);
    parse();
  }
  server_->mark_dirty(*this);
  server_->settle_dirty();
}

// ---- requests out

void Connection::parse() {
  stalled_ = false;
  while (begin_ < end_ && !closed_ && !no_more_requests_) {
    if (!may_parse()) {
      stalled_ = true;
      return;
    }
    if (!message_waiting_) {
      if (!parser_) {
        parser_.emplace(server_->limits, storage_);
        parsed_ = 0;
        enter(Phase::header);
      }
      const auto outcome = parser_->put(message(), parsed_);
      if (outcome == RequestParser::Outcome::failed) {
        fail(parser_->failure());
        return;
      }
      if (outcome == RequestParser::Outcome::need_more) {
        if (phase_ == Phase::header && parser_->header_complete()) {
          enter(Phase::body);
          if (parser_->wants_continue()) send_continue();
        }
        return;
      }
    }
    dispatch();
  }
}

void Connection::dispatch() {
  Request request;
  parser_->fill(request, message());
  request.peer = peer_;
  request.from_loopback = from_loopback_;
  if (server_->wants_connection && request.method == Method::get) {
    message_waiting_ = message_waiting_ || server_->wants_connection(request);
    if (message_waiting_) {
      if (drained()) hand_over();
      return;
    }
  }
  ++server_->counts.requests;
  request.id = {++server_->last_request};
  const bool keep = parser_->keep_alive();
  const Persistence persistence = !keep                 ? Persistence::close
                                  : parser_->http_1_0() ? Persistence::keep_alive_http_1_0
                                                        : Persistence::keep_alive;
  if (!keep) no_more_requests_ = true;
  const std::uint64_t number = open_slot(request.id, persistence);
  Slot& opened = slot(number);
  opened.without_body = request.method == Method::head;
  opened.tagged = request.method == Method::get || opened.without_body;
  if (opened.tagged) opened.if_none_match = request.header("If-None-Match").value_or("");
  const ConnectionPointer self(this);  // the handler may close the server
  server_->handler(request, Responder(server_->inbox, {place_, generation_, number}));
  after_message();
}

void Connection::after_message() {
  begin_ += parsed_;
  parsed_ = 0;
  parser_.reset();
  enter(Phase::idle);
}

void Connection::fail(const RequestParser::Failure& failure) {
  const bool late = failure.status == Status::request_timeout;
  ++(late ? server_->counts.timeouts : server_->counts.malformed_requests);
  no_more_requests_ = true;
  parser_.reset();
  const std::uint64_t number = open_slot({++server_->last_request}, Persistence::close);
  deliver(number, error_response(failure.status, failure.code, failure.message));
}

// "100 Continue" is only worth sending when it would not overtake an answer.
void Connection::send_continue() {
  if (in_flight() == 0) ready_ += "HTTP/1.1 100 Continue\r\n\r\n";
}

void Connection::hand_over() {
  TakenConnection taken{
      std::move(socket_), std::string{message()}, peer_, {++server_->last_request}};
  const auto take = server_->take_connection;
  closed_ = true;
  server_->forget(*this);
  take(std::move(taken));
}

// ---- answers back

std::uint64_t Connection::open_slot(RequestId id, Persistence persistence) {
  if (in_flight() == slots_.size()) {
    std::vector<Slot> wider(slots_.size() * 2);
    for (std::uint64_t i = first_request_; i < next_request_; ++i)
      wider[i & (wider.size() - 1)] = std::move(slot(i));
    slots_ = std::move(wider);
  }
  Slot& opened = slot(next_request_);
  opened.answered = false;
  opened.without_body = opened.tagged = false;
  opened.id = id;
  opened.persistence = persistence;
  return next_request_++;
}

// NET-11: what is read twice without a change is sent once.
void Connection::tag(const Slot& slot, Response& response) const {
  if (response.status != Status::ok || response.type == ContentType::metrics ||
      response.type == ContentType::event_stream ||
      response.header_lines.find("Cache-Control: ") != std::string::npos ||
      response.header_lines.find("ETag: ") != std::string::npos)  // it knows better
    return;
  const std::string tag = entity_tag(response.body);
  response.header_lines += "ETag: " + tag + "\r\nCache-Control: no-cache\r\n";
  if (!names_tag(slot.if_none_match, tag)) return;
  response.status = Status::not_modified;
  response.body.clear();
}

void Connection::deliver(std::uint64_t request, Response&& response) {
  Slot& answered = slot(request);
  RIALTO_ASSERT(request >= first_request_ && request < next_request_ && !answered.answered);
  answered.answered = true;
  if (answered.tagged) tag(answered, response);
  // Whoever is next in line is written where it will be sent from.
  std::string& out = request == first_request_ ? ready_ : answered.text;
  const bool last = no_more_requests_ && request + 1 == next_request_;
  append_response(out, response, last ? Persistence::close : answered.persistence, server_->date,
                  answered.without_body, answered.id);
  while (first_request_ < next_request_ && slot(first_request_).answered) {
    Slot& gone = slot(first_request_);
    ready_ += gone.text;
    gone.text.clear();
    ++first_request_;
  }
  phase_since_ = phase_ == Phase::idle ? server_->now : phase_since_;
  server_->mark_dirty(*this);
}

void Connection::send_ready() {
  if (writing_ || ready_.empty()) return;
  boost::system::error_code error;
  const std::size_t size = socket_.write_some(boost::asio::buffer(ready_), error);
  if (error && error != boost::asio::error::would_block) {
    close();
    return;
  }
  if (size == ready_.size()) {
    ready_.clear();
    if (ready_.capacity() > kept_capacity_max) ready_.shrink_to_fit();
    return;
  }
  sending_.swap(ready_);
  ready_.clear();
  sent_ = error ? 0 : size;
  sending_since_ = server_->now;
  writing_ = true;
  boost::asio::async_write(
      socket_, boost::asio::buffer(sending_.data() + sent_, sending_.size() - sent_),
      [self = ConnectionPointer(this)](boost::system::error_code failed, std::size_t written) {
        self->on_written(failed, written);
      });
}

void Connection::on_written(boost::system::error_code error, std::size_t) {
  writing_ = false;
  if (closed_) return;
  if (error) {
    close();
    return;
  }
  sending_.clear();
  sent_ = 0;
  server_->mark_dirty(*this);
  server_->settle_dirty();
}

void Connection::settle() {
  if (closed_) return;
  send_ready();
  if (closed_ || phase_ == Phase::lingering) return;
  if (no_more_requests_ && drained()) {
    linger();
    return;
  }
  if (no_more_requests_) return;  // answers to come; nothing more is read
  if (!stalled_) {
    read_more();
  } else if (may_parse()) {
    const Inbox::DirectScope direct(*server_->inbox);
    parse();
    server_->mark_dirty(*this);  // what was parsed may have been answered at once
  }
}

// ---- the end

// A request that has only begun to arrive is cut off, as a client expects of a connection that
// closes between requests.
void Connection::finish() {
  no_more_requests_ = true;
  server_->mark_dirty(*this);
}

// NET-6. Closing a socket with unread bytes resets it, and a reset can overtake the last answer: so
// the sending side is closed first, and what still arrives is read and thrown away for a while.
void Connection::linger() {
  if (peer_finished_) {
    close();
    return;
  }
  boost::system::error_code error;
  socket_.shutdown(boost::asio::socket_base::shutdown_send, error);
  if (error) {
    close();
    return;
  }
  enter(Phase::lingering);
  read_more();
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  boost::system::error_code ignored;  // there is nobody left to tell
  socket_.close(ignored);
  server_->forget(*this);
}

void Connection::check_time(Clock::time_point now) {
  const ServerLimits& limits = server_->limits;
  if (writing_ && now - sending_since_ > limits.write_timeout) {
    ++server_->counts.timeouts;
    close();
    return;
  }
  const auto spent = now - phase_since_;
  if (phase_ == Phase::lingering) {
    if (spent > linger_time_max) close();
  } else if (no_more_requests_ || stalled_) {
    return;
  } else if (phase_ == Phase::header && spent > limits.header_timeout) {
    fail(header_timed_out);
  } else if (phase_ == Phase::body && spent > limits.body_timeout) {
    fail(body_timed_out);
  } else if (phase_ == Phase::idle && drained() && spent > limits.idle_timeout) {
    close();
  }
}

}  // namespace rialto::net
