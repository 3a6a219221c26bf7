#include "projections/published/wording.hpp"

#include <gtest/gtest.h>

namespace rialto::projections {
namespace {

instruments::Instrument instrument(instruments::Step tick, instruments::Step lot) {
  instruments::Instrument out;
  out.tick = tick;
  out.lot = lot;
  return out;
}

TEST(Wording, numbers_are_exact) {
  const auto nickel = instrument({5, 2}, {25, 1});
  EXPECT_EQ(price_text({23}, nickel), "1.15");
  EXPECT_EQ(price_text({1}, nickel), "0.05");
  EXPECT_EQ(quantity_text({3}, nickel), "7.5");
  EXPECT_EQ(amount_text(-1, {{1}, "USD", 7}), "-0.0000001");
  EXPECT_EQ(fraction_text(1500), "0.0015");
  EXPECT_EQ(fraction_text(-1), "-0.000001");
}

TEST(Wording, average_prices_round_half_up_eight_digits_beyond_the_tick) {
  const instruments::Asset usd{{1}, "USD", 7};
  const auto bitcoin = instrument({1, 2}, {1, 5});
  // 1 lot at 1.00 and 2 lots at 1.01: 3.02 over 3.
  EXPECT_EQ(average_price_text(100 + 2 * 101, {3}, bitcoin, usd), "1.0066666667");
  EXPECT_EQ(average_price_text(100, {1}, bitcoin, usd), "1");
  // 18 digits of dollars for 18 digits of lots.
  EXPECT_EQ(average_price_text(largest_number, {largest_number}, bitcoin, usd), "0.01");
  const auto whole = instrument({1, 0}, {1, 0});
  EXPECT_EQ(average_price_text(2, {3}, whole, {{1}, "X", 0}), "0.66666667");
  EXPECT_EQ(average_price_text(largest_number, {1}, whole, {{1}, "X", 0}), "999999999999999999");
}

TEST(Wording, times_come_back_as_they_went) {
  for (const std::int64_t time :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{1'767'225'600'000'000'000},
        std::int64_t{1'767'225'599'999'000'000}, std::int64_t{951'827'696'123'456'000},
        std::int64_t{9'000'000'000'000'000'001}}) {
    const auto back = parse_time(time_text({time}));
    ASSERT_TRUE(back) << time_text({time});
    EXPECT_EQ(back->value, time);
  }
  EXPECT_EQ(time_text({0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(time_text({951'827'696'123'456'000}), "2000-02-29T12:34:56.123456Z");
  EXPECT_EQ(parse_time("2026-01-31T16:00:00+01:30"), parse_time("2026-01-31T14:30:00Z"));
  EXPECT_EQ(parse_time("2026-01-31 14:30:00.5Z")->value % 1'000'000'000, 500'000'000);
}

TEST(Wording, what_is_no_time_is_refused) {
  for (const char* text :
       {"", "now", "2026-01-31", "2026-01-31T16:00:00", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T16:60:00Z",
        "2026-01-31T16:00:60Z", "2026-01-31T16:00:00.Z", "2026-01-31T16:00:00.1234567890Z",
        "2026-01-31T16:00:00Zx", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+01:00",
        "2262-01-01T00:00:00Z", "-026-01-31T16:00:00Z", "2026-01-31T16:00:00+1:00"})
    EXPECT_FALSE(parse_time(text)) << text;
}

}  // namespace
}  // namespace rialto::projections
