#include "projections/market/interval.hpp"

#include <algorithm>
#include <chrono>

#include "core/assert.hpp"

namespace rialto::projections {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t day_ns = 86'400 * second_ns;
// 1970-01-01 was a Thursday; the Monday before it.
constexpr std::int64_t week_offset_ns = 3 * day_ns;

struct Named {
  std::string_view text;
  std::int64_t length_ns;  // 0: months differ
};
constexpr std::array<Named, interval_count> intervals{{{"1s", second_ns},
                                                       {"5s", 5 * second_ns},
                                                       {"15s", 15 * second_ns},
                                                       {"1m", 60 * second_ns},
                                                       {"5m", 300 * second_ns},
                                                       {"15m", 900 * second_ns},
                                                       {"30m", 1'800 * second_ns},
                                                       {"1h", 3'600 * second_ns},
                                                       {"4h", 14'400 * second_ns},
                                                       {"1d", day_ns},
                                                       {"1w", 7 * day_ns},
                                                       {"1M", 0}}};

const Named& named(Interval interval) {
  return intervals[static_cast<std::size_t>(interval)];
}

std::chrono::year_month_day date_of(Timestamp time) {
  return std::chrono::sys_days{std::chrono::days{time.value / day_ns}};
}
Timestamp first_of(std::chrono::year_month month) {
  return {std::chrono::sys_days{month / 1}.time_since_epoch().count() * day_ns};
}
Timestamp month_from(Timestamp time, int months) {
  const auto date = date_of(time);
  return first_of(date.year() / date.month() + std::chrono::months{months});
}

}  // namespace

std::string_view interval_text(Interval interval) {
  return named(interval).text;
}

std::optional<Interval> parse_interval(std::string_view text) {
  for (std::size_t i = 0; i < intervals.size(); ++i)
    if (intervals[i].text == text) return static_cast<Interval>(i);
  return std::nullopt;
}

Timestamp start_of(Interval interval, Timestamp time) {
  RIALTO_ASSERT(time.value >= 0);
  if (interval == Interval::month) return month_from(time, 0);
  const std::int64_t length = named(interval).length_ns;
  if (interval != Interval::week) return {time.value - time.value % length};
  return {std::max<std::int64_t>(0, time.value - (time.value + week_offset_ns) % length)};
}

Timestamp next_start(Interval interval, Timestamp start) {
  if (interval == Interval::month) return month_from(start, 1);
  if (interval == Interval::week && start.value == 0) return {7 * day_ns - week_offset_ns};
  return {start.value + named(interval).length_ns};
}

Timestamp earlier_start(Interval interval, Timestamp start, std::size_t count) {
  const auto steps = static_cast<std::int64_t>(count);
  if (interval == Interval::month) {
    const auto date = date_of(start);
    const std::int64_t since_1970 =
        (int{date.year()} - 1970) * 12 + static_cast<std::int64_t>(unsigned{date.month()}) - 1;
    return month_from(start, -static_cast<int>(std::min(steps, since_1970)));
  }
  const std::int64_t length = named(interval).length_ns;
  if (steps > start.value / length) return {};
  return {start.value - steps * length};
}

}  // namespace rialto::projections
