// Candles and statistics once more, from the plain list of trades: slow, short, obviously right.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "projections/market/candle.hpp"
#include "projections/market/tests/busy_market.hpp"

namespace rialto::projections::test {

inline std::vector<Candle> naive_candles(const std::vector<SeenTrade>& trades,
                                         InstrumentId instrument, Interval interval) {
  std::map<std::int64_t, std::vector<const SeenTrade*>> groups;
  for (const SeenTrade& seen : trades)
    if (seen.trade.instrument == instrument)
      groups[start_of(interval, seen.at.time).value].push_back(&seen);
  std::vector<Candle> candles;
  for (const auto& [start, group] : groups) {
    Candle candle;
    candle.start = {start};
    candle.open = group.front()->trade.price;
    candle.close = group.back()->trade.price;
    candle.high = candle.low = candle.open;
    for (const SeenTrade* seen : group) {
      candle.high = std::max(candle.high, seen->trade.price);
      candle.low = std::min(candle.low, seen->trade.price);
      candle.volume += seen->trade.quantity.value;
      candle.quote_volume += seen->trade.notional.value;
    }
    candle.trades = group.size();
    candle.sequence = group.back()->at.sequence;
    candles.push_back(candle);
  }
  return candles;
}

inline Statistics naive_statistics(const std::vector<SeenTrade>& trades, InstrumentId instrument,
                                   Timestamp now) {
  constexpr std::int64_t minute = 60'000'000'000;
  Statistics day;
  day.since = {(now.value / minute - 1'439) * minute};
  for (const SeenTrade& seen : trades) {
    if (seen.trade.instrument != instrument || seen.at.time < day.since) continue;
    if (day.trades == 0) day.open = day.high = day.low = seen.trade.price;
    day.high = std::max(day.high, seen.trade.price);
    day.low = std::min(day.low, seen.trade.price);
    day.close = seen.trade.price;
    day.volume += seen.trade.quantity.value;
    day.quote_volume += seen.trade.notional.value;
    ++day.trades;
  }
  return day;
}

}  // namespace rialto::projections::test
