#include "tests/mail/smtp_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "core/assert.hpp"

namespace rialto::test {
namespace {

/// Lines off a socket, without their CRLF.
class Lines {
 public:
  explicit Lines(int connection) : connection_(connection) {}
  std::optional<std::string> next() {
    for (;;) {
      if (const auto end = buffer_.find("\r\n"); end != buffer_.npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 2);
        return line;
      }
      char piece[4096];
      const ssize_t size = ::recv(connection_, piece, sizeof piece, 0);
      if (size <= 0) return std::nullopt;
      buffer_.append(piece, static_cast<std::size_t>(size));
    }
  }

 private:
  int connection_;
  std::string buffer_;
};

std::string between_brackets(const std::string& command) {
  const auto from = command.find('<');
  const auto to = command.rfind('>');
  return from == command.npos || to < from ? "" : command.substr(from + 1, to - from - 1);
}

std::string as_it_should(const std::string& command) {
  if (command == "DATA") return "354 go ahead";
  if (command.starts_with("QUIT")) return "221 bye";
  if (command.starts_with("EHLO")) return "250-here\r\n250 8BITMIME";
  return "250 fine";
}

}  // namespace

std::string ReceivedMail::header(const std::string& name) const {
  const auto end = data.find("\r\n\r\n");
  const auto at = ("\r\n" + data.substr(0, end)).find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 2;
  return data.substr(begin, data.find("\r\n", begin) - begin);
}

SmtpServer::SmtpServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  RIALTO_ASSERT(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  RIALTO_ASSERT(::listen(listener_, 16) == 0);
  RIALTO_ASSERT(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

SmtpServer::~SmtpServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int connection : connections_) ::shutdown(connection, SHUT_RDWR);
  }
  for (auto& servant : servants_) servant.join();
  for (const int connection : connections_) ::close(connection);
  ::close(listener_);
}

void SmtpServer::run() {
  for (;;) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    const std::lock_guard lock(mutex_);
    connections_.push_back(connection);
    servants_.emplace_back([this, connection] { serve(connection); });
  }
}

std::string SmtpServer::answer(const std::string& command) {
  Answer chosen;
  {
    const std::lock_guard lock(mutex_);
    chosen = answer_;
  }
  return chosen ? chosen(command) : as_it_should(command);
}

void SmtpServer::serve(int connection) {
  Lines lines(connection);
  const auto say = [&](const std::string& text) {
    if (text.empty()) return;
    const std::string line = text + "\r\n";
    (void)::send(connection, line.data(), line.size(), MSG_NOSIGNAL);
  };
  say("220 test server");
  ReceivedMail mail;
  while (const auto command = lines.next()) {
    if (command->starts_with("MAIL FROM:")) mail = {between_brackets(*command), {}, {}};
    if (command->starts_with("RCPT TO:")) mail.to.push_back(between_brackets(*command));
    const std::string reply = answer(*command);
    say(reply);
    if (*command != "DATA" || !reply.starts_with("354")) continue;
    bool whole = false;  // a cut connection ends no message
    while (const auto line = lines.next()) {
      if (whole = *line == "."; whole) break;
      mail.data += (line->starts_with('.') ? line->substr(1) : *line) + "\r\n";
    }
    if (!whole) return;
    const std::string verdict = answer(".");
    std::function<void()> action;
    if (!verdict.starts_with('4') && !verdict.starts_with('5')) {
      const std::lock_guard lock(mutex_);
      mails_.push_back(mail);
      action = std::exchange(on_message_, nullptr);
      changed_.notify_all();
    }
    if (action) action();
    say(verdict);
  }
}

void SmtpServer::answer_with(Answer answer) {
  const std::lock_guard lock(mutex_);
  answer_ = std::move(answer);
}

void SmtpServer::on_next_message(std::function<void()> action) {
  const std::lock_guard lock(mutex_);
  on_message_ = std::move(action);
}

std::vector<ReceivedMail> SmtpServer::mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

bool SmtpServer::wait_for(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return mails_.size() >= count; });
}

}  // namespace rialto::test
