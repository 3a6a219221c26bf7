// The command line: what it takes, and what it exits with.
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

#include "apps/replay/commands.hpp"
#include "tests/conformance/temporary_folder.hpp"

namespace rialto::replay {
namespace {

struct Ran {
  int exit_code;
  std::string out;
};

/// What `rialto` does with these arguments; -1 where it does not understand them.
Ran run(std::vector<std::string> arguments) {
  CLI::App app;
  std::function<int()> chosen;
  app.require_subcommand(1);
  add_commands(app, chosen);
  std::ranges::reverse(arguments);
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError&) {
    return {-1, ""};
  }
  testing::internal::CaptureStdout();
  const int exit_code = chosen();
  return {exit_code, testing::internal::GetCapturedStdout()};
}

class Commands : public testing::Test {
 protected:
  TemporaryFolder folder_;
  std::string messages_ = folder_.file("m.csv", "1,1,20,10,99,1\n2,4,20,4,99,1\n");
  std::string book_ = folder_.file("b.csv", "101,5,99,10\n101,5,99,6\n");
  std::string wrong_book_ = folder_.file("w.csv", "101,5,99,10\n101,5,99,7\n");
};

TEST_F(Commands, LobsterReportsAsTheContractSays) {
  const auto ran = run({"replay", "lobster", "--messages", messages_, "--orderbook", book_,
                        "--levels", "1", "--json"});
  EXPECT_EQ(ran.exit_code, all_equal);
  const std::string counted =
      R"({"rows":2,"rowsChecked":1,"rowsEqual":1,"executions":1,"executionsChecked":1,)"
      R"("executionsMakerEqual":1,"corrections":0,"seconds":)";
  EXPECT_EQ(ran.out.substr(0, counted.size()), counted);
  EXPECT_EQ(run({"replay", "lobster", "--messages", messages_, "--levels", "1"}).exit_code,
            all_equal);
}

TEST_F(Commands, LobsterExitsNonZeroOnADifferentRow) {
  const auto ran = run({"replay", "lobster", "--messages", messages_, "--orderbook", wrong_book_,
                        "--levels", "1", "--json"});
  EXPECT_EQ(ran.exit_code, different);
  EXPECT_NE(ran.out.find(R"("rowsChecked":1,"rowsEqual":0)"), std::string::npos);
}

TEST_F(Commands, UnusableInputIsTold) {
  EXPECT_EQ(
      run({"replay", "lobster", "--messages", folder_.path("absent"), "--levels", "1"}).exit_code,
      unusable_input);
  EXPECT_EQ(
      run({"replay", "lobster", "--messages", messages_, "--orderbook", book_, "--levels", "2"})
          .exit_code,
      unusable_input);
  EXPECT_EQ(run({"conformance", "uchicago", messages_, book_}).exit_code, unusable_input);
  EXPECT_EQ(run({"conformance", "all", "--data", folder_.path("absent")}).exit_code,
            unusable_input);
}

TEST_F(Commands, ConformanceExitsByEquality) {
  const std::string orders =
      folder_.file("data/golden/uchicago/test1_orders.csv", "I,XY,A,S,10,100,1\n");
  const std::string right = folder_.file("right.csv", "0,BOOKED_SELL,1,100,10\n");
  const std::string wrong =
      folder_.file("data/golden/uchicago/test1_actions_expected.csv", "0,BOOKED_SELL,1,100,11\n");
  EXPECT_EQ(run({"conformance", "uchicago", orders, right}).exit_code, all_equal);
  const auto ran = run({"conformance", "uchicago", orders, wrong});
  EXPECT_EQ(ran.exit_code, different);
  EXPECT_NE(
      ran.out.find(R"(line 1: expected "0,BOOKED_SELL,1,100,11", got "0,BOOKED_SELL,1,100,10")"),
      std::string::npos);
  EXPECT_EQ(run({"conformance", "uchicago", "--data", folder_.path("data"), "--json"}).exit_code,
            different);
}

TEST_F(Commands, AFolderWithoutPairsIsNoSuccess) {
  folder_.file("empty/golden/uchicago/readme", "");
  EXPECT_EQ(run({"conformance", "uchicago", "--data", folder_.path("empty")}).exit_code, different);
}

TEST_F(Commands, IncompleteCommandLinesAreRefused) {
  EXPECT_EQ(run({"replay"}).exit_code, -1);
  EXPECT_EQ(run({"replay", "lobster", "--levels", "1"}).exit_code, -1);
  EXPECT_EQ(run({"replay", "lobster", "--messages", messages_, "--levels", "0"}).exit_code, -1);
  EXPECT_EQ(run({"conformance", "uchicago", messages_}).exit_code, -1);
  EXPECT_EQ(run({"conformance", "nasdaq"}).exit_code, -1);
}

}  // namespace
}  // namespace rialto::replay
