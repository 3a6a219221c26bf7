#include "platform/net/web_socket.hpp"

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <cstring>

namespace rialto::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

constexpr std::size_t kept_read_buffer = 4 * 1024;
constexpr std::size_t reason_bytes_max = 123;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

/// Calls visit(token) for each element of a comma-separated header.
template <class Visit>
void each_token(std::string_view list, Visit visit) {
  while (!list.empty()) {
    std::string_view token = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), token.size() + 1));
    while (token.starts_with(' ')) token.remove_prefix(1);
    while (token.ends_with(' ')) token.remove_suffix(1);
    if (!token.empty()) visit(token);
  }
}

SharedBytes frame(std::uint8_t first, std::string_view payload) {
  std::string bytes;
  bytes.reserve(payload.size() + 10);
  bytes.push_back(static_cast<char>(first));
  const auto put = [&](int count) {
    for (int i = count - 1; i >= 0; --i)
      bytes.push_back(static_cast<char>(payload.size() >> (8 * i) & 0xff));
  };
  if (payload.size() < 126) {
    bytes.push_back(static_cast<char>(payload.size()));
  } else if (payload.size() < 65'536) {
    bytes.push_back(126);
    put(2);
  } else {
    bytes.push_back(127);
    put(8);
  }
  bytes.append(payload);
  return std::make_shared<const std::string>(std::move(bytes));
}

class WebSocket;

/// What Beast reads from and writes to. Its writes (handshake, pong, close) join the connection's
/// own queue, so that they never fall into the middle of a frame.
class Wire {
 public:
  using executor_type = Socket::executor_type;

  Wire(WebSocket& owner, Socket& socket, std::string received)
      : owner_(owner), socket_(socket), received_(std::move(received)) {}

  executor_type get_executor() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }

  // Beast passes plain handlers, so nothing but that is provided for.
  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (received_.empty())
      return static_cast<void>(socket_.async_read_some(buffers, std::forward<Handler>(handler)));
    const std::size_t size = asio::buffer_copy(buffers, asio::buffer(received_));
    received_.erase(0, size);
    asio::post(socket_.get_executor(),
               beast::bind_handler(std::forward<Handler>(handler), error_code{}, size));
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler);

 private:
  WebSocket& owner_;
  Socket& socket_;
  std::string received_;
};

// Found by Beast through argument-dependent look-up: how a connection of this kind ends.
void beast_close_socket(Wire& wire) {
  error_code ignored;
  wire.socket().close(ignored);
}
[[maybe_unused]] void teardown(beast::role_type role, Wire& wire, error_code& error) {
  websocket::teardown(role, wire.socket(), error);
}
template <class Handler>
void async_teardown(beast::role_type role, Wire& wire, Handler&& handler) {
  websocket::async_teardown(role, wire.socket(), std::forward<Handler>(handler));
}

class WebSocket final : public OpenConnection {
 public:
  WebSocket(TakenConnection&& taken, std::string received, const WebSocketLimits& limits,
            StreamReceiver& receiver)
      : OpenConnection(std::move(taken), receiver), stream_(*this, socket(), std::move(received)) {
    websocket::stream_base::timeout timeout;
    timeout.handshake_timeout = limits.handshake_timeout;
    timeout.idle_timeout = limits.idle_timeout;
    timeout.keep_alive_pings = true;
    stream_.set_option(timeout);
    stream_.read_message_max(limits.message_bytes_max);
  }

  void accept(const http::request<http::empty_body>& request, std::string_view subprotocol) {
    stream_.set_option(websocket::stream_base::decorator(
        [name = std::string(subprotocol)](websocket::response_type& response) {
          if (!name.empty()) response.set(http::field::sec_websocket_protocol, name);
        }));
    stream_.async_accept(request, [self = Pointer(this)](error_code error) {
      if (error) return self->finish();
      self->open_ = true;
      if (self->receiver()) self->receiver()->on_open();
      self->flush();
      self->read();
    });
  }

  void close(std::uint16_t code, std::string_view reason) override {
    if (!open_) return abort();
    if (std::exchange(asked_to_close_, true)) return;
    drop_unsent();
    stop_sending();
    websocket::close_reason why(static_cast<websocket::close_code>(code));
    const std::string_view said = reason.substr(0, reason_bytes_max);
    why.reason.assign(said.data(), said.size());
    stream_.async_close(why, [self = Pointer(this)](error_code) { self->finish(); });
  }

  void write(std::string bytes, Sent sent) { send_own(std::move(bytes), std::move(sent)); }

 private:
  using Pointer = boost::intrusive_ptr<WebSocket>;

  void read() {
    stream_.async_read(buffer_, [self = Pointer(this)](error_code error, std::size_t) {
      if (error) return self->on_read_error();
      if (self->receiver() && !self->asked_to_close_) {
        const auto data = self->buffer_.cdata();
        self->receiver()->on_message({static_cast<const char*>(data.data()), data.size()},
                                     self->stream_.got_binary());
        self->flush();
      }
      self->buffer_.clear();
      if (self->buffer_.capacity() > kept_read_buffer) self->buffer_.shrink_to_fit();
      self->read();
    });
  }

  /// While we are closing ourselves, the close operation has the last word.
  void on_read_error() {
    if (!asked_to_close_) finish();
  }

  void finish() {
    error_code ignored;
    socket().close(ignored);
    stop_sending();
    end();
  }

  websocket::stream<Wire, false> stream_;
  beast::flat_buffer buffer_;
  bool open_ = false;
  bool asked_to_close_ = false;
};

template <class Buffers, class Handler>
void Wire::async_write_some(const Buffers& buffers, Handler&& handler) {
  std::string bytes(asio::buffer_size(buffers), '\0');
  const std::size_t size = asio::buffer_copy(asio::buffer(bytes), buffers);
  owner_.write(std::move(bytes),
               [done = std::forward<Handler>(handler), size](error_code error) mutable {
                 std::move(done)(error, error ? 0 : size);
               });
}

}  // namespace

bool wants_web_socket(const Request& request) {
  bool upgrade = false;
  each_token(request.header("Upgrade").value_or(""), [&](std::string_view token) {
    upgrade = upgrade || equal_ignoring_case(token, "websocket");
  });
  return upgrade;
}

std::optional<std::string_view> choose_subprotocol(
    const Request& request, std::initializer_list<std::string_view> offered) {
  std::optional<std::string_view> chosen;
  each_token(request.header("Sec-WebSocket-Protocol").value_or(""), [&](std::string_view token) {
    if (!chosen && std::ranges::find(offered, token) != offered.end()) chosen = token;
  });
  return chosen;
}

OpenConnectionPointer accept_web_socket(TakenConnection&& taken, const TakenRequest& request,
                                        std::string_view subprotocol, const WebSocketLimits& limits,
                                        StreamReceiver& receiver) {
  http::request<http::empty_body> upgrade{http::verb::get, request.request().path, 11};
  for (const HeaderField& header : request.request().headers)
    upgrade.insert(header.name, header.value);
  const boost::intrusive_ptr<WebSocket> made(
      new WebSocket(std::move(taken), std::string(request.rest()), limits, receiver));
  made->accept(upgrade, subprotocol);
  return made;
}

SharedBytes text_frame(std::string_view text) {
  return frame(0x81, text);
}
SharedBytes binary_frame(std::string_view bytes) {
  return frame(0x82, bytes);
}

}  // namespace rialto::net
