#include "apps/rialto/serve.hpp"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "apps/replay/progress_bar.hpp"
#include "apps/rialto/bootstrap.hpp"
#include "apps/rialto/mail_service.hpp"
#include "apps/rialto/projections.hpp"
#include "apps/rialto/read_models.hpp"
#include "apps/rialto/security_services.hpp"
#include "apps/rialto/serve_options.hpp"
#include "apps/rialto/waiting_room.hpp"
#include "apps/venue/host.hpp"
#include "gateways/ouch/gateway.hpp"
#include "gateways/rest/batching_port.hpp"
#include "gateways/rest/rest_gateway.hpp"
#include "gateways/stream/gateway.hpp"
#include "platform/net/json_writer.hpp"
#include "platform/net/router.hpp"
#include "platform/net/server.hpp"
#include "platform/net/takeover.hpp"
#include "platform/net/tls_front.hpp"
#include "platform/storage/file_system.hpp"
#include "platform/telemetry/log_lines.hpp"
#include "projections/live/live_feed.hpp"
#include "projections/market/postgres_copy.hpp"

namespace rialto::apps {
namespace {

constexpr int failed = 1;
constexpr int unusable = 2;

using telemetry::Level;
using telemetry::LogLines;

constexpr std::chrono::seconds last_copy{3};  // at the end, for PostgreSQL to have it all

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

void greet(const ServeOptions& options, std::uint16_t port, std::uint16_t secure_port,
           const std::string& ouch, const FirstLogins& logins) {
  const std::string host = options.http.substr(0, options.http.rfind(':'));
  fmt::print("Rialto is open at http://{}:{}  (data in {})\n", host, port, options.data);
  if (logins.administrator_password)
    fmt::print("  admin    {}    (shown this once; change it with PUT /api/users/profile)\n",
               *logins.administrator_password);
  if (logins.demo)
    for (const DemoLogin& login : demo_logins())
      fmt::print("  {:<14} {:<28} {}\n", login.name, login.password, login.purpose);
  fmt::print("  books: http://{}:{}/api/instruments    a first order: README.md\n", host, port);
  if (secure_port != 0)
    fmt::print("  the same over TLS at https://{}:{}\n",
               options.https.substr(0, options.https.rfind(':')), secure_port);
  if (!ouch.empty())
    fmt::print("  OUCH 5.0 order entry at {}    sessions: POST /api/ouch-sessions\n", ouch);
  std::fflush(stdout);
}

/// Where order entry listens, as HOST:PORT; empty where it does not.
std::expected<std::string, std::string> listen(ouch::Gateway& gateway, const std::string& where,
                                               const LogLines& log) {
  if (where.empty()) return std::string();
  const auto endpoint = net::parse_endpoint(where);
  const auto port = gateway.listen(endpoint->host, endpoint->port);
  if (port) return fmt::format("{}:{}", endpoint->host, *port);
  if (where != default_ouch) return std::unexpected("--ouch: " + port.error());
  // The default is no reason not to start.
  log.write(Level::warning, "ouch", "no order entry: " + port.error());
  return std::string();
}

ouch::GatewaySettings order_entry_settings(const std::string& directory, const LogLines& log) {
  ouch::GatewaySettings settings;
  settings.directory = storage::join(directory, "ouch");
  settings.note = [&log](const std::string& line) { log.write(Level::info, "ouch", line); };
  settings.alarm = [&log](const std::string& line) { log.write(Level::error, "ouch", line); };
  return settings;
}

std::string check_json(const std::expected<ServeSettings, std::string>& usable) {
  std::string text;
  net::JsonWriter json(text);
  json.begin_object().field("usable", usable.has_value());
  if (!usable) json.field("reason", usable.error());
  json.end_object();
  return text;
}

/// TLS before the server, where it is wanted.
std::expected<std::unique_ptr<net::TlsFront>, std::string> listen_securely(
    boost::asio::io_context& io, net::Server& server, const ServeOptions& options,
    const ServeSettings& usable) {
  if (!usable.https) return nullptr;
  net::TlsFiles files{options.tls_certificate, options.tls_key};
  if (files.certificate.empty()) {
    auto made = net::self_signed(storage::join(options.data, "tls"), usable.https->host);
    if (!made) return std::unexpected(made.error());
    files = *made;
  }
  auto front = net::TlsFront::open(
      io, *usable.https, files, {},
      [&server](net::PlainConnection plain) { server.admit(std::move(plain)); });
  if (!front) return std::unexpected("--https: " + front.error());
  return front;
}

/// Every command with what became of it, by the correlation id that the journal keeps too.
void trace(const LogLines& log, const flows::Origin& origin, const flows::Reply& reply) {
  log.write(Level::debug, "venue", reply.rejection ? "refused" : "done",
            {{"correlation", origin.correlation},
             {"actor", origin.actor.value},
             {"session", origin.session.value},
             {"position", reply.sequence.value},
             {"code", reply.rejection ? reply.rejection->code : "ok"}});
}

int serve(const ServeOptions& options, const ServeSettings& usable) {
  LogLines log(usable.log_format, usable.log_level);
  const auto refuse = [&](const std::string& why, int code) {
    log.write(Level::error, "rialto", why);
    return code;
  };
  // Room 1: the door. Whoever comes before the venue is open hears that it is on its way.
  boost::asio::io_context io(1);
  net::Router router;
  std::optional<WaitingRoom> waiting;
  auto opened =
      net::Server::open(io, usable.http, {}, [&](net::Request& request, net::Responder responder) {
        if (waiting) return waiting->answer(request, std::move(responder));
        router.route(request, std::move(responder));
      });
  if (!opened)
    return refuse(fmt::format("{}: {}", options.http,
                              boost::describe::enum_to_string(opened.error(), "cannot listen")),
                  unusable);
  std::unique_ptr<net::Server> server = std::move(*opened);
  auto secure = listen_securely(io, *server, options, usable);
  if (!secure) return refuse(secure.error(), unusable);
  waiting.emplace(io);
  waiting->open();

  // Order entry comes before the venue: what its sessions were told is recovered with the venue.
  std::unique_ptr<SecurityServices> known;
  ouch::GatewaySettings entry_settings = order_entry_settings(options.data, log);
  entry_settings.matches = [&](Fingerprint credential, std::string_view password) {
    return known->services().session_passwords.matches(credential, password);
  };
  ouch::Gateway entry(std::move(entry_settings));

  // Read models that hang on the replica. Like order entry, they come before what they follow.
  std::optional<projections::PostgresCopy> copy;
  auto models = ReadModels::open(options.data, {.market_stored =
                                                    [&](Sequence) {
                                                      if (copy) copy->notice();
                                                    },
                                                .delivers_email = !options.smtp.empty()});
  if (!models) return refuse(models.error(), failed);
  if (!options.postgres.empty()) {
    projections::PostgresCopy::Settings copy_settings;
    copy_settings.url = options.postgres;
    copy_settings.source = market_path(options.data);
    copy_settings.alarm = [&log](const std::string& line) {
      log.write(Level::warning, "postgres", line);
    };
    copy.emplace(std::move(copy_settings));
  }

  // Room 2: the venue, recovered from its directory.
  projections::LiveFeed live_feed;
  HostSettings settings;
  settings.directory = options.data;
  settings.durability = usable.durability;
  settings.snapshot_events = options.snapshot_events;
  settings.spin_ns = options.spin_us * 1'000;
  settings.lines = {&entry};
  settings.followers = models->followers();
  settings.followers.push_back(&live_feed);
  settings.alarm = [&log](const std::string& line) { log.write(Level::error, "venue", line); };
  if (log.shows(Level::debug))
    settings.trace = [&log](const flows::Origin& origin, const flows::Reply& reply) {
      trace(log, origin, reply);
    };
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
  const auto entry_place = listen(entry, options.ouch, log);
  if (!entry_place) return refuse(entry_place.error(), unusable);
  port.emplace(**host, server->thread());
  (*host)->after_turns([&port] { port->turn_ended(); });
  (*host)->start();
  log.show_position([&venue = **host] {
    const gateways::Standing standing = venue.standing();  // acknowledged: of this run
    return std::max(standing.acknowledged, standing.replica).value;
  });
  const auto logins = open_first_logins(**host, *known, options);
  if (!logins) return refuse(logins.error(), failed);

  // Room 4: the gateways, all on this thread from here on.
  rest::RestSettings rest_settings;
  if (options.rate_limit > 0) {
    rest_settings.requests.per_second = options.rate_limit;
    rest_settings.requests.burst = options.rate_limit * 2;
    rest_settings.requests.spare_loopback = rest_settings.attempts.spare_loopback = false;
  }
  rest_settings.cors_origins = options.cors_origins;
  rest_settings.server_counts = [&] { return server->counts(); };
  if (!options.no_demo)
    for (const DemoLogin& login : demo_logins())
      if (const auto user = known->find_user(**host, login.name))
        rest_settings.demo_users.insert(*user);
  rest_settings.more_metrics.push_back(
      [&entry](telemetry::MetricsText& text) { entry.write_metrics(text); });
  rest::RestGateway gateway(*port, known->services(), rest_settings, models->for_rest());
  gateway.add_routes(router);
  std::unique_ptr<MailService> mail;
  if (!options.smtp.empty()) {
    const MailSettings mail_settings{
        options.smtp, options.smtp_from, options.data,
        [&log](const std::string& line) { log.write(Level::error, "mail", line); }};
    auto started =
        MailService::start(mail_settings, **host, known->services(), *models->email_desk);
    if (!started) return refuse(started.error(), failed);
    mail = std::move(*started);
  }
  stream::StreamSettings stream_settings;
  stream_settings.spare_loopback = options.rate_limit <= 0;
  stream::StreamGateway streams(
      *port, live_feed, known->services().tokens, io, *server, stream_settings,
      projections::EventReplayPlaces{storage::join(options.data, "log"),
                                     storage::join(options.data, "snapshots")});
  streams.add_routes(router);
  waiting.reset();
  greet(options, server->port(), *secure ? (*secure)->port() : 0, *entry_place, *logins);
  log.write(Level::info, "rialto", "open", {{"http", options.http}, {"data", options.data}});

  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    log.write(Level::info, "rialto", "stopping: requests under way are finished");
    if (*secure) (*secure)->stop_accepting();
    streams.stop();
    server->stop(std::chrono::seconds(5), [&] { io.stop(); });
  });
  io.run();
  const bool journal_failed = (*host)->intake() == gateways::Intake::failed;
  mail.reset();
  known->stop();
  log.clear_position();
  (*host)->stop();
  secure->reset();
  // What it does not get in time it gets at the next start.
  if (copy) (void)copy->wait_for(models->market->kept(), last_copy);
  server.reset();
  log.write(Level::info, "rialto", "stopped");
  return journal_failed ? failed : 0;
}

}  // namespace

void add_serve_command(CLI::App& app, std::function<int()>& chosen) {
  const auto options = std::make_shared<ServeOptions>();
  CLI::App& command = *app.add_subcommand("serve", "run a venue");
  add_serve_options(app, command, *options);
  command.callback([&chosen, &command, options] {
    chosen = [&command, options] {
      const auto usable = understand(*options);
      if (options->check && options->json)
        fmt::print("{}\n", check_json(usable));
      else if (!usable)
        fmt::print(stderr, "rialto: {}\n", usable.error());
      else if (options->check)
        fmt::print("the options are usable\n");
      if (!usable) return unusable;
      if (options->check) return 0;
      if (options->print_config) {
        fmt::print("{}", as_toml(command));
        return 0;
      }
      return serve(*options, *usable);
    };
  });
}

}  // namespace rialto::apps
