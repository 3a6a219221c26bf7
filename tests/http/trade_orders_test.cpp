// The trade order service over HTTP: quotes, and what became of an order.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

class TradeOrders : public ::testing::Test {
 protected:
  TradeOrders()
      : root(venue.administrator()), alice(venue.person("alice")), bob(venue.person("bob")) {
    venue.fund(root, alice, "USD", "1000000");
    venue.fund(root, bob, "BTC", "100");
  }
  std::string place(Person& person, std::string_view type, std::string_view quantity,
                    std::string_view price) {
    const Answer placed = person.http.post(
        "/api/orders",
        fmt::format(R"({{"type":"{}","symbol":"BTC-USD","quantity":"{}","price":"{}"}})", type,
                    quantity, price));
    EXPECT_EQ(placed.status, 201) << placed.body;
    return placed.at("orderId");
  }

  VenueOverHttp venue;
  Person root, alice, bob;
};

TEST_F(TradeOrders, a_quote_is_the_top_of_the_book) {
  auto anybody = venue.client();
  Answer quote = anybody.get("/api/quotes/BTC");
  ASSERT_EQ(quote.status, 200) << quote.body;
  EXPECT_EQ(quote.at("symbol"), "BTC-USD");
  for (const char* field : {"bid", "bidSize", "ask", "askSize", "last"})
    EXPECT_EQ(quote.at(field), "null") << field;
  place(alice, "buy", "1", "49000");
  place(alice, "buy", "2", "49500");
  place(bob, "sell", "3", "50500");
  quote = anybody.get("/api/quotes/BTC-USD");
  EXPECT_EQ(quote.at("bid"), "49500");
  EXPECT_EQ(quote.at("bidSize"), "2");
  EXPECT_EQ(quote.at("ask"), "50500");
  EXPECT_EQ(quote.at("askSize"), "3");
  place(bob, "sell", "1", "49500");
  quote = anybody.get("/api/quotes/BTC-USD");
  EXPECT_EQ(quote.at("last"), "49500");
  EXPECT_EQ(quote.at("bidSize"), "1");
  EXPECT_EQ(quote.at("status"), "open");
  EXPECT_NE(quote.at("sequence"), "(none)");
  EXPECT_NE(quote.at("time"), "(none)");

  EXPECT_EQ(anybody.get("/api/quotes").size("items"), 4u);
  const Answer two = anybody.get("/api/quotes?symbols=ETH,BTC-USD");
  EXPECT_EQ(two.size("items"), 2u);
  EXPECT_EQ(two.at("items.0.symbol"), "ETH-USD");
  EXPECT_EQ(two.at("items.1.bid"), "49500");
  EXPECT_EQ(anybody.get("/api/quotes?symbols=ETH,NONE").status, 404);
  EXPECT_EQ(anybody.get("/api/quotes/NONE").status, 404);
}

TEST_F(TradeOrders, an_orders_summary_tells_its_whole_story) {
  root.http.put("/api/instruments/BTC-USD", R"({"takerFee":"0.001","makerFee":"0.0005"})");
  place(bob, "sell", "1", "50000");
  const std::string order = place(alice, "buy", "4", "51000");
  const std::string path = "/api/orders/" + order;
  EXPECT_EQ(alice.http.get(path + "/status").at("status"), "partially_filled");
  place(bob, "sell", "2", "51000");
  Answer summary = alice.http.get(path + "/summary");
  ASSERT_EQ(summary.status, 200) << summary.body;
  EXPECT_EQ(summary.at("type"), "buy");
  EXPECT_EQ(summary.at("filledQuantity"), "3");
  EXPECT_EQ(summary.at("averagePrice"), "50666.6666666667");
  EXPECT_EQ(summary.at("notional"), "152000");
  EXPECT_EQ(summary.at("fees"), "101");
  EXPECT_EQ(summary.at("currency"), "USD");
  ASSERT_EQ(summary.size("fills"), 2u) << summary.body;
  EXPECT_EQ(summary.at("fillsComplete"), "true");
  EXPECT_EQ(summary.at("fills.0.price"), "50000");
  EXPECT_EQ(summary.at("fills.0.liquidity"), "taker");
  EXPECT_EQ(summary.at("fills.0.fee"), "50");
  EXPECT_EQ(summary.at("fills.1.price"), "51000");
  EXPECT_EQ(summary.at("fills.1.liquidity"), "maker");
  EXPECT_EQ(summary.at("fills.1.fee"), "51");
  EXPECT_EQ(summary.size("timeline"), 3u);
  EXPECT_EQ(summary.at("timeline.0.event"), "placed");
  EXPECT_EQ(summary.at("timeline.2.event"), "fill");

  EXPECT_EQ(alice.http.remove(path).status, 200);
  place(alice, "buy", "1", "52000");  // later trades of the account are not the order's
  place(bob, "sell", "1", "52000");
  summary = alice.http.get(path + "/summary");
  EXPECT_EQ(summary.at("status"), "cancelled");
  EXPECT_EQ(summary.at("reason"), "user");
  EXPECT_EQ(summary.size("fills"), 2u);
  EXPECT_EQ(summary.at("timeline.3.event"), "cancelled");
  EXPECT_EQ(alice.http.get(path + "/status").at("remainingQuantity"), "1");
  EXPECT_EQ(root.http.get(path + "/summary").status, 200);
  EXPECT_EQ(bob.http.get(path + "/summary").status, 404);
  EXPECT_EQ(bob.http.get(path + "/status").status, 404);
  EXPECT_EQ(alice.http.get("/api/orders/99/status").status, 404);
  EXPECT_EQ(venue.client().get(path + "/status").status, 401);
}

}  // namespace
}  // namespace rialto::test
