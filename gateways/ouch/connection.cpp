#include "gateways/ouch/connection.hpp"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/assert.hpp"
#include "gateways/ouch/streams.hpp"

namespace rialto::ouch {
namespace {

constexpr std::size_t first_input_bytes = 16 << 10;
constexpr std::size_t most_input_bytes = 256 << 10;
constexpr std::size_t most_pieces = 16;  // of one write

}  // namespace

Connection::Connection(int socket, std::string peer, Timestamp now)
    : opened(now),
      received(now),
      sent(now),
      socket_(socket),
      peer_(std::move(peer)),
      in_(first_input_bytes) {}

Connection::~Connection() {
  ::close(socket_);
}

bool Connection::receive(Timestamp now) {
  if (in_used_ == in_.size()) {
    if (in_.size() == most_input_bytes) return true;  // what is there must be consumed first
    in_.resize(in_.size() * 2);
  }
  const ssize_t got = ::recv(socket_, in_.data() + in_used_, in_.size() - in_used_, 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) return false;
  in_used_ += static_cast<std::size_t>(got);
  received = now;
  return true;
}

void Connection::consume(std::size_t size) {
  RIALTO_ASSERT(size <= in_used_);
  std::memmove(in_.data(), in_.data() + size, in_used_ - size);
  in_used_ -= size;
}

void Connection::say(PacketType type, ByteView payload) {
  append_packet(control_, type, payload);
}

void Connection::follow(SessionState& session, std::uint64_t sequence, StreamStore& store) {
  session_ = &session;
  store_ = &store;
  if (sequence < session.stream.oldest()) {
    replay_next_ = sequence;
    return;
  }
  cursor_ = session.stream.seek(sequence);
  cursor_first_ = session.stream.first_of(cursor_);
}

/// Makes `replay_` hold the next packets out of the file; false: it cannot be read.
bool Connection::refill() {
  while (replay_next_ != 0 && replay_sent_ == replay_.size()) {
    replay_.clear();
    replay_sent_ = 0;
    if (replay_next_ >= session_->stream.oldest()) {
      cursor_ = session_->stream.seek(replay_next_);
      cursor_first_ = session_->stream.first_of(cursor_);
      replay_next_ = 0;
      return true;
    }
    auto packets = store_->read(session_->id, replay_next_);
    if (!packets) {
      problem_ = packets.error();
      return false;
    }
    replay_ = std::move(*packets);
    bool malformed = false;
    for (std::size_t at = 0; at < replay_.size(); ++replay_next_)
      at += first_packet(ByteView(replay_).subspan(at), malformed)->size();
  }
  return true;
}

Connection::Sent Connection::send(Timestamp now) {
  for (;;) {
    std::array<iovec, most_pieces> pieces;
    std::size_t count = 0;
    std::size_t asked = 0;
    const auto add = [&](ByteView bytes) {
      if (bytes.empty()) return;
      pieces[count++] = {const_cast<std::byte*>(bytes.data()), bytes.size()};
      asked += bytes.size();
    };
    add(ByteView(control_).subspan(control_sent_));
    if (session_ && !refill()) return Sent::failed;
    add(ByteView(replay_).subspan(replay_sent_));
    SessionStream::Cursor cursor = cursor_;
    if (session_ && replay_next_ == 0) {
      auto unread = session_->stream.unread(cursor);
      if (!unread) {  // too far behind for memory: the rest of that block comes from the file
        auto packets = store_->read(session_->id, cursor_first_);
        if (!packets) {
          problem_ = packets.error();
          return Sent::failed;
        }
        bool malformed = false;
        replay_next_ = cursor_first_;
        for (std::size_t at = 0; at < packets->size(); ++replay_next_)
          at += first_packet(ByteView(*packets).subspan(at), malformed)->size();
        replay_ = std::move(*packets);
        replay_sent_ = cursor_.offset;
        continue;
      }
      cursor_ = cursor;  // at the end of a block it has moved on
      cursor_first_ = session_->stream.first_of(cursor_);
      while (!unread->empty() && count < most_pieces) {
        add(*unread);
        cursor.offset += unread->size();
        unread = session_->stream.unread(cursor);
      }
    }
    if (count == 0) {
      blocked = {};
      return Sent::all;
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = count;
    const ssize_t done = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (done < 0 && (errno == EAGAIN || errno == EINTR)) {
      if (blocked.value == 0) blocked = now;
      return Sent::some;
    }
    if (done <= 0) {
      problem_ = "the connection broke";
      return Sent::failed;
    }
    sent = now;
    blocked = {};
    auto rest = static_cast<std::size_t>(done);
    const auto take = [&](std::size_t there) {
      const std::size_t taken = std::min(rest, there);
      rest -= taken;
      return taken;
    };
    control_sent_ += take(control_.size() - control_sent_);
    if (control_sent_ == control_.size()) {
      control_.clear();
      control_sent_ = 0;
    }
    replay_sent_ += take(replay_.size() - replay_sent_);
    while (rest > 0) {
      const auto unread = session_->stream.unread(cursor_);
      cursor_.offset += take(unread->size());
    }
    if (session_ && replay_next_ == 0) cursor_first_ = session_->stream.first_of(cursor_);
    if (static_cast<std::size_t>(done) < asked) {
      blocked = now;
      return Sent::some;
    }
  }
}

bool Connection::drained() const {
  if (!control_.empty() || replay_next_ != 0 || replay_sent_ != replay_.size()) return false;
  if (!session_) return true;
  SessionStream::Cursor cursor = cursor_;
  const auto unread = session_->stream.unread(cursor);
  return unread && unread->empty();
}

}  // namespace rialto::ouch
