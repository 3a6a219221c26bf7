#include "apps/load/setup.hpp"

#include <random>
#include <set>

#include <fmt/format.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "platform/net/json_reader.hpp"

namespace rialto::load {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr const char* plenty = "10000000000";      // of quote assets
constexpr const char* plenty_base = "1000000000";  // of base assets

/// One connection; each call waits for its answer.
class Caller {
 public:
  Caller(const std::string& host, std::uint16_t port) : socket_(io_) {
    socket_.connect({asio::ip::make_address(host), port}, error_);
  }

  /// The body of a 2xx answer, else a sentence.
  std::expected<std::string, std::string> post(const std::string& path, const std::string& body,
                                               const std::string& token = {}) {
    http::request<http::string_body> request(http::verb::post, path, 11);
    request.set(http::field::host, "load");
    if (!token.empty()) request.set(http::field::authorization, "Bearer " + token);
    request.body() = body;
    request.prepare_payload();
    http::response<http::string_body> answer;
    if (!error_) http::write(socket_, request, error_);
    if (!error_) http::read(socket_, buffer_, answer, error_);
    if (error_) return std::unexpected("POST " + path + ": " + error_.message());
    if (answer.result_int() / 100 != 2)
      return std::unexpected(
          fmt::format("POST {}: {} {}", path, answer.result_int(), answer.body()));
    return answer.body();
  }

 private:
  asio::io_context io_;
  asio::ip::tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  boost::system::error_code error_;
};

std::string field_of(const std::string& json, std::string_view name) {
  net::JsonReader reader;
  const auto root = reader.parse(json);
  if (!root) return {};
  net::JsonFields fields(*root);
  return std::string(fields.text(name));
}

std::expected<std::string, std::string> log_in(Caller& caller, const std::string& name,
                                               const std::string& password) {
  const auto answer = caller.post(
      "/api/users/login", fmt::format(R"({{"userName":"{}","password":"{}"}})", name, password));
  if (!answer) return answer;
  return field_of(*answer, "accessToken");
}

}  // namespace

std::expected<std::vector<SessionLogin>, std::string> open_sessions(const SetupPlan& plan) {
  Caller caller(plan.host, plan.port);
  const auto administrator = log_in(caller, "admin", plan.admin_password);
  if (!administrator) return std::unexpected(administrator.error());
  std::set<std::pair<std::string, const char*>> assets;
  for (const std::string& symbol : plan.symbols) {
    const auto dash = symbol.find('-');
    assets.emplace(symbol.substr(0, dash), plenty_base);
    assets.emplace(dash == symbol.npos ? "USD" : symbol.substr(dash + 1), plenty);
  }
  std::random_device random;
  const std::string run = fmt::format("{:08x}", random());
  std::vector<SessionLogin> logins;
  for (std::size_t i = 0; i < plan.sessions; ++i) {
    const std::string name = fmt::format("load-{}-{}", run, i);
    const std::string password = fmt::format("{:08x}{:08x}{:08x}", random(), random(), random());
    const auto user =
        caller.post("/api/users",
                    fmt::format(R"({{"userName":"{0}","email":"{0}@localhost","password":"{1}"}})",
                                name, password));
    if (!user) return std::unexpected(user.error());
    const auto token = log_in(caller, name, password);
    if (!token) return std::unexpected(token.error());
    for (const auto& [asset, amount] : assets)
      if (const auto credited = caller.post(
              fmt::format("/api/wallets/{}/credit", field_of(*user, "walletId")),
              fmt::format(R"({{"asset":"{}","amount":"{}"}})", asset, amount), *administrator);
          !credited)
        return std::unexpected(credited.error());
    const auto session = caller.post("/api/ouch-sessions", "{}", *token);
    if (!session) return std::unexpected(session.error());
    logins.push_back({field_of(*session, "userName"), field_of(*session, "password")});
  }
  return logins;
}

}  // namespace rialto::load
