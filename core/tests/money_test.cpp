#include "core/wide.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace rialto {
namespace {

TEST(Wide, products_beyond_eighteen_digits_are_refused) {
  EXPECT_EQ(checked_product(1'000'000'000, 999'999'999), 999'999'999'000'000'000);
  EXPECT_FALSE(checked_product(1'000'000'000, 1'000'000'000));
  EXPECT_FALSE(checked_product(largest_number, largest_number, largest_number));
}

TEST(Wide, operands_of_any_sign_and_size_are_safe) {
  EXPECT_EQ(checked_product(-3, 4, 5), -60);
  EXPECT_EQ(checked_product(largest_number, 1), largest_number);
  EXPECT_EQ(checked_product(-largest_number, 1), -largest_number);
  EXPECT_FALSE(checked_product(largest_number, -2));
  EXPECT_FALSE(checked_product(INT64_MAX, INT64_MAX, INT64_MAX));
  EXPECT_FALSE(checked_product(INT64_MIN, INT64_MIN, INT64_MIN));
  EXPECT_EQ(checked_product(INT64_MIN, INT64_MIN, 0), 0);
}

TEST(Wide, division_rounds_up) {
  const struct {
    std::int64_t numerator, expected;
  } by_ten[] = {{0, 0}, {1, 1}, {9, 1}, {10, 1}, {11, 2}, {-1, 0}, {-9, 0}, {-10, -1}, {-11, -1}};
  for (const auto& c : by_ten)
    EXPECT_TRUE(ceil_divide(c.numerator, 10) == c.expected) << c.numerator;
}

TEST(Fees, each_fill_pays_the_rounded_sum_less_what_was_charged) {
  // 3 fills of 1 minor unit at 40 %: 0.4, 0.8, 1.2 rounded up are 1, 1, 2.
  std::uint32_t slack = 0;
  std::int64_t charged[3];
  for (auto& c : charged) {
    const FeeCharge fee = charge_fee({1}, {400'000}, slack);
    c = fee.fee.value;
    slack = fee.slack;
  }
  EXPECT_EQ(charged[0], 1);
  EXPECT_EQ(charged[1], 0);
  EXPECT_EQ(charged[2], 1);
}

TEST(Fees, the_sum_over_fills_is_the_rounded_sum_and_never_exceeds_the_proceeds) {
  EXPECT_TRUE(rc::check([] {
    const auto rate = *rc::gen::inRange(-1000, 1'000'001);
    const auto fills = *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 1'000'000));
    std::uint32_t slack = 0;
    i128 charged = 0;
    i128 exact = 0;
    for (const int notional : fills) {
      const FeeCharge fee = charge_fee({notional}, {rate}, slack);
      RC_ASSERT(fee.fee.value <= notional);
      RC_ASSERT(fee.slack < fee_rate_unit);
      slack = fee.slack;
      charged += fee.fee.value;
      exact += static_cast<i128>(notional) * rate;
      RC_ASSERT(charged == ceil_divide(exact, fee_rate_unit));
    }
  }));
}

}  // namespace
}  // namespace rialto
