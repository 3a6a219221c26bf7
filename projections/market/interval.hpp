// The lengths of candles, and where each begins: at whole multiples since 1970 in UTC, weeks on
// Mondays, months on their first day.
//
// Pure functions; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/describe/enum.hpp>

#include "core/types.hpp"

namespace rialto::projections {

/// Stored by number: never reorder.
BOOST_DEFINE_FIXED_ENUM_CLASS(Interval, std::uint8_t, second, seconds_5, seconds_15, minute,
                              minutes_5, minutes_15, minutes_30, hour, hours_4, day, week, month)
inline constexpr std::size_t interval_count = 12;

/// "1s" "5s" "15s" "1m" "5m" "15m" "30m" "1h" "4h" "1d" "1w" "1M".
std::string_view interval_text(Interval);
std::optional<Interval> parse_interval(std::string_view text);

/// The start of the candle that `time` falls into; 1970 or later.
Timestamp start_of(Interval, Timestamp time);
/// The start of the one that follows the one starting at `start`.
Timestamp next_start(Interval, Timestamp start);
/// The start `count` candles before the one starting at `start`; not before 1970.
Timestamp earlier_start(Interval, Timestamp start, std::size_t count);

}  // namespace rialto::projections
