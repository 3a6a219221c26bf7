// A whole venue in this process: recovered host, security, REST gateway and server on a free port,
// in a directory of its own that goes with it. Driven by raw HTTP only.
#pragma once

#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/rialto/mail_service.hpp"
#include "apps/rialto/read_models.hpp"
#include "apps/venue/host.hpp"
#include "gateways/ouch/gateway.hpp"
#include "gateways/rest/batching_port.hpp"
#include "gateways/rest/enrolment.hpp"
#include "gateways/rest/rest_gateway.hpp"
#include "gateways/stream/gateway.hpp"
#include "platform/net/router.hpp"
#include "platform/net/tests/raw_client.hpp"
#include "projections/live/live_feed.hpp"

namespace rialto::test {

/// An answer, and its JSON by dotted path: at("balance.USD"), at("items.0.price").
struct Answer {
  int status = 0;
  std::string head;
  std::string body;

  /// The text of a string, number or boolean there; "(none)" where there is nothing.
  std::string at(std::string_view path) const;
  /// A header's value; empty where there is none.
  std::string header(std::string_view name) const;
  /// Elements of an array or fields of an object there.
  std::size_t size(std::string_view path) const;
  std::string code() const { return at("code"); }
};

class HttpClient {
 public:
  HttpClient(std::uint16_t port, std::string token = {}) : raw_(port), token_(std::move(token)) {}

  Answer get(std::string_view path) { return ask("GET", path); }
  Answer remove(std::string_view path) { return ask("DELETE", path); }
  Answer post(std::string_view path, std::string_view body = {}, std::string_view headers = {}) {
    return ask("POST", path, body, headers);
  }
  Answer put(std::string_view path, std::string_view body) { return ask("PUT", path, body); }
  /// `headers`: complete lines, each with its "\r\n".
  Answer ask(std::string_view method, std::string_view path, std::string_view body = {},
             std::string_view headers = {});
  void use_token(std::string token) { token_ = std::move(token); }
  const std::string& token() const { return token_; }

 private:
  net::test::RawClient raw_;
  std::string token_;
};

struct Person {
  UserId user;
  AccountId wallet;
  HttpClient http;

  std::string wallet_path() const { return "/api/wallets/" + std::to_string(wallet.value); }
};

struct VenueOptions {
  std::string directory;  // empty: a fresh one, removed at the end
  rest::RestSettings rest{};
  net::ServerLimits limits{};
  ouch::GatewaySettings ouch{};
  std::string smtp{};  // of a mail server; empty: no e-mail
  stream::StreamSettings stream{};
  projections::LiveFeedLimits live{};
  std::uint64_t snapshot_events = 2'000'000;
  std::chrono::seconds clock_offset{0};  // of the tokens' wall clock
};

class VenueOverHttp {
 public:
  explicit VenueOverHttp(VenueOptions options = {});
  ~VenueOverHttp();

  std::uint16_t port() const { return server_->port(); }
  /// Where OUCH order entry listens.
  std::uint16_t ouch_port() const { return ouch_port_; }
  HttpClient client(std::string token = {}) const { return {port(), std::move(token)}; }
  const net::Router& router() const { return router_; }
  net::test::RawClient raw() const { return net::test::RawClient(port()); }
  gateways::VenuePort& venue() { return *host_; }
  security::Tokens& tokens();
  security::CredentialStore& credentials();
  security::PersonVault& vault();
  const std::filesystem::path& directory() const { return directory_; }

  /// A user of these roles, made by Enrolment, logged in over HTTP. The password is "password of
  /// <name>".
  Person person(const std::string& name, identity::Roles roles = identity::Roles::trader);
  Person administrator() {
    return person("root", identity::Roles::trader | identity::Roles::administrator);
  }
  /// Credits a wallet, as an administrator does.
  void fund(Person& administrator, const Person& person, std::string_view asset,
            std::string_view amount);
  stream::StreamCounts streams() {
    return server_->on_thread([this] { return stream_->counts(); });
  }
  /// Runs `action` on the server's thread, which serves nobody meanwhile.
  template <class Action>
  auto on_server_thread(Action action) {
    return server_->on_thread(std::move(action));
  }
  /// The venue takes no more commands; HTTP goes on.
  void stop_intake() { host_->stop(); }
  /// The canonical state, as the replica knows it.
  Bytes state();
  /// Moves the tokens' clock.
  void advance_wall(std::chrono::seconds by);

  template <class Fetch>
  auto read(Fetch fetch) {
    std::promise<decltype(fetch(std::declval<const projections::Replica&>()))> promise;
    auto future = promise.get_future();
    host_->read([&](const projections::Replica& replica) { promise.set_value(fetch(replica)); });
    return future.get();
  }

 private:
  struct Parts;
  std::filesystem::path directory_;
  bool temporary_;
  std::unique_ptr<ouch::Gateway> entry_;
  std::uint16_t ouch_port_ = 0;
  std::optional<apps::ReadModels> models_;      // outlive the host, which tells them
  std::optional<rest::BatchingPort> batching_;  // outlives the host's thread, which calls it
  projections::LiveFeed live_feed_;
  std::unique_ptr<apps::Host> host_;
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<apps::MailService> mail_;
  std::unique_ptr<rest::RestGateway> gateway_;
  std::unique_ptr<stream::StreamGateway> stream_;
  net::Router router_;
  std::unique_ptr<net::test::RunningServer> server_;
};

}  // namespace rialto::test
