#include "gateways/rest/accounts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "gateways/rest/account_requests.hpp"
#include "gateways/rest/answers.hpp"
#include "gateways/rest/pages.hpp"
#include "gateways/rest/person_fields.hpp"
#include "gateways/rest/statement_text.hpp"
#include "platform/net/error_body.hpp"
#include "projections/published/balances.hpp"

namespace rialto::rest {
namespace {

using net::JsonWriter;
using net::Status;
using projections::Replica;

constexpr std::size_t name_bytes_max = 200;
constexpr std::size_t json_page = 100, json_page_max = 1'000;
constexpr std::size_t csv_page = 10'000, csv_page_max = 10'000;

net::Response no_such_account() {
  return not_found("account_not_found", "there is no such account of yours");
}

net::Response only_administrators() {
  return net::error_response(Status::forbidden, "administrator_only",
                             "only an administrator may move money that is not play money");
}

const ledger::Account* find_account(const Replica& replica, AccountId id) {
  const auto* account = replica.venue().ledger.account(id);
  const bool shown = account && !account->closed && account->kind != ledger::AccountKind::system;
  return shown ? account : nullptr;
}

/// One field of the person behind an account, as JSON; null where nobody said, or the person is
/// erased.
void write_personal(JsonWriter& json, std::string_view name, const accounts::Details* details,
                    std::string accounts::SealedDetails::* part, std::string_view field,
                    security::PersonVault& vault) {
  const auto opened = details ? vault.open(details->person, field, details->sealed.*part)
                              : std::unexpected(security::StoreError::not_found);
  json.key(name);
  if (!opened)
    json.null();
  else if (field == account_name_field)
    json.text(*opened);
  else
    json.raw(*opened);
}

void write_ids(JsonWriter& json, const ledger::Account& account) {
  json.field("accountId", std::to_string(account.id.value))
      .field("walletId", std::to_string(account.id.value));
  if (account.owner.value != 0)
    json.field("userId", std::to_string(account.owner.value));
  else
    json.key("userId").null();
}

void write_profile(JsonWriter& json, const accounts::Details* details,
                   security::PersonVault& vault) {
  using accounts::SealedDetails;
  write_personal(json, "name", details, &SealedDetails::name, account_name_field, vault);
  write_personal(json, "profile", details, &SealedDetails::profile, account_profile_field, vault);
  write_personal(json, "contact", details, &SealedDetails::contact, account_contact_field, vault);
  write_personal(json, "address", details, &SealedDetails::address, account_address_field, vault);
}

void write_balance(JsonWriter& json, const flows::Venue& venue, const ledger::Account& account) {
  projections::write_balances(json.key("balance"), venue.ledger, account, venue.instruments,
                              &ledger::Balance::owned);
  projections::write_balances(json.key("held"), venue.ledger, account, venue.instruments,
                              &ledger::Balance::held);
}

void write_account(JsonWriter& json, const flows::Venue& venue, const ledger::Account& account,
                   security::PersonVault& vault, Sequence sequence = {}) {
  json.begin_object();
  write_ids(json, account);
  write_profile(json, venue.accounts.details(account.id), vault);
  write_balance(json, venue, account);
  if (sequence.value != 0) json.field("sequence", sequence.value);
  json.end_object();
}

void answer_with_account(gateways::VenuePort& venue, security::PersonVault& vault,
                         net::Responder responder, AccountId id, Status status, Sequence sequence) {
  venue.read([responder = std::move(responder), &vault, id, status,
              sequence](const Replica& replica) mutable {
    const auto* account = find_account(replica, id);
    if (!account) return responder.respond(no_such_account());
    net::Response response{.status = status};
    JsonWriter json(response.body);
    write_account(json, replica.venue(), *account, vault, sequence);
    responder.respond(std::move(response));
  });
}

net::Response refusal_with_account(const flows::Reply& reply) {
  std::string details;
  JsonWriter json(details);
  json.begin_object();
  if (reply.account.value != 0) json.field("accountId", std::to_string(reply.account.value));
  json.end_object();
  return refusal(*reply.rejection, details);
}

bool wants_csv(const net::Request& request) {
  if (const auto format = request.query_parameter("format")) return *format == "csv";
  const auto accept = request.header("Accept");
  return accept && accept->find("text/csv") != accept->npos;
}

}  // namespace

void AccountRoutes::add_to(net::Router& router) {
  const auto add = [&](net::Method method, std::string_view path, auto handler) {
    router.add(method, path,
               [this, handler](const net::Request& request, net::Responder responder) {
                 (this->*handler)(request, std::move(responder));
               });
  };
  add(net::Method::get, "/api/accounts", &AccountRoutes::list);
  add(net::Method::post, "/api/accounts", &AccountRoutes::open);
  add(net::Method::get, "/api/accounts/{id}", &AccountRoutes::show);
  add(net::Method::remove, "/api/accounts/{id}", &AccountRoutes::close);
  add(net::Method::get, "/api/accounts/{id}/balance", &AccountRoutes::show_balance);
  add(net::Method::get, "/api/accounts/{id}/profile", &AccountRoutes::show_profile);
  if (statements_)
    add(net::Method::get, "/api/accounts/{id}/statement", &AccountRoutes::show_statement);
  add(net::Method::post, "/api/accounts/{id}/deposit", &AccountRoutes::deposit);
  add(net::Method::post, "/api/accounts/{id}/withdraw", &AccountRoutes::withdraw);
  add(net::Method::put, "/api/accounts/{id}/contact", &AccountRoutes::change_contact);
  add(net::Method::put, "/api/accounts/{id}/address", &AccountRoutes::change_address);
}

void AccountRoutes::list(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  auto page = page_query(request);
  if (!page) return responder.respond(std::move(page.error()));
  desk_.venue().read([responder = std::move(responder), &vault = security_.vault, caller = *caller,
                      page = *page](const Replica& replica) mutable {
    const auto& venue = replica.venue();
    std::vector<const accounts::Details*> rows;
    if (caller.administrator()) {
      rows = venue.accounts.newest({page.before}, page.limit + 1);
    } else if (const auto* own = venue.accounts.details(caller.account);
               own && (page.before == 0 || own->account.value < page.before)) {
      rows.push_back(own);
    }
    const bool more = rows.size() > page.limit;
    if (more) rows.pop_back();
    responder.respond(list_response(rows, more ? rows.back()->account.value : 0,
                                    [&](JsonWriter& json, const accounts::Details* row) {
                                      write_account(json, venue,
                                                    *venue.ledger.account(row->account), vault);
                                    }));
  });
}

/// Who wants an account, in plain text: short-lived.
struct AccountRoutes::Application {
  flows::Origin origin;
  UserId user;  // none: a person without a login
  std::string name;
  std::string profile;  // JSON, as the next two
  std::string contact;
  std::string address;
  AssetId asset;
  Amount open_balance;
  Fingerprint key;
  std::uint64_t content = 0;

  /// One text of everything that was asked for.
  std::string digest_text() const {
    std::string text;
    for (const std::string& part : {name, profile, contact, address})
      text += fmt::format("{}:{}", part.size(), part);
    return text + fmt::format("{},{},{}", user.value, asset.value, open_balance.value);
  }
};

void AccountRoutes::open(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const auto user = fields.optional_number("userId");
  const auto name = fields.text("name");
  const auto code = fields.optional_text("asset");
  const auto balance = fields.optional_number("openBalance");
  if (!desk_.complete(fields, responder)) return;
  Application wanted;
  wanted.origin = origin(*caller, request);
  wanted.name = name;
  if (name.empty() || name.size() > name_bytes_max)
    return responder.respond(limit_response(Status::bad_request, "name_length", "name",
                                            std::to_string(name_bytes_max),
                                            "1 to 200 bytes are needed"));
  for (const auto& [field, part] :
       {std::pair{"profile", &wanted.profile}, std::pair{"contact", &wanted.contact},
        std::pair{"address", &wanted.address}}) {
    auto text = parse_personal(*body, field);
    if (!text) return responder.respond(std::move(text.error()));
    *part = std::move(*text);
  }
  if (user) {
    const auto named = parse_id<UserId>(*user);
    if (!named || (*named != caller->user && !caller->administrator()))
      return responder.respond(refusal(rejection_of(identity::Reject::user_not_found)));
    wanted.user = *named;
  } else if (!caller->administrator()) {
    wanted.user = caller->user;
  }
  const auto instruments = desk_.venue().instruments();
  auto asset = find_asset(code, *instruments);
  if (!asset) return responder.respond(std::move(asset.error()));
  wanted.asset = (*asset)->id;
  if (balance) {
    auto amount = parse_balance("openBalance", *balance, **asset);
    if (!amount) return responder.respond(std::move(amount.error()));
    wanted.open_balance = *amount;
  }
  if (wanted.open_balance.value != 0 && !caller->administrator() && !holds_play_money(*caller))
    return responder.respond(only_administrators());
  auto key = idempotency_key(request);
  if (!key) return responder.respond(std::move(key.error()));
  if (!key->empty()) {
    wanted.key = desk_.names().of("account", caller->user, *key);
    wanted.content = desk_.names().of("account content", caller->user, wanted.digest_text()).low;
  }
  submit(std::move(wanted), std::move(responder));
}

std::optional<accounts::SealedDetails> AccountRoutes::seal(Fingerprint person,
                                                           const Application& wanted) const {
  auto& vault = security_.vault;
  auto name = vault.seal(person, account_name_field, wanted.name);
  auto profile = vault.seal(person, account_profile_field, wanted.profile);
  auto contact = vault.seal(person, account_contact_field, wanted.contact);
  auto address = vault.seal(person, account_address_field, wanted.address);
  if (!name || !profile || !contact || !address) return std::nullopt;
  return accounts::SealedDetails{std::move(*name), std::move(*profile), std::move(*contact),
                                 std::move(*address)};
}

/// REST-5 for people without a login: their key is durable before the event that names it, and goes
/// again where that event does not come.
void AccountRoutes::submit(Application wanted, net::Responder responder) {
  gateways::VenuePort& venue = desk_.venue();
  venue.read([this, &venue, wanted = std::move(wanted),
              responder = std::move(responder)](const Replica& replica) mutable {
    std::optional<Fingerprint> person;
    if (wanted.user.value != 0) {
      const identity::User* user = replica.venue().identity.user(wanted.user);
      if (!user) return responder.respond(refusal(rejection_of(identity::Reject::user_not_found)));
      person = user->person;
    } else if (const auto created = security_.vault.create()) {
      person = *created;
    }
    auto sealed = person ? seal(*person, wanted) : std::nullopt;
    if (!sealed)
      return responder.respond(net::error_response(Status::unavailable, "credential_store_failed",
                                                   "the person's key could not be stored"));
    const bool own_key = wanted.user.value == 0;
    venue.submit(
        accounts::RegisterAccount{wanted.user, *person, std::move(*sealed), wanted.asset,
                                  wanted.open_balance, wanted.key, wanted.content},
        wanted.origin,
        [this, &venue, own_key, person = *person,
         responder = std::move(responder)](const flows::Reply& reply) mutable {
          const bool surely_not_done =
              reply.repeated || (reply.rejection && reply.rejection->code != "outcome_unknown");
          if (own_key && surely_not_done)  // erased off this thread: it takes a disk sync
            venue.read([this, person](const Replica&) { (void)security_.vault.erase(person); });
          if (reply.rejection) return responder.respond(refusal_with_account(reply));
          answer_with_account(venue, security_.vault, std::move(responder), reply.account,
                              Status::created, reply.sequence);
        });
  });
}

void AccountRoutes::with_account(const net::Request& request, net::Responder responder,
                                 const Caller& caller, Show show) {
  const auto id = parse_id<AccountId>(request.parameters[0]);
  if (!id || (!caller.owns(*id) && !caller.administrator()))
    return responder.respond(no_such_account());
  desk_.venue().read([responder = std::move(responder), id = *id,
                      show = std::move(show)](const Replica& replica) mutable {
    const auto* account = find_account(replica, id);
    if (!account) return responder.respond(no_such_account());
    responder.respond(show(replica, *account));
  });
}

void AccountRoutes::show(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  with_account(request, std::move(responder), *caller,
               [&vault = security_.vault](const Replica& replica, const ledger::Account& account) {
                 net::Response response;
                 JsonWriter json(response.body);
                 write_account(json, replica.venue(), account, vault);
                 return response;
               });
}

void AccountRoutes::show_balance(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  with_account(request, std::move(responder), *caller,
               [](const Replica& replica, const ledger::Account& account) {
                 net::Response response;
                 JsonWriter json(response.body);
                 json.begin_object();
                 write_ids(json, account);
                 write_balance(json, replica.venue(), account);
                 json.end_object();
                 return response;
               });
}

void AccountRoutes::show_profile(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  with_account(request, std::move(responder), *caller,
               [&vault = security_.vault](const Replica& replica, const ledger::Account& account) {
                 const auto* details = replica.venue().accounts.details(account.id);
                 if (!details)
                   return refusal(rejection_of(accounts::Reject::account_details_not_found));
                 net::Response response;
                 JsonWriter json(response.body);
                 json.begin_object();
                 write_ids(json, account);
                 write_profile(json, details, vault);
                 json.end_object();
                 return response;
               });
}

void AccountRoutes::show_statement(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const bool csv = wants_csv(request);
  auto period =
      statement_period(request, csv ? csv_page : json_page, csv ? csv_page_max : json_page_max);
  if (!period) return responder.respond(std::move(period.error()));
  with_account(request, std::move(responder), *caller,
               [csv, period = *period, statements = statements_](const Replica& replica,
                                                                 const ledger::Account& account) {
                 const auto statement = statements->statement(account.id, period);
                 const auto& instruments = replica.venue().instruments;
                 return csv ? statement_csv(period, statement, instruments)
                            : statement_json(account.id, period, statement, instruments);
               });
}

void AccountRoutes::transfer(const net::Request& request, net::Responder responder,
                             Direction direction) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<AccountId>(request.parameters[0]);
  if (!id || (!caller->owns(*id) && !caller->administrator()))
    return responder.respond(no_such_account());
  if (!caller->administrator() && !holds_play_money(*caller))
    return responder.respond(only_administrators());
  move_money(desk_, request, std::move(responder), *caller, *id, direction,
             [&venue = desk_.venue(), &vault = security_.vault, id = *id](net::Responder answer,
                                                                          Sequence sequence) {
               answer_with_account(venue, vault, std::move(answer), id, Status::ok, sequence);
             });
}

void AccountRoutes::deposit(const net::Request& request, net::Responder responder) {
  transfer(request, std::move(responder), Direction::credit);
}

void AccountRoutes::withdraw(const net::Request& request, net::Responder responder) {
  transfer(request, std::move(responder), Direction::debit);
}

void AccountRoutes::change(const net::Request& request, net::Responder responder, Field field) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<AccountId>(request.parameters[0]);
  if (!id || (!caller->owns(*id) && !caller->administrator()))
    return responder.respond(no_such_account());
  const auto body = desk_.body(request, responder);
  if (!body) return;
  auto text = parse_personal_body(*body, field == Field::contact ? "contact" : "address");
  if (!text) return responder.respond(std::move(text.error()));
  gateways::VenuePort& venue = desk_.venue();
  venue.read([&venue, &vault = security_.vault, id = *id, field, text = std::move(*text),
              from = origin(*caller, request),
              responder = std::move(responder)](const Replica& replica) mutable {
    const auto* details = replica.venue().accounts.details(id);
    if (!details || !find_account(replica, id))
      return responder.respond(refusal(rejection_of(accounts::Reject::account_details_not_found)));
    const bool contact = field == Field::contact;
    auto sealed =
        vault.seal(details->person, contact ? account_contact_field : account_address_field, text);
    if (!sealed)
      return responder.respond(refusal(rejection_of(accounts::Reject::account_details_not_found)));
    auto on_reply = [&venue, &vault, id,
                     responder = std::move(responder)](const flows::Reply& reply) mutable {
      if (reply.rejection) return responder.respond(refusal(*reply.rejection));
      answer_with_account(venue, vault, std::move(responder), id, Status::ok, reply.sequence);
    };
    if (contact)
      venue.submit(accounts::ChangeContact{id, std::move(*sealed)}, from, std::move(on_reply));
    else
      venue.submit(accounts::ChangeAddress{id, std::move(*sealed)}, from, std::move(on_reply));
  });
}

void AccountRoutes::change_contact(const net::Request& request, net::Responder responder) {
  change(request, std::move(responder), Field::contact);
}

void AccountRoutes::change_address(const net::Request& request, net::Responder responder) {
  change(request, std::move(responder), Field::address);
}

/// As DELETE of the wallet; a person without a login is erased with it.
void AccountRoutes::close(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<AccountId>(request.parameters[0]);
  if (!id || (!caller->owns(*id) && !caller->administrator()))
    return responder.respond(no_such_account());
  close_account(desk_.venue(), security_.vault, *id, origin(*caller, request),
                std::move(responder));
}

void close_account(gateways::VenuePort& venue, security::PersonVault& vault, AccountId id,
                   const flows::Origin& from, net::Responder responder) {
  venue.read(
      [&venue, &vault, id, from, responder = std::move(responder)](const Replica& replica) mutable {
        std::optional<Fingerprint> person;
        if (const auto* details = replica.venue().accounts.details(id);
            details && details->user.value == 0)
          person = details->person;
        venue.submit(ledger::CloseAccount{id}, from,
                     [&venue, &vault, id, person,
                      responder = std::move(responder)](const flows::Reply& reply) mutable {
                       if (reply.rejection) return responder.respond(refusal(*reply.rejection));
                       net::Response response;
                       JsonWriter(response.body)
                           .begin_object()
                           .field("accountId", std::to_string(id.value))
                           .field("walletId", std::to_string(id.value))
                           .field("closed", true)
                           .field("sequence", reply.sequence.value)
                           .end_object();
                       if (!person) return responder.respond(std::move(response));
                       venue.read([&vault, person = *person, response = std::move(response),
                                   responder = std::move(responder)](const Replica&) mutable {
                         // Where the store fails, the sweep at the next start erases the key.
                         (void)vault.erase(person);
                         responder.respond(std::move(response));
                       });
                     });
      });
}

}  // namespace rialto::rest
