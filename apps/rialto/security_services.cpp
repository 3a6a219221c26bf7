#include "apps/rialto/security_services.hpp"

#include <sodium.h>

#include <chrono>
#include <future>
#include <unordered_set>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "gateways/rest/enrolment.hpp"
#include "gateways/rest/person_fields.hpp"
#include "platform/security/database.hpp"
#include "platform/security/secrets.hpp"
#include "platform/storage/file_system.hpp"

namespace rialto::apps {
namespace {

template <class Error>
std::unexpected<std::string> failure(std::string_view what, Error error) {
  return std::unexpected(
      fmt::format("{}: {}", what, boost::describe::enum_to_string(error, "failed")));
}

rest::KeyRing::Milliseconds wall_clock_ms() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::chrono::sys_seconds wall_clock() {
  return std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

std::string random_password() {
  constexpr std::string_view letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
  security::require_sodium();
  std::string password;
  for (int i = 0; i < 24; ++i)
    password += letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))];
  return password;
}

struct SecurityServices::Parts {
  Parts(const security::VenueSecrets& secrets, std::unique_ptr<security::Database> opened)
      : database(std::move(opened)),
        credentials(*database),
        vault(*database),
        blind_index(secrets.blind_index),
        names(secrets.fingerprint),
        tokens(secrets.token_signing, wall_clock),
        session_passwords(credentials, secrets.blind_index),
        api_key_secrets(credentials, secrets.fingerprint),
        keys(api_key_secrets, names, wall_clock_ms) {}

  std::unique_ptr<security::Database> database;
  security::CredentialStore credentials;
  security::PersonVault vault;
  security::BlindIndex blind_index;
  security::CommandNames names;
  security::Tokens tokens;
  security::SessionPasswords session_passwords;
  security::ApiKeySecrets api_key_secrets;
  rest::KeyRing keys;
  security::PasswordHasher hasher;  // last: its callbacks use the others
};

SecurityServices::SecurityServices(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
SecurityServices::~SecurityServices() = default;

std::expected<std::unique_ptr<SecurityServices>, std::string> SecurityServices::open(
    const std::string& directory) {
  const auto secrets = security::open_secrets(directory);
  if (!secrets) return failure(storage::join(directory, "secrets"), secrets.error());
  const std::string path = storage::join(directory, "credentials.db");
  auto database = security::Database::open(path);
  if (!database) return failure(path, database.error());
  return std::unique_ptr<SecurityServices>(
      new SecurityServices(std::make_unique<Parts>(*secrets, std::move(*database))));
}

std::expected<void, std::string> SecurityServices::settle(const flows::Venue& venue) {
  std::unordered_set<Fingerprint> credentials;
  std::unordered_set<Fingerprint> persons;
  for (const identity::User& user : venue.identity.users()) {
    if (user.deleted) continue;
    credentials.insert(user.credential);
    persons.insert(user.person);
  }
  // People without a login have keys, too.
  venue.accounts.each([&](const accounts::Details& each) { persons.insert(each.person); });
  std::vector<Fingerprint> of_sessions;
  for (const sessions::Session& session : venue.sessions.sessions())
    if (!session.revoked) of_sessions.push_back(session.credential);
  credentials.insert(of_sessions.begin(), of_sessions.end());
  for (const apikeys::ApiKey& key : venue.api_keys.keys())
    if (!key.revoked) credentials.insert(key.credential);
  const auto swept =
      parts_->credentials.sweep([&](Fingerprint id) { return credentials.contains(id); });
  if (!swept) return failure("credentials", swept.error());
  const auto erased = parts_->vault.sweep([&](Fingerprint id) { return persons.contains(id); });
  if (!erased) return failure("person keys", erased.error());
  const auto loaded = parts_->session_passwords.load(of_sessions);
  if (!loaded) return failure("passwords of order-entry sessions", loaded.error());
  const auto keys = parts_->keys.load(venue.api_keys);
  if (!keys) return failure("API keys", keys.error());
  return {};
}

std::optional<UserId> SecurityServices::find_user(gateways::VenuePort& port,
                                                  const std::string& name) {
  const Fingerprint index = parts_->blind_index.of(rest::user_name_field, name);
  std::promise<std::optional<UserId>> promise;
  auto future = promise.get_future();
  port.read([&](const projections::Replica& replica) {
    const identity::User* user = replica.venue().identity.user_by_name(index);
    promise.set_value(user ? std::optional(user->id) : std::nullopt);
  });
  return future.get();
}

std::expected<UserId, std::string> SecurityServices::find_or_make_user(gateways::VenuePort& port,
                                                                       const std::string& name,
                                                                       const std::string& password,
                                                                       identity::Roles roles) {
  if (const auto found = find_user(port, name)) return *found;
  std::promise<flows::Reply> promise;
  auto future = promise.get_future();
  rest::Enrolment enrolment(port, services());
  enrolment.enrol({name, name + "@localhost", password, roles}, {},
                  [&](const flows::Reply& reply) { promise.set_value(reply); });
  const flows::Reply reply = future.get();
  if (reply.rejection) return std::unexpected(std::string(reply.rejection->code));
  return reply.user;
}

rest::Security SecurityServices::services() {
  return {parts_->tokens,      parts_->hasher, parts_->credentials,       parts_->vault,
          parts_->blind_index, parts_->names,  parts_->session_passwords, parts_->api_key_secrets,
          parts_->keys};
}

void SecurityServices::stop() {
  parts_->hasher.finish();
}

}  // namespace rialto::apps
