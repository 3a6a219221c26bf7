#include "platform/net/server.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <charconv>

#include "core/assert.hpp"
#include "platform/net/error_body.hpp"
#include "platform/net/response_text.hpp"
#include "platform/net/server_state.hpp"

namespace rialto::net {

namespace asio = boost::asio;
using boost::system::error_code;

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || stop != digits.data() + digits.size()) return std::nullopt;
  error_code bad_address;
  if (host != "localhost") asio::ip::make_address(host, bad_address);
  if (bad_address) return std::nullopt;
  return Endpoint{std::string{host}, port};
}

ServerState::ServerState(asio::io_context& context, ServerLimits server_limits,
                         Server::Handler request_handler)
    : io(context),
      limits(server_limits),
      handler(std::move(request_handler)),
      last_request(
          static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                         std::chrono::system_clock::now().time_since_epoch())
                                         .count())),
      acceptor(context),
      inbox(std::make_shared<Inbox>(
          [this](Ticket ticket, Response&& response) { deliver(ticket, std::move(response)); },
          [this] {
            asio::post(io, [self = shared_from_this()] {
              self->inbox->drain();
              self->settle_dirty();
            });
          })),
      timer_(context) {
  const auto shortest = std::min(
      {limits.header_timeout, limits.body_timeout, limits.idle_timeout, limits.write_timeout});
  tick_interval_ =
      std::clamp(shortest / 4, std::chrono::milliseconds{5}, std::chrono::milliseconds{500});
  read_clocks();
}

std::expected<void, ServerError> ServerState::listen(const Endpoint& endpoint) {
  error_code error;
  const std::string& host = endpoint.host == "localhost" ? std::string{"127.0.0.1"} : endpoint.host;
  const auto address = asio::ip::make_address(host, error);
  if (error) return std::unexpected(ServerError::bad_address);
  const asio::ip::tcp::endpoint place(address, endpoint.port);
  acceptor.open(place.protocol(), error);
  if (error) return std::unexpected(ServerError::cannot_listen);
  acceptor.set_option(asio::socket_base::reuse_address(true), error);
  acceptor.bind(place, error);
  if (error == asio::error::address_in_use) return std::unexpected(ServerError::address_in_use);
  if (error == asio::error::access_denied) return std::unexpected(ServerError::permission_denied);
  if (error) return std::unexpected(ServerError::bad_address);
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  // Two sockets may bind one address with reuse_address; only the second listen tells.
  if (error == asio::error::address_in_use) return std::unexpected(ServerError::address_in_use);
  if (error) return std::unexpected(ServerError::cannot_listen);
  return {};
}

void ServerState::start() {
  schedule_tick();
  accept();
}

void ServerState::accept() {
  acceptor.async_accept([self = shared_from_this()](error_code error, Socket socket) {
    if (!self->acceptor.is_open()) return;
    if (!error) {
      error_code unknown;
      const auto address = socket.remote_endpoint(unknown).address();
      self->admit({std::move(socket), address.to_string(), !unknown && address.is_loopback()});
    } else if (error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
               error == asio::error::no_memory) {
      self->accept_paused_ = true;
      return;
    }
    self->accept();
  });
}

void ServerState::admit(PlainConnection plain) {
  Socket& socket = plain.socket;
  error_code ignored;  // a client that is gone already shows at the first read
  socket.non_blocking(true, ignored);
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (counts.connections_open >= limits.connections_max) {
    ++counts.connections_refused;
    std::string text;
    append_response(text,
                    error_response(Status::unavailable, "too_many_connections",
                                   "the server has no room for another connection"),
                    Persistence::close, date, false, {++last_request});
    socket.write_some(asio::buffer(text), ignored);
    socket.shutdown(asio::socket_base::shutdown_send, ignored);
    return;
  }
  if (free_places_.empty()) {
    free_places_.push_back(static_cast<std::uint32_t>(places_.size()));
    places_.emplace_back();
  }
  const std::uint32_t at = free_places_.back();
  free_places_.pop_back();
  Place& place = places_[at];
  ++place.generation;
  place.connection = new Connection(shared_from_this(), std::move(plain), at, place.generation);
  ++counts.connections_accepted;
  ++counts.connections_open;
  place.connection->start();
}

void ServerState::forget(Connection& connection) {
  Place& place = places_[connection.place()];
  RIALTO_ASSERT(place.connection.get() == &connection);
  free_places_.push_back(connection.place());
  --counts.connections_open;
  place.connection.reset();  // last: this may have been the only reference
}

void ServerState::deliver(Ticket ticket, Response&& response) {
  Place& place = places_[ticket.connection];
  if (place.connection == nullptr || place.generation != ticket.generation)
    return;  // the client has gone
  place.connection->deliver(ticket.request, std::move(response));
}

void ServerState::mark_dirty(Connection& connection) {
  if (connection.dirty_) return;
  connection.dirty_ = true;
  dirty_.emplace_back(&connection);
}

void ServerState::settle_dirty() {
  if (settling_) return;
  settling_ = true;
  for (std::size_t i = 0; i < dirty_.size(); ++i) {  // grows while it is walked
    const ConnectionPointer connection = std::move(dirty_[i]);
    connection->dirty_ = false;
    connection->settle();
  }
  dirty_.clear();
  settling_ = false;
  if (stopped_ && counts.connections_open == 0) finish_stop();
}

void ServerState::read_clocks() {
  now = Clock::now();
  const std::time_t second = std::time(nullptr);
  if (second == date_second_) return;
  date_second_ = second;
  date = date_line(second);
}

void ServerState::schedule_tick() {
  timer_.expires_after(tick_interval_);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error && !self->shut_) self->tick();
  });
}

void ServerState::tick() {
  read_clocks();
  for (std::size_t i = 0; i < places_.size(); ++i)
    if (const ConnectionPointer connection = places_[i].connection) {
      connection->check_time(now);
      if (stopped_ && now >= stop_deadline_) connection->close();
    }
  settle_dirty();
  if (shut_) return;
  if (accept_paused_) {
    accept_paused_ = false;
    accept();
  }
  schedule_tick();
}

void ServerState::stop(std::chrono::milliseconds deadline, std::function<void()> done) {
  RIALTO_ASSERT(!stopped_ && done);
  stopped_ = std::move(done);
  stop_deadline_ = Clock::now() + deadline;
  error_code ignored;
  acceptor.close(ignored);
  for (std::size_t i = 0; i < places_.size(); ++i)
    if (const ConnectionPointer connection = places_[i].connection) connection->finish();
  settle_dirty();
}

void ServerState::finish_stop() {
  const auto done = std::move(stopped_);
  stopped_ = nullptr;
  shut();
  asio::post(io, done);
}

void ServerState::shut() {
  if (shut_) return;
  shut_ = true;
  inbox->close();
  timer_.cancel();
  error_code ignored;
  acceptor.close(ignored);
  for (std::size_t i = 0; i < places_.size(); ++i)
    if (const ConnectionPointer connection = places_[i].connection) connection->close();
}

Server::Server(std::shared_ptr<ServerState> state) : state_(std::move(state)) {}
Server::~Server() {
  state_->shut();
}

std::expected<std::unique_ptr<Server>, ServerError> Server::open(asio::io_context& io,
                                                                 const Endpoint& endpoint,
                                                                 ServerLimits limits,
                                                                 Handler handler) {
  auto state = std::make_shared<ServerState>(io, limits, std::move(handler));
  if (const auto listening = state->listen(endpoint); !listening)
    return std::unexpected(listening.error());
  state->start();
  return std::make_unique<Server>(std::move(state));
}

void Server::admit(PlainConnection plain) {
  state_->admit(std::move(plain));
}

std::uint16_t Server::port() const {
  error_code error;
  return state_->acceptor.local_endpoint(error).port();
}

const ServerCounts& Server::counts() const {
  return state_->counts;
}

void Server::on_takeover(WantsConnection wants, TakeConnection take) {
  state_->wants_connection = std::move(wants);
  state_->take_connection = std::move(take);
}

WakeupBatch Server::batch_wakeups() const {
  return WakeupBatch(state_->inbox);
}

ServerThread Server::thread() const {
  return ServerThread(state_->inbox);
}

void Server::stop(std::chrono::milliseconds deadline, std::function<void()> done) {
  state_->stop(deadline, std::move(done));
}

}  // namespace rialto::net
