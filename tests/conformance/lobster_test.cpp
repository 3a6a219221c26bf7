// The LOBSTER replay on small days of our own: what it counts, and that each count can go wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/replay/lobster_replay.hpp"
#include "tests/conformance/temporary_folder.hpp"

namespace rialto::replay {
namespace {

using testing::HasSubstr;

/// Each line: a message, a bar, and the row of the book after it.
Read<LobsterReport> replay(const std::string& day, std::uint32_t levels, bool with_book = true) {
  const TemporaryFolder folder;
  std::string messages;
  std::string rows;
  std::istringstream lines(day);
  for (std::string line; std::getline(lines, line);) {
    const auto bar = line.find('|');
    messages += line.substr(0, bar) + "\n";
    if (bar != std::string::npos) rows += line.substr(bar + 1) + "\n";
  }
  LobsterOptions options{folder.file("messages.csv", messages), std::nullopt, levels};
  if (with_book) options.orderbook = folder.file("book.csv", rows);
  return replay_lobster(options, [](double) {});
}

LobsterReport passed(const std::string& day, std::uint32_t levels) {
  const auto report = replay(day, levels);
  EXPECT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->rows_equal, report->rows_checked);
  EXPECT_TRUE(report->passed()) << "row " << report->first_unequal_row;
  EXPECT_EQ(report->broken_invariant, std::nullopt);
  return *report;
}

TEST(Lobster, FollowsOrdersThroughTheirLife) {
  const auto report = passed(
      "1,1,10,100,99,1|101,50,99,100\n"  // seeds: 50 at 101 are of nobody we know
      "2,1,11,40,99,1|101,50,99,140\n"   //
      "3,2,11,10,99,1|101,50,99,130\n"   // partial cancel
      "4,4,10,30,99,1|101,50,99,100\n"   // the older of the two is executed in part
      "5,5,0,30,100,1|101,50,99,100\n"   // hidden: nothing visible changes
      "6,4,10,70,99,1|101,50,99,30\n"    //
      "7,3,11,30,99,1|101,50,98,5\n"     // the level is gone; 98 was there, out of view
      "8,4,900,20,101,-1|101,30,98,5\n"  // an order that was never seen: not checked
      "9,7,0,0,-1,-1|101,30,98,5\n",
      1);
  EXPECT_EQ(report.rows, 9u);
  EXPECT_EQ(report.rows_checked, 8u);
  EXPECT_EQ(report.executions, 3u);
  EXPECT_EQ(report.executions_checked, 2u);
  EXPECT_EQ(report.executions_maker_equal, 2u);
  EXPECT_EQ(report.corrections, 0u);
}

// REPLAY-3
TEST(Lobster, AnOlderIdThatAppearsLaterIsExecutedFirst) {
  const auto report = passed(
      "1,1,20,10,99,1|101,50,99,10\n"
      "2,1,30,10,99,1|101,50,99,20\n"
      "3,1,25,10,99,1|101,50,99,30\n"
      "4,4,20,10,99,1|101,50,99,20\n"
      "5,4,25,10,99,1|101,50,99,10\n"
      "6,4,30,4,99,1|101,50,99,6\n",
      1);
  EXPECT_EQ(report.executions_maker_equal, 3u);
  EXPECT_EQ(report.corrections, 0u);
}

TEST(Lobster, AWrongMakerIsCountedAndRepaired) {
  const auto report = passed(
      "1,1,20,10,99,1|101,50,99,10\n"
      "2,1,30,10,99,1|101,50,99,20\n"
      "3,4,30,10,99,1|101,50,99,10\n"  // the record says the younger one, the venue the older
      "4,4,20,10,99,1|101,50,98,1\n",  // right again: the queue was repaired
      1);
  EXPECT_EQ(report.executions_checked, 2u);
  EXPECT_EQ(report.executions_maker_equal, 1u);
  EXPECT_EQ(report.corrections, 1u);
}

TEST(Lobster, NoMakerIsCheckedWhereUnseenQuantityStands) {
  const auto report = passed(
      "1,7,0,0,-1,-1|101,50,99,10\n"   // 10 at 99 of nobody we know
      "2,1,30,10,99,1|101,50,99,20\n"  //
      "3,4,30,10,99,1|101,50,99,10\n"  // overtakes what was never seen: a repair, not a check
      "4,4,7,10,99,1|101,50,98,1\n",
      1);
  EXPECT_EQ(report.executions, 2u);
  EXPECT_EQ(report.executions_checked, 0u);
  EXPECT_EQ(report.corrections, 1u);
}

// REPLAY-1
TEST(Lobster, ForgetsOrdersThatLeaveTheView) {
  const auto report = passed(
      "1,1,20,10,99,1|103,1,99,10\n"
      "2,1,21,10,100,1|103,1,100,10\n"  // 99 leaves the view
      "3,3,21,10,100,1|103,1,99,25\n"   // and comes back with other orders than were there
      "4,4,20,10,99,1|103,1,99,15\n",
      1);
  EXPECT_EQ(report.executions_checked, 0u);
}

TEST(Lobster, ReplaysMessagesAlone) {
  const auto report = replay(
      "1,1,20,10,99,1\n"
      "2,4,900,10,98,1\n"   // never seen: nothing to execute
      "3,3,901,10,98,1\n"   //
      "4,1,21,10,101,-1\n"  //
      "5,4,20,10,99,1\n"    //
      "6,1,22,10,101,1\n"   // would trade with 21, which must have gone unseen
      "7,4,22,10,101,1\n",
      1, false);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->rows_checked, 0u);
  EXPECT_EQ(report->executions, 3u);
  EXPECT_EQ(report->executions_checked, 2u);
  EXPECT_EQ(report->executions_maker_equal, 2u);
  EXPECT_EQ(report->corrections, 1u);
  EXPECT_TRUE(report->passed());
}

// REPLAY-2 and -4: rows that do not follow from the messages, each of which must be found.
struct WrongRow {
  const char* what;
  const char* day;
};
class LobsterWrongRow : public testing::TestWithParam<WrongRow> {};
TEST_P(LobsterWrongRow, IsFoundAtItsPlace) {
  const auto report = replay(GetParam().day, 2);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_FALSE(report->passed());
  EXPECT_EQ(report->first_unequal_row, 2u);
  EXPECT_LT(report->rows_equal, report->rows_checked);
  EXPECT_EQ(report->broken_invariant, std::nullopt);
}
INSTANTIATE_TEST_SUITE_P(Lobster, LobsterWrongRow,
                         testing::Values(WrongRow{"size",
                                                  "1,1,20,10,99,1|101,5,99,10,102,5,98,1\n"
                                                  "2,1,21,10,99,1|101,5,99,21,102,5,98,1\n"},
                                         WrongRow{"price",
                                                  "1,1,20,10,99,1|101,5,99,10,102,5,98,1\n"
                                                  "2,1,21,10,100,1|101,5,97,10,102,5,96,1\n"},
                                         WrongRow{"a level too many, though none was emptied",
                                                  "1,1,20,10,99,1|101,5,99,10,102,5,0,0\n"
                                                  "2,2,20,5,99,1|101,5,99,5,102,5,98,1\n"},
                                         WrongRow{"a level too few",
                                                  "1,1,20,10,99,1|101,5,99,10,102,5,98,1\n"
                                                  "2,2,20,5,99,1|101,5,99,5,102,5,0,0\n"},
                                         WrongRow{"a new level that is not the last",
                                                  "1,1,20,10,99,1|101,5,99,10,102,5,98,1\n"
                                                  "2,3,20,10,99,1|101,5,99,7,102,5,98,1\n"},
                                         WrongRow{"an execution that did not happen",
                                                  "1,1,20,10,99,1|101,5,99,10,102,5,98,1\n"
                                                  "2,4,20,10,99,1|101,5,99,10,102,5,98,1\n"}));

TEST(Lobster, ADifferenceIsCountedOnce) {
  const auto report = replay(
      "1,1,20,10,99,1|101,5,99,10\n"
      "2,1,21,10,99,1|101,5,99,25\n"  // 5 more than the message says
      "3,1,22,10,99,1|101,5,99,35\n"
      "4,4,21,10,99,1|101,5,99,25\n",
      1);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->rows_checked, 3u);
  EXPECT_EQ(report->rows_equal, 2u);
  EXPECT_EQ(report->corrections, 1u + 0u);
}

TEST(Lobster, FilesMustGoInStep) {
  const TemporaryFolder folder;
  const std::string two = "1,1,20,10,99,1\n2,1,21,10,99,1\n";
  const std::string row = "101,5,99,10\n";
  const auto error = [&](const std::string& messages, const std::string& rows) {
    return replay_lobster({folder.file("m", messages), folder.file("b", rows), 1}, [](double) {})
        .error()
        .message;
  };
  EXPECT_THAT(error(two, row), HasSubstr("m:2: the order book file ends before this message"));
  EXPECT_THAT(error("1,1,20,10,99,1\n", row + row),
              HasSubstr("b:2: there is no message for this row"));
  EXPECT_THAT(error("", ""), HasSubstr("there is no message"));
}

TEST(Lobster, SaysWhatTheVenueCannotExpress) {
  const auto report = replay("1,1,20,999999999999999999,999999999999999999,1\n", 1, false);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().error, InputError::refused);
  EXPECT_THAT(report.error().message, HasSubstr("messages.csv:1: the venue refused the order: "));
}

}  // namespace
}  // namespace rialto::replay
