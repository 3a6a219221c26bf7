#include "gateways/rest/trade_json.hpp"

#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using corrections::Terms;
using net::JsonWriter;
using projections::TradeChange;
using projections::TradeRecord;

struct Units {
  const instruments::Instrument& instrument;
  const instruments::Asset& quote;
};

void write_fee(JsonWriter& json, std::string_view name, Amount fee, const Units& units) {
  json.field(name, projections::amount_text(fee.value, units.quote));
}

void write_order_id(JsonWriter& json, std::string_view name, OrderId order) {
  if (order.value != 0)
    json.field(name, std::to_string(order.value));
  else
    json.key(name).null();
}

void write_size(JsonWriter& json, const Terms& terms, const Units& units) {
  json.field("price", projections::price_text(terms.price, units.instrument))
      .field("quantity", projections::quantity_text(terms.quantity, units.instrument))
      .field("notional", projections::amount_text(terms.notional.value, units.quote));
}

/// One side as its owner knows it.
void write_side(JsonWriter& json, const TradeRecord& record, Side side, const Terms& terms,
                const Units& units) {
  const auto& trade = record.trade;
  const bool buys = side == Side::buy;
  json.field("type", projections::side_text(side));
  if (trade.buy_order.value != 0)
    json.field("liquidity", trade.taker_side == side ? "taker" : "maker");
  write_order_id(json, "orderId", buys ? trade.buy_order : trade.sell_order);
  write_fee(json, "fee", buys ? terms.buyer_fee : terms.seller_fee, units);
}

/// What every entry of the chain says.
template <class Event>
void write_author(JsonWriter& json, std::string_view type, const Event& event,
                  const TradeChange& change, const Caller& caller) {
  json.field("type", type).field("reason", event.reason);
  if (caller.administrator()) json.field("by", std::to_string(event.by.value));
  json.field("time", projections::time_text(change.time)).field("sequence", change.sequence.value);
}

void write_change(JsonWriter& json, const TradeChange& change, const Caller& caller,
                  const Units& units) {
  json.begin_object();
  if (const auto* entered = std::get_if<corrections::TradeEntered>(&change.event)) {
    write_author(json.field("version", 0), "TradeEntered", *entered, change, caller);
    write_size(json, entered->terms, units);
  } else if (const auto* corrected = std::get_if<corrections::TradeCorrected>(&change.event)) {
    write_author(json.field("version", corrected->version), "TradeCorrected", *corrected, change,
                 caller);
    write_size(json, corrected->after, units);
    json.key("before").begin_object();
    write_size(json, corrected->before, units);
    json.end_object();
  } else if (const auto* busted = std::get_if<corrections::TradeBusted>(&change.event)) {
    write_author(json.field("version", busted->version), "TradeBusted", *busted, change, caller);
    write_size(json, busted->terms, units);
  }
  json.end_object();
}

std::string_view status_of(const corrections::Standing* standing) {
  if (!standing || standing->version == 0) return "executed";
  return standing->busted ? "busted" : "corrected";
}

}  // namespace

void write_trade(JsonWriter& json, const TradeRecord& record, const Caller& caller,
                 const flows::Venue& venue, const std::vector<TradeChange>* changes,
                 Sequence sequence) {
  const auto& trade = record.trade;
  const Units units{*venue.instruments.instrument(trade.instrument),
                    *venue.instruments.asset(trade.quote)};
  const auto* standing = venue.corrections.standing(trade.trade);
  const Terms terms =
      standing ? standing->terms : Terms{trade.price,    trade.quantity,  trade.base_amount,
                                         trade.notional, trade.buyer_fee, trade.seller_fee};
  json.begin_object()
      .field("tradeId", std::to_string(trade.trade.value))
      .field("product", units.instrument.symbol)
      .field("symbol", units.instrument.symbol);
  write_size(json, terms, units);
  write_order_id(json, "buyOrderId", trade.buy_order);
  write_order_id(json, "sellOrderId", trade.sell_order);
  json.field("takerSide", projections::side_text(trade.taker_side));
  if (caller.owns(trade.buyer) && !caller.owns(trade.seller))
    write_side(json, record, Side::buy, terms, units);
  if (caller.owns(trade.seller)) write_side(json, record, Side::sell, terms, units);
  if (caller.administrator()) {
    json.field("buyWalletId", std::to_string(trade.buyer.value))
        .field("sellWalletId", std::to_string(trade.seller.value));
    write_fee(json, "buyFee", terms.buyer_fee, units);
    write_fee(json, "sellFee", terms.seller_fee, units);
  }
  json.field("status", status_of(standing))
      .field("administrative", standing && standing->entered)
      .field("version", standing ? standing->version : 0u);
  if (changes) {
    json.key("corrections").begin_array();
    for (const TradeChange& change : *changes) write_change(json, change, caller, units);
    json.end_array();
  }
  json.field("time", projections::time_text(record.time))
      .field("sequence", sequence.value != 0 ? sequence.value : record.sequence.value)
      .end_object();
}

}  // namespace rialto::rest
