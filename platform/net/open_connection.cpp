#include "platform/net/open_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/container/static_vector.hpp>
#include <utility>

namespace rialto::net {
namespace {

constexpr std::size_t pieces_at_once = 32;

}  // namespace

OpenConnection::OpenConnection(TakenConnection&& taken, StreamReceiver& receiver)
    : socket_(std::move(taken.socket)), receiver_(&receiver), peer_(std::move(taken.peer)) {
  boost::system::error_code error;
  const auto address = socket_.remote_endpoint(error).address();
  from_loopback_ = !error && address.is_loopback();
}

void OpenConnection::send(SharedBytes piece) {
  if (closing_) return;
  unsent_ += piece->size();
  pieces_.push_back({std::move(piece), nullptr});
}

void OpenConnection::send_own(std::string bytes, Sent sent) {
  unsent_ += bytes.size();
  pieces_.push_back({std::make_shared<const std::string>(std::move(bytes)), std::move(sent)});
  flush();
}

void OpenConnection::flush() {
  while (!pieces_.empty() && !waiting_) {
    boost::container::static_vector<boost::asio::const_buffer, pieces_at_once> buffers;
    std::size_t begun = begun_;
    std::size_t offered = 0;
    for (const Piece& piece : pieces_) {
      if (buffers.size() == pieces_at_once) break;
      buffers.emplace_back(piece.bytes->data() + begun, piece.bytes->size() - begun);
      offered += buffers.back().size();
      begun = 0;
    }
    boost::system::error_code error;
    const std::size_t written = socket_.write_some(buffers, error);
    if (error && error != boost::asio::error::would_block) return fail(error);
    advance(written);
    if (written < offered) wait();
  }
}

void OpenConnection::advance(std::size_t written) {
  unsent_ -= written;
  begun_ += written;
  while (!pieces_.empty() && begun_ >= pieces_.front().bytes->size()) {
    begun_ -= pieces_.front().bytes->size();
    if (pieces_.front().sent)
      boost::asio::post(socket_.get_executor(),
                        [sent = std::move(pieces_.front().sent)]() mutable { sent({}); });
    pieces_.pop_front();
  }
  if (pieces_.empty()) pieces_.shrink_to_fit();
}

void OpenConnection::wait() {
  waiting_ = true;
  blocked_since_ = Clock::now();
  socket_.async_wait(Socket::wait_write, [self = OpenConnectionPointer(this)](auto error) {
    self->waiting_ = false;
    if (error) return self->fail(error);
    self->flush();
    if (!self->waiting_ && self->receiver_ && !self->closing_) self->receiver_->on_room();
  });
}

/// Whoever reads finds the socket closed, and ends the connection.
void OpenConnection::fail(boost::system::error_code error) {
  boost::system::error_code ignored;
  socket_.close(ignored);
  closing_ = true;
  for (Piece& piece : std::exchange(pieces_, {}))
    if (piece.sent)
      boost::asio::post(socket_.get_executor(),
                        [sent = std::move(piece.sent), error]() mutable { sent(error); });
  begun_ = unsent_ = 0;
}

void OpenConnection::drop_unsent() {
  const std::size_t kept = begun_ == 0 ? 0 : 1;
  while (pieces_.size() > kept && !pieces_.back().sent) {
    unsent_ -= pieces_.back().bytes->size();
    pieces_.pop_back();
  }
}

void OpenConnection::abort() {
  fail(boost::asio::error::operation_aborted);
}

void OpenConnection::end() {
  if (StreamReceiver* receiver = std::exchange(receiver_, nullptr)) receiver->on_end();
}

}  // namespace rialto::net
