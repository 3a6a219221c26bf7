// Whose connection it is, for as long as the token says so: checked when it is shown, and again
// every second, so that an expired or revoked one ends the stream (STREAM-5).
//
// Server's thread only.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "gateways/stream/requests.hpp"
#include "gateways/venue_port.hpp"
#include "platform/net/message.hpp"
#include "platform/security/tokens.hpp"

namespace rialto::stream {

struct Person {
  UserId user;
  identity::Roles roles{};

  bool administrator() const { return has(roles, identity::Roles::administrator); }
};

class Doorkeeper {
 public:
  Doorkeeper(const gateways::VenuePort& venue, security::Tokens& tokens)
      : venue_(venue), tokens_(tokens) {}

  /// Who holds this access token; the problem's code is that of HTTP.
  std::expected<Person, Problem> admit(std::string_view token);

 private:
  const gateways::VenuePort& venue_;
  security::Tokens& tokens_;
};

/// What follows "Bearer " in the Authorization header, if there is one.
std::optional<std::string_view> bearer_token(const net::Request&);

}  // namespace rialto::stream
