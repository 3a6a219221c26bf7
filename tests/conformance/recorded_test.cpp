// The venue against real markets and other people's golden files, with the required figures; and
// that each of these checks can fail.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "apps/replay/conformance.hpp"
#include "apps/replay/lobster_replay.hpp"
#include "tests/conformance/temporary_folder.hpp"

namespace rialto::replay {
namespace {

const std::string data = RIALTO_SHARED_DATA;
const Progress silent = [](const std::string&, double) {};

class Recorded : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(data)) GTEST_SKIP() << "the recorded data is absent: " << data;
  }
  static void expect_all(const Results& results, std::size_t count) {
    ASSERT_TRUE(results) << results.error().message;
    EXPECT_EQ(results->size(), count);
    for (const ConformanceResult& result : *results)
      EXPECT_TRUE(result.passed())
          << result.name << ": " << result.equal << " of " << result.checked << ", "
          << result.required << " required; " << result.remark;
  }
  /// The lines of a recorded file, one of them changed.
  static std::string changed(const std::string& path, std::uint64_t line, const std::string& from,
                             const std::string& to) {
    auto file = SourceFile::open(path);
    std::string text;
    for (;;) {
      const auto next = file->next_line();
      if (!next || !*next) break;
      std::string content(**next);
      if (file->line() == line) {
        const auto at = content.find(from);
        EXPECT_NE(at, std::string::npos) << content;
        content.replace(at, from.size(), to);
      }
      text += content + "\n";
    }
    return text;
  }
};

TEST_F(Recorded, UniversityTests) {
  expect_all(all_uchicago(data), 20);
}

TEST_F(Recorded, AnotherOrderFileGivesOtherActions) {
  const std::string stem = data + "/golden/uchicago/test51";
  const auto results = uchicago_pair(stem + "_order.csv", stem + "_actions_expected.csv");
  ASSERT_TRUE(results);
  EXPECT_FALSE(results->front().passed());
}

TEST_F(Recorded, PostOnlyExercise) {
  const auto results = all_kraken(data);
  expect_all(results, 1);
  EXPECT_EQ(results->front().checked, 12u);
}

TEST_F(Recorded, ABitstampDay) {
  const auto results = all_bitstamp(data, silent);
  expect_all(results, 1);
  EXPECT_EQ(results->front().checked, 575u);
  EXPECT_GE(results->front().equal, 513u);
}

TEST_F(Recorded, NasdaqDays) {
  const auto results = all_lobster(data, silent);
  expect_all(results, 9);
  // CONTRACT: executions that are checked, in all.
  const std::vector<std::uint64_t> checked{7281, 155934, 4478, 57514, 10936, 118496, 4055, 56, 671};
  for (std::size_t i = 0; i < checked.size(); ++i)
    EXPECT_EQ((*results)[i].checked, checked[i]) << i;
}

TEST_F(Recorded, AnAlteredRowOrMakerIsFound) {
  const TemporaryFolder folder;
  const std::string stem = data + "/lobster/AAPL_2012-06-21_first672rows_";
  const std::string messages = stem + "message_50.csv.xz";
  const std::string book = stem + "orderbook_50.csv.xz";
  const auto none = [](double) {};
  const auto altered = replay_lobster(
      {messages, folder.file("book.csv", changed(book, 300, ",200,", ",201,")), 50}, none);
  ASSERT_TRUE(altered) << altered.error().message;
  EXPECT_EQ(altered->first_unequal_row, 300u);
  EXPECT_FALSE(altered->passed());
  // Names the maker of the first execution by another number.
  std::uint64_t line = 0;
  auto file = SourceFile::open(messages);
  for (auto next = file->next_line(); next && *next; next = file->next_line())
    if ((*next)->find(",4,") == (*next)->find(',')) {
      line = file->line();
      break;
    }
  ASSERT_NE(line, 0u);
  const auto other = replay_lobster(
      {folder.file("messages.csv", changed(messages, line, ",4,", ",4,9")), book, 50}, none);
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_LT(other->executions_maker_equal, 56u);
}

}  // namespace
}  // namespace rialto::replay
