#include "gateways/stream/sign_in.hpp"

#include <boost/describe/enum_to_string.hpp>

namespace rialto::stream {

std::expected<Person, Problem> Doorkeeper::admit(std::string_view token) {
  const auto claims = tokens_.validate(token, security::TokenType::access);
  if (!claims)
    return std::unexpected(
        Problem{boost::describe::enum_to_string(claims.error(), "token_malformed"),
                "the access token is not, or no longer, good; log in again"});
  // As REST-1: a token names the version of credential and roles it was issued for.
  const auto live = venue_.live_user((*claims)->user);
  if (!live || (*claims)->credential != Fingerprint{0, live->version})
    return std::unexpected(
        Problem{"token_revoked",
                "the password or the roles have changed, or the user is gone; log in again"});
  return Person{(*claims)->user, live->roles};
}

std::optional<std::string_view> bearer_token(const net::Request& request) {
  const auto header = request.header("Authorization");
  constexpr std::string_view scheme = "bearer ";
  if (!header || header->size() < scheme.size()) return std::nullopt;
  for (std::size_t i = 0; i < scheme.size(); ++i)
    if (((*header)[i] | 0x20) != (scheme[i] | 0x20)) return std::nullopt;
  return header->substr(scheme.size());
}

}  // namespace rialto::stream
