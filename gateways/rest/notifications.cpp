#include "gateways/rest/notifications.hpp"

#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include "gateways/rest/answers.hpp"
#include "gateways/rest/pages.hpp"
#include "platform/net/error_body.hpp"
#include "projections/notifications/inbox.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using net::JsonWriter;
using net::Status;
using notifications::Kind;
using notifications::Preferences;
using projections::InboxEntry;
using projections::NoticeId;
using projections::Replica;

constexpr std::size_t title_bytes_max = 200;
constexpr std::size_t message_bytes_max = 4'000;

net::Response no_such_notification() {
  return not_found("notification_not_found", "there is no such notification of yours");
}

projections::OpenField opener(security::PersonVault& vault) {
  return [&vault](Fingerprint person, std::string_view field, std::string_view sealed) {
    return vault.open(person, field, sealed).value_or("");
  };
}

void write_notification(JsonWriter& json, const InboxEntry& entry, const flows::Venue& venue,
                        security::PersonVault& vault) {
  const auto text =
      projections::text_of(entry.event, entry.id.kind, entry.id.user, venue, opener(vault));
  json.begin_object()
      .field("notificationId", projections::to_text(entry.id))
      .field("userId", std::to_string(entry.id.user.value))
      .field("kind", boost::describe::enum_to_string(entry.id.kind, "kind"))
      .field("event", text.event)
      .field("title", text.title)
      .field("message", text.message)
      .field("read", entry.read)
      .field("time", projections::time_text(entry.time))
      .field("causeSequence", entry.id.cause.value)
      .end_object();
}

template <class Visit>
void each_kind(Visit visit) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Kind>>(
      [&](auto described) { visit(described.value, std::string_view(described.name)); });
}

net::Response preferences_response(const Preferences& preferences, Sequence sequence) {
  net::Response response;
  JsonWriter json(response.body);
  json.begin_object();
  each_kind([&](Kind kind, std::string_view name) {
    json.key(name)
        .begin_object()
        .field("inApp", preferences.in_app.has(kind))
        .field("email", preferences.email.has(kind))
        .end_object();
  });
  if (sequence.value != 0) json.field("sequence", sequence.value);
  json.end_object();
  return response;
}

/// What a PUT changes; absent kinds and channels stay.
struct Wish {
  Kind kind;
  std::optional<bool> in_app;
  std::optional<bool> email;
};

Parsed<std::vector<Wish>> parse_wishes(const net::JsonValue& body) {
  std::vector<Wish> wishes;
  for (const net::JsonValue& entry : body.children()) {
    const auto kind = projections::parse_kind(entry.key());
    if (!kind || entry.kind() != net::JsonKind::object)
      return std::unexpected(
          field_response(Status::bad_request, "kind_unknown", entry.key(),
                         "kinds are orders, trades, wallet, portfolio and messages"));
    net::JsonFields fields(entry);
    const Wish wish{*kind, fields.optional_boolean("inApp"), fields.optional_boolean("email")};
    if (fields.problem()) return std::unexpected(net::field_problem_response(*fields.problem()));
    if (const auto unknown = fields.unknown({"inApp", "email"}))
      return std::unexpected(field_response(Status::bad_request, "unknown_field", *unknown,
                                            "channels are inApp and email"));
    if (*kind == Kind::messages && wish.in_app == false)
      return std::unexpected(field_response(Status::unprocessable, "messages_always_arrive",
                                            "messages", "messages cannot be switched off"));
    wishes.push_back(wish);
  }
  return wishes;
}

}  // namespace

void NotificationRoutes::add_to(net::Router& router) {
  const auto add = [&](net::Method method, std::string_view path, auto handler) {
    router.add(method, path,
               [this, handler](const net::Request& request, net::Responder responder) {
                 (this->*handler)(request, std::move(responder));
               });
  };
  add(net::Method::get, "/api/notifications", &NotificationRoutes::list);
  add(net::Method::post, "/api/notifications", &NotificationRoutes::post);
  add(net::Method::get, "/api/notifications/preferences", &NotificationRoutes::show_preferences);
  add(net::Method::put, "/api/notifications/preferences", &NotificationRoutes::set_preferences);
  add(net::Method::get, "/api/notifications/{id}", &NotificationRoutes::show);
  add(net::Method::put, "/api/notifications/{id}", &NotificationRoutes::mark);
}

void NotificationRoutes::list(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  auto page = page_query(request);
  if (!page) return responder.respond(std::move(page.error()));
  projections::InboxFilter filter;
  if (const auto unread = request.query_parameter("unread"))
    filter.unread_only = *unread != "false" && *unread != "0";
  if (const auto kind = request.query_parameter("kind")) {
    filter.kind = projections::parse_kind(*kind);
    if (!filter.kind)
      return responder.respond(
          field_response(Status::bad_request, "kind_unknown", "kind",
                         "kinds are orders, trades, wallet, portfolio and messages"));
  }
  desk_.venue().read([responder = std::move(responder), user = caller->user, page = *page, filter,
                      inbox = inbox_, &vault = vault_](const Replica& replica) mutable {
    auto rows = inbox->list(user, filter, {page.before, page.limit + 1});
    const bool more = rows.size() > page.limit;
    if (more) rows.pop_back();
    responder.respond(list_response(rows, more ? projections::Inbox::cursor(rows.back()) : 0,
                                    [&](JsonWriter& json, const InboxEntry& row) {
                                      write_notification(json, row, replica.venue(), vault);
                                    }));
  });
}

namespace {
/// The notification as it is behind everything acknowledged, or 404.
void answer_with_notification(gateways::VenuePort& venue, const projections::Inbox* inbox,
                              security::PersonVault& vault, net::Responder responder, NoticeId id,
                              Status status) {
  venue.read([responder = std::move(responder), inbox, &vault, id,
              status](const Replica& replica) mutable {
    const auto entry = inbox->find(id);
    if (!entry) return responder.respond(no_such_notification());
    net::Response response{.status = status};
    JsonWriter json(response.body);
    write_notification(json, *entry, replica.venue(), vault);
    responder.respond(std::move(response));
  });
}
}  // namespace

void NotificationRoutes::show(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = projections::parse_notice_id(request.parameters[0]);
  if (!id || (id->user != caller->user && !caller->administrator()))
    return responder.respond(no_such_notification());
  answer_with_notification(desk_.venue(), inbox_, vault_, std::move(responder), *id, Status::ok);
}

void NotificationRoutes::post(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const auto user = fields.optional_number("userId");
  std::string title(fields.optional_text("title").value_or(""));
  std::string message(fields.text("message"));
  if (!desk_.complete(fields, responder)) return;
  const auto recipient = user ? parse_id<UserId>(*user) : std::optional(caller->user);
  if (!recipient || (*recipient != caller->user && !caller->administrator()))
    return responder.respond(refusal(rejection_of(identity::Reject::user_not_found)));
  if (message.empty() || message.size() > message_bytes_max || title.size() > title_bytes_max)
    return responder.respond(limit_response(Status::bad_request, "message_length", "message",
                                            std::to_string(message_bytes_max),
                                            "1 to 4000 bytes, and at most 200 in the title"));
  gateways::VenuePort& venue = desk_.venue();
  venue.read([&venue, this, to = *recipient, by = caller->user, title = std::move(title),
              message = std::move(message), from = origin(*caller, request),
              responder = std::move(responder)](const Replica& replica) mutable {
    const identity::User* known = replica.venue().identity.user(to);
    if (!known) return responder.respond(refusal(rejection_of(identity::Reject::user_not_found)));
    auto sealed_title = vault_.seal(known->person, projections::message_title_field, title);
    auto sealed_text = vault_.seal(known->person, projections::message_text_field, message);
    if (!sealed_title || !sealed_text)
      return responder.respond(refusal(rejection_of(identity::Reject::user_not_found)));
    venue.submit(
        notifications::PostMessage{to, by, std::move(*sealed_title), std::move(*sealed_text)}, from,
        [&venue, this, to, responder = std::move(responder)](const flows::Reply& reply) mutable {
          if (reply.rejection) return responder.respond(refusal(*reply.rejection));
          answer_with_notification(venue, inbox_, vault_, std::move(responder),
                                   {reply.sequence, Kind::messages, to}, Status::created);
        });
  });
}

void NotificationRoutes::mark(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = projections::parse_notice_id(request.parameters[0]);
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const auto read = fields.optional_boolean("read");
  if (!desk_.complete(fields, responder, fields.unknown({"read"}))) return;
  if (!read)
    return responder.respond(
        field_response(Status::bad_request, "field_missing", "read", "true or false is needed"));
  // Only its owner reads it.
  if (!id || id->user != caller->user) return responder.respond(no_such_notification());
  gateways::VenuePort& venue = desk_.venue();
  venue.read([&venue, this, id = *id, read = *read, from = origin(*caller, request),
              responder = std::move(responder)](const Replica&) mutable {
    const auto entry = inbox_->find(id);
    if (!entry) return responder.respond(no_such_notification());
    if (entry->read == read)
      return answer_with_notification(venue, inbox_, vault_, std::move(responder), id, Status::ok);
    venue.submit(
        notifications::MarkRead{id.user, id.cause, id.kind, read}, from,
        [&venue, this, id, responder = std::move(responder)](const flows::Reply& reply) mutable {
          if (reply.rejection) return responder.respond(refusal(*reply.rejection));
          answer_with_notification(venue, inbox_, vault_, std::move(responder), id, Status::ok);
        });
  });
}

void NotificationRoutes::show_preferences(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  desk_.venue().read([responder = std::move(responder),
                      user = caller->user](const Replica& replica) mutable {
    responder.respond(preferences_response(replica.venue().notifications.preferences(user), {}));
  });
}

void NotificationRoutes::set_preferences(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto body = desk_.body(request, responder);
  if (!body) return;
  auto wishes = parse_wishes(*body);
  if (!wishes) return responder.respond(std::move(wishes.error()));
  gateways::VenuePort& venue = desk_.venue();
  venue.read([&venue, user = caller->user, wishes = std::move(*wishes),
              from = origin(*caller, request),
              responder = std::move(responder)](const Replica& replica) mutable {
    Preferences chosen = replica.venue().notifications.preferences(user);
    for (const Wish& wish : wishes) {
      if (wish.in_app) chosen.in_app.set(wish.kind, *wish.in_app);
      if (wish.email) chosen.email.set(wish.kind, *wish.email);
    }
    venue.submit(notifications::SetPreferences{user, chosen}, from,
                 [chosen, responder = std::move(responder)](const flows::Reply& reply) mutable {
                   if (reply.rejection) return responder.respond(refusal(*reply.rejection));
                   responder.respond(preferences_response(chosen, reply.sequence));
                 });
  });
}

}  // namespace rialto::rest
