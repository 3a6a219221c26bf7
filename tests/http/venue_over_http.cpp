#include "tests/http/venue_over_http.hpp"

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <future>
#include <mutex>

#include <fmt/format.h>

#include "apps/rialto/bootstrap.hpp"
#include "core/assert.hpp"
#include "platform/net/json_reader.hpp"
#include "platform/net/json_writer.hpp"
#include "platform/security/database.hpp"
#include "platform/security/secrets.hpp"

namespace rialto::test {
namespace {

std::filesystem::path fresh_directory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "rialto-http-XXXXXX").string();
  const char* made = ::mkdtemp(pattern.data());
  RIALTO_ASSERT(made);
  return made;
}

/// Calls visit(JsonValue) where the path leads, if it leads anywhere.
void with_value(std::string_view body, std::string_view path, auto visit) {
  net::JsonReader reader({.depth_max = 64, .values_max = 1'000'000});
  const auto root = reader.parse(body);
  if (!root) return;
  net::JsonValue value = *root;
  while (!path.empty()) {
    const std::string_view step = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), step.size() + 1));
    if (value.kind() == net::JsonKind::array) {
      std::size_t index = 0;
      std::from_chars(step.data(), step.data() + step.size(), index);
      const auto elements = value.children();
      if (index >= elements.size()) return;
      value = elements[index];
    } else {
      const auto found = value.find(step);
      if (!found) return;
      value = *found;
    }
  }
  visit(value);
}

/// Where RIALTO_EXCHANGES says so, every exchange as a line of JSON, for check_exchanges.py.
void record(std::string_view method, std::string_view path, std::string_view body,
            const Answer& answer) {
  static const char* const file = std::getenv("RIALTO_EXCHANGES");
  if (!file) return;
  static std::mutex mutex;
  static std::ofstream lines(file, std::ios::trunc);
  std::string line;
  net::JsonWriter(line)
      .begin_object()
      .field("method", method)
      .field("path", path)
      .field("request", body)
      .field("status", answer.status)
      .field("type", answer.header("Content-Type"))
      .field("body", answer.body)
      .end_object();
  const std::lock_guard lock(mutex);
  lines << line << std::endl;
}

}  // namespace

std::string Answer::at(std::string_view path) const {
  std::string out = "(none)";
  with_value(body, path, [&](const net::JsonValue& value) {
    if (value.kind() == net::JsonKind::boolean)
      out = value.truth() ? "true" : "false";
    else if (value.kind() == net::JsonKind::null)
      out = "null";
    else
      out = value.text();
  });
  return out;
}

std::string Answer::header(std::string_view name) const {
  const std::size_t at_line = head.find(fmt::format("\r\n{}: ", name));
  if (at_line == std::string::npos) return {};
  const std::size_t begin = at_line + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::size_t Answer::size(std::string_view path) const {
  std::size_t count = 0;
  with_value(body, path, [&](const net::JsonValue& value) { count = value.children().size(); });
  return count;
}

Answer HttpClient::ask(std::string_view method, std::string_view path, std::string_view body,
                       std::string_view headers) {
  std::string request = fmt::format("{} {} HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n",
                                    method, path, body.size());
  if (!token_.empty()) request += "Authorization: Bearer " + token_ + "\r\n";
  request.append(headers).append("\r\n").append(body);
  EXPECT_TRUE(raw_.send(request));
  const std::string text = raw_.answer();
  Answer answer{net::test::status_of_answer(text), text.substr(0, text.find("\r\n\r\n")),
                net::test::body_of(text)};
  record(method, path, body, answer);
  return answer;
}

struct VenueOverHttp::Parts {
  Parts(const security::VenueSecrets& secrets, std::unique_ptr<security::Database> opened,
        std::chrono::seconds clock_offset)
      : database(std::move(opened)),
        credentials(*database),
        vault(*database),
        blind_index(secrets.blind_index),
        names(secrets.fingerprint),
        offset(clock_offset.count()),
        tokens(secrets.token_signing,
               [this] {
                 return std::chrono::time_point_cast<std::chrono::seconds>(
                            std::chrono::system_clock::now()) +
                        std::chrono::seconds{offset.load()};
               }),
        session_passwords(credentials, secrets.blind_index),
        api_key_secrets(credentials, secrets.fingerprint),
        keys(api_key_secrets, names,
             [this] {
               return std::chrono::time_point_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now()) +
                      std::chrono::seconds{offset.load()};
             }),
        hasher(security::HashCost::minimum(), 256) {}

  rest::Security services() {
    return {tokens,          hasher, credentials, vault, blind_index, names, session_passwords,
            api_key_secrets, keys};
  }

  std::unique_ptr<security::Database> database;
  security::CredentialStore credentials;
  security::PersonVault vault;
  security::BlindIndex blind_index;
  security::CommandNames names;
  std::atomic<std::int64_t> offset;
  security::Tokens tokens;
  security::SessionPasswords session_passwords;
  security::ApiKeySecrets api_key_secrets;
  rest::KeyRing keys;
  security::PasswordHasher hasher;
};

VenueOverHttp::VenueOverHttp(VenueOptions options)
    : directory_(options.directory.empty() ? fresh_directory()
                                           : std::filesystem::path(options.directory)),
      temporary_(options.directory.empty()),
      live_feed_(options.live) {
  const auto fail = [](const std::string& line) { ADD_FAILURE() << line; };
  options.ouch.directory = (directory_ / "ouch").string();
  options.ouch.alarm = fail;
  if (!options.ouch.note) options.ouch.note = [](const std::string&) {};
  options.ouch.matches = [this](Fingerprint credential, std::string_view password) {
    return parts_->session_passwords.matches(credential, password);
  };
  entry_ = std::make_unique<ouch::Gateway>(std::move(options.ouch));
  auto models =
      apps::ReadModels::open(directory_.string(), {.delivers_email = !options.smtp.empty()});
  EXPECT_TRUE(models.has_value()) << models.error();
  models_.emplace(std::move(*models));
  apps::HostSettings settings;
  settings.followers = models_->followers();
  settings.directory = directory_.string();
  settings.snapshot_events = options.snapshot_events;
  settings.lines = {entry_.get()};
  settings.followers.push_back(&live_feed_);
  settings.durability = {eventlog::DurabilityMode::none, 0};
  settings.alarm = fail;
  auto host = apps::Host::open(std::move(settings));
  EXPECT_TRUE(host.has_value()) << host.error();
  host_ = std::move(*host);
  const auto secrets = security::open_secrets(directory_.string());
  auto database = security::Database::open((directory_ / "credentials.db").string());
  parts_ = std::make_unique<Parts>(*secrets, std::move(*database), options.clock_offset);
  std::vector<Fingerprint> of_sessions;
  for (const sessions::Session& session : host_->recovered().sessions.sessions())
    if (!session.revoked) of_sessions.push_back(session.credential);
  EXPECT_TRUE(parts_->session_passwords.load(of_sessions));
  EXPECT_TRUE(parts_->keys.load(host_->recovered().api_keys));
  const auto listening = entry_->listen("127.0.0.1", 0);
  EXPECT_TRUE(listening.has_value()) << listening.error();
  ouch_port_ = listening.value_or(0);
  server_ = std::make_unique<net::test::RunningServer>(
      [this](net::Request& request, net::Responder responder) {
        router_.route(request, std::move(responder));
      },
      options.limits);
  batching_.emplace(*host_, server_->server->thread());
  host_->after_turns([this] { batching_->turn_ended(); });
  host_->start();
  const auto opened = apps::open_markets(*host_);
  EXPECT_TRUE(opened.has_value()) << opened.error();
  gateway_ = std::make_unique<rest::RestGateway>(*batching_, parts_->services(), options.rest,
                                                 models_->for_rest());
  gateway_->add_routes(router_);
  if (!options.smtp.empty()) {
    auto mail =
        apps::MailService::start({options.smtp, "venue@example.org", directory_.string(), fail},
                                 *host_, parts_->services(), *models_->email_desk);
    EXPECT_TRUE(mail.has_value()) << mail.error();
    mail_ = std::move(*mail);
  }
  stream_ = std::make_unique<stream::StreamGateway>(
      *batching_, live_feed_, parts_->tokens, server_->io, *server_->server, options.stream,
      projections::EventReplayPlaces{(directory_ / "log").string(),
                                     (directory_ / "snapshots").string()});
  stream_->add_routes(router_);
  server_->run();
}

VenueOverHttp::~VenueOverHttp() {
  server_->on_thread([this] { stream_.reset(); });  // before the io_context of its connections
  server_.reset();
  mail_.reset();
  parts_->hasher.finish();
  host_->stop();
  parts_.reset();
  gateway_.reset();
  host_.reset();
  entry_.reset();
  if (temporary_) std::filesystem::remove_all(directory_);
}

security::Tokens& VenueOverHttp::tokens() {
  return parts_->tokens;
}
security::CredentialStore& VenueOverHttp::credentials() {
  return parts_->credentials;
}
security::PersonVault& VenueOverHttp::vault() {
  return parts_->vault;
}
void VenueOverHttp::advance_wall(std::chrono::seconds by) {
  parts_->offset += by.count();
}

Person VenueOverHttp::person(const std::string& name, identity::Roles roles) {
  rest::Enrolment enrolment(*host_, parts_->services());
  std::promise<flows::Reply> promise;
  auto future = promise.get_future();
  const std::string password = "password of " + name;
  enrolment.enrol({name, name + "@example.org", password, roles}, {},
                  [&](const flows::Reply& reply) { promise.set_value(reply); });
  const flows::Reply reply = future.get();
  EXPECT_FALSE(reply.rejection) << reply.rejection->code;
  HttpClient http = client();
  const Answer login = http.post(
      "/api/users/login", fmt::format(R"({{"userName":"{}","password":"{}"}})", name, password));
  EXPECT_EQ(login.status, 200) << login.body;
  http.use_token(login.at("accessToken"));
  return {reply.user, reply.account, std::move(http)};
}

void VenueOverHttp::fund(Person& administrator, const Person& person, std::string_view asset,
                         std::string_view amount) {
  const Answer answer =
      administrator.http.post(person.wallet_path() + "/credit",
                              fmt::format(R"({{"asset":"{}","amount":"{}"}})", asset, amount));
  EXPECT_EQ(answer.status, 200) << answer.body;
}

Bytes VenueOverHttp::state() {
  return read([](const projections::Replica& replica) {
    Bytes bytes;
    BinaryWriter writer(bytes);
    replica.venue().save(writer);
    return bytes;
  });
}

}  // namespace rialto::test
