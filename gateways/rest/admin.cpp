#include "gateways/rest/admin.hpp"

#include "gateways/rest/answers.hpp"
#include "gateways/rest/numbers.hpp"
#include "gateways/rest/queued_work.hpp"
#include "gateways/rest/wallets.hpp"

namespace rialto::rest {
namespace {

using gateways::VenuePort;
using net::JsonWriter;
using net::Status;

net::Response no_such_account() {
  return refusal(rejection_of(ledger::Reject::account_not_found));
}

/// An account that is named, or none for the whole venue; nothing where the name is no account's.
std::optional<AccountId> named_account(std::optional<std::string_view> text) {
  return text ? parse_id<AccountId>(*text) : std::optional(AccountId{});
}

net::Response switch_response(AccountId account, bool blocked, Sequence sequence) {
  net::Response response;
  JsonWriter json(response.body);
  json.begin_object().field("blocked", blocked);
  if (account.value != 0)
    json.field("accountId", std::to_string(account.value));
  else
    json.key("accountId").null();
  json.field("sequence", sequence.value).end_object();
  return response;
}

}  // namespace

void AdminRoutes::add_to(net::Router& router) {
  const auto add = [&](net::Method method, std::string_view path, auto handler) {
    router.add(method, path,
               [this, handler](const net::Request& request, net::Responder responder) {
                 (this->*handler)(request, std::move(responder));
               });
  };
  add(net::Method::post, "/api/admin/kill-switch", &AdminRoutes::block);
  add(net::Method::remove, "/api/admin/kill-switch", &AdminRoutes::unblock);
  add(net::Method::post, "/api/admin/house-accounts", &AdminRoutes::open_house);
  add(net::Method::put, "/api/admin/house-accounts/{id}/short-limit",
      &AdminRoutes::set_short_limit);
}

void AdminRoutes::block(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  std::optional<AccountId> account = AccountId{};
  if (!request.body.empty()) {
    const auto body = desk_.body(request, responder);
    if (!body) return;
    net::JsonFields fields(*body);
    account = named_account(fields.optional_number("accountId"));
    // A misspelt accountId must not stop the whole venue.
    if (!desk_.complete(fields, responder, fields.unknown({"accountId"}))) return;
  }
  if (!account) return responder.respond(no_such_account());
  VenuePort& venue = desk_.venue();
  const flows::Origin from = origin(*caller, request);
  venue.submit(orders::BlockTrading{*account}, from,
               [&venue, from, account = *account,
                responder = std::move(responder)](const flows::Reply& reply) mutable {
                 if (reply.rejection) return responder.respond(refusal(*reply.rejection));
                 after_queued_work(
                     venue, from, reply.sequence,
                     [account, responder = std::move(responder)](Sequence done) mutable {
                       responder.respond(switch_response(account, true, done));
                     });
               });
}

void AdminRoutes::unblock(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto account = named_account(request.query_parameter("accountId"));
  if (!account) return responder.respond(no_such_account());
  desk_.venue().submit(
      orders::UnblockTrading{*account}, origin(*caller, request),
      [account = *account, responder = std::move(responder)](const flows::Reply& reply) mutable {
        if (reply.rejection) return responder.respond(refusal(*reply.rejection));
        responder.respond(switch_response(account, false, reply.sequence));
      });
}

void AdminRoutes::open_house(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  ledger::OpenAccount command{ledger::AccountKind::house, {}};
  if (!request.body.empty()) {
    const auto body = desk_.body(request, responder);
    if (!body) return;
    net::JsonFields fields(*body);
    const auto text = fields.optional_number("userId");
    if (!desk_.complete(fields, responder, fields.unknown({"userId"}))) return;
    const auto owner = text ? parse_id<UserId>(*text) : std::optional(UserId{});
    if (!owner) return responder.respond(refusal(rejection_of(identity::Reject::user_not_found)));
    command.owner = *owner;
  }
  VenuePort& venue = desk_.venue();
  venue.submit(command, origin(*caller, request),
               [&venue, responder = std::move(responder)](const flows::Reply& reply) mutable {
                 if (reply.rejection) return responder.respond(refusal(*reply.rejection));
                 answer_with_wallet(venue, std::move(responder), reply.account, Status::created,
                                    reply.sequence);
               });
}

void AdminRoutes::set_short_limit(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto id = parse_id<AccountId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_account());
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const auto code = fields.text("asset");
  const auto text = fields.number("limit");
  if (!desk_.complete(fields, responder)) return;
  VenuePort& venue = desk_.venue();
  const auto instruments = venue.instruments();
  const auto* asset = code.size() <= 12 ? instruments->asset(code) : nullptr;
  if (!asset) return responder.respond(refusal(rejection_of(ledger::Reject::unknown_asset)));
  auto limit = parse_balance("limit", text, *asset);
  if (!limit) return responder.respond(std::move(limit.error()));
  venue.submit(
      ledger::SetShortLimit{*id, asset->id, *limit}, origin(*caller, request),
      [&venue, responder = std::move(responder), id = *id](const flows::Reply& reply) mutable {
        if (reply.rejection) return responder.respond(refusal(*reply.rejection));
        answer_with_wallet(venue, std::move(responder), id, Status::ok, reply.sequence);
      });
}

}  // namespace rialto::rest
