#include "tests/crash/server_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "core/assert.hpp"

namespace rialto::crash {
namespace {

struct Started {
  pid_t pid;
  int output;
};

/// Between fork and exec only what is safe there: other threads may exist.
Started start(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  const std::string program = RIALTO_PROGRAM;
  argv.push_back(const_cast<char*>(program.c_str()));
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const std::string password = fmt::format("RIALTO_ADMIN_PASSWORD={}", admin_password);
  char* environment[] = {const_cast<char*>(password.c_str()), nullptr};
  int ends[2];
  const bool made = ::pipe2(ends, O_CLOEXEC) == 0;
  RIALTO_ASSERT(made);
  const pid_t pid = ::fork();
  RIALTO_ASSERT(pid >= 0);
  if (pid == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::signal(SIGXFSZ, SIG_IGN);  // a full disk is an error here, not a death
    ::execve(program.c_str(), argv.data(), environment);
    ::_exit(127);
  }
  ::close(ends[1]);
  return {pid, ends[0]};
}

bool read_more(int output, std::string& text) {
  char bytes[4096];
  const ssize_t size = ::read(output, bytes, sizeof bytes);
  if (size > 0) text.append(bytes, static_cast<std::size_t>(size));
  return size > 0;
}

int wait_for(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

ServerProcess::ServerProcess(const std::string& directory) {
  const auto started = start({"serve", "--data", directory, "--http", "127.0.0.1:0", "--ouch",
                              "127.0.0.1:0", "--no-demo", "--snapshot-events", "1000"});
  pid_ = started.pid;
  output_ = started.output;
  constexpr std::string_view sign = "http://127.0.0.1:";
  constexpr std::string_view entry_sign = "order entry at 127.0.0.1:";
  while (said_.find("/api/ouch-sessions") == said_.npos && read_more(output_, said_)) {
  }
  if (const auto entry = said_.find(entry_sign); entry != said_.npos)
    ouch_port_ = static_cast<std::uint16_t>(std::atoi(said_.c_str() + entry + entry_sign.size()));
  const auto at = said_.find(sign);
  if (at != said_.npos)
    port_ = static_cast<std::uint16_t>(std::atoi(said_.c_str() + at + sign.size()));
}

ServerProcess::~ServerProcess() {
  if (pid_ > 0) kill();
  ::close(output_);
}

void ServerProcess::kill() {
  ::kill(pid_, SIGKILL);
  wait_for(std::exchange(pid_, -1));
}

int ServerProcess::stop() {
  ::kill(pid_, SIGTERM);
  return wait_for(std::exchange(pid_, -1));
}

ProgramEnd run_program(const std::vector<std::string>& arguments) {
  const auto started = start(arguments);
  ProgramEnd end;
  while (read_more(started.output, end.output)) {
  }
  ::close(started.output);
  end.code = wait_for(started.pid);
  return end;
}

std::string Caller::text(std::string_view method, std::string_view path, std::string_view body,
                         std::string_view idempotency_key) const {
  std::string request = fmt::format("{} {} HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n",
                                    method, path, body.size());
  if (!token_.empty()) request += "Authorization: Bearer " + token_ + "\r\n";
  if (!idempotency_key.empty()) request += fmt::format("Idempotency-Key: {}\r\n", idempotency_key);
  return request.append("\r\n").append(body);
}

std::optional<test::Answer> Caller::ask(std::string_view method, std::string_view path,
                                        std::string_view body, std::string_view idempotency_key) {
  if (!raw_.connected() || !raw_.send(text(method, path, body, idempotency_key)))
    return std::nullopt;
  const std::string answer = raw_.answer();
  if (answer.empty()) return std::nullopt;
  return test::Answer{net::test::status_of_answer(answer),
                      answer.substr(0, answer.find("\r\n\r\n")), net::test::body_of(answer)};
}

test::Answer Caller::must(std::string_view method, std::string_view path, std::string_view body,
                          std::string_view idempotency_key) {
  auto answer = ask(method, path, body, idempotency_key);
  EXPECT_TRUE(answer.has_value()) << method << " " << path;
  return answer.value_or(test::Answer{});
}

std::string log_in(std::uint16_t port, std::string_view name, std::string_view password) {
  Caller caller(port);
  const auto answer =
      caller.must("POST", "/api/users/login",
                  fmt::format(R"({{"userName":"{}","password":"{}"}})", name, password));
  EXPECT_EQ(answer.status, 200) << answer.body;
  return answer.at("accessToken");
}

}  // namespace rialto::crash
