// Reference system D's requests over HTTP (docs/protocols/exchange-feed.md).
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

class ExchangeFeed : public ::testing::Test {
 protected:
  ExchangeFeed() : root(venue.administrator()), a(venue.person("a")), b(venue.person("b")) {
    venue.fund(root, a, "USD", "10000");
    venue.fund(root, b, "BTC", "100");
  }
  static std::string id(const Person& person) { return std::to_string(person.user.value); }
  Answer enter(Person& who, const Person& client, std::string_view type, std::string_view side,
               std::string_view quantity, std::string_view price) {
    return who.http.post(
        "/order-entry",
        fmt::format(
            R"({{"type":"{}","security_id":"BTC","client_id":{},"side":"{}","quantity":{},"price":{},"order_id":0}})",
            type, client.user.value, side, quantity, price));
  }

  VenueOverHttp venue;
  Person root;
  Person a;
  Person b;
};

TEST_F(ExchangeFeed, a_limit_order_rests_and_a_market_order_takes_it) {
  const Answer bid = enter(a, a, "limit", "buy", "10", "1.15");
  ASSERT_EQ(bid.status, 201) << bid.body;
  EXPECT_EQ(bid.at("status"), "pending");
  EXPECT_EQ(bid.at("price"), "1.15") << "1.15 stays 1.15";
  EXPECT_EQ(bid.at("reports.0.type"), "accepted");
  EXPECT_EQ(bid.at("clientId"), id(a));

  const Answer sale = enter(b, b, "market", "sell", "4", "0");
  ASSERT_EQ(sale.status, 201) << sale.body;
  EXPECT_EQ(sale.at("status"), "filled");
  EXPECT_EQ(sale.at("averagePrice"), "1.15");
  EXPECT_EQ(sale.at("reports.1.type"), "executed");
  EXPECT_EQ(sale.at("reports.1.settlement.type"), "TradeSettled");
  EXPECT_EQ(sale.at("reports.1.settlement.notional"), "4.6");
  EXPECT_EQ(sale.at("reports.1.settlement.seller.change.USD"), "4.6");
  EXPECT_EQ(sale.at("reports.1.settlement.seller.change.BTC"), "-4");
  EXPECT_EQ(sale.at("reports.1.settlement.seller.balance.BTC"), "96");
  EXPECT_EQ(sale.at("reports.1.settlement.buyer"), "(none)") << "who stood opposite is not told";

  const Answer status = a.http.get("/status/" + bid.at("orderId"));
  EXPECT_EQ(status.at("status"), "partially_filled");
  EXPECT_EQ(status.at("filledQuantity"), "4");
  EXPECT_EQ(status.at("remainingQuantity"), "6");
  const Answer report = a.http.get("/report/" + bid.at("orderId"));
  EXPECT_EQ(report.size("reports"), 2u);
  EXPECT_EQ(report.at("reports.1.settlement.buyer.balance.USD"), "9995.4");
  EXPECT_EQ(report.at("reports.1.remainingQuantity"), "6");
  const Answer whole = root.http.get("/report/" + bid.at("orderId"));
  EXPECT_EQ(whole.at("reports.1.settlement.seller.clientId"), id(b));

  EXPECT_EQ(a.http.get("/holdings/BTC/" + id(a)).at("quantity"), "4");
  EXPECT_EQ(a.http.get("/holdings/BTC/" + id(a)).at("securityId"), "BTC");
  EXPECT_EQ(b.http.get("/holdings/BTC-USD/" + id(b)).at("quantity"), "96");
  EXPECT_EQ(b.http.get("/balance/" + id(b)).at("balance"), "4.6");
  EXPECT_EQ(root.http.get("/balance/" + id(a)).at("balance"), "9995.4");
  const Answer price = venue.client().get("/price/BTC");
  EXPECT_EQ(price.at("last"), "1.15");
  EXPECT_EQ(price.at("bid"), "1.15");
  EXPECT_EQ(price.at("ask"), "null");
}

TEST_F(ExchangeFeed, an_order_is_cancelled_by_its_owner_or_an_administrator_only) {
  const Answer bid = enter(a, a, "limit", "buy", "1", "2");
  const std::string cancel =
      fmt::format(R"({{"type":"cancel","order_id":"{}"}})", bid.at("orderId"));
  EXPECT_EQ(b.http.post("/order-entry", cancel).status, 404);
  const Answer done = a.http.post("/order-entry", cancel);
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.at("status"), "cancelled");
  EXPECT_EQ(done.at("reports.1.type"), "cancelled");
  EXPECT_EQ(done.at("reports.1.reason"), "user");
  EXPECT_EQ(a.http.post("/order-entry", cancel).code(), "order_already_closed");
  const Answer other = enter(a, a, "limit", "buy", "1", "2");
  const Answer by_root = root.http.post(
      "/order-entry", fmt::format(R"({{"type":"cancel","order_id":{}}})", other.at("orderId")));
  EXPECT_EQ(by_root.at("reports.1.reason"), "administrator") << by_root.body;
}

TEST_F(ExchangeFeed, the_rest_of_a_market_order_is_reported) {
  (void)enter(b, b, "limit", "sell", "1", "10");
  const Answer bought = enter(a, a, "market", "buy", "3", "0");
  ASSERT_EQ(bought.status, 201) << bought.body;
  EXPECT_EQ(bought.at("status"), "cancelled");
  EXPECT_EQ(bought.at("filledQuantity"), "1");
  EXPECT_EQ(bought.at("reports.2.type"), "cancelled");
  EXPECT_EQ(bought.at("reports.2.remainingQuantity"), "2");
  EXPECT_EQ(bought.at("reports.2.reason"), "no_liquidity");
}

TEST_F(ExchangeFeed, nobody_acts_for_or_looks_at_another_client) {
  EXPECT_EQ(enter(a, b, "limit", "sell", "1", "10").status, 404);
  EXPECT_EQ(enter(root, b, "limit", "sell", "1", "10").status, 201);
  EXPECT_EQ(a.http.get("/holdings/BTC/" + id(b)).status, 404);
  EXPECT_EQ(a.http.get("/balance/" + id(b)).status, 404);
  EXPECT_EQ(a.http.get("/balance/999").body, a.http.get("/balance/" + id(b)).body);
  EXPECT_EQ(root.http.get("/balance/999").status, 404);
  const Answer order = enter(b, b, "limit", "sell", "1", "11");
  EXPECT_EQ(a.http.get("/status/" + order.at("orderId")).status, 404);
  EXPECT_EQ(a.http.get("/report/" + order.at("orderId")).status, 404);
  EXPECT_EQ(venue.client().get("/balance/" + id(a)).status, 401);
  EXPECT_EQ(venue.client().post("/order-entry", "{}").status, 401);
}

TEST_F(ExchangeFeed, requests_are_validated_before_they_are_sequenced) {
  const auto code = [&](std::string_view body) { return a.http.post("/order-entry", body).code(); };
  EXPECT_EQ(code(R"({"type":"stop","security_id":"BTC","side":"buy","quantity":1,"price":1})"),
            "unknown_value");
  EXPECT_EQ(code(R"({"type":"limit","security_id":"X","side":"buy","quantity":1,"price":1})"),
            "instrument_not_found");
  EXPECT_EQ(code(R"({"type":"limit","security_id":"BTC","side":"up","quantity":1,"price":1})"),
            "unknown_value");
  EXPECT_EQ(code(R"({"type":"limit","security_id":"BTC","side":"buy","quantity":0,"price":1})"),
            "quantity_must_be_positive");
  EXPECT_EQ(code(R"({"type":"limit","security_id":"BTC","side":"buy","quantity":1,"price":1.155})"),
            "price_must_be_on_tick");
  EXPECT_EQ(code(R"({"type":"limit","security_id":"BTC","side":"buy","quantity":1})"),
            "field_missing");
  EXPECT_EQ(
      code(
          R"({"type":"limit","security_id":"BTC","side":"buy","quantity":1,"price":1,"order_id":5})"),
      "order_id_not_allowed");
  EXPECT_EQ(code(R"({"type":"limit","security":"BTC","side":"buy","quantity":1,"price":1})"),
            "unknown_field");
  EXPECT_EQ(enter(a, a, "limit", "buy", "1000", "1000").status, 422) << "checked before the trade";
  EXPECT_EQ(enter(a, a, "limit", "buy", "1000", "1000").code(), "insufficient_funds");
  EXPECT_EQ(venue.client().get("/price/NOPE").status, 404);
}

}  // namespace
}  // namespace rialto::test
