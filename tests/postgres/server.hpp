// A real PostgreSQL server of this test's own: in a temporary directory, on a Unix socket there, as
// an unprivileged user (it refuses root). Gone with the object.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace rialto::test {

class PostgresServer {
 public:
  /// Null where no server is installed; why_not() says what was looked for.
  static std::unique_ptr<PostgresServer> make();
  static std::string why_not();
  PostgresServer(const PostgresServer&) = delete;
  ~PostgresServer();

  /// Returns when it takes connections. False where it does not start.
  bool start();
  /// At once, as if it were killed: what it had committed it recovers.
  void kill();
  std::string url() const;

 private:
  explicit PostgresServer(std::filesystem::path directory) : directory_(std::move(directory)) {}
  std::filesystem::path directory_;
};

}  // namespace rialto::test
