#include "gateways/ouch/client.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace rialto::ouch {
namespace {

constexpr std::size_t input_bytes = 256 << 10;
constexpr int login_wait_ms = 5'000;

std::unexpected<std::string> failure(std::string_view what) {
  return std::unexpected(std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

Client::Client(int socket) : socket_(socket), in_(input_bytes) {}

Client::Client(Client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      out_(std::move(other.out_)),
      out_sent_(other.out_sent_),
      in_(std::move(other.in_)),
      in_used_(other.in_used_),
      in_read_(other.in_read_),
      next_sequence_(other.next_sequence_) {}

Client::~Client() {
  if (socket_ >= 0) ::close(socket_);
}

std::expected<Client, std::string> Client::connect(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  const char* numeric = host == "localhost" ? "127.0.0.1" : host.c_str();
  if (::inet_pton(AF_INET, numeric, &address.sin_addr) != 1)
    return std::unexpected(host + " is not an IPv4 address");
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return failure("no socket");
  Client client(socket);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return failure("cannot connect");
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return client;
}

std::expected<std::uint64_t, std::string> Client::log_in(std::string_view user_name,
                                                         std::string_view password,
                                                         std::uint64_t sequence) {
  append_packet(out_, PacketType::login_request,
                LoginRequest{user_name, password, {}, soup_number(sequence)});
  if (!send()) return std::unexpected("the connection broke");
  for (;;) {
    while (const auto packet = next()) {
      if (packet->type == PacketType::login_rejected)
        return std::unexpected(std::string("the log-in was rejected: ") +
                               static_cast<char>(packet->payload[0]));
      if (packet->type != PacketType::login_accepted) continue;
      LoginAccepted accepted;
      read_wire(packet->payload.data(), accepted);
      next_sequence_ = number_of(accepted.sequence.view()).value_or(0);
      return next_sequence_;
    }
    pollfd polled{socket_, POLLIN, 0};
    if (::poll(&polled, 1, login_wait_ms) <= 0) return std::unexpected("no answer to the log-in");
    if (!receive(0)) return std::unexpected("the connection was closed");
  }
}

bool Client::send() {
  while (out_sent_ < out_.size()) {
    const ssize_t done = ::send(socket_, out_.data() + out_sent_, out_.size() - out_sent_,
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (done < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (done <= 0) return false;
    out_sent_ += static_cast<std::size_t>(done);
  }
  out_.clear();
  out_sent_ = 0;
  return true;
}

bool Client::receive(int wait_ms) {
  if (in_read_ != 0) {
    std::memmove(in_.data(), in_.data() + in_read_, in_used_ - in_read_);
    in_used_ -= in_read_;
    in_read_ = 0;
  }
  if (wait_ms != 0) {
    pollfd polled{socket_, POLLIN, 0};
    if (::poll(&polled, 1, wait_ms) <= 0) return true;
  }
  const ssize_t got = ::recv(socket_, in_.data() + in_used_, in_.size() - in_used_, MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  in_used_ += static_cast<std::size_t>(got);
  return got != 0;
}

std::optional<Packet> Client::next() {
  bool malformed = false;
  const auto packet = first_packet(ByteView(in_).subspan(in_read_, in_used_ - in_read_), malformed);
  if (!packet) return std::nullopt;
  in_read_ += packet->size();
  if (packet->type == PacketType::sequenced) ++next_sequence_;
  return packet;
}

}  // namespace rialto::ouch
