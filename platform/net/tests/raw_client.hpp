// A client made of one blocking socket, for tests that must send exactly the bytes they mean, and a
// server running on a thread of its own beside it.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "platform/net/server.hpp"

namespace rialto::net::test {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{20, 0};  // a hang fails a test instead of hanging it
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    connected_ =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  RawClient(RawClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        connected_(other.connected_),
        received_(std::move(other.received_)) {}
  ~RawClient() { disconnect(); }

  bool connected() const { return connected_; }
  void disconnect() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  /// Ends the connection with a reset, as a crashed client's machine does.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    disconnect();
  }
  void finish_sending() { ::shutdown(socket_, SHUT_WR); }

  /// False when the server has closed or reset the connection.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t size = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (size <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
  }

  /// Whether something, or the end, arrives in time.
  bool readable_within(std::chrono::milliseconds patience) const {
    pollfd waiting{socket_, POLLIN, 0};
    return ::poll(&waiting, 1, static_cast<int>(patience.count())) > 0;
  }

  /// The next answer, header and body; empty when the connection ended before one was complete.
  std::string answer() {
    std::size_t header_end = 0;
    while ((header_end = received_.find("\r\n\r\n")) == std::string::npos)
      if (!receive()) return {};
    header_end += 4;
    const std::size_t length_at = received_.find("Content-Length: ");
    std::size_t size = header_end;
    if (length_at < header_end) size += std::stoul(received_.substr(length_at + 16));
    while (received_.size() < size)
      if (!receive()) return {};
    const std::string text = received_.substr(0, size);
    received_.erase(0, size);
    return text;
  }

  /// What arrives up to this text and with it; all there was, where the connection ended before.
  std::string until(std::string_view text) {
    std::size_t at = 0;
    while ((at = received_.find(text)) == std::string::npos)
      if (!receive()) return std::exchange(received_, {});
    at += text.size();
    const std::string found = received_.substr(0, at);
    received_.erase(0, at);
    return found;
  }

  std::string get(std::string_view path) {
    send("GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n\r\n");
    return answer();
  }

  /// Everything until the server closes.
  std::string rest() {
    while (receive()) {
    }
    return std::exchange(received_, {});
  }
  bool at_end() { return received_.empty() && !receive(); }

 private:
  bool receive() {
    char bytes[65536];
    const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
    if (size <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }

  int socket_;
  bool connected_ = false;
  std::string received_;
};

inline int status_of_answer(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}
inline std::string body_of(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

class RunningServer {
 public:
  explicit RunningServer(Server::Handler handler, ServerLimits limits = {}) {
    auto opened = Server::open(io, {"127.0.0.1", 0}, limits, std::move(handler));
    EXPECT_TRUE(opened.has_value());
    server = std::move(*opened);
  }
  /// Separate, so that a test can call on_takeover in between.
  RunningServer& run() {
    thread_ = std::thread([this] { io.run(); });
    return *this;
  }
  ~RunningServer() {
    on_thread([this] { server.reset(); });
    work_.reset();
    io.stop();
    thread_.join();
  }
  std::uint16_t port() const { return server->port(); }
  RawClient client() const { return RawClient(port()); }

  /// Runs `action` on the server's thread and waits for it.
  template <class Action>
  std::invoke_result_t<Action> on_thread(Action action) {
    std::packaged_task<std::invoke_result_t<Action>()> task(std::move(action));
    auto result = task.get_future();
    boost::asio::post(io, [&task] { task(); });
    return result.get();
  }
  ServerCounts counts() {
    return on_thread([this] { return server->counts(); });
  }
  /// Waits until the server's own bookkeeping says so; its thread is asked again and again.
  bool eventually(auto condition) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (std::chrono::steady_clock::now() < give_up)
      if (condition(counts())) return true;
    return false;
  }

  boost::asio::io_context io{1};
  std::unique_ptr<Server> server;

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io.get_executor()};
  std::thread thread_;
};

}  // namespace rialto::net::test
