// The market in JSON: ticker, candles, the tape. Quantities and money as decimals, sums exact.
//
// Pure functions; any thread.
#pragma once

#include <optional>
#include <string>

#include "contexts/instruments/instruments.hpp"
#include "platform/net/json_writer.hpp"
#include "projections/market/market_data.hpp"

namespace rialto::rest {

/// An instrument with its quote asset: what its numbers are written by.
struct Listing {
  const instruments::Instrument& instrument;
  const instruments::Asset& quote;
};
Listing listing_of(const instruments::Instruments&, InstrumentId);

/// A sum of lots: wider than any one quantity.
std::string volume_text(i128 lots, const instruments::Instrument&);
/// quote_volume ÷ volume per unit of base, rounded half up to eight digits more than the tick has.
/// REQUIRES: volume > 0.
std::string vwap_text(i128 quote_volume, i128 volume, const Listing&);

/// The best price of one side; lots 0 where there is none.
struct BestPrice {
  Price price;
  Quantity quantity;
};
struct TickerView {
  std::optional<projections::PriceRow> last;
  BestPrice bid;
  BestPrice ask;
  projections::Statistics day;
  Timestamp time;
  Sequence sequence;
};
void write_ticker(net::JsonWriter&, const TickerView&, const Listing&);
void write_candle(net::JsonWriter&, const projections::Candle&, const Listing&);
void write_tape_entry(net::JsonWriter&, const projections::TradeRow&, const Listing&);

}  // namespace rialto::rest
