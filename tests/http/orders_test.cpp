// Orders over HTTP: every kind, amendments, cancels, lists, and client order ids.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

class Orders : public ::testing::Test {
 protected:
  Orders() {
    for (Person* person : {&alice, &bob}) {
      venue.fund(root, *person, "USD", "1000000");
      venue.fund(root, *person, "BTC", "100");
    }
  }
  static Answer order(Person& person, std::string_view side, std::string_view price,
                      std::string_view quantity, std::string_view more = {}) {
    return person.http.post(
        "/api/orders",
        fmt::format(R"({{"type":"{}","symbol":"BTC-USD","price":"{}","quantity":"{}"{}}})", side,
                    price, quantity, more));
  }

  VenueOverHttp venue;
  Person root = venue.administrator();
  Person alice = venue.person("alice");
  Person bob = venue.person("bob");
};

TEST_F(Orders, show_all_of_themselves) {
  const Answer placed =
      order(alice, "buy", "100.50", "0.5",
            R"(,"orderType":"limit","timeInForce":"GTD","expireTime":"2100-01-01T00:00:00Z",)"
            R"("postOnly":true,"displayQuantity":"0.1","selfTradePrevention":"decrement",)"
            R"("clientOrderId":"mine-1")");
  ASSERT_EQ(placed.status, 201) << placed.body;
  const Answer shown = alice.http.get("/api/orders/" + placed.at("orderId"));
  ASSERT_EQ(shown.status, 200);
  for (const Answer& answer : {placed, shown}) {
    EXPECT_EQ(answer.at("clientOrderId"), "mine-1");
    EXPECT_EQ(answer.at("userId"), std::to_string(alice.user.value));
    EXPECT_EQ(answer.at("walletId"), std::to_string(alice.wallet.value));
    EXPECT_EQ(answer.at("product"), "BTC-USD");
    EXPECT_EQ(answer.at("symbol"), "BTC-USD");
    EXPECT_EQ(answer.at("type"), "buy");
    EXPECT_EQ(answer.at("orderType"), "limit");
    EXPECT_EQ(answer.at("price"), "100.5");
    EXPECT_EQ(answer.at("stopPrice"), "null");
    EXPECT_EQ(answer.at("quantity"), "0.5");
    EXPECT_EQ(answer.at("filledQuantity"), "0");
    EXPECT_EQ(answer.at("remainingQuantity"), "0.5");
    EXPECT_EQ(answer.at("averagePrice"), "null");
    EXPECT_EQ(answer.at("status"), "pending");
    EXPECT_EQ(answer.at("reason"), "null");
    EXPECT_EQ(answer.at("timeInForce"), "GTD");
    EXPECT_EQ(answer.at("expireTime"), "2100-01-01T00:00:00Z");
    EXPECT_EQ(answer.at("postOnly"), "true");
    EXPECT_EQ(answer.at("displayQuantity"), "0.1");
    EXPECT_EQ(answer.at("selfTradePrevention"), "decrement");
    EXPECT_EQ(answer.at("fees"), "0");
  }
  EXPECT_EQ(placed.at("createdAt"), shown.at("createdAt"));
  const Answer book = venue.client().get("/api/instruments/BTC-USD/book?depth=1");
  EXPECT_EQ(book.at("bids.0.quantity"), "0.1") << "an iceberg shows its peak only";
}

TEST_F(Orders, a_market_order_in_an_empty_book_is_cancelled_not_refused) {
  const Answer placed = alice.http.post(
      "/api/orders", R"({"type":"buy","symbol":"BTC","orderType":"market","quantity":"1"})");
  ASSERT_EQ(placed.status, 201) << placed.body;
  EXPECT_EQ(placed.at("status"), "cancelled");
  EXPECT_EQ(placed.at("reason"), "no_liquidity");
  EXPECT_EQ(placed.at("timeInForce"), "IOC");
  EXPECT_EQ(alice.http.get(alice.wallet_path()).at("held.USD"), "0");
}

TEST_F(Orders, of_every_kind_end_as_they_should) {
  ASSERT_EQ(order(bob, "sell", "100", "1").status, 201);
  EXPECT_EQ(order(alice, "buy", "100", "1", R"(,"postOnly":true)").at("status"), "rejected");
  EXPECT_EQ(order(alice, "buy", "100", "2", R"(,"timeInForce":"FOK")").at("reason"),
            "fill_or_kill");
  const Answer ioc = order(alice, "buy", "101", "1.5", R"(,"timeInForce":"IOC")");
  EXPECT_EQ(ioc.at("status"), "cancelled");
  EXPECT_EQ(ioc.at("filledQuantity"), "1");
  EXPECT_EQ(ioc.at("remainingQuantity"), "0.5");
  EXPECT_EQ(ioc.at("averagePrice"), "100") << "trades at the resting price";
  EXPECT_EQ(order(alice, "buy", "99", "1", R"(,"timeInForce":"DAY")").at("status"), "pending");
  EXPECT_EQ(order(alice, "sell", "99", "1").at("reason"), "self_trade_prevention");
  const Answer stop = alice.http.post(
      "/api/orders",
      R"({"type":"sell","symbol":"BTC","orderType":"stop_limit","stopPrice":"95","price":"94","quantity":"1"})");
  EXPECT_EQ(stop.at("status"), "pending") << stop.body;
  EXPECT_EQ(stop.at("stopPrice"), "95");
}

TEST_F(Orders, average_prices_weigh_by_quantity) {
  ASSERT_EQ(order(bob, "sell", "100", "1").status, 201);
  ASSERT_EQ(order(bob, "sell", "100.01", "2").status, 201);
  const Answer bought = order(alice, "buy", "101", "3");
  EXPECT_EQ(bought.at("status"), "filled");
  EXPECT_EQ(bought.at("averagePrice"), "100.0066666667");
}

TEST_F(Orders, are_amended_within_what_the_wallet_holds) {
  const Answer placed = order(alice, "buy", "100", "1");
  const std::string path = "/api/orders/" + placed.at("orderId");
  const Answer amended = alice.http.put(path, R"({"quantity":"2","price":"101"})");
  ASSERT_EQ(amended.status, 200) << amended.body;
  EXPECT_EQ(amended.at("quantity"), "2");
  EXPECT_EQ(amended.at("price"), "101");
  EXPECT_EQ(alice.http.get(alice.wallet_path()).at("held.USD"), "202");
  EXPECT_EQ(alice.http.put(path, R"({"price":"101"})").code(), "nothing_to_change");
  EXPECT_EQ(alice.http.put(path, R"({"price":"101.001"})").code(), "price_must_be_on_tick");
  EXPECT_EQ(alice.http.put(path, R"({"quantity":"99999"})").code(), "insufficient_funds");
  EXPECT_EQ(alice.http.put(path, R"({"prise":"1"})").code(), "unknown_field");
  EXPECT_EQ(bob.http.put(path, R"({"price":"102"})").status, 404);
  EXPECT_EQ(alice.http.put("/api/orders/999", R"({"price":"102"})").status, 404);
}

TEST_F(Orders, are_cancelled_by_id_by_client_order_id_by_symbol_and_all) {
  const Answer first = order(alice, "buy", "100", "1");
  const std::string path = "/api/orders/" + first.at("orderId");
  EXPECT_EQ(bob.http.remove(path).status, 404) << "another's order does not exist";
  const Answer cancelled = alice.http.remove(path);
  ASSERT_EQ(cancelled.status, 200) << cancelled.body;
  EXPECT_EQ(cancelled.at("status"), "cancelled");
  EXPECT_EQ(cancelled.at("remainingQuantity"), "1");
  const Answer again = alice.http.remove(path);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "order_already_closed");
  EXPECT_EQ(alice.http.put(path, R"({"price":"1"})").code(), "order_already_closed");
  EXPECT_EQ(alice.http.remove("/api/orders/12345").status, 404);
  EXPECT_EQ(alice.http.remove("/api/orders/abc").status, 404);

  ASSERT_EQ(order(alice, "buy", "100", "1", R"(,"clientOrderId":"a b")").status, 201);
  EXPECT_EQ(bob.http.remove("/api/orders?clientOrderId=a%20b").status, 404);
  EXPECT_EQ(alice.http.remove("/api/orders?clientOrderId=a%20b").status, 200);

  for (int i = 0; i < 3; ++i) ASSERT_EQ(order(alice, "buy", "100", "1").status, 201);
  ASSERT_EQ(order(bob, "buy", "100", "1").status, 201);
  EXPECT_EQ(alice.http.remove("/api/orders?symbol=ETH").at("cancelled"), "0");
  EXPECT_EQ(alice.http.remove("/api/orders?symbol=BTC").at("cancelled"), "3");
  EXPECT_EQ(alice.http.remove("/api/orders").at("cancelled"), "0");
  EXPECT_EQ(alice.http.remove("/api/orders?symbol=NOPE").status, 404);
  EXPECT_EQ(alice.http.remove("/api/orders?walletId=" + std::to_string(bob.wallet.value)).status,
            404);
  EXPECT_EQ(
      root.http.remove("/api/orders?walletId=" + std::to_string(bob.wallet.value)).at("cancelled"),
      "1");
  EXPECT_EQ(venue.client().get("/api/instruments/BTC/book").size("bids"), 0u);
}

// REST-8
TEST_F(Orders, that_were_cancelled_together_are_gone_when_the_answer_comes) {
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 30; ++i) ASSERT_EQ(order(alice, "buy", "1", "1").status, 201);
    ASSERT_EQ(alice.http.remove("/api/orders").at("cancelled"), "30");
    ASSERT_EQ(alice.http.get("/api/orders?status=pending").size("items"), 0u);
    ASSERT_EQ(alice.http.get(alice.wallet_path()).at("held.USD"), "0");
  }
}

TEST_F(Orders, an_administrator_may_act_on_any_order) {
  const Answer placed = order(alice, "buy", "100", "1");
  const std::string path = "/api/orders/" + placed.at("orderId");
  EXPECT_EQ(root.http.get(path).status, 200);
  EXPECT_EQ(root.http.put(path, R"({"quantity":"0.5"})").at("quantity"), "0.5");
  EXPECT_EQ(root.http.remove(path).at("reason"), "administrator");
  EXPECT_EQ(alice.http.get(path).at("reason"), "administrator");
}

TEST_F(Orders, are_listed_newest_first_in_pages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i)
    ids.push_back(order(alice, "buy", std::to_string(90 + i), "1").at("orderId"));
  ASSERT_EQ(alice.http.remove("/api/orders/" + ids[1]).status, 200);
  ASSERT_EQ(alice.http.remove("/api/orders/" + ids[3]).status, 200);

  const Answer first = alice.http.get("/api/orders?limit=2");
  ASSERT_EQ(first.size("items"), 2u);
  EXPECT_EQ(first.at("items.0.orderId"), ids[4]);
  EXPECT_EQ(first.at("items.1.orderId"), ids[3]);
  const Answer second = alice.http.get("/api/orders?limit=3&before=" + first.at("next"));
  ASSERT_EQ(second.size("items"), 3u);
  EXPECT_EQ(second.at("items.2.orderId"), ids[0]);
  EXPECT_EQ(second.at("next"), "null");

  const Answer open = alice.http.get("/api/orders?status=pending&limit=2&symbol=BTC");
  ASSERT_EQ(open.size("items"), 2u);
  EXPECT_EQ(open.at("items.1.orderId"), ids[2]);
  EXPECT_EQ(
      alice.http.get("/api/orders?status=pending&before=" + open.at("next")).at("items.0.orderId"),
      ids[0]);
  EXPECT_EQ(alice.http.get("/api/orders?status=cancelled").size("items"), 2u);
  EXPECT_EQ(bob.http.get("/api/orders").size("items"), 0u);
  EXPECT_EQ(
      root.http.get("/api/orders?walletId=" + std::to_string(alice.wallet.value)).size("items"),
      5u);
  EXPECT_EQ(alice.http.get("/api/orders?status=no").status, 400);
  EXPECT_EQ(alice.http.get("/api/orders?limit=0").status, 400);
  EXPECT_EQ(alice.http.get("/api/orders?limit=1001").status, 400);
  EXPECT_EQ(alice.http.get("/api/orders?before=x").status, 400);
  EXPECT_EQ(alice.http.get("/api/orders?symbol=NOPE").status, 404);
}

// REST-7
TEST_F(Orders, the_same_client_order_id_and_content_give_the_same_order) {
  const std::string more = R"(,"clientOrderId":"once")";
  const Answer first = order(alice, "buy", "100", "1", more);
  ASSERT_EQ(first.status, 201);
  const Bytes before = venue.state();
  // Written differently, meaning the same.
  const Answer again = order(alice, "BUY", "100.0", "1e0", more);
  ASSERT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(again.at("orderId"), first.at("orderId"));
  EXPECT_EQ(again.at("createdAt"), first.at("createdAt"));
  const Answer other = order(alice, "buy", "100", "2", more);
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.code(), "client_order_id_reused");
  EXPECT_EQ(venue.state(), before);

  ASSERT_EQ(alice.http.remove("/api/orders/" + first.at("orderId")).status, 200);
  const Answer closed = order(alice, "buy", "100", "1", more);
  EXPECT_EQ(closed.status, 201);
  EXPECT_EQ(closed.at("orderId"), first.at("orderId"));
  EXPECT_EQ(closed.at("status"), "cancelled") << "the answer tells what has become of it";
  EXPECT_NE(order(bob, "buy", "100", "1", more).at("orderId"), first.at("orderId"))
      << "ids are per account";
}

// REST-2
TEST_F(Orders, trades_are_seen_by_their_parties_only) {
  auto carol = venue.person("carol");
  const Answer sell = order(bob, "sell", "100", "1");
  const Answer buy = order(alice, "buy", "100", "1");
  const Answer mine = alice.http.get("/api/trades");
  ASSERT_EQ(mine.size("items"), 1u) << mine.body;
  EXPECT_EQ(mine.at("items.0.type"), "buy");
  EXPECT_EQ(mine.at("items.0.liquidity"), "taker");
  EXPECT_EQ(mine.at("items.0.orderId"), buy.at("orderId"));
  EXPECT_EQ(mine.at("items.0.sellWalletId"), "(none)");
  const std::string path = "/api/trades/" + mine.at("items.0.tradeId");
  EXPECT_EQ(bob.http.get(path).at("liquidity"), "maker");
  EXPECT_EQ(bob.http.get(path).at("orderId"), sell.at("orderId"));
  EXPECT_EQ(carol.http.get(path).status, 404);
  EXPECT_EQ(carol.http.get("/api/trades").size("items"), 0u);
  EXPECT_EQ(root.http.get(path).at("buyWalletId"), std::to_string(alice.wallet.value));
  EXPECT_EQ(root.http.get("/api/trades").size("items"), 1u);
  EXPECT_EQ(root.http.get("/api/trades?symbol=ETH").size("items"), 0u);
  EXPECT_EQ(alice.http.get("/api/trades/77").status, 404);
}

// REST-9: more than one hand-over holds, with requests that need no command between them.
TEST_F(Orders, sent_together_are_answered_in_their_order) {
  constexpr int count = 70;
  const auto request = [&](std::string_view line, std::string_view body) {
    return fmt::format(
        "{} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{}",
        line, alice.http.token(), body.size(), body);
  };
  std::string all;
  for (int i = 0; i < count; ++i)
    all += i % 10 == 9 ? request("GET /healthz", "")
                       : request("POST /api/orders",
                                 fmt::format(R"({{"type":"buy","symbol":"BTC-USD","price":"{}",)"
                                             R"("quantity":"0.1","clientOrderId":"{}"}})",
                                             i % 10 == 8 ? "0.001" : "10", i));
  net::test::RawClient client = venue.raw();
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < count; ++i) {
    const std::string text = client.answer();
    const int expected = i % 10 == 9 ? 200 : i % 10 == 8 ? 422 : 201;
    ASSERT_EQ(net::test::status_of_answer(text), expected) << i << text;
    if (expected != 201) continue;
    EXPECT_NE(text.find(fmt::format(R"("clientOrderId":"{}")", i)), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace rialto::test
