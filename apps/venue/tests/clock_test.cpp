// Venue time against a wall that jumps both ways.
#include "apps/venue/clock.hpp"

#include <gtest/gtest.h>

namespace rialto::apps {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t hour = 3'600 * second;

struct Sources {
  std::int64_t wall = 1'000'000 * second;
  std::int64_t monotonic = 5 * second;

  TimeSources sources() {
    return {[this] { return wall; }, [this] { return monotonic; }};
  }
  void pass(std::int64_t ns) {
    wall += ns;
    monotonic += ns;
  }
};

TEST(VenueClock, follows_the_monotonic_clock_from_the_wall_on) {
  Sources time;
  auto clock = VenueClock::start(time.sources(), {});
  ASSERT_TRUE(clock);
  EXPECT_EQ(clock->now().value, time.wall);
  time.pass(90 * second);
  EXPECT_EQ(clock->now().value, time.wall);
  EXPECT_FALSE(clock->discipline());
}

TEST(VenueClock, never_goes_back_behind_the_log) {
  Sources time;
  const Timestamp last{time.wall + 30 * second};
  auto clock = VenueClock::start(time.sources(), last);
  ASSERT_TRUE(clock);
  EXPECT_EQ(clock->now(), last);
}

TEST(VenueClock, refuses_a_log_more_than_a_minute_ahead) {
  Sources time;
  EXPECT_FALSE(VenueClock::start(time.sources(), {time.wall + 61 * second}));
  EXPECT_TRUE(VenueClock::start(time.sources(), {time.wall + 59 * second}));
}

/// The wall is set by `jump`: one alarm, no jump and no standstill of venue time, and in the end
/// they agree.
void survive_jump(std::int64_t jump) {
  Sources time;
  auto clock = VenueClock::start(time.sources(), {});
  ASSERT_TRUE(clock);
  time.wall += jump;
  EXPECT_TRUE(clock->discipline()) << "an alarm at the jump";
  int alarms = 0;
  Timestamp before = clock->now();
  std::int64_t seconds = 0;
  for (; std::abs(clock->offset_ns()) > second / 1'000 && seconds < 100'000; ++seconds) {
    time.pass(second);
    const Timestamp now = clock->now();
    const std::int64_t passed = now.value - before.value;
    ASSERT_GE(passed, second * 949 / 1'000);
    ASSERT_LE(passed, second * 1'051 / 1'000);
    before = now;
    alarms += clock->discipline();
  }
  EXPECT_EQ(alarms, 0) << "one jump, one alarm";
  EXPECT_LE(std::abs(clock->offset_ns()), second / 1'000);
}

TEST(VenueClock, slews_after_a_jump_forwards) {
  survive_jump(hour);
}
TEST(VenueClock, slews_after_a_jump_backwards) {
  survive_jump(-hour);
}

TEST(VenueClock, small_differences_raise_no_alarm) {
  Sources time;
  auto clock = VenueClock::start(time.sources(), {});
  time.wall += second / 2;
  EXPECT_FALSE(clock->discipline());
}

}  // namespace
}  // namespace rialto::apps
