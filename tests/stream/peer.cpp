#include "tests/stream/peer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

namespace rialto::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

constexpr std::chrono::seconds patience{20};

}  // namespace

struct Peer::State {
  asio::io_context io;
  websocket::stream<asio::ip::tcp::socket> stream{io};
  beast::flat_buffer buffer;
  websocket::response_type response;
  bool connected = false;
  bool reading = false;
  bool read_done = false;
  bool ended = false;

  /// Runs what is under way until `done`; false when that took too long.
  bool run(const bool& done, std::chrono::milliseconds limit = patience) {
    const auto give_up = std::chrono::steady_clock::now() + limit;
    io.restart();
    while (!done && std::chrono::steady_clock::now() < give_up)
      if (io.run_one_until(give_up) == 0) break;
    return done;
  }
  void start_reading() {
    if (reading || ended) return;
    reading = true;
    read_done = false;
    stream.async_read(buffer, [this](error_code error, std::size_t) {
      reading = false;
      read_done = true;
      ended = bool(error);
    });
  }
};

Peer::Peer(std::uint16_t port, const PeerOptions& options) : state_(std::make_unique<State>()) {
  auto& stream = state_->stream;
  error_code error;
  auto& socket = stream.next_layer();
  socket.open(asio::ip::tcp::v4());
  if (options.receive_buffer != 0)
    socket.set_option(asio::socket_base::receive_buffer_size(options.receive_buffer));
  socket.connect({asio::ip::address_v4::loopback(), port}, error);
  EXPECT_FALSE(error) << error.message();
  stream.read_message_max(64 << 20);
  stream.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
    if (!options.token.empty())
      request.set(beast::http::field::authorization, "Bearer " + options.token);
    if (!options.subprotocol.empty())
      request.set(beast::http::field::sec_websocket_protocol, options.subprotocol);
  }));
  bool done = false;
  stream.async_handshake(state_->response, "localhost", options.path, [&](error_code failed) {
    state_->connected = !failed;
    done = true;
  });
  EXPECT_TRUE(state_->run(done)) << "no answer to the upgrade";
  state_->ended = !state_->connected;
}

Peer::~Peer() = default;
Peer::Peer(Peer&&) noexcept = default;

bool Peer::connected() const {
  return state_->connected;
}
int Peer::refused_with() const {
  return state_->connected ? 0 : static_cast<int>(state_->response.result_int());
}
std::string Peer::subprotocol() const {
  const auto text = state_->response[beast::http::field::sec_websocket_protocol];
  return {text.data(), text.size()};
}

void Peer::send(std::string_view text, bool binary) {
  bool done = false;
  state_->stream.binary(binary);
  state_->stream.async_write(asio::buffer(text), [&](error_code, std::size_t) { done = true; });
  EXPECT_TRUE(state_->run(done)) << "could not send";
}

bool Peer::anything_within(std::chrono::milliseconds limit) {
  if (state_->ended || (state_->read_done && !state_->reading)) return true;
  state_->start_reading();
  return state_->run(state_->read_done, limit);
}

Received Peer::receive() {
  Received received;
  if (!anything_within(patience)) {
    ADD_FAILURE() << "no message in time";
    received.ended = true;
    return received;
  }
  if (state_->ended) {
    received.ended = true;
    return received;
  }
  received.body = beast::buffers_to_string(state_->buffer.data());
  received.binary = state_->stream.got_binary();
  state_->buffer.clear();
  state_->read_done = false;
  return received;
}

Received Peer::receive(std::string_view type) {
  for (;;) {
    Received received = receive();
    if (received.ended || received.type() == type) return received;
  }
}

std::uint16_t Peer::close_code() {
  while (!receive().ended) {
  }
  return state_->stream.reason().code;
}

std::string Peer::close_reason() const {
  const auto& reason = state_->stream.reason().reason;
  return {reason.data(), reason.size()};
}

void Peer::close() {
  bool done = false;
  state_->stream.async_close(websocket::close_code::normal, [&](error_code) { done = true; });
  state_->run(done);
  state_->ended = true;
}

Received Peer::ask(std::string_view request) {
  send(request);
  return receive();
}

std::vector<std::string> rows(const Received& message, std::string_view side) {
  std::vector<std::string> out;
  const std::string path = "data." + std::string(side);
  for (std::size_t i = 0; i < message.size(path); ++i) {
    std::string row;
    const std::string at = path + "." + std::to_string(i);
    for (std::size_t j = 0; j < message.size(at); ++j)
      row += (j == 0 ? "" : " ") + message.at(at + "." + std::to_string(j));
    out.push_back(row);
  }
  return out;
}

}  // namespace rialto::test
