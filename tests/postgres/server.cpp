#include "tests/postgres/server.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

namespace rialto::test {
namespace {

namespace fs = std::filesystem;

/// Of the newest version installed.
fs::path programs() {
  std::vector<fs::path> found;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none))
    if (fs::exists(version.path() / "bin" / "initdb")) found.push_back(version.path() / "bin");
  return found.empty() ? fs::path() : *std::ranges::max_element(found);
}

/// As somebody who is not root.
int run(const std::string& command) {
  const std::string as =
      ::getuid() == 0 ? "setpriv --reuid=nobody --regid=nogroup --clear-groups " : "";
  return std::system((as + command + " > /dev/null 2>&1").c_str());
}

}  // namespace

std::string PostgresServer::why_not() {
  return "no PostgreSQL server in /usr/lib/postgresql: ./dev packages test installs one";
}

std::unique_ptr<PostgresServer> PostgresServer::make() {
  const fs::path bin = programs();
  if (bin.empty()) return nullptr;
  std::string pattern = (fs::temp_directory_path() / "rialto-postgres-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) return nullptr;
  const fs::path directory = pattern;
  if (::getuid() == 0) {
    const passwd* nobody = ::getpwnam("nobody");
    if (!nobody || ::chown(directory.c_str(), nobody->pw_uid, nobody->pw_gid) != 0) return nullptr;
  }
  std::unique_ptr<PostgresServer> server(new PostgresServer(directory));
  if (run(fmt::format("{}/initdb -D {}/data -U rialto -A trust -E UTF8 --locale=C --no-sync",
                      bin.string(), directory.string())) != 0)
    return nullptr;
  if (!server->start()) return nullptr;
  return server;
}

bool PostgresServer::start() {
  // pg_ctl waits until it answers.
  return run(fmt::format("{0}/pg_ctl -D {1}/data -l {1}/log -w "
                         "-o \"-k {1} -c listen_addresses='' -c fsync=off\" start",
                         programs().string(), directory_.string())) == 0;
}

void PostgresServer::kill() {
  run(fmt::format("{}/pg_ctl -D {}/data -m immediate -w stop", programs().string(),
                  directory_.string()));
}

std::string PostgresServer::url() const {
  return fmt::format("postgresql://rialto@/postgres?host={}", directory_.string());
}

PostgresServer::~PostgresServer() {
  kill();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

}  // namespace rialto::test
