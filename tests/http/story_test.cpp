// The whole story of a user, and the worked example of reference system E, as HTTP sees them.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

TEST(Story, a_user_registers_logs_in_and_is_who_they_say) {
  VenueOverHttp venue;
  auto http = venue.client();
  const Answer made =
      http.post("/api/users/register",
                R"({"userName":"Alice","email":"alice@example.org","password":"correct horse"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.at("userName"), "Alice");
  EXPECT_NE(made.at("userId"), "(none)");

  const Answer login =
      http.post("/api/users/login", R"({"userName":" aLICE ","password":"correct horse"})");
  ASSERT_EQ(login.status, 200) << login.body;
  EXPECT_EQ(login.at("expiresIn"), "3600");
  http.use_token(login.at("accessToken"));

  const Answer profile = http.get("/api/users/profile");
  ASSERT_EQ(profile.status, 200) << profile.body;
  EXPECT_EQ(profile.at("userId"), made.at("userId"));
  EXPECT_EQ(profile.at("email"), "alice@example.org");
  EXPECT_EQ(profile.at("roles.0"), "trader");

  const Answer valid =
      http.post("/api/users/validate", fmt::format(R"({{"token":"{}"}})", http.token()));
  EXPECT_EQ(valid.at("valid"), "true");
  EXPECT_EQ(valid.at("userId"), made.at("userId"));
  const Answer refreshed =
      http.post("/api/users/refresh_token",
                fmt::format(R"({{"refreshToken":"{}"}})", login.at("refreshToken")));
  ASSERT_EQ(refreshed.status, 200) << refreshed.body;
  http.use_token(refreshed.at("accessToken"));
  EXPECT_EQ(http.get("/api/users/profile").status, 200);

  const Answer wallets = http.get("/api/wallets");
  EXPECT_EQ(wallets.size("items"), 1u);
  EXPECT_EQ(wallets.at("items.0.balance.USD"), "0");
  const Answer again = http.post("/api/wallets");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.at("details.walletId"), wallets.at("items.0.walletId"));
}

TEST(Story, the_worked_example_comes_out_exactly) {
  VenueOverHttp venue;
  auto root = venue.administrator();
  auto a = venue.person("a");
  auto b = venue.person("b");
  venue.fund(root, a, "USD", "500000");
  venue.fund(root, b, "BTC", "5");

  const Answer buy = a.http.post(
      "/api/orders",
      R"({"type":"buy","product":"BTC","orderType":"limit","quantity":"10","price":"50000"})");
  ASSERT_EQ(buy.status, 201) << buy.body;
  EXPECT_EQ(buy.at("status"), "pending");
  EXPECT_EQ(buy.at("averagePrice"), "null");
  const Answer sell = b.http.post(
      "/api/orders",
      R"({"type":"sell","symbol":"BTC-USD","orderType":"limit","quantity":5,"price":50000.00})");
  ASSERT_EQ(sell.status, 201) << sell.body;
  EXPECT_EQ(sell.at("status"), "filled");
  EXPECT_EQ(sell.at("filledQuantity"), "5");
  EXPECT_EQ(sell.at("remainingQuantity"), "0");
  EXPECT_EQ(sell.at("averagePrice"), "50000");

  const Answer order = a.http.get("/api/orders/" + buy.at("orderId"));
  EXPECT_EQ(order.at("status"), "partially_filled");
  EXPECT_EQ(order.at("remainingQuantity"), "5");
  const Answer wallet_a = a.http.get(a.wallet_path());
  EXPECT_EQ(wallet_a.at("balance.USD"), "250000");
  EXPECT_EQ(wallet_a.at("held.USD"), "250000");
  EXPECT_EQ(wallet_a.at("balance.BTC"), "5");
  const Answer wallet_b = b.http.get(b.wallet_path());
  EXPECT_EQ(wallet_b.at("balance.USD"), "250000");
  EXPECT_EQ(wallet_b.at("balance.BTC"), "0");
  const Answer trades = b.http.get("/api/trades?symbol=BTC");
  ASSERT_EQ(trades.size("items"), 1u) << trades.body;
  EXPECT_EQ(trades.at("items.0.price"), "50000");
  EXPECT_EQ(trades.at("items.0.quantity"), "5");
  EXPECT_EQ(trades.at("items.0.buyOrderId"), buy.at("orderId"));
  EXPECT_EQ(trades.at("items.0.sellOrderId"), sell.at("orderId"));

  const Answer book = venue.client().get("/api/instruments/BTC/book");
  EXPECT_EQ(book.at("bids.0.price"), "50000");
  EXPECT_EQ(book.at("bids.0.quantity"), "5");
  EXPECT_EQ(book.size("asks"), 0u);
  EXPECT_EQ(book.at("lastPrice"), "50000");
}

}  // namespace
}  // namespace rialto::test
