#include "apps/load/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace rialto::load {
namespace {

TEST(Histogram, agrees_with_sorting_within_a_thousandth) {
  std::mt19937_64 random(7);
  Histogram histogram;
  std::vector<std::int64_t> values;
  for (int i = 0; i < 100'000; ++i) {
    values.push_back(static_cast<std::int64_t>(random() >> (20 + random() % 40)));
    histogram.record(values.back());
  }
  std::sort(values.begin(), values.end());
  EXPECT_EQ(histogram.count(), values.size());
  EXPECT_EQ(histogram.largest(), static_cast<std::uint64_t>(values.back()));
  for (const double share : {0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 0.99999}) {
    const auto exact = static_cast<double>(
        values[static_cast<std::size_t>(share * static_cast<double>(values.size()))]);
    const auto counted = static_cast<double>(histogram.percentile(share));
    EXPECT_GE(counted, exact) << share;
    EXPECT_LE(counted, exact * 1.001 + 1) << share;
  }
}

TEST(Histogram, holds_any_number_and_starts_anew) {
  Histogram histogram;
  EXPECT_EQ(histogram.percentile(0.5), 0u);
  histogram.record(-5);
  histogram.record(INT64_MAX);
  EXPECT_EQ(histogram.percentile(0), 0u);
  EXPECT_EQ(histogram.percentile(0.99), static_cast<std::uint64_t>(INT64_MAX));
  histogram.clear();
  EXPECT_EQ(histogram.count(), 0u);
  histogram.record(3);
  EXPECT_EQ(histogram.percentile(0.5), 3u);
}

}  // namespace
}  // namespace rialto::load
