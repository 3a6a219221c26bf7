#include "gateways/rest/front_desk.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <string>

#include <boost/describe/enum_to_string.hpp>

#include "gateways/rest/answers.hpp"
#include "platform/net/error_body.hpp"

namespace rialto::rest {
namespace {

using net::Status;

net::Response unauthorized(std::string_view code, std::string_view message) {
  net::Response response = net::error_response(Status::unauthorized, code, message);
  response.add_header("WWW-Authenticate", "Bearer");
  return response;
}

std::optional<std::string_view> bearer_token(const net::Request& request) {
  const auto header = request.header("Authorization");
  if (!header) return std::nullopt;
  constexpr std::string_view scheme = "bearer ";
  if (header->size() < scheme.size()) return std::nullopt;
  for (std::size_t i = 0; i < scheme.size(); ++i)
    if (((*header)[i] | 0x20) != (scheme[i] | 0x20)) return std::nullopt;
  std::string_view token = header->substr(scheme.size());
  while (token.starts_with(' ')) token.remove_prefix(1);
  return token;
}

std::string_view token_message(security::TokenProblem problem) {
  using enum security::TokenProblem;
  switch (problem) {
    case token_malformed:
      return "this is not a token of this venue";
    case token_forged:
      return "the token is not signed by this venue";
    case token_expired:
      return "the token has expired; use the refresh token or log in again";
    case token_wrong_type:
      return "an access token is needed here, not a refresh token";
  }
  return "";
}

}  // namespace

FrontDesk::FrontDesk(gateways::VenuePort& venue, security::Tokens& tokens,
                     const security::CommandNames& names, const RestSettings& settings)
    : venue_(venue),
      tokens_(tokens),
      names_(names),
      requests_(settings.requests),
      attempts_(settings.attempts),
      spare_loopback_(settings.requests.spare_loopback) {}

std::optional<Caller> FrontDesk::admit(const net::Request& request, net::Responder& responder) {
  const auto token = bearer_token(request);
  if (!token) {
    responder.respond(
        unauthorized("token_missing", "log in and send Authorization: Bearer <accessToken>"));
    return std::nullopt;
  }
  const auto claims = tokens_.validate(*token, security::TokenType::access);
  if (!claims) {
    const auto code = boost::describe::enum_to_string(claims.error(), "token_malformed");
    responder.respond(unauthorized(code, token_message(claims.error())));
    return std::nullopt;
  }
  // REST-1: what the token was issued for must still be so.
  const auto live = venue_.live_user((*claims)->user);
  if (!live || (*claims)->credential != token_mark(live->version)) {
    responder.respond(
        unauthorized("token_revoked",
                     "the password or the roles have changed, or the user is gone; log in again"));
    return std::nullopt;
  }
  return Caller{(*claims)->user, live->account, live->roles};
}

bool FrontDesk::within_limits(const Caller& caller, const net::Request& request,
                              net::Responder& responder) {
  if (request.from_loopback && spare_loopback_) return true;
  std::array<char, 24> key{'u'};
  const auto end = std::to_chars(key.data() + 1, key.data() + key.size(), caller.user.value).ptr;
  const auto wait = requests_.take({key.data(), end}, std::chrono::steady_clock::now());
  if (!wait) return true;
  ++counts_.limited;
  responder.respond(net::too_many_requests_response(*wait));
  return false;
}

std::optional<Caller> FrontDesk::caller(const net::Request& request, net::Responder& responder) {
  ++counts_.requests;
  auto found = admit(request, responder);
  if (!found) {
    ++counts_.unauthorized;
    return std::nullopt;
  }
  if (!within_limits(*found, request, responder)) return std::nullopt;
  return found;
}

std::optional<Caller> FrontDesk::administrator(const net::Request& request,
                                               net::Responder& responder) {
  auto found = caller(request, responder);
  if (!found || found->administrator()) return found;
  responder.respond(net::error_response(Status::forbidden, "administrator_only",
                                        "only an administrator may do this"));
  return std::nullopt;
}

std::optional<Caller> FrontDesk::trader(const net::Request& request, net::Responder& responder) {
  auto found = caller(request, responder);
  if (!found) return std::nullopt;
  if (found->roles == identity::Roles::none) {
    responder.respond(net::error_response(Status::forbidden, "role_required",
                                          "trading needs the role trader or market_maker"));
    return std::nullopt;
  }
  if (found->account.value == 0) {
    responder.respond(
        net::error_response(Status::conflict, "wallet_required",
                            "there is no wallet to trade from: POST /api/wallets first"));
    return std::nullopt;
  }
  return found;
}

bool FrontDesk::visitor(const net::Request& request, net::Responder& responder) {
  ++counts_.requests;
  const auto wait = requests_.take(request, std::chrono::steady_clock::now());
  if (!wait) return true;
  ++counts_.limited;
  responder.respond(net::too_many_requests_response(*wait));
  return false;
}

bool FrontDesk::attempt(std::string_view key, const net::Request& request,
                        net::Responder& responder) {
  if (!visitor(request, responder)) return false;
  if (request.from_loopback && spare_loopback_) return true;
  std::string name(request.peer);
  name.push_back(' ');
  name.append(key);
  const auto wait = attempts_.take(name, std::chrono::steady_clock::now());
  if (!wait) return true;
  ++counts_.limited;
  responder.respond(net::too_many_requests_response(*wait));
  return false;
}

std::optional<net::JsonValue> FrontDesk::body(const net::Request& request,
                                              net::Responder& responder) {
  auto parsed = reader_.parse(request.body);
  if (parsed) return *parsed;
  responder.respond(net::json_problem_response(parsed.error()));
  return std::nullopt;
}

bool FrontDesk::complete(const net::JsonFields& fields, net::Responder& responder,
                         std::optional<std::string_view> unknown) {
  if (fields.problem()) {
    responder.respond(net::field_problem_response(*fields.problem()));
    return false;
  }
  if (!unknown) return true;
  responder.respond(
      field_response(Status::bad_request, "unknown_field", *unknown,
                     "there is no such field here; a misspelt option must not pass unseen"));
  return false;
}

}  // namespace rialto::rest
