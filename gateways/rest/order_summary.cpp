#include "gateways/rest/order_summary.hpp"

#include <algorithm>

#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using net::JsonWriter;
using projections::OrderRecord;
using projections::Replica;
using projections::TradeRecord;

constexpr std::size_t most_looked_at = 20'000;
constexpr std::size_t page_size = 500;

bool open(const OrderRecord& record) {
  return record.status == flows::OrderStatus::pending ||
         record.status == flows::OrderStatus::partially_filled;
}

/// A trade number above all of the order's: numbers and times grow together. O(log trades).
std::uint64_t trades_begin_behind(const Replica& replica, const OrderRecord& record) {
  std::uint64_t above = replica.venue().orders.next_trade().value;
  if (open(record)) return above;
  for (std::uint64_t below = 0; above - below > 1;) {
    const std::uint64_t middle = below + (above - below) / 2;
    const auto trade = replica.history()->trade({middle});
    if (trade && trade->time > record.updated)
      above = middle;
    else
      below = middle;
  }
  return above;
}

/// What both answers begin with.
void write_progress(JsonWriter& json, const OrderRecord& record,
                    const instruments::Instrument& instrument, const instruments::Asset& quote) {
  const orders::Order& order = record.order;
  json.field("orderId", std::to_string(order.id.value));
  if (record.client_order_id.empty())
    json.key("clientOrderId").null();
  else
    json.field("clientOrderId", record.client_order_id.view());
  json.field("symbol", instrument.symbol)
      .field("product", instrument.symbol)
      .field("status", projections::status_text(record.status));
  if (record.reason)
    json.field("reason", projections::cancel_reason_text(*record.reason));
  else
    json.key("reason").null();
  json.field("quantity", projections::quantity_text(order.quantity(), instrument))
      .field("filledQuantity", projections::quantity_text(order.filled, instrument))
      .field("remainingQuantity", projections::quantity_text(order.remaining, instrument));
  if (order.filled.value != 0)
    json.field("averagePrice", projections::average_price_text(order.filled_notional, order.filled,
                                                               instrument, quote));
  else
    json.key("averagePrice").null();
  json.field("fees", projections::amount_text(order.fees, quote));
}

void write_fills(JsonWriter& json, const OrderRecord& record, const OrderFills& fills,
                 const instruments::Instrument& instrument, const instruments::Asset& quote) {
  json.field("fillsComplete", fills.complete).key("fills").begin_array();
  for (const TradeRecord& row : fills.trades) {
    const auto& trade = row.trade;
    const Side side = record.order.side;
    json.begin_object()
        .field("tradeId", std::to_string(trade.trade.value))
        .field("price", projections::price_text(trade.price, instrument))
        .field("quantity", projections::quantity_text(trade.quantity, instrument))
        .field("notional", projections::amount_text(trade.notional.value, quote))
        .field("fee", projections::amount_text(
                          (side == Side::buy ? trade.buyer_fee : trade.seller_fee).value, quote))
        .field("liquidity", trade.taker_side == side ? "taker" : "maker")
        .field("time", projections::time_text(row.time))
        .field("sequence", row.sequence.value)
        .end_object();
  }
  json.end_array();
}

/// Placed, each fill, the end. Amendments are not kept.
void write_timeline(JsonWriter& json, const OrderRecord& record, const OrderFills& fills,
                    const instruments::Instrument& instrument) {
  json.key("timeline").begin_array();
  const auto happened = [&](std::string_view what, Timestamp time) -> JsonWriter& {
    return json.begin_object().field("event", what).field("time", projections::time_text(time));
  };
  happened("placed", record.order.created).end_object();
  for (const TradeRecord& row : fills.trades)
    happened("fill", row.time)
        .field("tradeId", std::to_string(row.trade.trade.value))
        .field("quantity", projections::quantity_text(row.trade.quantity, instrument))
        .field("sequence", row.sequence.value)
        .end_object();
  if (!open(record))
    happened(projections::status_text(record.status), record.updated)
        .field("sequence", record.sequence.value)
        .end_object();
  json.end_array();
}

}  // namespace

OrderFills fills_of(const Replica& replica, const OrderRecord& record) {
  OrderFills fills;
  const orders::Order& order = record.order;
  const auto* history = replica.history();
  if (order.filled.value == 0 || !history) return fills;
  Quantity found;
  projections::Page page{trades_begin_behind(replica, record), page_size};
  for (std::size_t looked_at = 0; found < order.filled && looked_at < most_looked_at;
       looked_at += page_size) {
    const auto rows = history->trades({order.account, order.instrument}, page);
    for (const TradeRecord& row : rows) {
      page.before = row.trade.trade.value;
      const auto& trade = row.trade;
      if ((order.side == Side::buy ? trade.buy_order : trade.sell_order) != order.id) continue;
      found += trade.quantity;
      fills.trades.push_back(row);
    }
    if (rows.size() < page_size) break;
  }
  fills.complete = found == order.filled;
  std::reverse(fills.trades.begin(), fills.trades.end());
  return fills;
}

void write_order_status(JsonWriter& json, const OrderRecord& record,
                        const instruments::Instruments& instruments) {
  const auto& instrument = *instruments.instrument(record.order.instrument);
  json.begin_object();
  write_progress(json, record, instrument, *instruments.asset(instrument.quote));
  json.field("createdAt", projections::time_text(record.order.created))
      .field("updatedAt", projections::time_text(record.updated))
      .field("sequence", record.sequence.value)
      .end_object();
}

void write_order_summary(JsonWriter& json, const OrderRecord& record, const OrderFills& fills,
                         const instruments::Instruments& instruments) {
  const orders::Order& order = record.order;
  const auto& instrument = *instruments.instrument(order.instrument);
  const auto& quote = *instruments.asset(instrument.quote);
  json.begin_object();
  write_progress(json, record, instrument, quote);
  json.field("type", projections::side_text(order.side))
      .field("orderType", projections::order_type_text(order.type))
      .field("userId", std::to_string(order.user.value))
      .field("walletId", std::to_string(order.account.value))
      .field("currency", quote.code)
      .field("notional", projections::amount_text(order.filled_notional, quote));
  write_fills(json, record, fills, instrument, quote);
  write_timeline(json, record, fills, instrument);
  json.field("createdAt", projections::time_text(order.created))
      .field("updatedAt", projections::time_text(record.updated))
      .field("sequence", record.sequence.value)
      .end_object();
}

}  // namespace rialto::rest
