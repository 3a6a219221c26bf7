#include "gateways/rest/api_keys.hpp"

#include "gateways/rest/answers.hpp"
#include "gateways/rest/api_key_requests.hpp"
#include "gateways/rest/pages.hpp"
#include "platform/net/error_body.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using apikeys::ApiKey;
using flows::Reply;
using gateways::VenuePort;
using net::JsonWriter;
using net::Status;
using projections::Replica;

net::Response no_such_key() {
  return not_found("api_key_not_found", "there is no such API key of yours");
}

/// The members of a key, without its braces.
void write_key(JsonWriter& json, const ApiKey& key, const KeyRing::Shown& shown) {
  json.field("apiKeyId", std::to_string(key.id.value))
      .field("key", security::to_text(key.credential))
      .field("userId", std::to_string(key.user.value))
      .field("label", shown.label)
      .field("kind", std::string_view(boost::describe::enum_to_string(key.kind, "hmac")));
  write_scopes(json, key.scopes);
  if (shown.public_key.empty())
    json.key("publicKey").null();
  else
    json.field("publicKey", shown.public_key);
  if (key.expires.value != 0)
    json.field("expireTime", projections::time_text(key.expires));
  else
    json.key("expireTime").null();
  json.key("ipAllow").begin_array();
  for (const std::string& address : shown.addresses) json.text(address);
  json.end_array().field("createdAt", projections::time_text(key.created));
}

/// The one answer that ever shows the secret of an HMAC key.
net::Response created(const ApiKey& key, const KeyRing::Shown& shown, std::string_view secret,
                      Sequence sequence) {
  net::Response response{.status = Status::created};
  JsonWriter json(response.body);
  json.begin_object();
  write_key(json, key, shown);
  if (key.kind == apikeys::KeyKind::hmac) json.field("secret", secret);
  json.field("sequence", sequence.value).end_object();
  response.add_header("Cache-Control", "no-store");
  return response;
}

}  // namespace

void ApiKeyRoutes::add_to(net::Router& router) {
  const auto add = [&](net::Method method, std::string_view path, auto handler) {
    router.add(method, path,
               [this, handler](const net::Request& request, net::Responder responder) {
                 (this->*handler)(request, std::move(responder));
               });
  };
  add(net::Method::get, "/api/api-keys", &ApiKeyRoutes::list);
  add(net::Method::post, "/api/api-keys", &ApiKeyRoutes::create);
  add(net::Method::remove, "/api/api-keys/{id}", &ApiKeyRoutes::revoke);
}

void ApiKeyRoutes::list(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  desk_.venue().read(
      [this, responder = std::move(responder), caller = *caller](const Replica& replica) mutable {
        std::vector<const ApiKey*> rows;
        for (const ApiKey& key : replica.venue().api_keys.keys())
          if (!key.revoked && (key.user == caller.user || caller.administrator()))
            rows.push_back(&key);
        responder.respond(list_response(rows, 0, [&](JsonWriter& json, const ApiKey* key) {
          json.begin_object();
          write_key(json, *key, ring_.shown(key->id));
          json.end_object();
        }));
      });
}

void ApiKeyRoutes::create(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  auto parsed = parse_api_key(fields);
  // A misspelt ipAllow or expireTime would make a key that is good for more than was meant.
  if (!desk_.complete(
          fields, responder,
          fields.unknown({"label", "kind", "publicKey", "scopes", "expireTime", "ipAllow"})))
    return;
  if (!parsed) return responder.respond(std::move(parsed.error()));
  if (!apikeys::covers(caller->scopes, parsed->command.scopes))
    return responder.respond(net::error_response(
        Status::forbidden, "scope_required", "a key cannot make a key that may do more than it"));
  parsed->command.user = caller->user;
  if (parsed->command.kind == apikeys::KeyKind::hmac)
    parsed->secret.material = security::ApiKeySecrets::random_secret();
  VenuePort& venue = desk_.venue();
  // REST-5: the secret is durable before the event that names it.
  venue.read([this, &venue, from = origin(*caller, request), made = std::move(*parsed),
              responder = std::move(responder)](const Replica&) mutable {
    const auto credential = secrets_.put(made.secret);
    if (!credential)
      return responder.respond(refusal({RejectKind::unavailable, "credential_store_failed"}));
    made.command.credential = *credential;
    const apikeys::CreateApiKey command = made.command;
    venue.submit(command, from,
                 [this, &venue, made = std::move(made),
                  responder = std::move(responder)](const Reply& reply) mutable {
                   const apikeys::CreateApiKey& asked = made.command;
                   if (reply.rejection) {
                     responder.respond(refusal(*reply.rejection));
                     if (reply.rejection->code != "outcome_unknown")
                       venue.read([this, credential = asked.credential](const Replica&) {
                         (void)secrets_.remove(credential);  // else the sweep at the next start
                       });
                     return;
                   }
                   const ApiKey key{reply.api_key,    asked.user, asked.kind,    asked.scopes,
                                    asked.credential, reply.time, asked.expires, false};
                   ring_.add(key, made.secret);
                   responder.respond(
                       created(key, ring_.shown(key.id), made.secret.material, reply.sequence));
                 });
  });
}

void ApiKeyRoutes::revoke(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<apikeys::ApiKeyId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_key());
  VenuePort& venue = desk_.venue();
  venue.submit(
      apikeys::RevokeApiKey{*id, caller->administrator() ? UserId{} : caller->user},
      origin(*caller, request),
      [this, &venue, id = *id, responder = std::move(responder)](const Reply& reply) mutable {
        if (reply.rejection)
          return responder.respond(reply.rejection->kind == RejectKind::not_found
                                       ? no_such_key()
                                       : refusal(*reply.rejection));
        const Fingerprint credential = ring_.remove(id);
        net::Response response;
        JsonWriter(response.body)
            .begin_object()
            .field("apiKeyId", std::to_string(id.value))
            .field("revoked", true)
            .field("sequence", reply.sequence.value)
            .end_object();
        responder.respond(std::move(response));
        venue.read([this, credential](const Replica&) { (void)secrets_.remove(credential); });
      });
}

}  // namespace rialto::rest
