// OUCH-1: the same messages live, after a restart, and from the log alone.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"
#include "tests/ouch/ouch_trader.hpp"

namespace rialto::ouch::test {
namespace {

using rialto::test::Answer;
using rialto::test::Person;
using rialto::test::VenueOptions;
using rialto::test::VenueOverHttp;

class Restarts : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "rialto-ouch-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory = name;
    open();
    Person root = venue->administrator();
    Person alice = venue->person("alice");
    venue->fund(root, alice, "USD", "1000000");
    const Answer answer = alice.http.post("/api/ouch-sessions", R"({"cancelOnDisconnect":true})");
    user_name = answer.at("userName");
    password = answer.at("password");
  }
  void TearDown() override {
    venue.reset();
    std::filesystem::remove_all(directory);
  }
  void open() {
    VenueOptions options;
    options.directory = directory;
    options.snapshot_events = 500;
    venue = std::make_unique<VenueOverHttp>(std::move(options));
  }
  void restart() {
    venue.reset();
    open();
  }
  Trader trader(std::uint64_t sequence = 0) {
    return {venue->ouch_port(), user_name, password, sequence};
  }
  /// Everything the session was ever told.
  std::vector<Bytes> all(std::size_t count) {
    Trader reader = trader(1);
    reader.told(count);
    return reader.messages();
  }
  /// `count` orders that stay open, and one that is refused.
  void trade(std::uint32_t first_ref, std::uint32_t count) {
    Trader mine = trader();
    for (std::uint32_t i = 0; i < count; ++i) mine.buy(first_ref + i, 1, 50.00);
    mine.buy(first_ref + count, 1, 0);
    mine.told(count + 1);
  }

  std::string directory, user_name, password;
  std::unique_ptr<VenueOverHttp> venue;
};

TEST_F(Restarts, change_nothing_of_what_was_told) {
  trade(1, 300);  // told 301, then 300 cancels of the lost connection
  const std::size_t count = 1 + 301 + 300;
  const auto told = all(count);
  ASSERT_EQ(told.size(), count);
  restart();
  EXPECT_EQ(all(count), told) << "from snapshot, files and tail";
  trade(400, 10);
  const auto more = all(count + 21);
  ASSERT_EQ(more.size(), count + 21);
  EXPECT_TRUE(std::equal(told.begin(), told.end(), more.begin()));

  venue.reset();
  std::filesystem::remove_all(std::filesystem::path(directory) / "ouch");
  open();
  EXPECT_EQ(all(count + 21), more) << "from the log alone";

  venue.reset();
  for (const auto& file : std::filesystem::directory_iterator(directory + "/ouch"))
    if (file.path().extension() == ".messages")
      std::filesystem::resize_file(file.path(), file.file_size() / 2);
  open();
  EXPECT_EQ(all(count + 21), more) << "a damaged file is made anew";
}

// OUCH-5
TEST_F(Restarts, cancel_the_orders_of_connections_that_a_stop_cut_off) {
  Trader cut_off = trader();
  for (std::uint32_t i = 1; i <= 3; ++i) cut_off.buy(i, 1, 50.00);
  cut_off.told(3);
  restart();
  Trader again = trader(2);
  const auto lines = again.told(6);
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[3], "C 1 1 U");
  EXPECT_EQ(lines[5], "C 3 1 U");
}

TEST_F(Restarts, keep_the_numbers_that_are_used_up) {
  trade(1, 3);
  restart();
  Trader again = trader();
  again.buy(3, 1, 50.00);
  again.request(AccountQuery{});
  again.buy(5, 1, 50.00);
  EXPECT_EQ(again.told(), "A 5 buy 1 @ 50.00 live");
  EXPECT_EQ(read_message<AccountQueryResponse>(again.unsequenced()).next_user_ref, 5u);
}

}  // namespace
}  // namespace rialto::ouch::test
