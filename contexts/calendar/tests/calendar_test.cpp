// Given a day / when time has come this far / then the days that have begun.
#include "contexts/calendar/calendar.hpp"

#include <gtest/gtest.h>

#include "core/tests/given.hpp"

namespace rialto::calendar {
namespace {

constexpr Timestamp at_day(std::int64_t day, std::int64_t offset_ns = 0) {
  return {day * day_ns + offset_ns};
}

/// The dates announced until nothing is left to announce.
std::vector<std::int32_t> announced(Calendar& calendar, Timestamp now) {
  std::vector<std::int32_t> dates;
  while (const auto day = calendar.decide(now)) {
    calendar.evolve(*day);
    dates.push_back(day->date.value);
  }
  return dates;
}

TEST(Calendar, announces_each_day_once_in_order) {
  // CALENDAR-1
  struct Case {
    const char* label;
    Timestamp now;
    std::vector<std::int32_t> dates;
  };
  const Case cases[] = {
      {"the first call starts at today", at_day(20'000, 5), {20'000}},
      {"the same instant again", at_day(20'000, 5), {}},
      {"the day's last nanosecond", at_day(20'001, -1), {}},
      {"midnight", at_day(20'001), {20'001}},
      {"three days at once", at_day(20'004, 1), {20'002, 20'003, 20'004}},
      {"an earlier instant says nothing", at_day(19'000), {}},
  };
  Calendar calendar;
  for (const Case& c : cases) EXPECT_EQ(announced(calendar, c.now), c.dates) << c.label;
}

TEST(Calendar, the_day_ends_where_the_next_begins) {
  Calendar calendar;
  EXPECT_FALSE(calendar.started());
  announced(calendar, at_day(20'000, 5));
  EXPECT_TRUE(calendar.started());
  EXPECT_EQ(calendar.date(), Date{20'000});
  EXPECT_EQ(calendar.end_of_day(), at_day(20'001));
}

TEST(Calendar, a_skipped_day_stops_the_program) {
  Calendar calendar;
  calendar.evolve(DayHasPassed{{10}});
  EXPECT_DEATH(calendar.evolve(DayHasPassed{{12}}), "assertion failed");
}

TEST(Calendar, saves_and_loads) {
  Calendar calendar;
  testing::expect_saves_and_loads(calendar);
  announced(calendar, at_day(20'000));
  testing::expect_saves_and_loads(calendar);
}

}  // namespace
}  // namespace rialto::calendar
