// Which business day it is, and when it ends. Driven by venue time that arrives in commands.
#pragma once

#include <optional>

#include "contexts/calendar/contract.hpp"
#include "core/assert.hpp"
#include "core/codec.hpp"

namespace rialto::calendar {

inline constexpr std::int64_t day_ns = 86'400'000'000'000;

class Calendar {
 public:
  /// The day that has begun by `now` but was not announced yet; CALENDAR-1: one event for each day,
  /// in order, none skipped. The very first call starts the calendar at today.
  std::optional<DayHasPassed> decide(Timestamp now) const {
    const auto today = static_cast<std::int32_t>(now.value / day_ns);
    if (!started_) return DayHasPassed{{today}};
    if (today <= date_.value) return std::nullopt;
    return DayHasPassed{{date_.value + 1}};
  }
  void evolve(const DayHasPassed& event) {
    RIALTO_ASSERT(!started_ || event.date.value == date_.value + 1);
    date_ = event.date;
    started_ = true;
  }

  bool started() const { return started_; }
  Date date() const { return date_; }
  /// The first instant after the present business day; DAY orders expire there.
  Timestamp end_of_day() const { return {(date_.value + 1) * day_ns}; }

  void save(BinaryWriter& out) const {
    out.write(started_);
    out.write(date_);
  }
  void load(BinaryReader& in) {
    in.read_into(started_);
    in.read_into(date_);
  }

 private:
  bool started_ = false;
  Date date_;
};

}  // namespace rialto::calendar
