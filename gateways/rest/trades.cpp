#include "gateways/rest/trades.hpp"

#include <fmt/format.h>

#include "gateways/rest/answers.hpp"
#include "gateways/rest/pages.hpp"
#include "gateways/rest/trade_json.hpp"
#include "gateways/rest/transfers.hpp"

namespace rialto::rest {
namespace {

using net::JsonWriter;
using projections::Replica;
using projections::TradeRecord;

bool party(const Caller& caller, const TradeRecord& record) {
  return caller.owns(record.trade.buyer) || caller.owns(record.trade.seller);
}

net::Response no_such_trade() {
  return not_found("trade_not_found", "there is no such trade of yours");
}

/// The trade as it stands behind `sequence`.
void answer_with_trade(gateways::VenuePort& venue, net::Responder responder, const Caller& caller,
                       TradeId id, net::Status status, Sequence sequence) {
  venue.read([responder = std::move(responder), caller, id, status,
              sequence](const Replica& replica) mutable {
    const auto record = replica.history() ? replica.history()->trade(id) : std::nullopt;
    if (!record || (!party(caller, *record) && !caller.administrator()))
      return responder.respond(no_such_trade());
    const auto changes = replica.history()->changes(id);
    net::Response response{.status = status};
    JsonWriter json(response.body);
    write_trade(json, *record, caller, replica.venue(), &changes, sequence);
    responder.respond(std::move(response));
  });
}

std::optional<TradeId> parse_trade(std::string_view text) {
  const auto id = parse_id<TradeId>(text);
  return id && id->value <= INT64_MAX ? id : std::nullopt;
}

/// A trade with what was done to it so far; what follows is refused if somebody is faster.
std::optional<corrections::SeenTrade> seen_trade(const Replica& replica, TradeId id) {
  if (const auto* standing = replica.venue().corrections.standing(id))
    return corrections::SeenTrade{id, standing->version, standing->parties, standing->terms};
  const auto record = replica.history() ? replica.history()->trade(id) : std::nullopt;
  if (!record) return std::nullopt;
  const auto& trade = record->trade;
  return corrections::SeenTrade{
      id,
      0,
      {trade.instrument, trade.buyer, trade.seller, trade.base, trade.quote},
      {trade.price, trade.quantity, trade.base_amount, trade.notional, trade.buyer_fee,
       trade.seller_fee}};
}

/// The account that {buyWalletId} or {buyUserId} names; none where it is nobody's.
AccountId party_account(gateways::VenuePort& venue, std::optional<std::string_view> wallet,
                        std::optional<std::string_view> user) {
  if (wallet) return parse_id<AccountId>(*wallet).value_or(AccountId{});
  const auto id = user ? parse_id<UserId>(*user) : std::nullopt;
  const auto live = id ? venue.live_user(*id) : std::nullopt;
  return live ? live->account : AccountId{};
}

/// Reads the trade, makes the command by `command_for(SeenTrade)` and answers with the outcome.
template <class MakeCommand>
void change_trade(gateways::VenuePort& venue, net::Responder responder, const Caller& caller,
                  const flows::Origin& from, TradeId id, MakeCommand command_for) {
  venue.read([&venue, responder = std::move(responder), caller, from, id,
              command_for = std::move(command_for)](const Replica& replica) mutable {
    const auto seen = seen_trade(replica, id);
    if (!seen) return responder.respond(no_such_trade());
    auto command = command_for(*seen, replica.venue().instruments);
    if (!command) return responder.respond(std::move(command.error()));
    venue.submit(
        std::move(*command), from,
        [&venue, responder = std::move(responder), caller, id](const flows::Reply& reply) mutable {
          if (reply.rejection) return responder.respond(refusal(*reply.rejection));
          answer_with_trade(venue, std::move(responder), caller, id, net::Status::ok,
                            reply.sequence);
        });
  });
}

}  // namespace

void TradeRoutes::add_to(net::Router& router) {
  const auto add = [&](net::Method method, std::string_view path, auto handler) {
    router.add(method, path,
               [this, handler](const net::Request& request, net::Responder responder) {
                 (this->*handler)(request, std::move(responder));
               });
  };
  add(net::Method::get, "/api/trades", &TradeRoutes::list);
  add(net::Method::post, "/api/trades", &TradeRoutes::enter);
  add(net::Method::get, "/api/trades/{id}", &TradeRoutes::show);
  add(net::Method::put, "/api/trades/{id}", &TradeRoutes::correct);
  add(net::Method::remove, "/api/trades/{id}", &TradeRoutes::bust);
}

void TradeRoutes::list(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  auto query = list_query(request, *caller, *desk_.venue().instruments());
  if (!query) return responder.respond(std::move(query.error()));
  desk_.venue().read([responder = std::move(responder), caller = *caller,
                      query = *query](const Replica& replica) mutable {
    projections::OrderFilter filter{query.account, query.instrument};
    if (caller.administrator() && !query.account_named) filter.account.reset();
    std::vector<TradeRecord> rows;
    if (replica.history())
      rows = replica.history()->trades(filter, {query.page.before, query.page.limit + 1});
    const bool more = rows.size() > query.page.limit;
    if (more) rows.pop_back();
    responder.respond(list_response(rows, more ? rows.back().trade.trade.value : 0,
                                    [&](JsonWriter& json, const TradeRecord& row) {
                                      write_trade(json, row, caller, replica.venue(), nullptr);
                                    }));
  });
}

void TradeRoutes::show(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_trade(request.parameters[0]);
  if (!id) return responder.respond(no_such_trade());
  answer_with_trade(desk_.venue(), std::move(responder), *caller, *id, net::Status::ok, {});
}

void TradeRoutes::enter(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const auto symbol = fields.optional_text("symbol");
  const auto product = fields.optional_text("product");
  const auto price = fields.number("price");
  const auto quantity = fields.number("quantity");
  const auto buy_wallet = fields.optional_number("buyWalletId");
  const auto buy_user = fields.optional_number("buyUserId");
  const auto sell_wallet = fields.optional_number("sellWalletId");
  const auto sell_user = fields.optional_number("sellUserId");
  const auto reason = fields.text("reason");
  if (!desk_.complete(fields, responder,
                      fields.unknown({"symbol", "product", "price", "quantity", "buyWalletId",
                                      "buyUserId", "sellWalletId", "sellUserId", "reason"})))
    return;
  gateways::VenuePort& venue = desk_.venue();
  const auto instruments = venue.instruments();
  const auto* instrument = instruments->instrument(symbol.value_or(product.value_or("")));
  if (!instrument)
    return responder.respond(refusal(rejection_of(orders::Reject::instrument_not_found)));
  auto ticks = parse_price("price", price, *instrument);
  if (!ticks) return responder.respond(std::move(ticks.error()));
  auto lots = parse_quantity("quantity", quantity, *instrument);
  if (!lots) return responder.respond(std::move(lots.error()));
  auto key = idempotency_key(request);
  if (!key) return responder.respond(std::move(key.error()));

  corrections::EnterTrade command{instrument->id,
                                  party_account(venue, buy_wallet, buy_user),
                                  party_account(venue, sell_wallet, sell_user),
                                  *ticks,
                                  *lots,
                                  caller->user,
                                  std::string(reason),
                                  {},
                                  0};
  if (!key->empty()) {
    command.key = desk_.names().of("trade", caller->user, *key);
    const std::string content =
        fmt::format("{},{},{},{},{},{}", command.instrument.value, command.buyer.value,
                    command.seller.value, ticks->value, lots->value, command.reason);
    command.content = desk_.names().of("trade content", caller->user, content).low;
  }
  venue.submit(std::move(command), origin(*caller, request),
               [&venue, caller = *caller,
                responder = std::move(responder)](const flows::Reply& reply) mutable {
                 if (reply.rejection) return responder.respond(refusal(*reply.rejection));
                 answer_with_trade(venue, std::move(responder), caller, reply.trade,
                                   net::Status::created, reply.sequence);
               });
}

void TradeRoutes::correct(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto id = parse_trade(request.parameters[0]);
  if (!id) return responder.respond(no_such_trade());
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const auto copy = [](std::optional<std::string_view> text) {
    return text ? std::optional(std::string(*text)) : std::nullopt;
  };
  auto price = copy(fields.optional_number("price"));
  auto quantity = copy(fields.optional_number("quantity"));
  const auto version = fields.optional_integer("version");
  const std::string reason(fields.text("reason"));
  if (!desk_.complete(fields, responder,
                      fields.unknown({"price", "quantity", "version", "reason"})))
    return;
  change_trade(
      desk_.venue(), std::move(responder), *caller, origin(*caller, request), *id,
      [price = std::move(price), quantity = std::move(quantity), version, reason,
       by = caller->user](const corrections::SeenTrade& seen,
                          const instruments::Instruments& instruments) -> Parsed<flows::Command> {
        const auto& instrument = *instruments.instrument(seen.parties.instrument);
        corrections::CorrectTrade command{seen, {}, {}, by, reason};
        if (version) {
          if (*version != seen.seen)
            return std::unexpected(
                refusal(rejection_of(corrections::Reject::trade_changed_meanwhile)));
        }
        if (price) {
          auto ticks = parse_price("price", *price, instrument);
          if (!ticks) return std::unexpected(std::move(ticks.error()));
          command.price = *ticks;
        }
        if (quantity) {
          auto lots = parse_quantity("quantity", *quantity, instrument);
          if (!lots) return std::unexpected(std::move(lots.error()));
          command.quantity = *lots;
        }
        return command;
      });
}

/// The reason comes in the body or, for clients whose DELETE has none, in the query.
void TradeRoutes::bust(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.administrator(request, responder);
  if (!caller) return;
  const auto id = parse_trade(request.parameters[0]);
  if (!id) return responder.respond(no_such_trade());
  std::string reason = request.query_parameter("reason").value_or("");
  if (!request.body.empty()) {
    const auto body = desk_.body(request, responder);
    if (!body) return;
    net::JsonFields fields(*body);
    const auto text = fields.optional_text("reason");
    if (!desk_.complete(fields, responder, fields.unknown({"reason"}))) return;
    if (text) reason = *text;
  }
  change_trade(desk_.venue(), std::move(responder), *caller, origin(*caller, request), *id,
               [reason = std::move(reason), by = caller->user](const corrections::SeenTrade& seen,
                                                               const instruments::Instruments&)
                   -> Parsed<flows::Command> { return corrections::BustTrade{seen, by, reason}; });
}

}  // namespace rialto::rest
