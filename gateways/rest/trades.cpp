#include "gateways/rest/trades.hpp"

#include "gateways/rest/answers.hpp"
#include "gateways/rest/pages.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using net::JsonWriter;
using projections::Replica;
using projections::TradeRecord;

bool party(const Caller& caller, const TradeRecord& record) {
  return caller.owns(record.trade.buyer) || caller.owns(record.trade.seller);
}

/// One side as its owner knows it.
void write_side(JsonWriter& json, const TradeRecord& record, Side side,
                const instruments::Asset& quote) {
  const auto& trade = record.trade;
  const bool buys = side == Side::buy;
  json.field("type", projections::side_text(side))
      .field("liquidity", trade.taker_side == side ? "taker" : "maker")
      .field("orderId", std::to_string((buys ? trade.buy_order : trade.sell_order).value))
      .field("fee",
             projections::amount_text((buys ? trade.buyer_fee : trade.seller_fee).value, quote));
}

/// Who stood on the other side is an administrator's to know.
void write_trade(JsonWriter& json, const TradeRecord& record, const Caller& caller,
                 const instruments::Instruments& instruments) {
  const auto& trade = record.trade;
  const auto& instrument = *instruments.instrument(trade.instrument);
  const auto& quote = *instruments.asset(trade.quote);
  json.begin_object()
      .field("tradeId", std::to_string(trade.trade.value))
      .field("product", instrument.symbol)
      .field("symbol", instrument.symbol)
      .field("price", projections::price_text(trade.price, instrument))
      .field("quantity", projections::quantity_text(trade.quantity, instrument))
      .field("notional", projections::amount_text(trade.notional.value, quote))
      .field("buyOrderId", std::to_string(trade.buy_order.value))
      .field("sellOrderId", std::to_string(trade.sell_order.value))
      .field("takerSide", projections::side_text(trade.taker_side));
  if (caller.owns(trade.buyer) && !caller.owns(trade.seller))
    write_side(json, record, Side::buy, quote);
  if (caller.owns(trade.seller)) write_side(json, record, Side::sell, quote);
  if (caller.administrator())
    json.field("buyWalletId", std::to_string(trade.buyer.value))
        .field("sellWalletId", std::to_string(trade.seller.value))
        .field("buyFee", projections::amount_text(trade.buyer_fee.value, quote))
        .field("sellFee", projections::amount_text(trade.seller_fee.value, quote));
  json.field("time", projections::time_text(record.time))
      .field("sequence", record.sequence.value)
      .end_object();
}

net::Response no_such_trade() {
  return not_found("trade_not_found", "there is no such trade of yours");
}

}  // namespace

void TradeRoutes::add_to(net::Router& router) {
  router.add(net::Method::get, "/api/trades",
             [this](const net::Request& request, net::Responder responder) {
               list(request, std::move(responder));
             });
  router.add(net::Method::get, "/api/trades/{id}",
             [this](const net::Request& request, net::Responder responder) {
               show(request, std::move(responder));
             });
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
    const auto& instruments = replica.venue().instruments;
    responder.respond(list_response(rows, more ? rows.back().trade.trade.value : 0,
                                    [&](JsonWriter& json, const TradeRecord& row) {
                                      write_trade(json, row, caller, instruments);
                                    }));
  });
}

void TradeRoutes::show(const net::Request& request, net::Responder responder) {
  const auto caller = desk_.caller(request, responder);
  if (!caller) return;
  const auto id = parse_id<TradeId>(request.parameters[0]);
  if (!id || id->value > INT64_MAX) return responder.respond(no_such_trade());
  desk_.venue().read([responder = std::move(responder), caller = *caller,
                      id = *id](const Replica& replica) mutable {
    const auto record = replica.history() ? replica.history()->trade(id) : std::nullopt;
    if (!record || (!party(caller, *record) && !caller.administrator()))
      return responder.respond(no_such_trade());
    net::Response response;
    JsonWriter json(response.body);
    write_trade(json, *record, caller, replica.venue().instruments);
    responder.respond(std::move(response));
  });
}

}  // namespace rialto::rest
