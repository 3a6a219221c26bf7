// Instruments, the kill switch, house accounts, and what operators watch.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

class Administration : public ::testing::Test {
 protected:
  VenueOverHttp venue;
  Person root = venue.administrator();
  Person alice = venue.person("alice");
};

TEST_F(Administration, instruments_are_public) {
  auto http = venue.client();
  const Answer list = http.get("/api/instruments");
  ASSERT_EQ(list.size("items"), 4u) << list.body;
  const Answer bitcoin = http.get("/api/instruments/BTC");
  EXPECT_EQ(bitcoin.at("symbol"), "BTC-USD");
  EXPECT_EQ(bitcoin.at("tickSize"), "0.01");
  EXPECT_EQ(bitcoin.at("lotSize"), "0.00001");
  EXPECT_EQ(bitcoin.at("quoteScale"), "7");
  EXPECT_EQ(bitcoin.at("status"), "open");
  EXPECT_EQ(http.get("/api/instruments/NOPE").status, 404);
  EXPECT_EQ(http.get("/api/instruments/NOPE/book").status, 404);
  EXPECT_EQ(http.get("/api/instruments/BTC/book?depth=0").code(), "depth_out_of_range");
}

TEST_F(Administration, a_new_instrument_brings_its_assets) {
  const std::string body =
      R"({"symbol":"SOL-EUR","tickSize":"0.05","lotSize":"0.1","makerFee":"-0.0001",)"
      R"("takerFee":"0.001","priceBand":"0.2","collar":"0.05","maxOpenOrders":7,)"
      R"("maxQuantity":"1000","maxNotional":"500000.5"})";
  EXPECT_EQ(alice.http.post("/api/instruments", body).status, 403);
  const Answer listed = root.http.post("/api/instruments", body);
  ASSERT_EQ(listed.status, 201) << listed.body;
  EXPECT_EQ(listed.at("base"), "SOL");
  EXPECT_EQ(listed.at("quote"), "EUR");
  EXPECT_EQ(listed.at("quoteScale"), "3");
  EXPECT_EQ(listed.at("tickSize"), "0.05");
  EXPECT_EQ(listed.at("makerFee"), "-0.0001");
  EXPECT_EQ(listed.at("takerFee"), "0.001");
  EXPECT_EQ(listed.at("maxQuantity"), "1000");
  EXPECT_EQ(listed.at("maxNotional"), "500000.5");
  EXPECT_EQ(listed.at("maxOpenOrders"), "7");
  EXPECT_EQ(root.http.post("/api/instruments", body).code(), "symbol_already_listed");
  const Answer changed = root.http.put("/api/instruments/SOL-EUR", R"({"takerFee":"0.002"})");
  EXPECT_EQ(changed.at("takerFee"), "0.002");
  EXPECT_EQ(changed.at("makerFee"), "-0.0001") << "what is not named stays";
}

TEST_F(Administration, a_refused_listing_registers_nothing) {
  const Bytes before = venue.state();
  for (const auto& [body, code] : std::initializer_list<std::pair<const char*, const char*>>{
           {R"({"symbol":"bad symbol","tickSize":"1","lotSize":"1"})", "asset_code_malformed"},
           {R"({"symbol":"X-X","tickSize":"1","lotSize":"1"})", "base_and_quote_must_differ"},
           {R"({"symbol":"NEW-USD","tickSize":"0.00000001","lotSize":"1"})",
            "tick_times_lot_must_be_whole_minor_units"},
           {R"({"symbol":"NEW-USD","tickSize":"0","lotSize":"1"})", "step_out_of_range"},
           {R"({"symbol":"NEW-USD","tickSize":"1e-19","lotSize":"1"})", "step_out_of_range"},
           {R"({"symbol":"NEW-USD","tickSize":"x","lotSize":"1"})", "not_a_number"},
           {R"({"symbol":"NEW-USD","tickSize":"1"})", "field_missing"},
           {R"({"symbol":"NEW-USD","tickSize":"1","lotSize":"1","makerFee":"-0.01"})",
            "rules_out_of_range"},
           {R"({"symbol":"NEW-USD","tickSize":"1","lotSize":"1","takerFee":"0.0000001"})",
            "fraction_too_precise"},
           {R"({"symbol":"NEW-USD","tickSize":"1","lotSize":"1","maxOpenOrders":0})",
            "rules_out_of_range"}}) {
    EXPECT_EQ(root.http.post("/api/instruments", body).code(), code) << body;
    EXPECT_EQ(venue.state(), before) << body;
  }
}

TEST_F(Administration, fees_and_limits_reach_orders) {
  auto bob = venue.person("bob");
  venue.fund(root, alice, "USD", "1000");
  venue.fund(root, bob, "BTC", "1");
  ASSERT_EQ(
      root.http
          .put("/api/instruments/BTC",
               R"({"makerFee":"0.001","takerFee":"0.002","maxNotional":"500","maxQuantity":"4"})")
          .status,
      200);
  const std::string sell = R"({"type":"sell","symbol":"BTC","price":"100","quantity":"1"})";
  const std::string buy = R"({"type":"buy","symbol":"BTC","price":"100","quantity":"1"})";
  ASSERT_EQ(bob.http.post("/api/orders", sell).status, 201);
  EXPECT_EQ(alice.http.post("/api/orders", buy).at("fees"), "0.2");
  EXPECT_EQ(alice.http.get(alice.wallet_path()).at("balance.USD"), "899.8");
  EXPECT_EQ(bob.http.get(bob.wallet_path()).at("balance.USD"), "99.9");
  EXPECT_EQ(root.http.get("/api/wallets/3").at("balance.USD"), "0.3") << "the venue's fees";
  const Answer dear = alice.http.post(
      "/api/orders", R"({"type":"buy","symbol":"BTC","price":"501","quantity":"1"})");
  EXPECT_EQ(dear.code(), "notional_above_maximum");
  EXPECT_EQ(dear.at("details.limit"), "500");
  const Answer much =
      alice.http.post("/api/orders", R"({"type":"buy","symbol":"BTC","price":"1","quantity":"5"})");
  EXPECT_EQ(much.code(), "quantity_above_maximum");
  EXPECT_EQ(much.at("details.limit"), "4");
}

TEST_F(Administration, halts_and_resumes) {
  venue.fund(root, alice, "USD", "1000");
  const std::string order = R"({"type":"buy","symbol":"BTC","price":"1","quantity":"1"})";
  EXPECT_EQ(alice.http.post("/api/instruments/BTC/halt").status, 403);
  EXPECT_EQ(root.http.post("/api/instruments/BTC/halt").at("status"), "halted");
  EXPECT_EQ(root.http.post("/api/instruments/BTC/halt").status, 409);
  EXPECT_EQ(alice.http.post("/api/orders", order).code(), "instrument_halted");
  EXPECT_EQ(root.http.post("/api/instruments/BTC/resume").at("status"), "open");
  EXPECT_EQ(alice.http.post("/api/orders", order).status, 201);
}

TEST_F(Administration, the_kill_switch_stops_an_account_or_the_venue) {
  venue.fund(root, alice, "USD", "1000");
  const std::string order = R"({"type":"buy","symbol":"BTC","price":"1","quantity":"1"})";
  const std::string account = std::to_string(alice.wallet.value);
  ASSERT_EQ(alice.http.post("/api/orders", order).status, 201);
  EXPECT_EQ(alice.http.post("/api/admin/kill-switch").status, 403);
  EXPECT_EQ(root.http.post("/api/admin/kill-switch", R"({"acount":"4"})").code(), "unknown_field");
  EXPECT_EQ(root.http.post("/api/admin/kill-switch", R"({"accountId":"99"})").status, 404);
  const Answer blocked =
      root.http.post("/api/admin/kill-switch", R"({"accountId":")" + account + R"("})");
  EXPECT_EQ(blocked.at("blocked"), "true") << blocked.body;
  EXPECT_EQ(alice.http.post("/api/orders", order).code(), "account_blocked");
  EXPECT_EQ(alice.http.get("/api/orders").at("items.0.reason"), "kill_switch");
  EXPECT_EQ(root.http.remove("/api/admin/kill-switch?accountId=" + account).status, 200);
  ASSERT_EQ(alice.http.post("/api/orders", order).status, 201);

  EXPECT_EQ(root.http.post("/api/admin/kill-switch").status, 200);
  EXPECT_EQ(alice.http.post("/api/orders", order).code(), "venue_blocked");
  EXPECT_EQ(root.http.post("/api/admin/kill-switch").status, 409);
  EXPECT_EQ(root.http.remove("/api/admin/kill-switch").at("blocked"), "false");
  EXPECT_EQ(alice.http.get("/api/orders?status=pending").size("items"), 0u);
  EXPECT_EQ(alice.http.post("/api/orders", order).status, 201);
}

TEST_F(Administration, house_accounts_may_be_short_within_their_limit) {
  EXPECT_EQ(alice.http.post("/api/admin/house-accounts").status, 403);
  const Answer house = root.http.post("/api/admin/house-accounts");
  ASSERT_EQ(house.status, 201) << house.body;
  EXPECT_EQ(house.at("kind"), "house");
  EXPECT_EQ(house.at("userId"), "null");
  const std::string id = house.at("walletId");
  const std::string limit = "/api/admin/house-accounts/" + id + "/short-limit";
  EXPECT_EQ(root.http.post("/api/wallets/" + id + "/debit", R"({"amount":"5"})").code(),
            "insufficient_funds");
  EXPECT_EQ(root.http.put(limit, R"({"asset":"USD","limit":"10"})").at("shortLimit.USD"), "10");
  EXPECT_EQ(root.http.post("/api/wallets/" + id + "/debit", R"({"amount":"5"})").at("balance.USD"),
            "-5");
  EXPECT_EQ(root.http.put(limit, R"({"asset":"USD","limit":"4"})").code(),
            "short_limit_out_of_range");
  EXPECT_EQ(
      root.http
          .put("/api/admin/house-accounts/" + std::to_string(alice.wallet.value) + "/short-limit",
               R"({"asset":"USD","limit":"10"})")
          .code(),
      "only_house_accounts_may_be_short");
}

TEST_F(Administration, wallets_are_listed_for_the_owner_or_all) {
  EXPECT_EQ(alice.http.get("/api/wallets").size("items"), 1u);
  const Answer all = root.http.get("/api/wallets?limit=4");
  EXPECT_EQ(all.size("items"), 4u);
  EXPECT_EQ(root.http.get("/api/wallets?before=" + all.at("next")).size("items"), 1u);
}

TEST_F(Administration, a_venue_that_stops_says_so) {
  venue.fund(root, alice, "USD", "10");
  venue.stop_intake();
  const Answer refused =
      alice.http.post("/api/orders", R"({"type":"buy","symbol":"BTC","price":"1","quantity":"1"})");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.code(), "intake_stopping") << refused.body;
  EXPECT_NE(refused.head.find("Retry-After: "), std::string::npos);
  EXPECT_EQ(root.http.post(alice.wallet_path() + "/credit", R"({"amount":"1"})").code(),
            "intake_stopping");
  EXPECT_EQ(alice.http.remove("/api/orders").code(), "intake_stopping");
  EXPECT_EQ(venue.client().get("/readyz").status, 503);
  EXPECT_EQ(venue.client().get("/readyz").at("intake"), "stopping");
  EXPECT_EQ(venue.client().get("/healthz").status, 200);
  EXPECT_EQ(venue.client().get("/api/instruments").status, 200)
      << "what needs no waiting still answers";
}

TEST_F(Administration, operators_see_how_it_is) {
  auto http = venue.client();
  EXPECT_EQ(http.get("/healthz").status, 200);
  EXPECT_EQ(http.get("/readyz").at("intake"), "open");
  const Answer metrics = http.get("/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_NE(metrics.body.find("rialto_intake{state=\"open\"} 1\n"), std::string::npos)
      << metrics.body;
  EXPECT_NE(metrics.body.find("\nrialto_instruments 4\n"), std::string::npos) << metrics.body;
  EXPECT_EQ(http.get("/api/nothing").status, 404);
  EXPECT_EQ(http.ask("PATCH", "/api/orders").status, 405);
}

TEST_F(Administration, order_entry_sessions_are_opened_listed_and_revoked) {
  const Answer opened = alice.http.post("/api/ouch-sessions", R"({"cancelOnDisconnect":true})");
  ASSERT_EQ(opened.status, 201) << opened.body;
  EXPECT_EQ(opened.at("password").size(), 10u);
  const Answer list = root.http.get("/api/ouch-sessions");
  EXPECT_EQ(list.at("items.0.sessionId"), opened.at("sessionId"));
  EXPECT_EQ(list.body.find(opened.at("password")), std::string::npos);
  const std::string path = "/api/ouch-sessions/" + opened.at("sessionId");
  EXPECT_EQ(alice.http.remove(path).at("revoked"), "true");
  EXPECT_EQ(alice.http.remove(path).code(), "session_not_found");
}

TEST_F(Administration, a_user_is_deleted_with_all_tokens) {
  const std::string path = "/api/users/" + std::to_string(alice.user.value);
  EXPECT_EQ(root.http.remove(path).at("deleted"), "true");
  EXPECT_EQ(alice.http.get("/api/users/profile").code(), "token_revoked");
  EXPECT_EQ(root.http.remove(path).code(), "user_not_found");
}

}  // namespace
}  // namespace rialto::test
