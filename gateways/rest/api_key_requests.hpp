// The body of POST /api/api-keys, and scopes as words.
//
// Pure functions; any thread.
#pragma once

#include <string_view>

#include "contexts/apikeys/contract.hpp"
#include "gateways/rest/numbers.hpp"
#include "platform/net/json_reader.hpp"
#include "platform/net/json_writer.hpp"
#include "platform/security/api_key_secrets.hpp"

namespace rialto::rest {

struct NewApiKey {
  apikeys::CreateApiKey command;  // without user and credential
  security::ApiKeySecret secret;  // for HMAC without its material
};

/// REQUIRES: `fields` has no problem yet; whoever calls checks it (FrontDesk::complete).
Parsed<NewApiKey> parse_api_key(net::JsonFields& fields);

/// "trade" and its like; nothing for another word.
std::optional<apikeys::Scopes> parse_scope(std::string_view word);
void write_scopes(net::JsonWriter& json, apikeys::Scopes scopes);

}  // namespace rialto::rest
