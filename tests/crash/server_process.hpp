// The real program in a process of its own, and a client that expects it to die at any moment.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/net/tests/raw_client.hpp"
#include "tests/http/venue_over_http.hpp"

namespace rialto::crash {

inline constexpr std::string_view admin_password = "the administrator's password";

class ServerProcess {
 public:
  /// Starts `rialto serve` on free ports and waits until it says where.
  explicit ServerProcess(const std::string& directory);
  /// kill -9, if it still runs.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;

  bool open() const { return port_ != 0; }
  /// What it printed until it was open.
  const std::string& said() const { return said_; }
  std::uint16_t port() const { return port_; }
  std::uint16_t ouch_port() const { return ouch_port_; }
  pid_t pid() const { return pid_; }
  void kill();
  /// SIGTERM; its exit code.
  int stop();

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
  std::uint16_t ouch_port_ = 0;
  std::string said_;
};

/// Runs the program to its end: `rialto ARGUMENTS…`; its exit code and standard output.
struct ProgramEnd {
  int code{};
  std::string output;
};
ProgramEnd run_program(const std::vector<std::string>& arguments);

/// One connection; nothing where the server went away before the answer was complete.
class Caller {
 public:
  explicit Caller(std::uint16_t port, std::string token = {})
      : raw_(port), token_(std::move(token)) {}

  std::optional<test::Answer> ask(std::string_view method, std::string_view path,
                                  std::string_view body = {},
                                  std::string_view idempotency_key = {});
  /// The answer, which must come.
  test::Answer must(std::string_view method, std::string_view path, std::string_view body = {},
                    std::string_view idempotency_key = {});
  void use(std::string token) { token_ = std::move(token); }
  /// The bytes of a request.
  std::string text(std::string_view method, std::string_view path, std::string_view body,
                   std::string_view idempotency_key = {}) const;
  net::test::RawClient& raw() { return raw_; }

 private:
  net::test::RawClient raw_;
  std::string token_;
};

/// Logs in; the access token.
std::string log_in(std::uint16_t port, std::string_view name, std::string_view password);

}  // namespace rialto::crash
