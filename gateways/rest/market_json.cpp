#include "gateways/rest/market_json.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "core/decimal.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {

using net::JsonWriter;
using projections::amount_text;
using projections::price_text;
using projections::quantity_text;
using projections::time_text;

namespace {

constexpr int average_extra_digits = 8;
constexpr int largest_scale = 18;

void price_or_null(JsonWriter& json, std::string_view name, bool present, Price price,
                   const Listing& listing) {
  if (present)
    json.field(name, price_text(price, listing.instrument));
  else
    json.key(name).null();
}

void write_best(JsonWriter& json, std::string_view price, std::string_view quantity,
                const BestPrice& best, const Listing& listing) {
  price_or_null(json, price, best.quantity.value != 0, best.price, listing);
  json.field(quantity, quantity_text(best.quantity, listing.instrument));
}

}  // namespace

Listing listing_of(const instruments::Instruments& list, InstrumentId id) {
  const auto& instrument = *list.instrument(id);
  return {instrument, *list.asset(instrument.quote)};
}

std::string volume_text(i128 lots, const instruments::Instrument& instrument) {
  return format_decimal(lots * instrument.lot.units, instrument.lot.scale);
}

std::string vwap_text(i128 quote_volume, i128 volume, const Listing& listing) {
  RIALTO_ASSERT(volume > 0);
  const auto& [instrument, quote] = listing;
  const int digits = std::min(instrument.tick.scale + average_extra_digits, largest_scale);
  i128 below = volume * instrument.lot.units;
  // Digit by digit, so that nothing outgrows 128 bits: the quotient, times 10^exponent.
  int exponent = digits + instrument.lot.scale - quote.scale;
  for (; exponent < 0; ++exponent) below *= 10;
  i128 value = quote_volume / below;
  i128 rest = quote_volume % below;
  for (; exponent > 0; --exponent) {
    value = value * 10 + rest * 10 / below;
    rest = rest * 10 % below;
  }
  if (rest * 2 >= below) ++value;
  return format_decimal(value, digits);
}

void write_ticker(JsonWriter& json, const TickerView& view, const Listing& listing) {
  const auto& day = view.day;
  const bool traded = day.trades != 0;
  json.begin_object().field("symbol", listing.instrument.symbol);
  price_or_null(json, "last", view.last.has_value(), view.last ? view.last->last : Price{},
                listing);
  if (view.last)
    json.field("lastTime", time_text(view.last->time));
  else
    json.key("lastTime").null();
  write_best(json, "bid", "bidQuantity", view.bid, listing);
  write_best(json, "ask", "askQuantity", view.ask, listing);
  price_or_null(json, "open", traded, day.open, listing);
  price_or_null(json, "high", traded, day.high, listing);
  price_or_null(json, "low", traded, day.low, listing);
  price_or_null(json, "close", traded, day.close, listing);
  price_or_null(json, "change", traded, day.close - day.open, listing);
  json.field("volume", volume_text(day.volume, listing.instrument))
      .field("quoteVolume", amount_text(day.quote_volume, listing.quote))
      .field("count", day.trades);
  if (traded)
    json.field("vwap", vwap_text(day.quote_volume, day.volume, listing));
  else
    json.key("vwap").null();
  json.field("since", time_text(day.since))
      .field("status", listing.instrument.halted ? "halted" : "open")
      .field("time", time_text(view.time))
      .field("sequence", view.sequence.value)
      .end_object();
}

void write_candle(JsonWriter& json, const projections::Candle& candle, const Listing& listing) {
  json.begin_object()
      .field("start", time_text(candle.start))
      .field("open", price_text(candle.open, listing.instrument))
      .field("high", price_text(candle.high, listing.instrument))
      .field("low", price_text(candle.low, listing.instrument))
      .field("close", price_text(candle.close, listing.instrument))
      .field("volume", volume_text(candle.volume, listing.instrument))
      .field("quoteVolume", amount_text(candle.quote_volume, listing.quote))
      .field("count", candle.trades);
  if (candle.trades != 0)
    json.field("vwap", vwap_text(candle.quote_volume, candle.volume, listing));
  else
    json.key("vwap").null();
  json.end_object();
}

void write_tape_entry(JsonWriter& json, const projections::TradeRow& trade,
                      const Listing& listing) {
  json.begin_object()
      .field("tradeId", std::to_string(trade.trade_id.value))
      .field("price", price_text(trade.price, listing.instrument))
      .field("quantity", quantity_text(trade.quantity, listing.instrument))
      .field("notional", amount_text(trade.notional.value, listing.quote))
      .field("takerSide", projections::side_text(trade.taker_side))
      .field("time", time_text(trade.time))
      .field("sequence", trade.sequence.value)
      .end_object();
}

}  // namespace rialto::rest
