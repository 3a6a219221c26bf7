// A small SMTP server (RFC 5321) on a port of its own: takes messages, or does what a test tells it
// to. For tests only.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rialto::test {

struct ReceivedMail {
  std::string from;
  std::vector<std::string> to;
  std::string data;  // dots unstuffed, CRLF

  /// The value of a header; empty without it.
  std::string header(const std::string& name) const;
};

class SmtpServer {
 public:
  /// What is answered to a command or, as ".", to a message's end. Empty: nothing, for ever.
  using Answer = std::function<std::string(const std::string& command)>;

  SmtpServer();
  ~SmtpServer();

  std::uint16_t port() const { return port_; }
  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  /// From the next command on. Null: as a server should.
  void answer_with(Answer answer);
  /// Runs once the next message is taken, before it is answered.
  void on_next_message(std::function<void()> action);
  std::vector<ReceivedMail> mails() const;
  /// Waits until there are so many; false after ten seconds.
  bool wait_for(std::size_t count) const;

 private:
  void run();
  void serve(int connection);
  std::string answer(const std::string& command);

  int listener_;
  std::uint16_t port_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Answer answer_;
  std::function<void()> on_message_;
  std::vector<ReceivedMail> mails_;
  std::vector<int> connections_;
  std::vector<std::thread> servants_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace rialto::test
