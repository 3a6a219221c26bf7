// Notifications over HTTP: made by what happens, read by their owners, sent by people.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

constexpr const char* path = "/api/notifications";

class Notifications : public ::testing::Test {
 protected:
  VenueOverHttp venue;
  Person root = venue.administrator();
  Person ada = venue.person("ada");
};

TEST_F(Notifications, follow_orders_trades_and_wallets) {
  Person bob = venue.person("bob");
  venue.fund(root, ada, "USD", "1000");
  venue.fund(root, bob, "BTC", "1");
  const Answer sell = bob.http.post(
      "/api/orders", R"({"type":"sell","symbol":"BTC","quantity":"1","price":"100"})");
  ASSERT_EQ(sell.status, 201);
  ASSERT_EQ(
      ada.http.post("/api/orders", R"({"type":"buy","symbol":"BTC","quantity":"2","price":"100"})")
          .status,
      201);
  const Answer all = ada.http.get(path);
  ASSERT_EQ(all.size("items"), 5u) << all.body;
  EXPECT_EQ(all.at("items.0.kind"), "portfolio");
  EXPECT_EQ(all.at("items.0.event"), "TradeExecuted");
  EXPECT_EQ(all.at("items.0.message"), "BTC +1");
  EXPECT_EQ(all.at("items.1.kind"), "wallet");
  EXPECT_EQ(all.at("items.1.message"), "USD -100, BTC +1");
  EXPECT_EQ(all.at("items.2.message"), "bought 1 BTC-USD at 100");
  EXPECT_EQ(all.at("items.3.kind"), "orders");
  EXPECT_EQ(all.at("items.4.title"), "Wallet credited");
  EXPECT_EQ(all.at("items.4.message"), "USD +1000");
  EXPECT_EQ(all.at("items.0.notificationId"),
            fmt::format("{}-portfolio-{}", all.at("items.0.causeSequence"), ada.user.value));
  EXPECT_EQ(bob.http.get(std::string(path) + "?kind=trades").at("items.0.message"),
            "sold 1 BTC-USD at 100");
  // Pages.
  const Answer first = ada.http.get(std::string(path) + "?limit=2");
  EXPECT_EQ(first.size("items"), 2u);
  const Answer rest = ada.http.get(std::string(path) + "?limit=3&before=" + first.at("next"));
  EXPECT_EQ(rest.size("items"), 3u);
  EXPECT_EQ(rest.at("next"), "null");
  EXPECT_EQ(rest.at("items.0.notificationId"), all.at("items.2.notificationId"));
}

TEST_F(Notifications, are_read_by_their_owners_alone) {
  venue.fund(root, ada, "USD", "1");
  const Answer all = ada.http.get(path);
  const std::string own = std::string(path) + "/" + all.at("items.0.notificationId");
  EXPECT_EQ(ada.http.get(own).at("read"), "false");
  EXPECT_EQ(root.http.get(own).status, 200) << "an administrator sees it";
  EXPECT_EQ(root.http.put(own, R"({"read":true})").status, 404) << "and reads it for nobody";
  Person bob = venue.person("bob");
  EXPECT_EQ(bob.http.get(own).code(), "notification_not_found");
  EXPECT_EQ(bob.http.put(own, R"({"read":true})").status, 404);
  EXPECT_EQ(ada.http.put(own, R"({"read":true})").at("read"), "true");
  EXPECT_EQ(ada.http.put(own, R"({"read":true})").at("read"), "true");
  EXPECT_EQ(ada.http.get(std::string(path) + "?unread=true").size("items"), 0u);
  EXPECT_EQ(ada.http.get(path).size("items"), 1u);
  EXPECT_EQ(ada.http.put(own, R"({"read":false})").at("read"), "false");
  EXPECT_EQ(ada.http.put(own, R"({})").code(), "field_missing");
  EXPECT_EQ(ada.http.put(own, R"({"raed":true})").code(), "unknown_field");
  for (const char* wrong : {"/x", "/1-trades-2", "/999-wallet-2"})
    EXPECT_EQ(ada.http.get(std::string(path) + wrong).status, 404) << wrong;
  EXPECT_EQ(ada.http.get(std::string(path) + "?kind=news").status, 400);
  EXPECT_EQ(venue.client().get(path).status, 401);
}

TEST_F(Notifications, are_chosen_by_kind_and_channel) {
  const std::string preferences = std::string(path) + "/preferences";
  const Answer before = ada.http.get(preferences);
  EXPECT_EQ(before.at("wallet.inApp"), "true");
  EXPECT_EQ(before.at("wallet.email"), "false");
  const Answer chosen =
      ada.http.put(preferences, R"({"wallet":{"inApp":false},"trades":{"email":true}})");
  ASSERT_EQ(chosen.status, 200) << chosen.body;
  EXPECT_EQ(chosen.at("wallet.inApp"), "false");
  EXPECT_EQ(chosen.at("trades.email"), "true");
  EXPECT_EQ(chosen.at("trades.inApp"), "true");
  EXPECT_EQ(ada.http.get(preferences).at("wallet.inApp"), "false");
  venue.fund(root, ada, "USD", "1");
  EXPECT_EQ(ada.http.get(path).size("items"), 0u);
  EXPECT_EQ(root.http.get(preferences).at("wallet.inApp"), "true") << "each for themselves";
  EXPECT_EQ(ada.http.put(preferences, R"({"news":{"email":true}})").code(), "kind_unknown");
  EXPECT_EQ(ada.http.put(preferences, R"({"trades":{"sms":true}})").code(), "unknown_field");
  EXPECT_EQ(ada.http.put(preferences, R"({"trades":{"email":1}})").status, 400);
  EXPECT_EQ(ada.http.put(preferences, R"({"messages":{"inApp":false}})").code(),
            "messages_always_arrive");
}

TEST_F(Notifications, can_be_written_to_oneself_or_by_administrators) {
  const Answer own = ada.http.post(path, R"({"title":"note","message":"buy néw shoes"})");
  ASSERT_EQ(own.status, 201) << own.body;
  EXPECT_EQ(own.at("kind"), "messages");
  EXPECT_EQ(own.at("message"), "buy néw shoes");
  EXPECT_EQ(ada.http.get(std::string(path) + "/" + own.at("notificationId")).body, own.body);
  const std::string to_ada =
      fmt::format(R"({{"userId":"{}","message":"welcome"}})", ada.user.value);
  EXPECT_EQ(root.http.post(path, to_ada).status, 201);
  EXPECT_EQ(ada.http.get(path).at("items.0.message"), "welcome");
  EXPECT_EQ(ada.http.post(path, fmt::format(R"({{"userId":"{}","message":"hi"}})", root.user.value))
                .status,
            404);
  EXPECT_EQ(ada.http.post(path, R"({"message":""})").code(), "message_length");
  EXPECT_EQ(ada.http.post(path, R"({})").code(), "field_missing");
  EXPECT_EQ(root.http.post(path, R"({"userId":"99","message":"x"})").status, 404);
}

// NOTIFICATIONS-1
TEST(NotificationsAtRest, are_the_same_after_a_restart_and_a_rebuild) {
  const auto directory =
      std::filesystem::temp_directory_path() / fmt::format("rialto-notices-{}", ::getpid());
  std::filesystem::create_directory(directory);
  std::string token;
  std::string seen;
  {
    VenueOverHttp venue(VenueOptions{.directory = directory.string()});
    Person root = venue.administrator();
    Person ada = venue.person("ada");
    for (const char* amount : {"1", "2", "3"}) venue.fund(root, ada, "USD", amount);
    ASSERT_EQ(ada.http.post(path, R"({"message":"to myself"})").status, 201);
    const Answer all = ada.http.get(path);
    ASSERT_EQ(
        ada.http.put(std::string(path) + "/" + all.at("items.1.notificationId"), R"({"read":true})")
            .status,
        200);
    token = ada.http.token();
    seen = ada.http.get(path).body;
  }
  {
    VenueOverHttp venue(VenueOptions{.directory = directory.string()});
    EXPECT_EQ(venue.client(token).get(path).body, seen);
  }
  std::filesystem::remove(directory / "projections" / "notifications.db");
  {
    VenueOverHttp venue(VenueOptions{.directory = directory.string()});
    EXPECT_EQ(venue.client(token).get(path).body, seen) << "made anew from the log";
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace rialto::test
