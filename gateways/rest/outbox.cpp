#include "gateways/rest/outbox.hpp"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

#include "gateways/rest/answers.hpp"
#include "gateways/rest/pages.hpp"
#include "projections/notifications/email_desk.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using mail::Letter;
using mail::LetterState;
using net::JsonWriter;

void write_letter(JsonWriter& json, const Letter& letter) {
  json.begin_object()
      .field("letterId", letter.id)
      .field("userId", std::to_string(letter.recipient.value))
      .field("state", boost::describe::enum_to_string(letter.state, "unknown"))
      .field("attempts", letter.attempts)
      .field("added", projections::time_text(letter.added))
      .field("changed", projections::time_text(letter.changed));
  if (letter.state == LetterState::waiting)
    json.field("nextAttempt", projections::time_text(letter.next_attempt));
  if (!letter.problem.empty()) json.field("problem", letter.problem);
  json.end_object();
}

}  // namespace

void OutboxRoutes::add_to(net::Router& router) {
  router.add(net::Method::get, "/api/admin/outbox",
             [this](const net::Request& request, net::Responder responder) {
               list(request, std::move(responder));
             });
}

void OutboxRoutes::list(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  auto page = page_query(request);
  if (!page) return responder.respond(std::move(page.error()));
  std::optional<LetterState> state;
  if (const auto text = request.query_parameter("state")) {
    LetterState named{};
    if (!boost::describe::enum_from_string(text->c_str(), named))
      return responder.respond(field_response(net::Status::bad_request, "state_unknown", "state",
                                              "states are waiting, sent, dead and dropped"));
    state = named;
  }
  desk_.venue().read([responder = std::move(responder), page = *page, state,
                      email = email_](const projections::Replica&) mutable {
    auto rows = email->outbox().list(state, page.before, page.limit + 1);
    const bool more = rows.size() > page.limit;
    if (more) rows.pop_back();
    responder.respond(list_response(rows, more ? rows.back().number : 0, write_letter));
  });
}

}  // namespace rialto::rest
