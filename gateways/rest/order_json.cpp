#include "gateways/rest/order_json.hpp"

#include "core/assert.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {

using namespace projections;  // the wording of everything published

OrderRecord record_of(const orders::PlaceOrder& command, const portfolio::Assignment& assignment,
                      UserId user, const flows::Reply& reply) {
  OrderRecord record;
  orders::Order& order = record.order;
  order.id = reply.order.order;
  order.account = command.account;
  order.user = user;
  order.instrument = command.instrument;
  order.side = command.side;
  order.type = command.type;
  order.time_in_force = command.time_in_force;
  order.self_trade_prevention = command.self_trade_prevention;
  order.post_only = command.post_only;
  order.price = command.price;
  order.stop_price = command.stop_price;
  order.remaining = reply.order.remaining();
  order.filled = reply.order.filled;
  order.display = command.display;
  order.expire_time = command.expire_time;
  order.created = reply.time;
  order.filled_notional = reply.order.filled_notional;
  order.fees = reply.order.fees;
  record.client_order_id = command.client_order_id;
  record.status = reply.order.status;
  record.reason = reply.order.reason;
  record.updated = reply.time;
  record.sequence = reply.sequence;
  record.assignment = assignment;
  return record;
}

namespace {

using net::JsonWriter;

void optional_field(JsonWriter& json, std::string_view name, bool present, auto text) {
  if (present)
    json.field(name, text());
  else
    json.key(name).null();
}

void write_terms(JsonWriter& json, const orders::Order& order,
                 const instruments::Instrument& instrument) {
  json.field("type", side_text(order.side)).field("orderType", order_type_text(order.type));
  optional_field(json, "price", order.price.value != 0,
                 [&] { return price_text(order.price, instrument); });
  optional_field(json, "stopPrice", order.stop_price.value != 0,
                 [&] { return price_text(order.stop_price, instrument); });
  json.field("timeInForce", time_in_force_text(order.time_in_force));
  // A DAY order's end is the calendar's to tell.
  optional_field(json, "expireTime", order.time_in_force == orders::TimeInForce::gtd,
                 [&] { return time_text(order.expire_time); });
  json.field("postOnly", order.post_only);
  optional_field(json, "displayQuantity", order.display.value != 0,
                 [&] { return quantity_text(order.display, instrument); });
  json.field("selfTradePrevention", prevention_text(order.self_trade_prevention));
}

void write_progress(JsonWriter& json, const OrderRecord& record,
                    const instruments::Instrument& instrument, const instruments::Asset& quote) {
  const orders::Order& order = record.order;
  json.field("status", status_text(record.status));
  optional_field(json, "reason", record.reason.has_value(),
                 [&] { return cancel_reason_text(*record.reason); });
  json.field("quantity", quantity_text(order.quantity(), instrument))
      .field("filledQuantity", quantity_text(order.filled, instrument))
      .field("remainingQuantity", quantity_text(order.remaining, instrument));
  optional_field(json, "averagePrice", order.filled.value != 0, [&] {
    return average_price_text(order.filled_notional, order.filled, instrument, quote);
  });
  json.field("fees", amount_text(order.fees, quote));
}

}  // namespace

void write_order(JsonWriter& json, const OrderRecord& record,
                 const instruments::Instruments& instruments) {
  const orders::Order& order = record.order;
  const auto* instrument = instruments.instrument(order.instrument);
  RIALTO_ASSERT(instrument);
  json.begin_object().field("orderId", std::to_string(order.id.value));
  optional_field(json, "clientOrderId", !record.client_order_id.empty(),
                 [&] { return record.client_order_id.view(); });
  json.field("userId", std::to_string(order.user.value))
      .field("walletId", std::to_string(order.account.value))
      .field("portfolioId", std::to_string(record.assignment.portfolio.value != 0
                                               ? record.assignment.portfolio.value
                                               : order.account.value));
  if (const auto lot = record.assignment.lot; lot.value != 0)
    json.field("lotId", std::to_string(lot.value));
  json.field("product", instrument->symbol).field("symbol", instrument->symbol);
  write_terms(json, order, *instrument);
  write_progress(json, record, *instrument, *instruments.asset(instrument->quote));
  const std::string created = time_text(order.created);
  json.field("createdAt", created)
      .field("updatedAt", record.updated == order.created ? created : time_text(record.updated))
      .field("sequence", record.sequence.value)
      .end_object();
}

}  // namespace rialto::rest
