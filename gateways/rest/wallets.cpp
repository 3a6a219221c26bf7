#include "gateways/rest/wallets.hpp"

#include <algorithm>

#include <boost/describe/enum_to_string.hpp>

#include "gateways/rest/accounts.hpp"
#include "gateways/rest/answers.hpp"
#include "gateways/rest/pages.hpp"
#include "platform/net/error_body.hpp"
#include "projections/published/balances.hpp"

namespace rialto::rest {
namespace {

using gateways::VenuePort;
using net::JsonWriter;
using net::Status;
using projections::Replica;

net::Response no_such_wallet() {
  return not_found("account_not_found", "there is no such wallet of yours");
}

const ledger::Account* open_account(const Replica& replica, AccountId id) {
  const auto* account = replica.venue().ledger.account(id);
  return account && !account->closed ? account : nullptr;
}

}  // namespace

void write_wallet(JsonWriter& json, const ledger::Ledger& ledger, const ledger::Account& account,
                  const instruments::Instruments& instruments, Sequence sequence) {
  json.begin_object().field("walletId", std::to_string(account.id.value));
  if (account.owner.value != 0)
    json.field("userId", std::to_string(account.owner.value));
  else
    json.key("userId").null();
  json.field("kind", boost::describe::enum_to_string(account.kind, "customer"));
  projections::write_balances(json.key("balance"), ledger, account, instruments,
                              &ledger::Balance::owned);
  projections::write_balances(json.key("held"), ledger, account, instruments,
                              &ledger::Balance::held);
  if (account.kind == ledger::AccountKind::house)
    projections::write_balances(json.key("shortLimit"), ledger, account, instruments,
                                &ledger::Balance::short_limit);
  if (sequence.value != 0) json.field("sequence", sequence.value);
  json.end_object();
}

void answer_with_wallet(VenuePort& venue, net::Responder responder, AccountId id, Status status,
                        Sequence sequence) {
  venue.read(
      [responder = std::move(responder), id, status, sequence](const Replica& replica) mutable {
        const auto* account = open_account(replica, id);
        if (!account) return responder.respond(no_such_wallet());
        net::Response response{.status = status};
        JsonWriter json(response.body);
        write_wallet(json, replica.venue().ledger, *account, replica.venue().instruments, sequence);
        responder.respond(std::move(response));
      });
}

void WalletRoutes::add_to(net::Router& router) {
  const auto add = [&](net::Method method, std::string_view path, auto handler) {
    router.add(method, path,
               [this, handler](const net::Request& request, net::Responder responder) {
                 (this->*handler)(request, std::move(responder));
               });
  };
  add(net::Method::get, "/api/wallets", &WalletRoutes::list);
  add(net::Method::post, "/api/wallets", &WalletRoutes::open);
  add(net::Method::get, "/api/wallets/{id}", &WalletRoutes::show);
  add(net::Method::put, "/api/wallets/{id}", &WalletRoutes::set_balance);
  add(net::Method::remove, "/api/wallets/{id}", &WalletRoutes::close);
  add(net::Method::post, "/api/wallets/{id}/credit", &WalletRoutes::credit);
  add(net::Method::post, "/api/wallets/{id}/debit", &WalletRoutes::debit);
}

void WalletRoutes::list(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  auto page = page_query(request);
  if (!page) return responder.respond(std::move(page.error()));
  desk_.venue().read([responder = std::move(responder), caller = *caller,
                      page = *page](const Replica& replica) mutable {
    const auto& accounts = replica.venue().ledger.accounts();
    std::vector<const ledger::Account*> rows;
    std::uint64_t next = 0;
    if (!caller.administrator()) {
      if (const auto* own = open_account(replica, caller.account)) rows.push_back(own);
    } else {
      const std::uint64_t newest = accounts.size() + 1;
      next = page.before == 0 ? newest : std::min(page.before, newest);
      while (next > 1 && rows.size() < page.limit)
        if (const auto& account = accounts[--next - 1]; !account.closed) rows.push_back(&account);
    }
    const auto& instruments = replica.venue().instruments;
    responder.respond(
        list_response(rows, next > 1 ? next : 0, [&](JsonWriter& json, const auto* account) {
          write_wallet(json, replica.venue().ledger, *account, instruments);
        }));
  });
}

void WalletRoutes::show(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<AccountId>(request.parameters[0]);
  if (!id || (!caller->owns(*id) && !caller->administrator()))
    return responder.respond(no_such_wallet());
  answer_with_wallet(desk_.venue(), std::move(responder), *id, Status::ok, {});
}

void WalletRoutes::open(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  VenuePort& venue = desk_.venue();
  venue.submit(flows::OpenWallet{caller->user}, origin(*caller, request),
               [&venue, responder = std::move(responder)](const flows::Reply& reply) mutable {
                 if (!reply.rejection)
                   return answer_with_wallet(venue, std::move(responder), reply.account,
                                             Status::created, reply.sequence);
                 std::string details;
                 JsonWriter json(details);
                 json.begin_object();
                 if (reply.account.value != 0)
                   json.field("walletId", std::to_string(reply.account.value));
                 json.end_object();
                 responder.respond(refusal(*reply.rejection, details));
               });
}

void WalletRoutes::transfer(const net::Request& request, net::Responder responder,
                            Direction direction) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto id = parse_id<AccountId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_wallet());
  move_money(desk_, request, std::move(responder), *caller, *id, direction,
             [&venue = desk_.venue(), id = *id](net::Responder answer, Sequence sequence) {
               answer_with_wallet(venue, std::move(answer), id, Status::ok, sequence);
             });
}

void WalletRoutes::credit(const net::Request& request, net::Responder responder) {
  transfer(request, std::move(responder), Direction::credit);
}

void WalletRoutes::debit(const net::Request& request, net::Responder responder) {
  transfer(request, std::move(responder), Direction::debit);
}

void WalletRoutes::set_balance(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto id = parse_id<AccountId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_wallet());
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  auto code = fields.optional_text("asset");
  std::string_view text;
  // {"balance":{"BTC":"2"}}, as a wallet is shown, or {"asset":"BTC","balance":"2"}.
  const auto balance = body->find("balance");
  if (balance && balance->kind() == net::JsonKind::object) {
    const auto entries = balance->children();
    if (entries.size() != 1 ||
        (entries[0].kind() != net::JsonKind::text && entries[0].kind() != net::JsonKind::number))
      return responder.respond(field_response(Status::bad_request, "one_asset_at_a_time", "balance",
                                              "name exactly one asset and its new balance"));
    code = entries[0].key();
    text = entries[0].text();
  } else {
    text = fields.number("balance");
  }
  if (!desk_.complete(fields, responder)) return;
  VenuePort& venue = desk_.venue();
  const auto instruments = venue.instruments();
  auto asset = find_asset(code, *instruments);
  if (!asset) return responder.respond(std::move(asset.error()));
  auto target = parse_balance("balance", text, **asset);
  if (!target) return responder.respond(std::move(target.error()));
  venue.submit(
      flows::SetBalance{*id, (*asset)->id, *target}, origin(*caller, request),
      [&venue, responder = std::move(responder), id = *id](const flows::Reply& reply) mutable {
        if (reply.rejection) return responder.respond(refusal(*reply.rejection));
        answer_with_wallet(venue, std::move(responder), id, Status::ok, reply.sequence);
      });
}

void WalletRoutes::close(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<AccountId>(request.parameters[0]);
  if (!id || (!caller->owns(*id) && !caller->administrator()))
    return responder.respond(no_such_wallet());
  close_account(desk_.venue(), vault_, *id, origin(*caller, request), std::move(responder));
}

}  // namespace rialto::rest
