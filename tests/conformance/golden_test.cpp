// The golden-file drivers on small inputs of our own: each rule of the formats, and that a
// difference is found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/replay/bitstamp.hpp"
#include "apps/replay/conformance.hpp"
#include "apps/replay/kraken.hpp"
#include "apps/replay/uchicago.hpp"
#include "tests/conformance/temporary_folder.hpp"

namespace rialto::replay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Uchicago : public testing::Test {
 protected:
  TemporaryFolder folder_;
  Read<std::vector<std::string>> actions(const std::string& orders) {
    return uchicago_actions(folder_.file("orders.csv", orders));
  }
};

TEST_F(Uchicago, BooksExecutesAndCancels) {
  EXPECT_THAT(actions("I,XY,A,S,10,100,1\n"
                      "I,XY,A,S,10,100,2\n"
                      "I,XY,A,B,15,101,3\n"   // at the resting prices, the older first
                      "I,XY,C,S,100,100,2\n"  // more than is left: what is left
                      "I,XY,C,S,1,100,2\n"    // unknown by now
                      "I,XY,A,B,5,100,4\n"
                      "I,XY,C,S,5,100,4\n"  // not in that side's book
                      "I,XY,C,B,2,100,4\n"
                      "I,XY,A,S,4,100,5\n")
                  .value(),
              ElementsAre("0,BOOKED_SELL,1,100,10", "1,BOOKED_SELL,2,100,10", "2,EXECUTE,1,100,10",
                          "2,EXECUTE,2,100,5", "3,CANCEL_SELL,2,100,5", "5,BOOKED_BUY,4,100,5",
                          "7,CANCEL_BUY,4,100,2", "8,EXECUTE,4,100,3", "8,BOOKED_SELL,5,100,1"));
}

TEST_F(Uchicago, KeepsPriorityWhenAnOrderShrinks) {
  EXPECT_THAT(
      actions("I,XY,A,S,10,100,1\nI,XY,A,S,10,100,2\nI,XY,C,S,9,100,1\nI,XY,A,B,2,100,3").value(),
      ElementsAre("0,BOOKED_SELL,1,100,10", "1,BOOKED_SELL,2,100,10", "2,CANCEL_SELL,1,100,9",
                  "3,EXECUTE,1,100,1", "3,EXECUTE,2,100,1"));
}

TEST_F(Uchicago, SeparatesSymbols) {
  EXPECT_THAT(
      actions("I,XY,A,S,10,100,1\nI,ZZ,A,B,10,100,1\nI,ZZ,C,B,10,100,1\n").value(),
      ElementsAre("0,BOOKED_SELL,1,100,10", "1,BOOKED_BUY,1,100,10", "2,CANCEL_BUY,1,100,10"));
}

TEST_F(Uchicago, SaysWhichLineIsWrong) {
  EXPECT_THAT(actions("").value(), IsEmpty());
  for (const char* bad :
       {"hello", "I,XY,A,B,1,100", "I,XY,X,B,1,100,1", "I,XY,A,X,1,100,1", "J,XY,A,B,1,100,1",
        "I,XY,A,B,one,100,1", "I,XY,A,B,1,100,1,1", "I,,A,B,1,100,1"}) {
    const auto outcome = actions(std::string("I,XY,A,S,10,100,1\n") + bad + "\n");
    ASSERT_FALSE(outcome) << bad;
    EXPECT_EQ(outcome.error().error, InputError::malformed);
    EXPECT_THAT(outcome.error().message, HasSubstr("orders.csv:2: ")) << bad;
  }
  const auto refused = actions("I,XY,A,S,0,100,1\n");
  EXPECT_EQ(refused.error().error, InputError::refused);
  EXPECT_THAT(refused.error().message,
              HasSubstr("orders.csv:1: the venue refused the order: quantity_must_be"));
}

TEST_F(Uchicago, FindsTheFirstDifference) {
  const std::string orders = folder_.file("orders.csv", "I,XY,A,S,10,100,1\nI,XY,A,S,10,100,2\n");
  const auto check = [&](const char* expected) {
    return check_uchicago(orders, folder_.file("expected.csv", expected)).value();
  };
  EXPECT_TRUE(check("0,BOOKED_SELL,1,100,10\r\n1,BOOKED_SELL, 2,100,10").passed());
  const auto other = check("0,BOOKED_SELL,1,100,10\n1,BOOKED_SELL,2,100,11\n");
  ASSERT_TRUE(other.difference);
  EXPECT_EQ(other.difference->line, 2u);
  EXPECT_EQ(other.difference->expected, "1,BOOKED_SELL,2,100,11");
  EXPECT_EQ(other.difference->actual, "1,BOOKED_SELL,2,100,10");
  EXPECT_EQ(check("0,BOOKED_SELL,1,100,10\n").difference->expected, "(end)");
  EXPECT_EQ(
      check("0,BOOKED_SELL,1,100,10\n1,BOOKED_SELL,2,100,10\n2,EXECUTE,1,1,1\n").difference->actual,
      "(end)");
}

class Kraken : public testing::Test {
 protected:
  TemporaryFolder folder_;
  Read<std::vector<Scenario>> outputs(const std::string& input) {
    return kraken_outputs(folder_.file("input.csv", input));
  }
};

TEST_F(Kraken, AnswersAndShowsTheBestPrices) {
  EXPECT_THAT(
      outputs("# comment\n"
              "N, 1, IBM, 10, 100, B, 1\n"
              "N, 2, IBM, 9, 100, B, 2\n"   // behind the best: no change of it
              "N, 2, IBM, 10, 100, S, 3\n"  // would trade
              "N, 2, IBM, 0, 100, S, 4\n"   // market
              "N, 2, IBM, 11, 5, S, 5 \n"
              "C, 1, 1\n"
              "C, 1, 1\n"  // no more
              "C, 2, 5\n"
              "F\n"
              "N, 1, IBM, 10, 100, S, 1\n")  // another scenario, another book
          .value(),
      ElementsAre(ElementsAre("A,1,1", "B,B,10,100", "A,2,2", "R,2,3", "R,2,4", "A,2,5", "B,S,11,5",
                              "A,1,1", "B,B,9,100", "R,1,1", "A,2,5", "B,S,-,-"),
                  ElementsAre("A,1,1", "B,S,10,100")));
}

TEST_F(Kraken, SaysWhichLineIsWrong) {
  for (const char* bad :
       {"X", "N, 1, IBM, 10, 100, B", "N, 1, IBM, ten, 100, B, 1", "N, 1, IBM, 10, 100, X, 1",
        "N, 1, , 10, 100, B, 1", "N, 1, IBM, 10, 0, B, 1", "C, 1", "C, 1, 1, 1"}) {
    const auto outcome = outputs(std::string("# header\n") + bad + "\nF\n");
    ASSERT_FALSE(outcome) << bad;
    EXPECT_THAT(outcome.error().message, HasSubstr("input.csv:2: ")) << bad;
  }
}

TEST_F(Kraken, ComparesScenarioByScenario) {
  const std::string input =
      folder_.file("input.csv", "N, 1, IBM, 10, 1, B, 1\nF\nN, 1, IBM, 10, 1, S, 1\nF\n");
  const auto check = [&](const char* expected) {
    return check_kraken(input, folder_.file("expected.csv", expected)).value();
  };
  const auto right =
      check("#name: 1\nA, 1, 1\nB, B, 10, 1\n#name: 2\nA,1,1\nB,S,10,1\n#name: 3\nA,1,1\n");
  EXPECT_TRUE(right.passed());
  EXPECT_EQ(right.scenarios, 2u);
  EXPECT_EQ(right.without_input, 1u);
  const auto wrong = check("#name: 1\nA, 1, 1\nB, B, 10, 1\n#name: 2\nR,1,1\n");
  EXPECT_FALSE(wrong.passed());
  EXPECT_EQ(wrong.equal, 1u);
  EXPECT_EQ(wrong.first_unequal, 2u);
  EXPECT_FALSE(check("#name: 1\nA, 1, 1\nB, B, 10, 1\n").passed());
  EXPECT_FALSE(check_kraken(folder_.file("none.csv", "# nothing\n"), folder_.file("none", ""))
                   .value()
                   .passed());
}

std::string created(int id, const char* side, const char* price, const char* amount) {
  return std::string(R"(5 order_created {"price": ")") + price + R"(", "amount": ")" + amount +
         R"(", "id": )" + std::to_string(id) + R"(, "order_type": )" + side + "}\n";
}
std::string left(const char* what, int id, const char* side, const char* price,
                 const char* amount) {
  return std::string("6 order_") + what + R"( {"price": ")" + price + R"(", "amount": ")" + amount +
         R"(", "id": )" + std::to_string(id) + R"(, "order_type": )" + side + "}\n";
}
std::string trade(const char* price, const char* amount) {
  return std::string(R"(7 trade {"price": )") + price + R"(, "amount": )" + amount +
         R"(, "id": 1})" + "\n";
}

TEST(Bitstamp, CountsTradesThatReallyHappened) {
  const TemporaryFolder folder;
  const std::string sell = "1";
  const auto report =
      replay_bitstamp(
          folder.file(
              "feed.log",
              R"(4 order_book {"bids": [["9.00", "3.0"]], "asks": []})"
              "\n" +
                  created(1, "1", "10.00", "1.0") + created(2, "1", "10.00", "1.0") +
                  left("changed", 1, "1", "10.00", "0.25") +  // 0.75 went to somebody unseen
                  created(3, "0", "10.00", "0.5") +           // 0.25 of order 1, 0.25 of order 2
                  trade("10.000000000000001", "0.25") +       // one of the two was real
                  left("deleted", 2, "1", "10.00", "0.75") +  //
                  created(4, "0", "10.00", "0.5") +           // nothing left to trade with
                  left("deleted", 77, "0", "9.00", "1.0") +   // part of the first book
                  left("deleted", 4, "0", "10.00", "0.5") +   //
                  created(5, "1", "9.00", "5.0") +            // takes what is left of it
                  trade("9.0", "2.0") + trade("8.0", "1.0")),
          [](double) {})
          .value();
  EXPECT_EQ(report.created, 5u);
  EXPECT_EQ(report.changed, 1u);
  EXPECT_EQ(report.deleted, 3u);
  EXPECT_EQ(report.seeded_levels, 1u);
  EXPECT_EQ(report.real_trades, 3u);
  EXPECT_EQ(report.trades, 3u);
  EXPECT_EQ(report.reproduced, 2u);
}

TEST(Bitstamp, RequiresTheShareOfTheKnownDay) {
  const TemporaryFolder folder;
  const auto result_of = [&](const std::string& feed) {
    return bitstamp_day(folder.file("feed.log", feed), [](const std::string&, double) {})
        .value()
        .front();
  };
  const std::string orders = created(1, "1", "10.00", "1.0") + created(2, "0", "10.00", "1.0");
  EXPECT_TRUE(result_of(orders + trade("10.0", "1.0")).passed());
  EXPECT_FALSE(result_of(orders + trade("10.0", "1.1")).passed());
  EXPECT_FALSE(result_of(orders).passed()) << "nothing was checked";
}

}  // namespace
}  // namespace rialto::replay
