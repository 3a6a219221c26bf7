#include "gateways/rest/wallets.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include <boost/describe/enum_to_string.hpp>

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

constexpr std::string_view default_asset = "USD";
constexpr std::size_t idempotency_key_max = 255;

net::Response no_such_wallet() {
  return not_found("account_not_found", "there is no such wallet of yours");
}

/// The asset that `name` means, USD without one; 422 where there is none.
Parsed<const instruments::Asset*> find_asset(std::optional<std::string_view> name,
                                             const instruments::Instruments& instruments) {
  const auto code = name.value_or(default_asset);
  if (const auto* asset = code.size() <= 12 ? instruments.asset(code) : nullptr) return asset;
  return std::unexpected(field_response(Status::unprocessable, "unknown_asset", "asset",
                                        "there is no such asset; see GET /api/instruments"));
}

/// Names a transfer by its Idempotency-Key header; empty without one.
Parsed<Fingerprint> transfer_key(const net::Request& request, AccountId account,
                                 const security::CommandNames& names) {
  const auto header = request.header("Idempotency-Key");
  if (!header) return Fingerprint{};
  if (header->empty() || header->size() > idempotency_key_max)
    return std::unexpected(limit_response(Status::bad_request, "idempotency_key_malformed",
                                          "Idempotency-Key", std::to_string(idempotency_key_max),
                                          "1 to 255 bytes are needed"));
  return names.of("transfer", account, *header);
}

std::uint64_t transfer_content(bool credit, AccountId account, AssetId asset, Amount amount,
                               const security::CommandNames& names) {
  const std::array<std::int64_t, 3> content{credit, asset.value, amount.value};
  const auto bytes = std::bit_cast<std::array<char, sizeof content>>(content);
  return names.of("transfer content", account, {bytes.data(), bytes.size()}).low;
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

template <class Transfer>
void WalletRoutes::transfer(const net::Request& request, net::Responder responder) {
  constexpr bool is_credit = std::is_same_v<Transfer, ledger::CreditAccount>;
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto id = parse_id<AccountId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_wallet());
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const auto code = fields.optional_text("asset");
  const auto text = fields.number("amount");
  if (!desk_.complete(fields, responder)) return;
  VenuePort& venue = desk_.venue();
  const auto instruments = venue.instruments();
  auto asset = find_asset(code, *instruments);
  if (!asset) return responder.respond(std::move(asset.error()));
  auto amount = parse_amount("amount", text, **asset);
  if (!amount) return responder.respond(std::move(amount.error()));
  auto key = transfer_key(request, *id, desk_.names());
  if (!key) return responder.respond(std::move(key.error()));

  const std::uint64_t content =
      key->empty() ? 0 : transfer_content(is_credit, *id, (*asset)->id, *amount, desk_.names());
  venue.submit(
      Transfer{*id, (*asset)->id, *amount, *key, content}, origin(*caller, request),
      [&venue, responder = std::move(responder), id = *id](const flows::Reply& reply) mutable {
        if (reply.rejection) return responder.respond(refusal(*reply.rejection));
        answer_with_wallet(venue, std::move(responder), id, Status::ok, reply.sequence);
      });
}

void WalletRoutes::credit(const net::Request& request, net::Responder responder) {
  transfer<ledger::CreditAccount>(request, std::move(responder));
}

void WalletRoutes::debit(const net::Request& request, net::Responder responder) {
  transfer<ledger::DebitAccount>(request, std::move(responder));
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
  desk_.venue().submit(
      ledger::CloseAccount{*id}, origin(*caller, request),
      [responder = std::move(responder), id = *id](const flows::Reply& reply) mutable {
        if (reply.rejection) return responder.respond(refusal(*reply.rejection));
        net::Response response;
        JsonWriter(response.body)
            .begin_object()
            .field("walletId", std::to_string(id.value))
            .field("closed", true)
            .field("sequence", reply.sequence.value)
            .end_object();
        responder.respond(std::move(response));
      });
}

}  // namespace rialto::rest
