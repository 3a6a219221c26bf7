#include "gateways/stream/market_messages.hpp"

#include "platform/net/json_writer.hpp"
#include "platform/net/web_socket.hpp"
#include "projections/published/wording.hpp"

namespace rialto::stream {
namespace {

using net::JsonWriter;
using projections::BookAction;
using projections::BookLevel;
using projections::BookOrder;

/// The envelope around `data`, which begins with what every market message has.
template <class WriteData>
net::SharedBytes frame(std::string_view channel, std::string_view type, const MarketHead& head,
                       WriteData write_data) {
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .field("channel", channel)
      .field("sequence", head.at.sequence.value)
      .field("causeSequence", head.at.sequence.value)
      .field("time", projections::time_text(head.at.time))
      .field("type", type)
      .key("data")
      .begin_object()
      .field("symbol", head.instrument->symbol)
      .field("number", head.at.sequence.value);
  if (head.previous) json.field("previous", head.previous->value);
  if (head.reason) json.field("reason", reason_text(*head.reason));
  write_data(json);
  json.end_object().end_object();
  return net::text_frame(text);
}

void write(JsonWriter& json, const BookLevel& level, const instruments::Instrument& instrument) {
  json.begin_array()
      .text(projections::price_text(level.price, instrument))
      .text(projections::quantity_text(level.quantity, instrument))
      .counter(level.orders)
      .end_array();
}

void write(JsonWriter& json, const BookOrder& order, const instruments::Instrument& instrument) {
  json.begin_array()
      .text(std::to_string(order.order.value))
      .text(projections::price_text(order.price, instrument))
      .text(projections::quantity_text(order.shown, instrument))
      .end_array();
}

template <class Row>
void write(JsonWriter& json, std::string_view name, const std::vector<Row>& rows,
           const instruments::Instrument& instrument) {
  json.key(name).begin_array();
  for (const Row& row : rows) write(json, row, instrument);
  json.end_array();
}

std::string_view action_text(BookAction action) {
  switch (action) {
    case BookAction::add:
      return "add";
    case BookAction::change:
      return "change";
    case BookAction::remove:
      return "remove";
  }
  return "";
}

std::string_view book_type(const MarketHead& head) {
  return head.reason ? "BookSnapshot" : "BookDelta";
}

}  // namespace

net::SharedBytes BookMessage::make(Encoding encoding) const {
  if (encoding != Encoding::json) return nullptr;
  const auto& instrument = *head.instrument;
  return frame("book", level == 1 ? "BookTop" : book_type(head), head, [&](JsonWriter& json) {
    json.field("level", level);
    if (level != 1 && depth != 0) json.field("depth", std::uint64_t{depth});
    write(json, "bids", bids, instrument);
    write(json, "asks", asks, instrument);
  });
}

net::SharedBytes OrdersMessage::make(Encoding encoding) const {
  if (encoding != Encoding::json) return nullptr;
  const auto& instrument = *head.instrument;
  return frame("book", book_type(head), head, [&](JsonWriter& json) {
    json.field("level", 3);
    if (head.reason) {
      write(json, "bids", bids, instrument);
      write(json, "asks", asks, instrument);
      return;
    }
    json.key("changes").begin_array();
    for (const projections::BookChange& change : changes)
      json.begin_array()
          .text(action_text(change.action))
          .text(projections::side_text(change.side))
          .text(std::to_string(change.order.value))
          .text(projections::price_text(change.price, instrument))
          .text(projections::quantity_text(change.shown, instrument))
          .end_array();
    json.end_array();
  });
}

net::SharedBytes TradesMessage::make(Encoding encoding) const {
  if (encoding != Encoding::json) return nullptr;
  const auto& instrument = *head.instrument;
  return frame("trades", head.reason ? "TradesSnapshot" : "Trades", head, [&](JsonWriter& json) {
    json.key("trades").begin_array();
    for (const projections::TradeNews& trade : trades)
      json.begin_object()
          .field("tradeId", std::to_string(trade.trade.value))
          .field("price", projections::price_text(trade.price, instrument))
          .field("quantity", projections::quantity_text(trade.quantity, instrument))
          .field("takerSide", projections::side_text(trade.taker_side))
          .field("time", projections::time_text(trade.at.time))
          .field("sequence", trade.at.sequence.value)
          .end_object();
    json.end_array();
  });
}

net::SharedBytes TickerMessage::make(Encoding encoding) const {
  if (encoding != Encoding::json) return nullptr;
  const auto& instrument = *head.instrument;
  return frame("ticker", "Ticker", head, [&](JsonWriter& json) {
    const auto price = [&](std::string_view name, const std::optional<Price>& value) {
      value ? json.field(name, projections::price_text(*value, instrument)) : json.key(name).null();
    };
    const auto quantity = [&](std::string_view name, const std::optional<Quantity>& value) {
      value ? json.field(name, projections::quantity_text(*value, instrument))
            : json.key(name).null();
    };
    const auto best = [&](const std::optional<BookLevel>& level) {
      return std::pair{level ? std::optional(level->price) : std::nullopt,
                       level ? std::optional(level->quantity) : std::nullopt};
    };
    const auto [bid_price, bid_quantity] = best(bid);
    const auto [ask_price, ask_quantity] = best(ask);
    price("lastPrice", last_price);
    quantity("lastQuantity", last_trade ? std::optional(last_trade->quantity) : std::nullopt);
    price("bid", bid_price);
    quantity("bidQuantity", bid_quantity);
    price("ask", ask_price);
    quantity("askQuantity", ask_quantity);
  });
}

}  // namespace rialto::stream
