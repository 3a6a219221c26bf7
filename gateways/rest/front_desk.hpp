// Where every request arrives: who is asking, how often, and with what body. Each check answers the
// request itself when it fails, so that a handler reads: ask, return if refused, go on.
//
// Owned by RestGateway; the server's thread only, except venue(), names() and origin().
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "contexts/apikeys/contract.hpp"
#include "contexts/identity/contract.hpp"
#include "gateways/rest/key_ring.hpp"
#include "gateways/rest/settings.hpp"
#include "gateways/venue_port.hpp"
#include "platform/net/json_reader.hpp"
#include "platform/net/message.hpp"
#include "platform/net/responder.hpp"
#include "platform/security/keyed_index.hpp"
#include "platform/security/tokens.hpp"

namespace rialto::rest {

/// A user whose token or signature was good when the request arrived.
struct Caller {
  UserId user;
  AccountId account;        // none without a wallet
  identity::Roles roles{};  // with an API key without the scope admin: not that of administrator
  apikeys::Scopes scopes = apikeys::Scopes::all;

  bool administrator() const { return has(roles, identity::Roles::administrator); }
  bool owns(AccountId other) const { return account.value != 0 && account == other; }
};

/// Tokens name the user's live version of credential and roles; any change of either ends them.
inline Fingerprint token_mark(std::uint32_t version) {
  return {0, version};
}

struct RequestCounts {
  std::uint64_t requests = 0;
  std::uint64_t unauthorized = 0;
  std::uint64_t limited = 0;
  std::uint64_t orders = 0;  // POST /api/orders that reached the venue
};

class FrontDesk {
 public:
  FrontDesk(gateways::VenuePort& venue, security::Tokens& tokens,
            const security::CommandNames& names, KeyRing& keys, const RestSettings& settings);

  /// What API keys need, by place in Router::routes(). Once, when all routes are there.
  void set_scopes(std::vector<apikeys::Scopes> by_route) { scopes_ = std::move(by_route); }

  // Who is asking: 401, 403 or 429 where it is nobody who may.
  std::optional<Caller> caller(const net::Request&, net::Responder&);
  std::optional<Caller> administrator(const net::Request&, net::Responder&);
  /// Someone with a role and a wallet to trade from.
  std::optional<Caller> trader(const net::Request&, net::Responder&);
  /// Anybody, within the limits of the address.
  bool visitor(const net::Request&, net::Responder&);
  /// A visitor who tries a password or asks for a user: `key` is what is being tried.
  bool attempt(std::string_view key, const net::Request&, net::Responder&);

  /// The body as a JSON object, else 400. Valid until the next request.
  std::optional<net::JsonValue> body(const net::Request&, net::Responder&);
  /// False, and 400 answered, where a field was missing or of the wrong type, or is `unknown`.
  bool complete(const net::JsonFields&, net::Responder&,
                std::optional<std::string_view> unknown = std::nullopt);

  gateways::VenuePort& venue() { return venue_; }
  const security::CommandNames& names() const { return names_; }
  RequestCounts& counts() { return counts_; }

 private:
  std::optional<Caller> admit(const net::Request&, net::Responder&);
  /// REST-11.
  std::optional<Caller> admit_signed(std::string_view key, const net::Request&, net::Responder&);
  bool within_limits(const Caller&, const net::Request&, net::Responder&);
  /// One request of `key`; every answer says how it stands, a 429 when it may come again.
  bool take(std::string_view key, net::Responder&);
  /// REST-10: a read as of a given sequence; 409 for one the venue has never come to.
  bool consistent(const net::Request&, net::Responder&);

  gateways::VenuePort& venue_;
  security::Tokens& tokens_;
  const security::CommandNames& names_;
  KeyRing& keys_;
  std::vector<apikeys::Scopes> scopes_;
  net::JsonReader reader_;
  net::RateLimiter requests_;
  net::RateLimiter attempts_;
  bool spare_loopback_;
  RequestCounts counts_;
};

/// Whom the journal names for a command.
inline flows::Origin origin(const Caller& caller, const net::Request& request) {
  return {.actor = caller.user, .session = {}, .command = {}, .correlation = request.id.value};
}

}  // namespace rialto::rest
