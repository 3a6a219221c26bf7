#include "apps/rialto/serve.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "apps/replay/progress_bar.hpp"
#include "apps/rialto/bootstrap.hpp"
#include "apps/rialto/read_models.hpp"
#include "apps/rialto/security_services.hpp"
#include "apps/rialto/waiting_room.hpp"
#include "apps/venue/host.hpp"
#include "gateways/ouch/gateway.hpp"
#include "gateways/rest/batching_port.hpp"
#include "gateways/rest/rest_gateway.hpp"
#include "platform/net/router.hpp"
#include "platform/net/server.hpp"
#include "platform/storage/file_system.hpp"

namespace rialto::apps {
namespace {

constexpr int failed = 1;
constexpr int unusable = 2;

constexpr const char* default_ouch = "127.0.0.1:7001";

struct ServeOptions {
  std::string data = "data";
  std::string http = "127.0.0.1:8080";
  std::string ouch = default_ouch;
  std::string durability = "sync";
  bool no_demo = false;
  bool json = false;
  double rate_limit = 0;  // requests a second, loopback included; 0: the default, loopback spared
  std::int64_t spin_us = 50;
  std::uint64_t snapshot_events = 2'000'000;
};

/// sync, interval:MS or none.
std::optional<eventlog::Durability> parse_durability(const std::string& text) {
  if (text == "sync") return eventlog::Durability{};
  if (text == "none") return eventlog::Durability{eventlog::DurabilityMode::none, 0};
  constexpr std::string_view prefix = "interval:";
  if (!text.starts_with(prefix)) return std::nullopt;
  char* end = nullptr;
  const long ms = std::strtol(text.c_str() + prefix.size(), &end, 10);
  if (*end != '\0' || ms < 1 || ms > 60'000) return std::nullopt;
  return eventlog::Durability{eventlog::DurabilityMode::interval, ms * 1'000'000};
}

void say(const std::string& line) {
  fmt::print(stderr, "rialto: {}\n", line);
}

int refuse(const std::string& line, int code) {
  say(line);
  return code;
}

struct FirstLogins {
  std::optional<std::string> administrator_password;  // generated just now, to be shown once
  bool demo = false;
};

std::expected<FirstLogins, std::string> open_first_logins(Host& host, SecurityServices& security,
                                                          const ServeOptions& options) {
  FirstLogins logins;
  const MakeUser make_user = [&](const std::string& name, const std::string& password,
                                 identity::Roles roles) {
    return security.find_or_make_user(host, name, password, roles);
  };
  if (auto opened = open_markets(host); !opened) return std::unexpected(opened.error());
  if (!security.find_user(host, "admin")) {
    const char* given = std::getenv("RIALTO_ADMIN_PASSWORD");
    const std::string password = given && *given ? given : random_password();
    const auto made =
        make_user("admin", password, identity::Roles::trader | identity::Roles::administrator);
    if (!made) return std::unexpected("admin: " + made.error());
    if (!given || !*given) logins.administrator_password = password;
  }
  if (options.no_demo) return logins;
  logins.demo = true;
  if (auto opened = open_demo(host, make_user); !opened) return std::unexpected(opened.error());
  return logins;
}

void greet(const ServeOptions& options, std::uint16_t port, const std::string& ouch,
           const FirstLogins& logins) {
  const std::string host = options.http.substr(0, options.http.rfind(':'));
  fmt::print("Rialto is open at http://{}:{}  (data in {})\n", host, port, options.data);
  if (logins.administrator_password)
    fmt::print("  admin    {}    (shown this once; change it with PUT /api/users/profile)\n",
               *logins.administrator_password);
  if (logins.demo)
    for (const DemoLogin& login : demo_logins())
      fmt::print("  {:<14} {:<28} {}\n", login.name, login.password, login.purpose);
  fmt::print("  books: http://{}:{}/api/instruments    a first order: README.md\n", host, port);
  if (!ouch.empty())
    fmt::print("  OUCH 5.0 order entry at {}    sessions: POST /api/ouch-sessions\n", ouch);
  std::fflush(stdout);
}

/// Where order entry listens, as HOST:PORT; empty where it does not.
std::expected<std::string, std::string> listen(ouch::Gateway& gateway, const std::string& where) {
  if (where.empty()) return std::string();
  const auto endpoint = net::parse_endpoint(where);
  if (!endpoint) return std::unexpected("--ouch takes HOST:PORT");
  const auto port = gateway.listen(endpoint->host, endpoint->port);
  if (port) return fmt::format("{}:{}", endpoint->host, *port);
  if (where != default_ouch) return std::unexpected("--ouch: " + port.error());
  say("no OUCH order entry: " + port.error());  // the default is no reason not to start
  return std::string();
}

ouch::GatewaySettings order_entry_settings(const std::string& directory) {
  ouch::GatewaySettings settings;
  settings.directory = storage::join(directory, "ouch");
  settings.note = [](const std::string& line) { say("ouch " + line); };
  settings.alarm = [](const std::string& line) { say("ALARM " + line); };
  return settings;
}

int serve(const ServeOptions& options) {
  const auto endpoint = net::parse_endpoint(options.http);
  if (!endpoint) return refuse("--http takes HOST:PORT", unusable);
  const auto durability = parse_durability(options.durability);
  if (!durability) return refuse("--durability takes sync, interval:MS or none", unusable);

  // Room 1: the door. Whoever comes before the venue is open hears that it is on its way.
  boost::asio::io_context io(1);
  net::Router router;
  std::optional<WaitingRoom> waiting;
  auto opened =
      net::Server::open(io, *endpoint, {}, [&](net::Request& request, net::Responder responder) {
        if (waiting) return waiting->answer(request, std::move(responder));
        router.route(request, std::move(responder));
      });
  if (!opened)
    return refuse(fmt::format("{}: {}", options.http,
                              boost::describe::enum_to_string(opened.error(), "cannot listen")),
                  unusable);
  std::unique_ptr<net::Server> server = std::move(*opened);
  waiting.emplace(io);
  waiting->open();

  // Order entry comes before the venue: what its sessions were told is recovered with the venue.
  std::unique_ptr<SecurityServices> known;
  ouch::GatewaySettings entry_settings = order_entry_settings(options.data);
  entry_settings.matches = [&](Fingerprint credential, std::string_view password) {
    return known->services().session_passwords.matches(credential, password);
  };
  ouch::Gateway entry(std::move(entry_settings));

  // Room 2: the venue, recovered from its directory, and its read models.
  auto models = ReadModels::open(options.data);
  if (!models) return refuse(models.error(), failed);
  HostSettings settings;
  settings.followers = models->followers();
  settings.directory = options.data;
  settings.durability = *durability;
  settings.snapshot_events = options.snapshot_events;
  settings.spin_ns = options.spin_us * 1'000;
  settings.lines = {&entry};
  settings.alarm = [](const std::string& line) { say("ALARM " + line); };
  std::optional<rest::BatchingPort> port;  // outlives the host's thread, which calls it
  auto host = [&] {
    replay::ProgressBar bar("recovering");
    settings.progress = [&](std::uint64_t done, std::uint64_t total) {
      bar.show(total == 0 ? 1 : static_cast<double>(done) / static_cast<double>(total));
      waiting->progress(done, total);
    };
    return Host::open(std::move(settings));
  }();
  if (!host) return refuse(host.error(), failed);

  // Room 3: what must not be in the log: credentials, keys, secrets. Orphans of a crash go first.
  auto security = SecurityServices::open(options.data);
  if (!security) return refuse(security.error(), failed);
  if (auto swept = (*security)->settle((*host)->recovered()); !swept)
    return refuse(swept.error(), failed);
  known = std::move(*security);
  const auto entry_place = listen(entry, options.ouch);
  if (!entry_place) return refuse(entry_place.error(), unusable);
  port.emplace(**host, server->thread());
  (*host)->after_turns([&port] { port->turn_ended(); });
  (*host)->start();
  const auto logins = open_first_logins(**host, *known, options);
  if (!logins) return refuse(logins.error(), failed);

  // Room 4: the gateways, all on this thread from here on.
  rest::RestSettings rest_settings;
  if (options.rate_limit > 0) {
    rest_settings.requests.per_second = options.rate_limit;
    rest_settings.requests.burst = options.rate_limit * 2;
    rest_settings.requests.spare_loopback = rest_settings.attempts.spare_loopback = false;
  }
  rest_settings.server_counts = [&] { return server->counts(); };
  models->show(rest_settings);
  if (!options.no_demo)
    for (const DemoLogin& login : demo_logins())
      if (const auto user = known->find_user(**host, login.name))
        rest_settings.demo_users.insert(*user);
  rest::RestGateway gateway(*port, known->services(), rest_settings);
  gateway.add_routes(router);
  waiting.reset();
  greet(options, server->port(), *entry_place, *logins);

  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    server->stop(std::chrono::seconds(5), [&] { io.stop(); });
  });
  io.run();
  const bool journal_failed = (*host)->intake() == gateways::Intake::failed;
  known->stop();
  (*host)->stop();
  server.reset();
  return journal_failed ? failed : 0;
}

}  // namespace

void add_serve_command(CLI::App& app, std::function<int()>& chosen) {
  const auto options = std::make_shared<ServeOptions>();
  CLI::App& command = *app.add_subcommand("serve", "run a venue");
  command.set_config("--config", "", "a TOML file with these options");
  command.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  command.add_option("--data", options->data, "the venue's directory")->capture_default_str();
  command.add_option("--http", options->http, "where HTTP listens")->capture_default_str();
  command
      .add_option("--ouch", options->ouch,
                  "where OUCH order entry listens (a numeric address); empty: nowhere")
      ->capture_default_str();
  command.add_option("--durability", options->durability, "sync, interval:MS or none")
      ->capture_default_str();
  command.add_flag("--no-demo", options->no_demo, "no demo traders, funds or quotes");
  command.add_option("--rate-limit", options->rate_limit,
                     "requests a second of one user or address, loopback included");
  command.add_option("--spin-us", options->spin_us, "how long an idle venue thread looks for work")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000'000));
  command.add_option("--snapshot-events", options->snapshot_events, "events between two snapshots")
      ->capture_default_str()
      ->check(CLI::Range(1'000, 2'000'000'000));
  command.callback([&chosen, options] { chosen = [options] { return serve(*options); }; });
}

}  // namespace rialto::apps
