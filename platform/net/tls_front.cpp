#include "platform/net/tls_front.hpp"

#include <sys/socket.h>

#include <array>
#include <unordered_set>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "platform/net/takeover.hpp"

namespace rialto::net {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

constexpr std::size_t record_bytes = 16 * 1024;  // the most a TLS record carries
constexpr std::chrono::seconds farewell{2};      // for the client's own end of a connection

class Relay;

}  // namespace

struct TlsFront::State : std::enable_shared_from_this<TlsFront::State> {
  State(asio::io_context& io_context, TlsLimits its_limits,
        std::function<void(PlainConnection)> hand_on_to)
      : io(io_context), acceptor(io_context), limits(its_limits), hand_on(std::move(hand_on_to)) {}

  std::expected<void, std::string> listen(const Endpoint&);
  std::expected<void, std::string> use(const TlsFiles&);
  void accept();

  asio::io_context& io;
  asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type> acceptor;
  asio::ssl::context context{asio::ssl::context::tls_server};
  TlsLimits limits;
  std::function<void(PlainConnection)> hand_on;
  std::unordered_set<Relay*> relays;
};

namespace {

/// One TLS connection and the plain one it has become.
class Relay : public std::enable_shared_from_this<Relay> {
 public:
  using State = TlsFront::State;

  Relay(std::shared_ptr<State> front, Socket socket)
      : front_(std::move(front)),
        tls_(std::move(socket), front_->context),
        plain_(front_->io),
        timer_(front_->io) {
    front_->relays.insert(this);
  }
  ~Relay() { front_->relays.erase(this); }
  Relay(const Relay&) = delete;

  void start() {
    give_up_after(front_->limits.handshake_timeout);
    tls_.async_handshake(asio::ssl::stream_base::server,
                         [self = shared_from_this()](error_code error) {
                           self->timer_.cancel();
                           if (!error) self->open();
                         });
  }
  void close() {
    error_code ignored;
    timer_.cancel();
    tls_.lowest_layer().close(ignored);
    plain_.close(ignored);
  }

 private:
  void open() {
    error_code error;
    const auto address = tls_.lowest_layer().remote_endpoint(error).address();
    int ends[2];
    if (error || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
      return close();
    // To Asio, a stream of bytes like any other.
    Socket served(front_->io);
    plain_.assign(asio::ip::tcp::v4(), ends[0], error);
    served.assign(asio::ip::tcp::v4(), ends[1], error);
    front_->hand_on({std::move(served), address.to_string(), address.is_loopback()});
    from_client();
    from_server();
  }

  void from_client() {
    tls_.async_read_some(asio::buffer(up_),
                         [self = shared_from_this()](error_code error, std::size_t size) {
                           if (error) {
                             // The server goes on answering what it has been asked.
                             error_code ignored;
                             self->plain_.shutdown(asio::socket_base::shutdown_send, ignored);
                             return;
                           }
                           asio::async_write(self->plain_, asio::buffer(self->up_, size),
                                             [self](error_code failed, std::size_t) {
                                               if (!failed) self->from_client();
                                             });
                         });
  }

  void from_server() {
    plain_.async_read_some(asio::buffer(down_),
                           [self = shared_from_this()](error_code error, std::size_t size) {
                             if (error) return self->say_farewell();
                             asio::async_write(self->tls_, asio::buffer(self->down_, size),
                                               [self](error_code failed, std::size_t) {
                                                 if (failed) return self->close();
                                                 self->from_server();
                                               });
                           });
  }

  void say_farewell() {
    give_up_after(farewell);
    tls_.async_shutdown([self = shared_from_this()](error_code) { self->close(); });
  }

  void give_up_after(std::chrono::milliseconds time) {
    timer_.expires_after(time);
    timer_.async_wait([weak = weak_from_this()](error_code error) {
      if (const auto self = weak.lock(); self && !error) self->close();
    });
  }

  const std::shared_ptr<State> front_;
  asio::ssl::stream<Socket> tls_;
  Socket plain_;
  asio::steady_timer timer_;
  std::array<char, record_bytes> up_;
  std::array<char, record_bytes> down_;
};

}  // namespace

std::expected<void, std::string> TlsFront::State::listen(const Endpoint& endpoint) {
  error_code error;
  const auto address =
      asio::ip::make_address(endpoint.host == "localhost" ? "127.0.0.1" : endpoint.host, error);
  if (error) return std::unexpected(endpoint.host + " is not an address");
  const asio::ip::tcp::endpoint at(address, endpoint.port);
  acceptor.open(at.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(at, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return std::unexpected(error.message());
  return {};
}

std::expected<void, std::string> TlsFront::State::use(const TlsFiles& files) {
  error_code error;
  context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                      asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                      asio::ssl::context::no_tlsv1_1);
  context.use_certificate_chain_file(files.certificate, error);
  if (error) return std::unexpected(files.certificate + ": " + error.message());
  context.use_private_key_file(files.key, asio::ssl::context::pem, error);
  if (error) return std::unexpected(files.key + ": " + error.message());
  if (SSL_CTX_check_private_key(context.native_handle()) != 1)
    return std::unexpected(files.key + " is not the key of " + files.certificate);
  return {};
}

void TlsFront::State::accept() {
  acceptor.async_accept([self = shared_from_this()](error_code error, Socket socket) {
    if (!self->acceptor.is_open()) return;
    if (!error && self->relays.size() < self->limits.connections_max) {
      error_code ignored;
      socket.set_option(asio::ip::tcp::no_delay(true), ignored);
      std::make_shared<Relay>(self, std::move(socket))->start();
    }
    self->accept();
  });
}

TlsFront::TlsFront(std::shared_ptr<State> state) : state_(std::move(state)) {}

std::expected<std::unique_ptr<TlsFront>, std::string> TlsFront::open(
    asio::io_context& io, const Endpoint& endpoint, const TlsFiles& files, TlsLimits limits,
    std::function<void(PlainConnection)> hand_on) {
  auto state = std::make_shared<State>(io, limits, std::move(hand_on));
  if (auto usable = state->use(files); !usable) return std::unexpected(usable.error());
  if (auto listening = state->listen(endpoint); !listening)
    return std::unexpected(listening.error());
  state->accept();
  return std::unique_ptr<TlsFront>(new TlsFront(std::move(state)));
}

TlsFront::~TlsFront() {
  stop_accepting();
  for (Relay* relay : state_->relays) relay->close();
}

std::uint16_t TlsFront::port() const {
  return state_->acceptor.local_endpoint().port();
}

void TlsFront::stop_accepting() {
  error_code ignored;
  state_->acceptor.close(ignored);
}

}  // namespace rialto::net
