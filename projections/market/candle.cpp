#include "projections/market/candle.hpp"

#include <algorithm>

namespace rialto::projections {
namespace {

constexpr std::size_t minutes_before = 1'439;

}  // namespace

void Candle::add(Price price, Quantity quantity, Amount notional, Sequence at) {
  if (trades == 0) open = high = low = price;
  high = std::max(high, price);
  low = std::min(low, price);
  close = price;
  volume += quantity.value;
  quote_volume += notional.value;
  ++trades;
  sequence = at;
}

void Candle::absorb(const Candle& later) {
  high = std::max(high, later.high);
  low = std::min(low, later.low);
  close = later.close;
  volume += later.volume;
  quote_volume += later.quote_volume;
  trades += later.trades;
  sequence = later.sequence;
}

void DayWindow::push(const Candle& minute) {
  minutes_.push_back(minute);
  volume_ += minute.volume;
  quote_volume_ += minute.quote_volume;
  trades_ += minute.trades;
  while (!highs_.empty() && highs_.back().price <= minute.high) highs_.pop_back();
  highs_.push_back({minute.start, minute.high});
  while (!lows_.empty() && lows_.back().price >= minute.low) lows_.pop_back();
  lows_.push_back({minute.start, minute.low});
  drop_before(earlier_start(Interval::minute, minute.start, minutes_before));
}

void DayWindow::drop_before(Timestamp since) {
  while (!minutes_.empty() && minutes_.front().start < since) {
    const Candle& gone = minutes_.front();
    volume_ -= gone.volume;
    quote_volume_ -= gone.quote_volume;
    trades_ -= gone.trades;
    minutes_.pop_front();
  }
  while (!highs_.empty() && highs_.front().start < since) highs_.pop_front();
  while (!lows_.empty() && lows_.front().start < since) lows_.pop_front();
}

Statistics DayWindow::statistics(const Candle& running, Timestamp now) {
  Statistics day;
  day.since = earlier_start(Interval::minute, start_of(Interval::minute, now), minutes_before);
  drop_before(day.since);
  Candle sum;
  if (!minutes_.empty()) {
    sum = minutes_.front();
    sum.high = highs_.front().price;
    sum.low = lows_.front().price;
    sum.close = minutes_.back().close;
    sum.volume = volume_;
    sum.quote_volume = quote_volume_;
    sum.trades = trades_;
  }
  if (running.trades != 0 && running.start >= day.since) {
    if (sum.trades == 0)
      sum = running;
    else
      sum.absorb(running);
  }
  day.open = sum.open;
  day.high = sum.high;
  day.low = sum.low;
  day.close = sum.close;
  day.volume = sum.volume;
  day.quote_volume = sum.quote_volume;
  day.trades = sum.trades;
  return day;
}

void CandleMaker::Running::absorb(Interval interval, const Candle& later) {
  if (candle.trades != 0) return candle.absorb(later);
  candle = later;
  candle.start = start_of(interval, later.start);
  end = next_start(interval, candle.start);
}

void CandleMaker::pour() {
  if (unpoured_.trades == 0) return;
  for (std::size_t i = 1; i < interval_count; ++i)
    running(i).absorb(static_cast<Interval>(i), unpoured_);
}

void CandleMaker::finish(Interval interval, Running& longer) {
  if (interval == Interval::minute) day_.push(longer.candle);
  longer.candle = {};
}

Candle CandleMaker::current(Interval interval) const {
  if (interval == Interval::second) return second_;
  Running longer = longer_[static_cast<std::size_t>(interval) - 1];
  if (unpoured_.trades != 0) longer.absorb(interval, unpoured_);
  return longer.candle;
}

void CandleMaker::restore(Interval interval, const Candle& candle) {
  if (interval == Interval::second) {
    second_ = candle;
    unpoured_ = {};
    unpoured_.start = candle.start;
    second_end_ = next_start(Interval::second, candle.start);
    return;
  }
  Running& longer = running(static_cast<std::size_t>(interval));
  if (longer.candle.trades != 0) finish(interval, longer);
  longer.candle = candle;
  longer.end = next_start(interval, candle.start);
}

}  // namespace rialto::projections
