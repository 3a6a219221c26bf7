#include "gateways/rest/ouch_sessions.hpp"

#include "gateways/ouch/soup.hpp"
#include "gateways/rest/answers.hpp"
#include "gateways/rest/numbers.hpp"
#include "gateways/rest/pages.hpp"
#include "platform/net/error_body.hpp"

namespace rialto::rest {
namespace {

using flows::Reply;
using gateways::VenuePort;
using net::JsonWriter;
using net::Status;
using projections::Replica;

net::Response no_such_session() {
  return not_found("session_not_found", "there is no such session of yours");
}

void write_session(JsonWriter& json, const sessions::Session& session) {
  json.begin_object()
      .field("sessionId", std::to_string(session.id.value))
      .field("userName", ouch::user_name_of(session.id).view())
      .field("userId", std::to_string(session.user.value))
      .field("walletId", std::to_string(session.account.value))
      .field("cancelOnDisconnect", session.cancel_on_disconnect)
      .field("orderEntryEnabled", !session.entry_disabled)
      .field("lastUserRefNum", std::uint64_t{session.last_user_ref})
      .end_object();
}

/// The one answer that ever shows the password.
net::Response opened(const Reply& reply, bool cancel_on_disconnect, std::string_view password) {
  net::Response response{.status = Status::created};
  JsonWriter(response.body)
      .begin_object()
      .field("sessionId", std::to_string(reply.session.value))
      .field("userName", ouch::user_name_of(reply.session).view())
      .field("password", password)
      .field("walletId", std::to_string(reply.account.value))
      .field("cancelOnDisconnect", cancel_on_disconnect)
      .field("sequence", reply.sequence.value)
      .end_object();
  return response;
}

}  // namespace

void OuchSessionRoutes::add_to(net::Router& router) {
  const auto add = [&](net::Method method, std::string_view path, auto handler) {
    router.add(method, path,
               [this, handler](const net::Request& request, net::Responder responder) {
                 (this->*handler)(request, std::move(responder));
               });
  };
  add(net::Method::get, "/api/ouch-sessions", &OuchSessionRoutes::list);
  add(net::Method::post, "/api/ouch-sessions", &OuchSessionRoutes::open);
  add(net::Method::remove, "/api/ouch-sessions/{id}", &OuchSessionRoutes::revoke);
}

void OuchSessionRoutes::list(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  desk_.venue().read(
      [responder = std::move(responder), caller = *caller](const Replica& replica) mutable {
        std::vector<const sessions::Session*> rows;
        for (const sessions::Session& session : replica.venue().sessions.sessions())
          if (!session.revoked && (session.user == caller.user || caller.administrator()))
            rows.push_back(&session);
        responder.respond(list_response(
            rows, 0, [](JsonWriter& json, const auto* session) { write_session(json, *session); }));
      });
}

void OuchSessionRoutes::open(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.trader(request, responder);
  if (!caller) return;
  bool cancel_on_disconnect = false;
  if (!request.body.empty()) {
    const auto body = desk_.body(request, responder);
    if (!body) return;
    net::JsonFields fields(*body);
    cancel_on_disconnect = fields.optional_boolean("cancelOnDisconnect").value_or(false);
    // A misspelt cancelOnDisconnect would leave orders in the market.
    if (!desk_.complete(fields, responder, fields.unknown({"cancelOnDisconnect"}))) return;
  }
  VenuePort& venue = desk_.venue();
  // REST-5: the secret is durable before the event that names it.
  venue.read([this, &venue, caller = *caller, from = origin(*caller, request), cancel_on_disconnect,
              responder = std::move(responder)](const Replica&) mutable {
    auto issued = passwords_.issue();
    if (!issued)
      return responder.respond(refusal({RejectKind::unavailable, "credential_store_failed"}));
    const Fingerprint credential = issued->credential;
    venue.submit(
        sessions::OpenSession{caller.user, caller.account, cancel_on_disconnect, credential}, from,
        [this, &venue, credential, cancel_on_disconnect, password = std::move(issued->password),
         responder = std::move(responder)](const Reply& reply) mutable {
          if (!reply.rejection)
            return responder.respond(opened(reply, cancel_on_disconnect, password));
          responder.respond(refusal(*reply.rejection));
          if (reply.rejection->code != "outcome_unknown")
            venue.read([this, credential](const Replica&) {
              (void)passwords_.remove(credential);  // else the sweep at the next start
            });
        });
  });
}

void OuchSessionRoutes::revoke(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<SessionId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_session());
  VenuePort& venue = desk_.venue();
  venue.submit(
      sessions::RevokeSession{*id, caller->administrator() ? UserId{} : caller->user},
      origin(*caller, request),
      [this, &venue, responder = std::move(responder), id = *id](const Reply& reply) mutable {
        if (reply.rejection)
          return responder.respond(reply.rejection->kind == RejectKind::not_found
                                       ? no_such_session()
                                       : refusal(*reply.rejection));
        net::Response response;
        JsonWriter(response.body)
            .begin_object()
            .field("sessionId", std::to_string(id.value))
            .field("revoked", true)
            .field("sequence", reply.sequence.value)
            .end_object();
        responder.respond(std::move(response));
        venue.read([this, id](const Replica& replica) {
          const auto& all = replica.venue().sessions.sessions();
          (void)passwords_.remove(all[id.value - 1].credential);
        });
      });
}

}  // namespace rialto::rest
