#include "gateways/rest/exchange_feed.hpp"

#include <boost/algorithm/string/case_conv.hpp>

#include "gateways/rest/answers.hpp"
#include "gateways/rest/exchange_feed_json.hpp"
#include "gateways/rest/market_json.hpp"
#include "gateways/rest/numbers.hpp"
#include "platform/net/error_body.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using gateways::VenuePort;
using net::JsonWriter;
using net::Status;
using projections::MarketData;
using projections::OrderRecord;
using projections::Replica;

net::Response no_such_security() {
  return refusal(rejection_of(orders::Reject::instrument_not_found));
}
net::Response no_such_client() {
  return not_found("client_not_found", "there is no such client of yours");
}
net::Response no_such_order() {
  return not_found("order_not_found", "there is no such order of yours");
}

bool may_act_for(const Caller& caller, UserId client) {
  return caller.user == client || caller.administrator();
}

/// The client a path names, if the caller may know of it; else 404, answered.
std::optional<UserId> client_of(std::string_view text, const Caller& caller,
                                net::Responder& responder) {
  const auto client = parse_id<UserId>(text);
  if (client && may_act_for(caller, *client)) return client;
  responder.respond(no_such_client());
  return std::nullopt;
}

std::optional<OrderRecord> visible(const Replica& replica, OrderId id, const Caller& caller) {
  auto record = replica.order(id);
  if (record && !may_act_for(caller, record->order.user)) return std::nullopt;
  return record;
}

net::Response report_response(const Replica& replica, MarketData& market, OrderRecord record,
                              bool both_sides, Status status = Status::ok) {
  std::vector<FeedReport> reports;
  for (const auto& row : market.reports(record.order.id)) {
    FeedReport& report = reports.emplace_back(FeedReport{row, std::nullopt});
    if (row.trade_id.value != 0) report.settlement = market.settlement(row.sequence);
  }
  if (!market.healthy())
    return net::error_response(Status::unavailable, "history_unavailable",
                               "the store of reports has failed; trading goes on");
  if (!reports.empty()) record.sequence = reports.back().row.sequence;
  net::Response response{.status = status};
  JsonWriter json(response.body);
  write_feed_report(json, record, reports, replica.venue().instruments, both_sides);
  return response;
}

std::string lower(std::string_view text) {
  return boost::algorithm::to_lower_copy(std::string(text));
}

/// What a limit or market request says, in the venue's terms.
Parsed<orders::PlaceOrder> parse_request(net::JsonFields& fields, AccountId account, bool market,
                                         const instruments::Instruments& instruments) {
  const auto security = fields.text("security_id");
  const auto side = lower(fields.text("side"));
  const auto quantity = fields.number("quantity");
  const std::string_view price =
      market ? fields.optional_number("price").value_or("") : fields.number("price");
  const auto order_id = fields.optional_number("order_id");
  if (fields.problem()) return orders::PlaceOrder{};
  if (order_id && !order_id->empty() && *order_id != "0")
    return std::unexpected(field_response(Status::bad_request, "order_id_not_allowed", "order_id",
                                          "the venue numbers new orders; send it to cancel one"));
  const auto* instrument = security.size() <= 24 ? instruments.instrument(security) : nullptr;
  if (!instrument) return std::unexpected(no_such_security());
  if (side != "buy" && side != "sell")
    return std::unexpected(
        field_response(Status::bad_request, "unknown_value", "side", "buy or sell is needed"));
  orders::PlaceOrder order;
  order.account = account;
  order.instrument = instrument->id;
  order.side = side == "buy" ? Side::buy : Side::sell;
  order.type = market ? orders::OrderType::market : orders::OrderType::limit;
  if (market) order.time_in_force = orders::TimeInForce::ioc;
  auto lots = parse_quantity("quantity", quantity, *instrument);
  if (!lots) return std::unexpected(std::move(lots.error()));
  order.quantity = *lots;
  if (market) return order;  // a price beside it means nothing, as in the original
  auto ticks = parse_price("price", price, *instrument);
  if (!ticks) return std::unexpected(std::move(ticks.error()));
  order.price = *ticks;
  return order;
}

}  // namespace

void ExchangeFeedRoutes::add_to(net::Router& router) {
  const auto add = [&](net::Method method, std::string_view path, auto handler) {
    router.add(method, path,
               [this, handler](const net::Request& request, net::Responder responder) {
                 (this->*handler)(request, std::move(responder));
               });
  };
  add(net::Method::post, "/order-entry", &ExchangeFeedRoutes::enter);
  add(net::Method::get, "/holdings/{securityId}/{clientId}", &ExchangeFeedRoutes::holdings);
  add(net::Method::get, "/balance/{clientId}", &ExchangeFeedRoutes::balance);
  add(net::Method::get, "/price/{securityId}", &ExchangeFeedRoutes::price);
  add(net::Method::get, "/status/{orderId}", &ExchangeFeedRoutes::status);
  add(net::Method::get, "/report/{orderId}", &ExchangeFeedRoutes::report);
}

void ExchangeFeedRoutes::enter(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto body = desk_.body(request, responder);
  if (!body) return;
  net::JsonFields fields(*body);
  const std::string type = lower(fields.text("type"));
  const auto client_text = fields.optional_number("client_id");
  const auto unknown =
      fields.unknown({"type", "security_id", "client_id", "side", "quantity", "price", "order_id"});
  if (!desk_.complete(fields, responder, unknown)) return;
  UserId client = caller->user;
  if (client_text) {
    const auto named = client_of(*client_text, *caller, responder);
    if (!named) return;
    client = *named;
  }
  if (type == "cancel") return cancel(request, std::move(responder), *caller, client, fields);
  if (type == "limit" || type == "market")
    return place(request, std::move(responder), *caller, client, fields);
  responder.respond(field_response(Status::bad_request, "unknown_value", "type",
                                   "limit, market or cancel is needed"));
}

void ExchangeFeedRoutes::place(const net::Request& request, net::Responder responder,
                               const Caller& caller, UserId client, net::JsonFields& fields) {
  VenuePort& venue = desk_.venue();
  const auto live = venue.live_user(client);
  if (!live) return responder.respond(no_such_client());
  if (live->account.value == 0 || live->roles == identity::Roles{})
    return responder.respond(refusal(rejection_of(ledger::Reject::account_not_found)));
  const bool market = lower(fields.text("type")) == "market";
  auto command = parse_request(fields, live->account, market, *venue.instruments());
  if (!desk_.complete(fields, responder)) return;
  if (!command) return responder.respond(std::move(command.error()));
  ++desk_.counts().orders;
  venue.submit(*command, origin(caller, request),
               [this, responder = std::move(responder)](const flows::Reply& reply) mutable {
                 if (reply.rejection) return responder.respond(refusal(*reply.rejection));
                 answer_with_report(std::move(responder), reply.order.order, Status::created);
               });
}

void ExchangeFeedRoutes::cancel(const net::Request& request, net::Responder responder,
                                const Caller& caller, UserId client, net::JsonFields& fields) {
  const auto text = fields.number("order_id");
  if (!desk_.complete(fields, responder)) return;
  const auto id = parse_id<OrderId>(text);
  if (!id) return responder.respond(no_such_order());
  VenuePort& venue = desk_.venue();
  venue.read([this, &venue, responder = std::move(responder), caller, client, id = *id,
              from = origin(caller, request)](const Replica& replica) mutable {
    const auto record = visible(replica, id, caller);
    const bool named = record && (record->order.user == client || caller.administrator());
    if (!named) return responder.respond(no_such_order());
    const auto reason = record->order.user == caller.user ? orders::CancelReason::user
                                                          : orders::CancelReason::administrator;
    venue.submit(orders::CancelOrder{record->order.account, id, {}, reason}, from,
                 [this, responder = std::move(responder), id](const flows::Reply& reply) mutable {
                   if (!reply.rejection)
                     return answer_with_report(std::move(responder), id, Status::ok);
                   if (reply.rejection->kind != RejectKind::not_found)
                     return responder.respond(refusal(*reply.rejection));
                   responder.respond(net::error_response(Status::conflict, "order_already_closed",
                                                         "the order has ended already"));
                 });
  });
}

void ExchangeFeedRoutes::answer_with_report(net::Responder responder, OrderId id, Status status) {
  desk_.venue().read(
      [this, responder = std::move(responder), id, status](const Replica& replica) mutable {
        const auto record = replica.order(id);
        if (!record)
          return responder.respond(net::error_response(
              Status::internal_error, "history_unavailable", "it was done, but cannot be shown"));
        responder.respond(report_response(replica, market_, *record, false, status));
      });
}

void ExchangeFeedRoutes::holdings(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto client = client_of(request.parameters[1], *caller, responder);
  if (!client) return;
  const auto list = desk_.venue().instruments();
  const auto* instrument = list->instrument(request.parameters[0]);
  if (!instrument) return responder.respond(no_such_security());
  desk_.venue().read([responder = std::move(responder), client = *client, base = instrument->base,
                      security =
                          std::string(request.parameters[0])](const Replica& replica) mutable {
    const auto account = replica.venue().ledger.account_of(client);
    if (!account) return responder.respond(no_such_client());
    const auto& asset = *replica.venue().instruments.asset(base);
    net::Response response;
    JsonWriter(response.body)
        .begin_object()
        .field("securityId", security)
        .field("clientId", std::to_string(client.value))
        .field("quantity", projections::amount_text(
                               replica.venue().ledger.balance(*account, base).owned.value, asset))
        .field("sequence", replica.position().value)
        .end_object();
    responder.respond(std::move(response));
  });
}

void ExchangeFeedRoutes::balance(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto client = client_of(request.parameters[0], *caller, responder);
  if (!client) return;
  desk_.venue().read([responder = std::move(responder),
                      client = *client](const Replica& replica) mutable {
    const auto account = replica.venue().ledger.account_of(client);
    const auto* usd = replica.venue().instruments.asset(std::string_view("USD"));
    if (!account || !usd) return responder.respond(no_such_client());
    net::Response response;
    JsonWriter(response.body)
        .begin_object()
        .field("clientId", std::to_string(client.value))
        .field("balance", projections::amount_text(
                              replica.venue().ledger.balance(*account, usd->id).owned.value, *usd))
        .field("sequence", replica.position().value)
        .end_object();
    responder.respond(std::move(response));
  });
}

void ExchangeFeedRoutes::price(const net::Request& request, net::Responder responder) {
  if (!desk_.visitor(request, responder)) return;
  const auto list = desk_.venue().instruments();
  const auto* instrument = list->instrument(request.parameters[0]);
  if (!instrument) return responder.respond(no_such_security());
  desk_.venue().read(
      [this, responder = std::move(responder), id = instrument->id,
       security = std::string(request.parameters[0])](const Replica& replica) mutable {
        const auto& listed = *replica.venue().instruments.instrument(id);
        const auto last = market_.price(id);
        net::Response response;
        JsonWriter json(response.body);
        const auto field = [&](std::string_view name, std::optional<Price> price) {
          if (price)
            json.field(name, projections::price_text(*price, listed));
          else
            json.key(name).null();
        };
        json.begin_object().field("securityId", security);
        field("price", last ? std::optional(last->last) : std::nullopt);
        field("last", last ? std::optional(last->last) : std::nullopt);
        field("bid", replica.venue().matching.best(id, Side::buy));
        field("ask", replica.venue().matching.best(id, Side::sell));
        json.field("time", projections::time_text(last ? last->time : replica.now()))
            .field("sequence", replica.position().value)
            .end_object();
        responder.respond(std::move(response));
      });
}

void ExchangeFeedRoutes::status(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<OrderId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_order());
  desk_.venue().read([responder = std::move(responder), caller = *caller,
                      id = *id](const Replica& replica) mutable {
    const auto record = visible(replica, id, caller);
    if (!record) return responder.respond(no_such_order());
    const auto& instrument = *replica.venue().instruments.instrument(record->order.instrument);
    net::Response response;
    JsonWriter json(response.body);
    json.begin_object()
        .field("orderId", std::to_string(id.value))
        .field("status", projections::status_text(record->status));
    if (record->reason) json.field("reason", projections::cancel_reason_text(*record->reason));
    json.field("filledQuantity", projections::quantity_text(record->order.filled, instrument))
        .field("remainingQuantity", projections::quantity_text(record->order.remaining, instrument))
        .field("time", projections::time_text(record->updated))
        .field("sequence", record->sequence.value)
        .end_object();
    responder.respond(std::move(response));
  });
}

void ExchangeFeedRoutes::report(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<OrderId>(request.parameters[0]);
  if (!id) return responder.respond(no_such_order());
  desk_.venue().read([this, responder = std::move(responder), caller = *caller,
                      id = *id](const Replica& replica) mutable {
    const auto record = visible(replica, id, caller);
    if (!record) return responder.respond(no_such_order());
    responder.respond(report_response(replica, market_, *record, caller.administrator()));
  });
}

}  // namespace rialto::rest
