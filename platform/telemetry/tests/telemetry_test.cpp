#include <gtest/gtest.h>
#include <unistd.h>

#include "platform/net/json_reader.hpp"
#include "platform/telemetry/log_lines.hpp"
#include "platform/telemetry/metrics_text.hpp"

namespace rialto::telemetry {
namespace {

TEST(Histogram, counts_each_value_below_its_bound) {
  SizeHistogram sizes(size_bounds);
  for (const std::uint64_t value : {0, 1, 2, 4, 5, 20'000'000}) sizes.record(value);
  EXPECT_EQ(sizes.count(0), 2u);  // 0, 1
  EXPECT_EQ(sizes.count(1), 2u);  // 2, 4
  EXPECT_EQ(sizes.count(2), 1u);
  EXPECT_EQ(sizes.count(size_bounds.size()), 1u);
  EXPECT_EQ(sizes.sum(), 20'000'012u);
}

TEST(MetricsText, writes_histograms_as_rising_sums_in_seconds) {
  TimeHistogram times(time_bounds);
  times.record(1'500);
  times.record(1'500'000'000);
  times.record(60'000'000'000);
  MetricsText text;
  text.histogram_seconds("step_seconds", "how long", times);
  const std::string written = text.take();
  EXPECT_NE(written.find("# TYPE step_seconds histogram\n"), std::string::npos);
  EXPECT_NE(written.find("step_seconds_bucket{le=\"1e-06\"} 0\n"), std::string::npos);
  EXPECT_NE(written.find("step_seconds_bucket{le=\"2e-06\"} 1\n"), std::string::npos);
  EXPECT_NE(written.find("step_seconds_bucket{le=\"10\"} 2\n"), std::string::npos);
  EXPECT_NE(written.find("step_seconds_bucket{le=\"+Inf\"} 3\n"), std::string::npos);
  EXPECT_NE(written.find("step_seconds_sum 61.5000015\nstep_seconds_count 3\n"), std::string::npos);
}

TEST(MetricsText, escapes_what_a_label_may_not_hold) {
  MetricsText text;
  text.head("x", "gauge", "help");
  text.sample("x", {{"name", "a\"b\\c\nd"}, {"other", "1"}}, 7);
  EXPECT_NE(text.take().find("x{name=\"a\\\"b\\\\c\\nd\",other=\"1\"} 7\n"), std::string::npos);
}

TEST(CodeCounts, knows_a_word_wherever_it_is_stored) {
  CodeCounts counts;
  const std::string elsewhere = "insufficient_funds";
  counts.count("insufficient_funds");
  counts.count(elsewhere);
  counts.count("order_not_found");
  std::vector<std::pair<std::string, std::uint64_t>> seen;
  counts.each([&](std::string_view word, std::uint64_t count) { seen.emplace_back(word, count); });
  EXPECT_EQ(seen, (std::vector<std::pair<std::string, std::uint64_t>>{{"insufficient_funds", 2},
                                                                      {"order_not_found", 1}}));
}

TEST(CodeCounts, counts_what_does_not_fit_as_other) {
  CodeCounts counts;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < CodeCounts::words_max + 10; ++i) words.push_back(std::to_string(i));
  for (const std::string& word : words) counts.count(word);
  std::uint64_t all = 0;
  std::uint64_t others = 0;
  counts.each([&](std::string_view word, std::uint64_t count) {
    all += count;
    if (word == CodeCounts::other) others = count;
  });
  EXPECT_EQ(all, words.size());
  EXPECT_EQ(others, 11u);
}

/// What a log wrote into a pipe.
class Written : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe(ends_), 0); }
  void TearDown() override {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  std::string line() {
    char buffer[4'096];
    const auto size = ::read(ends_[0], buffer, sizeof buffer);
    return {buffer, static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }
  int ends_[2] = {};
};

TEST_F(Written, json_has_level_position_and_fields) {
  LogLines log(LineFormat::json, Level::info, ends_[1]);
  log.show_position([] { return std::uint64_t{41}; });
  log.write(Level::debug, "venue", "not shown");
  log.write(Level::warning, "venue", "a \"quoted\"\nline",
            {{"correlation", std::uint64_t{7}}, {"seconds", 0.5}, {"code", "x\"y"}});
  const std::string text = line();
  ASSERT_EQ(text.find('\n'), text.size() - 1);
  net::JsonReader reader;
  const auto value = reader.parse(text);
  ASSERT_TRUE(value) << text;
  EXPECT_NE(text.find(R"("level":"warning","component":"venue","message":"a \"quoted\"\nline")"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("sequence":41,"correlation":7,"seconds":0.5,"code":"x\"y")"),
            std::string::npos)
      << text;
}

TEST_F(Written, text_stays_one_line) {
  LogLines log(LineFormat::text, Level::debug, ends_[1]);
  log.write(Level::info, "rest", "hello\nworld", {{"user", "a\nb"}, {"took", std::uint64_t{3}}});
  const std::string text = line();
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  EXPECT_NE(text.find("info    rest: hello world user=\"a b\" took=3\n"), std::string::npos)
      << text;
}

}  // namespace
}  // namespace rialto::telemetry
