// Candles of one instrument as they grow, and its statistics of the last 24 hours, exactly: trades
// go into the running second alone; when it ends it is poured into the longer ones.
//
// Owned by MarketData, on the replica's thread. Memory: twelve candles, and those minutes of the
// last 24 hours that saw trades.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>

#include "core/types.hpp"
#include "projections/market/interval.hpp"

namespace rialto::projections {

struct Candle {
  Timestamp start;
  Price open;
  Price high;
  Price low;
  Price close;
  i128 volume{};             // lots
  i128 quote_volume{};       // quote minor units
  std::uint64_t trades = 0;  // 0: there is no candle yet
  Sequence sequence;         // of the newest trade in it

  void add(Price price, Quantity quantity, Amount notional, Sequence at);
  /// Appends what came later.
  void absorb(const Candle& later);
  friend bool operator==(const Candle&, const Candle&) = default;
};

/// The last 24 hours to the minute: the running minute and the 1,439 before it.
struct Statistics {
  Timestamp since;  // where the window begins
  Price open;
  Price high;
  Price low;
  Price close;
  i128 volume{};             // lots
  i128 quote_volume{};       // quote minor units
  std::uint64_t trades = 0;  // 0: no prices either
  friend bool operator==(const Statistics&, const Statistics&) = default;
};

/// Sums over a sliding window of minutes; amortised O(1).
class DayWindow {
 public:
  /// A minute that is over. REQUIRES: later than those before it.
  void push(const Candle& minute);
  /// The window that ends with the minute of `now`, with `running` (may be empty) as its newest.
  Statistics statistics(const Candle& running, Timestamp now);

 private:
  struct Extreme {
    Timestamp start;
    Price price;
  };
  void drop_before(Timestamp since);

  std::deque<Candle> minutes_;
  std::deque<Extreme> highs_;  // falling: the first is the window's
  std::deque<Extreme> lows_;   // rising
  i128 volume_{};
  i128 quote_volume_{};
  std::uint64_t trades_ = 0;
};

class CandleMaker {
 public:
  /// A trade; times never fall. Calls over(Interval, const Candle&) for each candle that ended
  /// before it.
  template <class Over>
  void add(Timestamp time, Price price, Quantity quantity, Amount notional, Sequence at,
           Over over) {
    if (second_.trades == 0 || time >= second_end_) begin_second(time, over);
    second_.add(price, quantity, notional, at);
    unpoured_.add(price, quantity, notional, at);
  }

  /// As of the newest trade; trades 0 where there was none at all.
  Candle current(Interval interval) const;
  Statistics statistics(Timestamp now) { return day_.statistics(current(Interval::minute), now); }
  /// What a run before this one knew: of the newest candle of each interval, and of the minutes
  /// before it, oldest first.
  void restore(Interval interval, const Candle& candle);

 private:
  struct Running {
    Candle candle;  // without what is unpoured
    Timestamp end;
    void absorb(Interval interval, const Candle& later);
  };
  Running& running(std::size_t interval) { return longer_[interval - 1]; }

  template <class Over>
  void begin_second(Timestamp time, Over& over) {
    if (second_.trades != 0) over(Interval::second, second_);
    pour();
    second_ = unpoured_ = {};
    second_.start = unpoured_.start = start_of(Interval::second, time);
    second_end_ = next_start(Interval::second, second_.start);
    for (std::size_t i = 1; i < interval_count; ++i) {
      Running& longer = running(i);
      if (longer.candle.trades == 0 || second_.start < longer.end) continue;
      over(static_cast<Interval>(i), longer.candle);
      finish(static_cast<Interval>(i), longer);
    }
  }
  void pour();
  void finish(Interval interval, Running& longer);

  Candle second_;
  Candle unpoured_;  // the part of it that the longer ones do not have yet
  Timestamp second_end_;
  // Each ends later than the running second begins.
  std::array<Running, interval_count - 1> longer_;
  DayWindow day_;  // without the running minute
};

}  // namespace rialto::projections
