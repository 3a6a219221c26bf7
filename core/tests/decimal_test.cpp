#include "core/decimal.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace rialto {
namespace {

struct Good {
  const char* text;
  int scale;
  std::int64_t value;
};

TEST(Decimal, parses_exactly) {
  const Good cases[] = {
      {"1.15", 2, 115},
      {"0.00001", 5, 1},
      {"1e-5", 5, 1},
      {"1E+2", 0, 100},
      {"-3.50", 1, -35},
      {"0", 8, 0},
      {"0.000", 2, 0},
      {"1.000000000000", 2, 100},
      {"999999999999999999", 0, largest_number},
      {"0.1e1", 0, 1},
      {"100e-2", 0, 1},
      {"00012", 0, 12},
      {"0e400", 2, 0},
      {"50000", 7, 500'000'000'000},
  };
  for (const auto& c : cases) {
    const auto parsed = parse_decimal(c.text, c.scale);
    ASSERT_TRUE(parsed.has_value()) << c.text;
    EXPECT_EQ(*parsed, c.value) << c.text;
  }
}

struct Bad {
  const char* text;
  int scale;
  DecimalError error;
};

TEST(Decimal, refuses_with_a_reason) {
  const Bad cases[] = {
      {"", 2, DecimalError::not_a_number},
      {"NaN", 2, DecimalError::not_a_number},
      {"Infinity", 2, DecimalError::not_a_number},
      {"-0", 2, DecimalError::not_a_number},
      {"-0.00", 2, DecimalError::not_a_number},
      {"+1", 2, DecimalError::not_a_number},
      {"1.", 2, DecimalError::not_a_number},
      {".5", 2, DecimalError::not_a_number},
      {"1e", 2, DecimalError::not_a_number},
      {"1 ", 2, DecimalError::not_a_number},
      {"0x10", 2, DecimalError::not_a_number},
      {"1,5", 2, DecimalError::not_a_number},
      {"1.155", 2, DecimalError::too_precise},
      {"1e-3", 2, DecimalError::too_precise},
      {"1e400", 2, DecimalError::too_large},
      {"1e99999999999999999999", 2, DecimalError::too_large},
      {"1000000000000000000", 0, DecimalError::too_large},
      {"99999999999999999999999999", 0, DecimalError::too_large},
      {"12345678901234567.89", 3, DecimalError::too_large},
  };
  for (const auto& c : cases) {
    const auto parsed = parse_decimal(c.text, c.scale);
    ASSERT_FALSE(parsed.has_value()) << c.text;
    EXPECT_EQ(parsed.error(), c.error) << c.text;
  }
}

TEST(Decimal, formats_the_shortest_exact_text) {
  EXPECT_EQ(format_decimal(115, 2), "1.15");
  EXPECT_EQ(format_decimal(100, 2), "1");
  EXPECT_EQ(format_decimal(-5, 3), "-0.005");
  EXPECT_EQ(format_decimal(0, 8), "0");
  EXPECT_EQ(format_decimal(1200, 0), "1200");
  EXPECT_EQ(format_decimal(500'000'000'000, 7), "50000");
  EXPECT_EQ(format_decimal(-largest_number, 18), "-0.999999999999999999");
  const i128 smallest = static_cast<i128>(1) << 127;
  EXPECT_EQ(format_decimal(smallest, 0), "-170141183460469231731687303715884105728");
}

TEST(Decimal, what_is_formatted_parses_back) {
  EXPECT_TRUE(rc::check([] {
    const auto value = *rc::gen::inRange<std::int64_t>(-largest_number, largest_number + 1);
    const auto scale = *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 19));
    const auto digits = *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 18));
    std::int64_t shorter = value;
    for (int i = 0; i < digits; ++i) shorter /= 10;
    const auto parsed = parse_decimal(format_decimal(shorter, scale), scale);
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(*parsed == shorter);
  }));
}

TEST(Decimal, any_text_is_parsed_or_refused) {
  EXPECT_TRUE(rc::check([] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("0123456789.-+eE xN,\0", 20)));
    const auto scale = *rc::gen::inRange(0, 19);
    const auto parsed = parse_decimal(text, scale);
    if (parsed) RC_ASSERT(*parsed <= largest_number && *parsed >= -largest_number);
  }));
}

}  // namespace
}  // namespace rialto
