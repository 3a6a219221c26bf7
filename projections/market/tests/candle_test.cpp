// Intervals and candles by themselves.
#include <gtest/gtest.h>

#include <algorithm>

#include <rapidcheck.h>

#include "projections/market/candle.hpp"

namespace rialto::projections {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t day = 86'400 * second;

TEST(Intervals, HaveTheirNames) {
  for (std::size_t i = 0; i < interval_count; ++i) {
    const auto interval = static_cast<Interval>(i);
    EXPECT_EQ(parse_interval(interval_text(interval)), interval);
  }
  EXPECT_FALSE(parse_interval("2m"));
  EXPECT_FALSE(parse_interval(""));
}

TEST(Intervals, WeeksBeginOnMondaysAndMonthsOnTheirFirst) {
  const Timestamp saturday{20'778 * day + 5};                          // 2026-11-21
  EXPECT_EQ(start_of(Interval::week, saturday).value, 20'773 * day);   // Monday the 16th
  EXPECT_EQ(start_of(Interval::month, saturday).value, 20'758 * day);  // the 1st
  EXPECT_EQ(next_start(Interval::month, {20'758 * day}).value, 20'788 * day);
  EXPECT_EQ(earlier_start(Interval::month, {20'758 * day}, 2).value, 20'697 * day);  // 1 September
  EXPECT_EQ(earlier_start(Interval::month, {20'758 * day}, 10'000).value, 0);
  EXPECT_EQ(start_of(Interval::week, {day}).value, 0);  // 1970 began on a Thursday
  EXPECT_EQ(next_start(Interval::week, {0}).value, 4 * day);
}

TEST(Intervals, TileTime) {
  rc::check([] {
    const auto interval = static_cast<Interval>(*rc::gen::inRange<int>(0, interval_count));
    const Timestamp time{*rc::gen::inRange<std::int64_t>(0, 80'000 * day)};
    const Timestamp start = start_of(interval, time);
    const Timestamp next = next_start(interval, start);
    RC_ASSERT(start <= time);
    RC_ASSERT(time < next);
    RC_ASSERT(start_of(interval, start) == start);
    RC_ASSERT(start_of(interval, next) == next);
    RC_ASSERT(start_of(interval, next - Timestamp{1}) == start);
    if (start.value > 7 * day) {
      RC_ASSERT(earlier_start(interval, next, 1) == start);
    }
  });
}

/// Two makers, one of which is stopped and restored at some moment, must agree for ever.
TEST(CandleMaker, GoesOnWhereAnEarlierRunWas) {
  rc::check([] {
    struct Bit {
      std::int64_t after;
      std::int64_t price;
      std::int64_t quantity;
    };
    const auto bits = *rc::gen::container<std::vector<Bit>>(rc::gen::build<Bit>(
        rc::gen::set(&Bit::after,
                     rc::gen::element<std::int64_t>(0, second / 3, second, 7 * second, 61 * second,
                                                    3'700 * second, day, 40 * day)),
        rc::gen::set(&Bit::price, rc::gen::inRange<std::int64_t>(1, 100)),
        rc::gen::set(&Bit::quantity, rc::gen::inRange<std::int64_t>(1, 100))));
    const auto stop_at = *rc::gen::inRange<std::size_t>(0, bits.size() + 1);
    CandleMaker whole;
    CandleMaker parts;
    std::vector<Candle> minutes;  // what a store would have
    Timestamp now{1'700'000'000 * second};
    std::uint64_t sequence = 0;
    const auto keep_minute = [&](const Candle& candle) {
      if (candle.trades == 0) return;
      if (!minutes.empty() && minutes.back().start == candle.start) minutes.pop_back();
      minutes.push_back(candle);
    };
    for (std::size_t i = 0; i < bits.size(); ++i) {
      if (i == stop_at) {
        CandleMaker restored;
        keep_minute(parts.current(Interval::minute));
        for (std::size_t k = 0; k < interval_count; ++k) {
          const auto interval = static_cast<Interval>(k);
          const Candle newest = parts.current(interval);
          if (newest.trades != 0 && interval != Interval::minute)
            restored.restore(interval, newest);
        }
        for (const Candle& minute : minutes) restored.restore(Interval::minute, minute);
        parts = restored;
      }
      now.value += bits[i].after;
      ++sequence;
      const auto add = [&](CandleMaker& maker, auto over) {
        maker.add(now, {bits[i].price}, {bits[i].quantity}, {bits[i].price * bits[i].quantity},
                  {sequence}, over);
      };
      add(whole, [](Interval, const Candle&) {});
      add(parts, [&](Interval interval, const Candle& candle) {
        if (interval == Interval::minute) keep_minute(candle);
      });
      for (std::size_t k = 0; k < interval_count; ++k) {
        const auto interval = static_cast<Interval>(k);
        RC_ASSERT(whole.current(interval) == parts.current(interval));
      }
      RC_ASSERT(whole.statistics(now) == parts.statistics(now));
    }
  });
}

}  // namespace
}  // namespace rialto::projections
