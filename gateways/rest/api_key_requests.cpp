#include "gateways/rest/api_key_requests.hpp"

#include <array>

#include "gateways/rest/answers.hpp"
#include "platform/net/address_block.hpp"
#include "platform/security/signatures.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using apikeys::KeyKind;
using apikeys::Scopes;
using net::Status;

constexpr std::size_t label_bytes_max = 64;
constexpr std::size_t addresses_max = 32;
constexpr std::uint64_t latest_ms = 9'214'646'400'000;  // the year 2262

constexpr std::array<std::pair<std::string_view, Scopes>, 4> scope_words{
    {{"read", Scopes::read},
     {"trade", Scopes::trade},
     {"transfer", Scopes::transfer},
     {"admin", Scopes::admin}}};

net::Response refuse(std::string_view code, std::string_view field, std::string_view message) {
  return field_response(Status::bad_request, code, field, message);
}

std::optional<net::Response> read_scopes(const net::JsonValue& array, Scopes& scopes) {
  for (const net::JsonValue& element : array.children()) {
    const auto scope = parse_scope(element.text());
    if (!scope)
      return refuse("unknown_value", "scopes", "scopes are read, trade, transfer and admin");
    scopes = scopes | *scope;
  }
  return std::nullopt;
}

std::optional<net::Response> read_addresses(const net::JsonValue& array,
                                            std::vector<std::string>& addresses) {
  for (const net::JsonValue& element : array.children()) {
    if (!net::AddressBlock::parse(element.text()) || addresses.size() == addresses_max)
      return refuse("address_malformed", "ipAllow",
                    "at most 32 addresses or blocks such as 192.0.2.0/24 are taken");
    addresses.emplace_back(element.text());
  }
  return std::nullopt;
}

std::optional<net::Response> read_kind(std::string_view kind,
                                       std::optional<std::string_view> public_key, NewApiKey& key) {
  if (kind == "hmac") {
    if (!public_key) return std::nullopt;
    return refuse("public_key_not_allowed", "publicKey", "the secret of an HMAC key is made here");
  }
  if (kind != "ed25519") return refuse("unknown_value", "kind", "kinds are hmac and ed25519");
  key.command.kind = KeyKind::ed25519;
  const auto parsed = public_key ? security::parse_public_key(*public_key) : std::nullopt;
  if (!parsed)
    return refuse("public_key_malformed", "publicKey",
                  "an Ed25519 public key is needed: 64 hexadecimal digits, base64 or PEM");
  key.secret.material.assign(parsed->begin(), parsed->end());
  return std::nullopt;
}

std::optional<net::Response> read_expiry(std::string_view text, Timestamp& expires) {
  if (const auto ms = parse_number(text); ms && *ms < latest_ms)
    expires = {static_cast<std::int64_t>(*ms) * 1'000'000};
  else if (const auto time = projections::parse_time(text))
    expires = *time;
  else
    return refuse("expire_time_malformed", "expireTime",
                  "a time such as \"2030-01-31T16:00:00Z\" or milliseconds since 1970 is needed");
  return std::nullopt;
}

}  // namespace

std::optional<Scopes> parse_scope(std::string_view word) {
  for (const auto& [name, scope] : scope_words)
    if (word == name) return scope;
  return std::nullopt;
}

void write_scopes(net::JsonWriter& json, Scopes scopes) {
  json.key("scopes").begin_array();
  for (const auto& [name, scope] : scope_words)
    if (apikeys::covers(scopes, scope)) json.text(name);
  json.end_array();
}

Parsed<NewApiKey> parse_api_key(net::JsonFields& fields) {
  NewApiKey key;
  key.secret.label = fields.text("label");
  const auto kind = fields.text("kind");
  const auto public_key = fields.optional_text("publicKey");
  const auto scopes = fields.optional_array("scopes");
  const auto expires = fields.optional_number("expireTime");
  const auto addresses = fields.optional_array("ipAllow");
  if (fields.problem()) return key;
  std::optional<net::Response> refused;
  if (key.secret.label.empty() || key.secret.label.size() > label_bytes_max)
    refused = limit_response(Status::bad_request, "label_malformed", "label",
                             std::to_string(label_bytes_max), "1 to 64 bytes are needed");
  if (!refused) refused = read_kind(kind, public_key, key);
  if (!refused && scopes) refused = read_scopes(*scopes, key.command.scopes);
  if (!refused && expires) refused = read_expiry(*expires, key.command.expires);
  if (!refused && addresses) refused = read_addresses(*addresses, key.secret.addresses);
  if (refused) return std::unexpected(std::move(*refused));
  return key;
}

}  // namespace rialto::rest
