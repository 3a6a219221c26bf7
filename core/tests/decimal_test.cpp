#include "core/decimal.hpp"

#include <gtest/gtest.h>

namespace rialto {
namespace {

struct Good {
  const char* text;
  int scale;
  std::int64_t value;
};

TEST(Decimal, parses_exactly) {
  const Good cases[] = {
      {"1.15", 2, 115},           {"0.00001", 5, 1},      {"1e-5", 5, 1},
      {"1E+2", 0, 100},           {"-3.50", 1, -35},      {"0", 8, 0},
      {"0.000", 2, 0},            {"1.000000000000", 2, 100}, {"999999999999999999", 0, largest_number},
      {"0.1e1", 0, 1},            {"100e-2", 0, 1},       {"00012", 0, 12},
      {"0e400", 2, 0},            {"50000", 7, 500'000'000'000},
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
      {"", 2, DecimalError::not_a_number},     {"NaN", 2, DecimalError::not_a_number},
      {"Infinity", 2, DecimalError::not_a_number}, {"-0", 2, DecimalError::not_a_number},
      {"-0.00", 2, DecimalError::not_a_number}, {"+1", 2, DecimalError::not_a_number},
      {"1.", 2, DecimalError::not_a_number},   {".5", 2, DecimalError::not_a_number},
      {"1e", 2, DecimalError::not_a_number},   {"1 ", 2, DecimalError::not_a_number},
      {"0x10", 2, DecimalError::not_a_number}, {"1,5", 2, DecimalError::not_a_number},
      {"1.155", 2, DecimalError::too_precise}, {"1e-3", 2, DecimalError::too_precise},
      {"1e400", 2, DecimalError::too_large},   {"1e99999999999999999999", 2, DecimalError::too_large},
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
}

}  // namespace
}  // namespace rialto
