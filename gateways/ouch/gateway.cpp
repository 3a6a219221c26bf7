#include "gateways/ouch/gateway.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "platform/storage/posix_files.hpp"

namespace rialto::ouch {
namespace {

constexpr int events_at_once = 256;
constexpr int backlog = 128;
constexpr std::int64_t held_most_ns = 2'000'000'000;

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  const char* numeric = host == "localhost" ? "127.0.0.1" : host.c_str();
  if (::inet_pton(AF_INET, numeric, &address.sin_addr) != 1) address.sin_family = AF_UNSPEC;
  return address;
}

std::string peer_name(const sockaddr_in& address) {
  char text[INET_ADDRSTRLEN] = "?";
  ::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
  return fmt::format("{}:{}", text, ntohs(address.sin_port));
}

}  // namespace

Gateway::Gateway(GatewaySettings settings)
    : settings_(std::move(settings)),
      store_(storage::posix_files(), settings_.directory, settings_.alarm),
      streams_(store_),
      poll_(::epoll_create1(EPOLL_CLOEXEC)) {
  RIALTO_ASSERT(poll_ >= 0);  // no descriptors left at start-up: nothing else would work either
}

Gateway::~Gateway() {
  connections_.clear();
  if (listener_ >= 0) ::close(listener_);
  ::close(poll_);
}

std::expected<std::uint16_t, std::string> Gateway::listen(const std::string& host,
                                                          std::uint16_t port) {
  const auto failure = [&](std::string_view what) {
    return std::unexpected(fmt::format("{}:{}: {}: {}", host, port, what, std::strerror(errno)));
  };
  sockaddr_in address = address_of(host, port);
  if (address.sin_family == AF_UNSPEC)
    return std::unexpected(fmt::format("{} is not an IPv4 address", host));
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int yes = 1;
  if (listener_ < 0 || ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0)
    return failure("no socket");
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return failure("cannot be bound");
  socklen_t size = sizeof address;
  if (::listen(listener_, backlog) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return failure("cannot listen");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;
  if (::epoll_ctl(poll_, EPOLL_CTL_ADD, listener_, &event) != 0) return failure("cannot be polled");
  return ntohs(address.sin_port);
}

Sequence Gateway::continues_from() {
  const auto position = store_.open();
  if (position) return *position;
  settings_.alarm("order-entry messages: " + position.error());
  return {};
}

std::expected<void, std::string> Gateway::restore(const flows::Venue& venue, Sequence position) {
  auto cut = store_.cut(
      position, [&](SessionId session) { return venue.sessions.session(session) != nullptr; });
  if (!cut) return cut;
  streams_.restore(venue);
  return {};
}

std::move_only_function<bool()> Gateway::checkpoint(Sequence position) {
  streams_.close_blocks();
  return store_.checkpoint(position);
}

bool Gateway::receive(Batch& batch, Timestamp now) {
  now_ = now;
  if (!std::exchange(recovered_, true))
    // OUCH-5: whoever was connected before a crash is not connected any more.
    for (const SessionState& session : streams_.sessions())
      if (!session.revoked && !session.orders.empty()) cancel_orders_of(session);
  const std::size_t before = batch.size();
  std::move(pending_.begin(), pending_.end(), std::back_inserter(batch));
  pending_.clear();
  if (std::exchange(any_held_, false))
    for (const auto& connection : connections_)
      if (connection->held && !connection->ended) decode(*connection, batch, now);

  epoll_event events[events_at_once];
  const int count = ::epoll_wait(poll_, events, events_at_once, 0);
  for (int i = 0; i < count; ++i) {
    auto* connection = static_cast<Connection*>(events[i].data.ptr);
    if (!connection) {
      accept(now);
      continue;
    }
    if (connection->ended) continue;
    if ((events[i].events & EPOLLOUT) != 0) flush(*connection, now);
    if (!connection->ended && (events[i].events & ~std::uint32_t{EPOLLOUT}) != 0)
      read(*connection, batch, now);
  }
  sweep_ended();
  std::move(pending_.begin(), pending_.end(), std::back_inserter(batch));
  pending_.clear();
  return count > 0 || batch.size() != before;
}

void Gateway::accept(Timestamp now) {
  for (;;) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    const int socket = ::accept4(listener_, reinterpret_cast<sockaddr*>(&address), &size,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    if (connections_.size() >= settings_.connections) {
      settings_.note(peer_name(address) + ": refused, there are too many connections");
      ++counts_.refused;
      ::close(socket);
      continue;
    }
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connections_.push_back(std::make_unique<Connection>(socket, peer_name(address), now));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connections_.back().get();
    if (::epoll_ctl(poll_, EPOLL_CTL_ADD, socket, &event) != 0) connections_.pop_back();
    ++counts_.accepted;
    counts_.open = connections_.size();
  }
}

void Gateway::read(Connection& connection, Batch& batch, Timestamp now) {
  const bool alive = connection.receive(now);
  if (connection.over) {  // nothing more is taken from it
    connection.consume(connection.input().size());
    if (!alive) end(connection, "closed by the client");
    return;
  }
  decode(connection, batch, now);
  if (!alive && !connection.ended) end(connection, "closed by the client");
}

void Gateway::decode(Connection& connection, Batch& batch, Timestamp now) {
  const std::size_t before = batch.size();
  std::size_t consumed = 0;
  connection.held = false;
  bool malformed = false;
  while (!connection.over && !connection.ended) {
    const auto next = first_packet(connection.input().subspan(consumed), malformed);
    if (!next) break;
    const Verdict verdict = packet(connection, *next, batch, now);
    if (verdict == Verdict::wait) {
      if (connection.held_since.value == 0) connection.held_since = now;
      connection.held = any_held_ = true;
      break;
    }
    connection.held_since = {};
    consumed += next->size();
    if (verdict == Verdict::end) break;
  }
  if (connection.ended) return;
  connection.consume(consumed);
  if (malformed) return end(connection, "a packet without a type");
  if (connection.held && now.value - connection.held_since.value > held_most_ns)
    return end(connection, "a request it waits for has not been answered");
  // One reply tells for the whole batch of a connection whether commands are taken at all.
  if (batch.size() != before && connection.session())
    batch.back().on_reply = [this, id = connection.session()->id](const flows::Reply& reply) {
      Connection* there = seat(id).connection;
      if (reply.rejection && reply.rejection->kind == RejectKind::unavailable && there)
        end(*there, reply.rejection->code);
    };
}

void Gateway::durable(ByteView frames) {
  for (const eventlog::FrameView& frame : eventlog::frames_in(frames)) streams_.follow(frame);
  streams_.take_touched([&](SessionState& session) {
    if (session.id.value > seats_.size()) return;
    Seat& its = seat(session.id);
    its.submitted = std::max(its.submitted, session.last_user_ref);
    if (!its.connection) return;
    its.connection->over |= session.revoked;
    flush(*its.connection, now_);
  });
}

void Gateway::flush(Connection& connection, Timestamp now) {
  switch (connection.send(now)) {
    case Connection::Sent::failed:
      return end(connection, connection.problem());
    case Connection::Sent::some:
      return watch(connection, true);
    case Connection::Sent::all:
      watch(connection, false);
      break;
  }
  if (!connection.over) return;
  if (connection.session() && connection.session()->revoked) {
    connection.say(PacketType::end_of_session);
    (void)connection.send(now);
    return end(connection, "its session is revoked");
  }
  end(connection, "logged out or refused");
}

void Gateway::watch(Connection& connection, bool also_writable) {
  if (connection.waits_for_socket == also_writable) return;
  connection.waits_for_socket = also_writable;
  epoll_event event{};
  event.events = EPOLLIN | (also_writable ? EPOLLOUT : 0u);
  event.data.ptr = &connection;
  ::epoll_ctl(poll_, EPOLL_CTL_MOD, connection.socket(), &event);
}

void Gateway::idle(Timestamp now) {
  now_ = now;
  for (const auto& owned : connections_) {
    Connection& connection = *owned;
    if (connection.ended) continue;
    const auto since = [&](Timestamp then) { return now.value - then.value; };
    if (!connection.session() && since(connection.opened) > settings_.login_within_ns)
      end(connection, "did not log in");
    else if (since(connection.received) > settings_.silence_ns && !connection.held)
      end(connection, "sends no heartbeats");
    else if (connection.blocked.value != 0 && since(connection.blocked) > settings_.blocked_ns)
      end(connection, "reads too slowly");
    else if (connection.session() && since(connection.sent) >= settings_.heartbeat_every_ns &&
             connection.drained()) {
      connection.say(PacketType::server_heartbeat);
      flush(connection, now);
    }
  }
  sweep_ended();
}

void Gateway::end(Connection& connection, std::string_view why) {
  if (connection.ended) return;
  connection.ended = true;
  ended_.push_back(&connection);
  SessionState* session = connection.session();
  const std::string name =
      session ? " " + std::string(user_name_of(session->id).view()) : std::string();
  settings_.note(fmt::format("{}{}: {}", connection.peer(), name, why));
  ::epoll_ctl(poll_, EPOLL_CTL_DEL, connection.socket(), nullptr);
  ::shutdown(connection.socket(), SHUT_RDWR);
  if (!session) return;
  Seat& its = seat(session->id);
  if (its.connection != &connection) return;
  its.connection = nullptr;
  cancel_orders_of(*session);
}

void Gateway::cancel_orders_of(const SessionState& session) {
  // OUCH-4
  if (session.cancel_on_disconnect)
    submit(
        session,
        orders::CancelAllOrders{session.account, {}, orders::CancelReason::mass_cancel, session.id},
        pending_);
}

void Gateway::sweep_ended() {
  for (Connection* gone : ended_)
    std::erase_if(connections_, [&](const auto& owned) { return owned.get() == gone; });
  ended_.clear();
  counts_.open = connections_.size();
}

void Gateway::write_metrics(telemetry::MetricsText& text) const {
  text.gauge("rialto_ouch_connections", "order-entry connections open", counts_.open);
  text.counter("rialto_ouch_connections_total", "order-entry connections accepted",
               counts_.accepted);
  text.counter("rialto_ouch_connections_refused_total",
               "order-entry connections refused because there were too many", counts_.refused);
  text.counter("rialto_ouch_log_ins_total", "sessions that logged in", counts_.log_ins);
  text.counter("rialto_ouch_log_ins_refused_total", "log-ins refused", counts_.log_ins_refused);
  text.counter("rialto_ouch_commands_total", "commands handed to the venue", counts_.commands);
}

Gateway::Seat& Gateway::seat(SessionId id) {
  if (seats_.size() < id.value) seats_.resize(id.value);
  return seats_[id.value - 1];
}

void Gateway::submit(const SessionState& session, flows::Command command, Batch& batch) {
  // One thread counts: no locked instruction on the path of an order.
  counts_.commands.store(counts_.commands.load(std::memory_order_relaxed) + 1,
                         std::memory_order_relaxed);
  batch.push_back({std::move(command),
                   {.actor = session.user, .session = session.id, .command = {}, .correlation = 0},
                   {}});
}

}  // namespace rialto::ouch
