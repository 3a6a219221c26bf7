// Administrators' trades over HTTP: entered, corrected, busted; the ledger follows, nothing is
// rewritten.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

class Corrections : public ::testing::Test {
 protected:
  Corrections() {
    venue.fund(root, ada, "USD", "1000");
    venue.fund(root, bob, "BTC", "10");
  }
  std::string entry(std::string_view price, std::string_view quantity) {
    return fmt::format(
        R"({{"symbol":"BTC","price":"{}","quantity":"{}","buyUserId":"{}","sellWalletId":"{}","reason":"agreed by telephone"}})",
        price, quantity, ada.user.value, bob.wallet.value);
  }
  /// A trade of the book: ada buys 2 BTC at 100 from bob; its path.
  std::string traded() {
    EXPECT_EQ(
        bob.http
            .post("/api/orders", R"({"type":"sell","symbol":"BTC","quantity":"2","price":"100"})")
            .status,
        201);
    EXPECT_EQ(
        ada.http
            .post("/api/orders", R"({"type":"buy","symbol":"BTC","quantity":"2","price":"100"})")
            .at("status"),
        "filled");
    return "/api/trades/" + ada.http.get("/api/trades").at("items.0.tradeId");
  }
  std::string owned(Person& person, const std::string& asset) {
    return person.http.get(person.wallet_path()).at("balance." + asset);
  }

  VenueOverHttp venue;
  Person root = venue.administrator();
  Person ada = venue.person("ada");
  Person bob = venue.person("bob");
};

TEST_F(Corrections, an_entered_trade_is_one_like_any_other_and_marked) {
  const std::string key = "Idempotency-Key: deal-1\r\n";
  const Answer entered = root.http.post("/api/trades", entry("100", "3"), key);
  ASSERT_EQ(entered.status, 201) << entered.body;
  EXPECT_EQ(entered.at("administrative"), "true");
  EXPECT_EQ(entered.at("buyOrderId"), "null");
  EXPECT_EQ(entered.at("notional"), "300");
  EXPECT_EQ(entered.at("corrections.0.reason"), "agreed by telephone");
  EXPECT_EQ(entered.at("corrections.0.by"), std::to_string(root.user.value));
  EXPECT_EQ(root.http.post("/api/trades", entry("100.00", "3"), key).body, entered.body);
  EXPECT_EQ(root.http.post("/api/trades", entry("100", "4"), key).code(), "idempotency_key_reused");
  EXPECT_EQ(owned(ada, "USD"), "700");
  EXPECT_EQ(owned(ada, "BTC"), "3");
  EXPECT_EQ(owned(bob, "USD"), "300");
  const Answer own = ada.http.get("/api/trades");
  EXPECT_EQ(own.size("items"), 1u);
  EXPECT_EQ(own.at("items.0.type"), "buy");
  EXPECT_EQ(own.at("items.0.status"), "executed");
  EXPECT_EQ(ada.http.get("/api/trades/" + entered.at("tradeId")).at("corrections.0.by"), "(none)")
      << "who it was is an administrator's to know";
  // The statement has it, and adds up.
  const Answer statement =
      bob.http.get(fmt::format("/api/accounts/{}/statement", bob.wallet.value));
  EXPECT_EQ(statement.at("closingBalance.BTC"), "7");
  EXPECT_EQ(statement.at("items.1.type"), "trade");
}

TEST_F(Corrections, a_correction_moves_the_difference_and_keeps_the_chain) {
  ASSERT_EQ(root.http.put("/api/instruments/BTC-USD", R"({"takerFee":"0.01"})").status, 200);
  const std::string trade = traded();
  EXPECT_EQ(owned(ada, "USD"), "798");
  const Answer corrected =
      root.http.put(trade, R"({"price":"90","reason":"fat finger","version":0})");
  ASSERT_EQ(corrected.status, 200) << corrected.body;
  EXPECT_EQ(corrected.at("price"), "90");
  EXPECT_EQ(corrected.at("status"), "corrected");
  EXPECT_EQ(owned(ada, "USD"), "818.2") << "20 less, and 1 % of that less in fees";
  EXPECT_EQ(owned(bob, "USD"), "180");
  EXPECT_EQ(root.http.put(trade, R"({"price":"91","reason":"r","version":0})").code(),
            "trade_changed_meanwhile");
  ASSERT_EQ(root.http.put(trade, R"({"quantity":"3","reason":"one more"})").status, 200);
  const Answer seen = ada.http.get(trade);
  EXPECT_EQ(seen.at("quantity"), "3");
  EXPECT_EQ(seen.at("fee"), "2.7");
  EXPECT_EQ(seen.size("corrections"), 2u);
  EXPECT_EQ(seen.at("corrections.0.before.price"), "100");
  EXPECT_EQ(seen.at("corrections.0.price"), "90");
  EXPECT_EQ(seen.at("corrections.1.version"), "2");
  EXPECT_EQ(seen.at("corrections.1.reason"), "one more");
  EXPECT_EQ(ada.http.get("/api/trades").at("items.0.price"), "90");

  const Answer busted = root.http.ask("DELETE", trade, R"({"reason":"never agreed"})");
  ASSERT_EQ(busted.status, 200) << busted.body;
  EXPECT_EQ(busted.at("status"), "busted");
  EXPECT_EQ(owned(ada, "USD"), "1000");
  EXPECT_EQ(owned(ada, "BTC"), "0");
  EXPECT_EQ(owned(bob, "BTC"), "10");
  EXPECT_EQ(root.http.ask("DELETE", trade + "?reason=again").code(), "trade_already_busted");
  EXPECT_EQ(root.http.put(trade, R"({"price":"1","reason":"r"})").code(), "trade_already_busted");
  // The order is what the book made of it.
  const Answer order = ada.http.get("/api/orders/" + seen.at("orderId"));
  EXPECT_EQ(order.at("filledQuantity"), "2");
  EXPECT_EQ(order.at("averagePrice"), "100");
}

TEST_F(Corrections, take_nobody_below_zero_and_leave_nothing_half_done) {
  const std::string trade = traded();
  ASSERT_EQ(root.http.post(bob.wallet_path() + "/debit", R"({"amount":"200"})").status, 200);
  const Bytes before = venue.state();
  const Answer bust = root.http.ask("DELETE", trade + "?reason=too%20late");
  EXPECT_EQ(bust.status, 422);
  EXPECT_EQ(bust.code(), "insufficient_funds");
  EXPECT_EQ(root.http.put(trade, R"({"price":"99","reason":"r"})").status, 422);
  EXPECT_EQ(root.http.post("/api/trades", entry("1000", "1")).status, 422);
  EXPECT_EQ(venue.state(), before);
  EXPECT_EQ(ada.http.get(trade).at("status"), "executed");
}

TEST_F(Corrections, are_an_administrators_and_well_formed) {
  const std::string trade = traded();
  EXPECT_EQ(ada.http.post("/api/trades", entry("1", "1")).status, 403);
  EXPECT_EQ(ada.http.put(trade, R"({"price":"1","reason":"r"})").status, 403);
  EXPECT_EQ(ada.http.ask("DELETE", trade + "?reason=r").status, 403);
  EXPECT_EQ(venue.client().ask("DELETE", trade).status, 401);
  struct Row {
    const char* method;
    std::string path;
    std::string body;
    int status;
    const char* code;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"PUT", trade, R"({"price":"1"})", 400, "field_missing"},
           {"PUT", trade, R"({"prise":"1","reason":"r"})", 400, "unknown_field"},
           {"PUT", trade, R"({"price":"1.001","reason":"r"})", 422, "price_must_be_on_tick"},
           {"PUT", trade, R"({"quantity":"0","reason":"r"})", 422, "quantity_must_be_positive"},
           {"PUT", trade, R"({"price":"100","reason":"r"})", 422, "nothing_to_change"},
           {"PUT", trade, R"({"price":"1","reason":""})", 422, "reason_required"},
           {"PUT", "/api/trades/999", R"({"price":"1","reason":"r"})", 404, "trade_not_found"},
           {"PUT", "/api/trades/x", R"({"price":"1","reason":"r"})", 404, "trade_not_found"},
           {"DELETE", trade, "", 422, "reason_required"},
           {"DELETE", trade, R"({"why":"r"})", 400, "unknown_field"},
           {"DELETE", "/api/trades/999?reason=r", "", 404, "trade_not_found"},
           {"POST", "/api/trades",
            R"({"symbol":"BTC","price":"1","quantity":"1","buyUserId":"2","reason":"r"})", 409,
            "party_has_no_account"},
           {"POST", "/api/trades", R"({"symbol":"BTC","price":"1","quantity":"1","reason":"r"})",
            422, "buyer_and_seller_must_differ"},
           {"POST", "/api/trades", R"({"symbol":"XX","price":"1","quantity":"1","reason":"r"})",
            404, "instrument_not_found"},
           {"POST", "/api/trades", entry("0.001", "1"), 422, "price_must_be_on_tick"}}) {
    const Answer answer = root.http.ask(row.method, row.path, row.body);
    EXPECT_EQ(answer.status, row.status) << row.path << row.body << answer.body;
    EXPECT_EQ(answer.code(), row.code) << row.path << row.body << answer.body;
  }
}

}  // namespace
}  // namespace rialto::test
