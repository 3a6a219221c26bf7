#include "gateways/rest/exchange_feed_json.hpp"

#include <boost/describe/enum_to_string.hpp>

#include "gateways/rest/market_json.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using net::JsonWriter;
using projections::price_text;
using projections::quantity_text;
using projections::SettlementRow;
using projections::time_text;

struct Units {
  const instruments::Instrument& instrument;
  const instruments::Asset& base;
  const instruments::Asset& quote;
};

/// What one side got, gave and owns now.
void write_leg(JsonWriter& json, std::string_view name, const SettlementRow& row, Side side,
               const Units& units) {
  const bool buys = side == Side::buy;
  const std::int64_t fee = (buys ? row.buyer_fee : row.seller_fee).value;
  const i128 money = buys ? -static_cast<i128>(row.notional.value) - fee
                          : static_cast<i128>(row.notional.value) - fee;
  const i128 base = buys ? row.base_amount.value : -static_cast<i128>(row.base_amount.value);
  json.key(name)
      .begin_object()
      .field("clientId", std::to_string((buys ? row.buyer_user_id : row.seller_user_id).value))
      .field("orderId", std::to_string((buys ? row.buy_order_id : row.sell_order_id).value))
      .field("side", projections::side_text(side))
      .field("fee", projections::amount_text(fee, units.quote))
      .key("change")
      .begin_object()
      .field(units.base.code, projections::amount_text(base, units.base))
      .field(units.quote.code, projections::amount_text(money, units.quote))
      .end_object()
      .key("balance")
      .begin_object()
      .field(units.base.code,
             projections::amount_text((buys ? row.buyer_base_after : row.seller_base_after).value,
                                      units.base))
      .field(units.quote.code,
             projections::amount_text((buys ? row.buyer_quote_after : row.seller_quote_after).value,
                                      units.quote))
      .end_object()
      .end_object();
}

void write_settlement(JsonWriter& json, const SettlementRow& row, Side own, const Units& units,
                      bool both_sides) {
  json.begin_object()
      .field("type", "TradeSettled")
      .field("tradeId", std::to_string(row.trade_id.value))
      .field("securityId", units.instrument.symbol)
      .field("price", price_text(row.price, units.instrument))
      .field("quantity", quantity_text(row.quantity, units.instrument))
      .field("notional", projections::amount_text(row.notional.value, units.quote))
      .field("time", time_text(row.time))
      .field("sequence", row.sequence.value);
  if (both_sides) {
    write_leg(json, "buyer", row, Side::buy, units);
    write_leg(json, "seller", row, Side::sell, units);
  } else {
    write_leg(json, own == Side::buy ? "buyer" : "seller", row, own, units);
  }
  json.end_object();
}

void write_one(JsonWriter& json, const FeedReport& report, const Units& units, bool both_sides) {
  const auto& row = report.row;
  json.begin_object()
      .field("reportId", std::to_string(row.report_id))
      .field("type", boost::describe::enum_to_string(row.kind, "unknown"))
      .field("quantity", quantity_text(row.quantity, units.instrument))
      .field("remainingQuantity", quantity_text(row.remaining, units.instrument));
  if (row.trade_id.value != 0)
    json.field("tradeId", std::to_string(row.trade_id.value))
        .field("tradePrice", price_text(row.trade_price, units.instrument))
        .field("tradeQuantity", quantity_text(row.trade_quantity, units.instrument));
  if (row.reason >= 0)
    json.field("reason",
               projections::cancel_reason_text(static_cast<orders::CancelReason>(row.reason)));
  if (report.settlement)
    write_settlement(json.key("settlement"), *report.settlement, row.side, units, both_sides);
  json.field("time", time_text(row.time)).field("sequence", row.sequence.value).end_object();
}

}  // namespace

void write_feed_report(JsonWriter& json, const projections::OrderRecord& record,
                       std::span<const FeedReport> reports,
                       const instruments::Instruments& instruments, bool both_sides) {
  const orders::Order& order = record.order;
  const auto& instrument = *instruments.instrument(order.instrument);
  const Units units{instrument, *instruments.asset(instrument.base),
                    *instruments.asset(instrument.quote)};
  json.begin_object()
      .field("orderId", std::to_string(order.id.value))
      .field("securityId", instrument.symbol)
      .field("clientId", std::to_string(order.user.value))
      .field("type", projections::order_type_text(order.type))
      .field("side", projections::side_text(order.side));
  if (order.price.value != 0)
    json.field("price", price_text(order.price, instrument));
  else
    json.key("price").null();
  json.field("quantity", quantity_text(order.quantity(), instrument))
      .field("filledQuantity", quantity_text(order.filled, instrument))
      .field("remainingQuantity", quantity_text(order.remaining, instrument));
  if (order.filled.value != 0)
    json.field("averagePrice", projections::average_price_text(order.filled_notional, order.filled,
                                                               instrument, units.quote));
  else
    json.key("averagePrice").null();
  json.field("status", projections::status_text(record.status)).key("reports").begin_array();
  for (const FeedReport& report : reports) write_one(json, report, units, both_sides);
  json.end_array().field("sequence", record.sequence.value).end_object();
}

}  // namespace rialto::rest
