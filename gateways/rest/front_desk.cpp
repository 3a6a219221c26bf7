#include "gateways/rest/front_desk.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>

#include <boost/describe/enum_to_string.hpp>

#include "gateways/rest/answers.hpp"
#include "gateways/rest/api_key_requests.hpp"
#include "gateways/rest/numbers.hpp"
#include "platform/net/error_body.hpp"
#include "platform/net/json_writer.hpp"

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

net::Response key_refusal(KeyProblem problem) {
  const std::string_view code = boost::describe::enum_to_string(problem, "signature_wrong");
  switch (problem) {
    case KeyProblem::signature_missing:
      return unauthorized(code, "send X-Timestamp and X-Signature with X-API-Key");
    case KeyProblem::timestamp_malformed:
      return unauthorized(code, "X-Timestamp is milliseconds since 1970");
    case KeyProblem::timestamp_outside_window:
      return unauthorized(code, "X-Timestamp is too far from the venue's clock");
    case KeyProblem::api_key_unknown:
      return unauthorized(code, "there is no such API key, or it was revoked");
    case KeyProblem::api_key_expired:
      return unauthorized(code, "this API key has expired");
    case KeyProblem::signature_wrong:
      return unauthorized(code, "the signature is not this key's of this request; see /docs");
    case KeyProblem::address_not_allowed:
      return net::error_response(Status::forbidden, code,
                                 "this API key may not be used from this address");
    case KeyProblem::request_replayed:
      return net::error_response(Status::conflict, code,
                                 "this very request was here before; sign it anew to repeat it");
    case KeyProblem::replay_memory_full:
      return refusal({RejectKind::unavailable, code});
  }
  return unauthorized(code, "");
}

}  // namespace

FrontDesk::FrontDesk(gateways::VenuePort& venue, security::Tokens& tokens,
                     const security::CommandNames& names, KeyRing& keys,
                     const RestSettings& settings)
    : venue_(venue),
      tokens_(tokens),
      names_(names),
      keys_(keys),
      requests_(settings.requests),
      attempts_(settings.attempts),
      spare_loopback_(settings.requests.spare_loopback) {}

std::optional<Caller> FrontDesk::admit(const net::Request& request, net::Responder& responder) {
  const auto token = bearer_token(request);
  if (!token) {
    if (const auto key = request.header("X-API-Key")) return admit_signed(*key, request, responder);
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

std::optional<Caller> FrontDesk::admit_signed(std::string_view key, const net::Request& request,
                                              net::Responder& responder) {
  // Checking a signature costs more than it takes to send a wrong one.
  if (!(request.from_loopback && spare_loopback_))
    if (const auto wait = requests_.take(request.peer, std::chrono::steady_clock::now())) {
      ++counts_.limited;
      responder.respond(net::too_many_requests_response(*wait));
      return std::nullopt;
    }
  const auto holder = keys_.admit(key, request);
  const auto live = holder ? venue_.live_user(holder->user) : std::nullopt;
  if (!live) {
    responder.respond(key_refusal(holder ? KeyProblem::api_key_unknown : holder.error()));
    return std::nullopt;
  }
  const auto needed =
      request.route < scopes_.size() ? scopes_[request.route] : apikeys::Scopes::all;
  if (!apikeys::covers(holder->scopes, needed)) {
    std::string details;
    net::JsonWriter json(details);
    write_scopes(json.begin_object(), needed);
    json.end_object();
    responder.respond(net::error_response(Status::forbidden, "scope_required",
                                          "this API key may not do this", details));
    return std::nullopt;
  }
  Caller caller{holder->user, live->account, live->roles, holder->scopes};
  if (!apikeys::covers(holder->scopes, apikeys::Scopes::admin))
    caller.roles = identity::without(caller.roles, identity::Roles::administrator);
  return caller;
}

bool FrontDesk::within_limits(const Caller& caller, const net::Request& request,
                              net::Responder& responder) {
  if (request.from_loopback && spare_loopback_) return true;
  std::array<char, 24> key{'u'};
  const auto end = std::to_chars(key.data() + 1, key.data() + key.size(), caller.user.value).ptr;
  return take({key.data(), end}, responder);
}

bool FrontDesk::take(std::string_view key, net::Responder& responder) {
  const auto wait = requests_.take(key, std::chrono::steady_clock::now());
  responder.add_header_lines(net::rate_limit_lines(requests_.standing(key)));
  if (!wait) return true;
  ++counts_.limited;
  responder.respond(net::too_many_requests_response(*wait));
  return false;
}

/// PROJECTIONS-3 shows a read everything that was acknowledged before it: only a position that was
/// never acknowledged cannot be met.
bool FrontDesk::consistent(const net::Request& request, net::Responder& responder) {
  if (request.method != net::Method::get && request.method != net::Method::head) return true;
  auto token = request.query.empty() ? std::nullopt : request.query_parameter("atLeast");
  if (!token)
    if (const auto header = request.header("X-Consistency-Token")) token = std::string(*header);
  if (!token) return true;
  const auto position = parse_number(*token);
  if (!position) {
    responder.respond(field_response(Status::bad_request, "consistency_token_malformed",
                                     "X-Consistency-Token", "send the sequence of an answer"));
    return false;
  }
  const auto standing = venue_.standing();
  const std::uint64_t newest = std::max(standing.acknowledged, standing.replica).value;
  if (*position <= newest) return true;
  std::string details;
  net::JsonWriter(details).begin_object().field("sequence", newest).end_object();
  responder.respond(net::error_response(Status::conflict, "sequence_not_reached",
                                        "the venue has not come to this sequence; was it another "
                                        "venue's?",
                                        details));
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
  if (!consistent(request, responder)) return std::nullopt;
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
  if (!(request.from_loopback && spare_loopback_) && !take(request.peer, responder)) return false;
  return consistent(request, responder);
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
