// Portfolios over HTTP: who may do what, what they show, and real orders in and out of them.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

class Portfolios : public ::testing::Test {
 protected:
  Portfolios()
      : root(venue.administrator()), alice(venue.person("alice")), bob(venue.person("bob")) {}

  static std::string id_of(const Person& person) { return std::to_string(person.user.value); }
  static std::string default_of(const Person& person) {
    return "/api/portfolios/" + std::to_string(person.wallet.value);
  }
  /// Both have a million dollars, bob a hundred BTC.
  void fund() {
    venue.fund(root, alice, "USD", "1000000");
    venue.fund(root, bob, "USD", "1000000");
    venue.fund(root, bob, "BTC", "100");
  }
  Answer create(const Person& person, std::string_view more = R"("name":"growth")") {
    return root.http.post("/api/portfolios",
                          fmt::format(R"({{"userId":"{}",{}}})", id_of(person), more));
  }
  Answer order(Person& person, std::string_view type, std::string_view quantity,
               std::string_view price, std::string_view more = "") {
    return person.http.post(
        "/api/orders",
        fmt::format(R"({{"type":"{}","symbol":"BTC-USD","quantity":"{}","price":"{}"{}}})", type,
                    quantity, price, more));
  }
  /// A trade in which alice buys from bob; `more` is of alice's order.
  std::string alice_buys(std::string_view quantity, std::string_view price,
                         std::string_view more = "") {
    EXPECT_EQ(order(bob, "sell", quantity, price).status, 201);
    const Answer bought = order(alice, "buy", quantity, price, more);
    EXPECT_EQ(bought.at("status"), "filled") << bought.body;
    return bought.at("orderId");
  }

  VenueOverHttp venue;
  Person root, alice, bob;
};

TEST_F(Portfolios, everybody_has_a_default_one) {
  const Answer own = alice.http.get(default_of(alice));
  ASSERT_EQ(own.status, 200) << own.body;
  EXPECT_EQ(own.at("portfolioId"), std::to_string(alice.wallet.value));
  EXPECT_EQ(own.at("userId"), id_of(alice));
  EXPECT_EQ(own.at("name"), "default");
  EXPECT_EQ(own.at("method"), "fifo");
  EXPECT_EQ(own.at("isDefault"), "true");
  EXPECT_EQ(own.size("holdings"), 0u);
  EXPECT_EQ(own.at("realizedPnl"), "0");
  EXPECT_EQ(own.at("cash.USD"), "0");
  const Answer list = alice.http.get("/api/Portfolios");
  EXPECT_EQ(list.size("items"), 1u) << list.body;
  EXPECT_EQ(list.at("next"), "null");
  EXPECT_EQ(alice.http.get("/api/Portfolios/user/" + id_of(alice)).at("items.0.portfolioId"),
            own.at("portfolioId"));
}

TEST_F(Portfolios, an_owner_reads_and_an_administrator_does_the_rest) {
  const Answer made = create(alice, R"("name":"growth","method":"LIFO","quantity":"7")");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.at("name"), "growth");
  EXPECT_EQ(made.at("method"), "lifo");
  EXPECT_EQ(made.at("isDefault"), "false");
  EXPECT_EQ(made.at("userId"), id_of(alice));
  EXPECT_EQ(made.size("holdings"), 0u);
  const std::string path = "/api/portfolios/" + made.at("portfolioId");

  EXPECT_EQ(alice.http.get(path).status, 200);
  EXPECT_EQ(bob.http.get(path).code(), "portfolio_not_found");
  EXPECT_EQ(bob.http.get(default_of(alice)).status, 404);
  EXPECT_EQ(bob.http.get("/api/portfolios/user/" + id_of(alice)).status, 404);
  const Answer own = alice.http.get("/api/portfolios/user/" + id_of(alice));
  EXPECT_EQ(own.status, 200);
  EXPECT_EQ(own.size("items"), 2u);  // the default one, and this
  EXPECT_EQ(venue.client().get(path).status, 401);
  EXPECT_EQ(alice.http.put(path, R"({"name":"mine"})").status, 403);
  EXPECT_EQ(alice.http.remove(path).status, 403);
  EXPECT_EQ(alice.http.post("/api/portfolios", "{}").status, 403);

  const Answer changed = root.http.put(
      path, R"({"name":"income","method":"average_cost","quantity":"5","product":"BTC"})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.at("name"), "income");
  EXPECT_EQ(changed.at("method"), "average_cost");
  EXPECT_EQ(changed.size("holdings"), 0u) << "a quantity is never set";
  EXPECT_EQ(root.http.put(default_of(alice), R"({"method":"lifo"})").at("method"), "lifo");

  EXPECT_EQ(root.http.get("/api/portfolios").size("items"), 4u);
  const Answer page = root.http.get("/api/portfolios?limit=3");
  EXPECT_EQ(page.at("items.0.portfolioId"), made.at("portfolioId"));
  EXPECT_EQ(root.http.get("/api/portfolios?before=" + page.at("next")).size("items"), 1u);
  EXPECT_EQ(alice.http.get("/api/portfolios").size("items"), 2u);

  const Answer gone = root.http.remove(path);
  EXPECT_EQ(gone.status, 200) << gone.body;
  EXPECT_EQ(gone.at("deleted"), "true");
  EXPECT_EQ(alice.http.get(path).status, 404);
  EXPECT_EQ(root.http.remove(default_of(alice)).code(), "default_portfolio_must_stay");
}

TEST_F(Portfolios, what_is_wrong_is_said) {
  EXPECT_EQ(root.http.post("/api/portfolios", R"({"name":"x"})").status, 400);
  EXPECT_EQ(root.http.post("/api/portfolios", R"({"userId":"99","name":"x"})").status, 404);
  EXPECT_EQ(create(alice, R"("name":"")").code(), "portfolio_name_malformed");
  EXPECT_EQ(create(alice, R"("method":"hifo")").code(), "unknown_value");
  EXPECT_EQ(root.http.get("/api/portfolios/99").status, 404);
  EXPECT_EQ(root.http.get("/api/portfolios/1").status, 404) << "the venue's own";
  EXPECT_EQ(root.http.get("/api/portfolios/x").status, 404);
  EXPECT_EQ(root.http.put("/api/portfolios/1000000001", "{}").status, 404);
}

TEST_F(Portfolios, a_trade_becomes_lots_with_cost_and_profit) {
  fund();
  ASSERT_EQ(root.http.put("/api/instruments/BTC-USD", R"({"takerFee":"0.001"})").status, 200);
  const std::string first = alice_buys("2", "50000");
  alice_buys("1", "53000");
  Answer own = alice.http.get(default_of(alice));
  EXPECT_EQ(own.at("holdings.0.symbol"), "BTC-USD") << own.body;
  EXPECT_EQ(own.at("holdings.0.quantity"), "3");
  EXPECT_EQ(own.at("holdings.0.cost"), "153153");
  EXPECT_EQ(own.at("holdings.0.averageCost"), "51051");
  EXPECT_EQ(own.at("holdings.0.marketPrice"), "53000");
  EXPECT_EQ(own.at("holdings.0.marketValue"), "159000");
  EXPECT_EQ(own.at("holdings.0.unrealizedPnl"), "5847");
  EXPECT_EQ(own.at("holdings.0.lots.0.purchaseOrderId"), first);
  EXPECT_EQ(own.at("holdings.0.lots.0.shareCount"), "2");
  EXPECT_EQ(own.at("holdings.0.lots.0.purchasePrice"), "50000");
  EXPECT_EQ(own.at("holdings.0.lots.0.fees"), "100");
  EXPECT_EQ(own.at("holdings.0.lots.1.shareCount"), "1");
  EXPECT_EQ(own.at("cash.USD"), "846847");
  EXPECT_EQ(own.at("cash.USD"), alice.http.get(alice.wallet_path()).at("balance.USD"));

  ASSERT_EQ(order(bob, "buy", "1", "60000").status, 201);
  ASSERT_EQ(order(alice, "sell", "1", "60000").at("status"), "filled");
  own = alice.http.get(default_of(alice));
  EXPECT_EQ(own.at("realizedPnl"), "9890") << "59940 of the sale, 50050 of the first lot";
  EXPECT_EQ(own.at("fees"), "213");
  EXPECT_EQ(own.at("holdings.0.quantity"), "2");
  EXPECT_EQ(own.at("holdings.0.lots.0.shareCount"), "1");
  EXPECT_EQ(own.at("unrealizedPnl"), "16897");
  EXPECT_EQ(own.at("totals.USD.realizedPnl"), "9890");

  const Answer lots = alice.http.get(default_of(alice) + "/lots?symbol=BTC&limit=1");
  EXPECT_EQ(lots.at("items.0.purchasePrice"), "53000") << lots.body;
  const Answer older = alice.http.get(default_of(alice) + "/lots?before=" + lots.at("next"));
  EXPECT_EQ(older.at("items.0.purchaseOrderId"), first);
  EXPECT_EQ(older.at("next"), "null");
}

TEST_F(Portfolios, a_report_tells_what_each_sale_has_realised) {
  fund();
  ASSERT_EQ(root.http.put("/api/instruments/BTC-USD", R"({"takerFee":"0.001"})").status, 200);
  alice_buys("3", "50000");
  ASSERT_EQ(order(bob, "buy", "1", "52000").status, 201);
  ASSERT_EQ(order(alice, "sell", "1", "52000").at("status"), "filled");
  ASSERT_EQ(order(bob, "buy", "2", "49000").status, 201);
  const std::string last = order(alice, "sell", "2", "49000").at("orderId");
  const std::string path = default_of(alice) + "/pnl";
  const Answer report = alice.http.get(path);
  ASSERT_EQ(report.status, 200) << report.body;
  EXPECT_EQ(report.at("totals.USD.realizedPnl"), "-300");  // 1898 - 2198
  EXPECT_EQ(report.at("totals.USD.fees"), "150");
  EXPECT_EQ(report.at("totals.USD.closings"), "2");
  EXPECT_EQ(report.at("items.0.orderId"), last);
  EXPECT_EQ(report.at("items.0.value"), "97902");
  EXPECT_EQ(report.at("items.0.cost"), "100100");
  EXPECT_EQ(report.at("items.0.realizedPnl"), "-2198");
  EXPECT_EQ(report.at("items.1.realizedPnl"), "1898");
  EXPECT_EQ(report.at("from"), "null");
  const Answer page = alice.http.get(path + "?limit=1");
  EXPECT_EQ(page.size("items"), 1u);
  EXPECT_EQ(alice.http.get(path + "?before=" + page.at("next")).at("items.0.realizedPnl"), "1898");
  EXPECT_EQ(alice.http.get(path + "?to=2026-01-01").size("items"), 0u);
  EXPECT_EQ(alice.http.get(path + "?from=2026-01-01T00:00:00Z").size("items"), 2u);
  EXPECT_EQ(alice.http.get(path + "?from=yesterday").code(), "time_malformed");
  EXPECT_EQ(alice.http.get(path + "?from=2026-02-01&to=2026-01-01").code(), "period_is_backwards");
  const Answer csv = alice.http.get(path + "?format=csv");
  EXPECT_NE(csv.head.find("text/csv"), std::string::npos) << csv.head;
  EXPECT_EQ(csv.body.substr(0, 11), "time,symbol");
  EXPECT_LT(csv.body.find(",52000,USD,51948,50050,52,1898,"), csv.body.find(",-2198,")) << csv.body;
  EXPECT_EQ(bob.http.get(path).status, 404);
}

TEST_F(Portfolios, deposits_are_lots_at_the_market) {
  venue.fund(root, bob, "BTC", "1");
  Answer own = bob.http.get(default_of(bob));
  EXPECT_EQ(own.at("holdings.0.lots.0.purchasePrice"), "null") << "no price yet: " << own.body;
  EXPECT_EQ(own.at("holdings.0.marketValue"), "null");
  EXPECT_EQ(own.at("holdings.0.cost"), "0");
  fund();
  alice_buys("1", "50000");
  venue.fund(root, bob, "BTC", "0.5");
  own = bob.http.get(default_of(bob));
  EXPECT_EQ(own.at("holdings.0.quantity"), "100.5");
  EXPECT_EQ(own.at("realizedPnl"), "50000") << "of the lot without cost";
  EXPECT_EQ(own.at("holdings.0.lots.1.purchasePrice"), "50000");
  EXPECT_EQ(own.at("holdings.0.lots.1.cost"), "25000");
}

TEST_F(Portfolios, buys_and_sells_are_real_orders) {
  fund();
  const std::string growth = "/api/portfolios/" + create(alice).at("portfolioId");
  ASSERT_EQ(order(bob, "sell", "3", "50000").status, 201);
  const Answer bought = alice.http.post(growth + "/buy", R"({"symbol":"BTC","quantity":"3"})");
  ASSERT_EQ(bought.status, 201) << bought.body;
  EXPECT_EQ(bought.at("orderType"), "market");
  EXPECT_EQ(bought.at("status"), "filled");
  EXPECT_EQ(bought.at("portfolioId"), growth.substr(16));
  EXPECT_EQ(alice.http.get("/api/orders/" + bought.at("orderId")).at("portfolioId"),
            growth.substr(16));
  EXPECT_EQ(alice.http.get(growth).at("holdings.0.quantity"), "3");
  EXPECT_EQ(alice.http.get(growth).at("cash.USD"), "-150000");
  EXPECT_EQ(alice.http.get(default_of(alice)).size("holdings"), 0u);
  EXPECT_EQ(alice.http.get(default_of(alice)).at("cash.USD"), "1000000");
  EXPECT_EQ(root.http.remove(growth).code(), "portfolio_not_empty");

  EXPECT_EQ(alice.http.post(growth + "/sell", R"({"symbol":"BTC","quantity":"3.1"})").code(),
            "portfolio_holds_too_little");
  EXPECT_EQ(bob.http.post(growth + "/sell", R"({"symbol":"BTC","quantity":"1"})").status, 404);
  const Answer offered = root.http.post(
      growth + "/sell", R"({"symbol":"BTC","quantity":"3","orderType":"limit","price":"51000"})");
  ASSERT_EQ(offered.status, 201) << offered.body;
  EXPECT_EQ(offered.at("userId"), id_of(alice));
  EXPECT_EQ(order(bob, "buy", "3", "51000").at("status"), "filled");
  EXPECT_EQ(alice.http.get(growth).at("realizedPnl"), "3000");
  EXPECT_EQ(alice.http.get(growth).size("holdings"), 0u);
  ASSERT_EQ(order(alice, "buy", "1", "100", R"(,"portfolioId":)" + growth.substr(16)).status, 201);
  EXPECT_EQ(root.http.remove(growth).code(), "portfolio_has_open_orders");
  EXPECT_EQ(alice.http.remove("/api/orders").status, 200);
  EXPECT_EQ(root.http.remove(growth).status, 200);
}

TEST_F(Portfolios, a_sale_may_name_its_lot) {
  fund();
  alice_buys("1", "50000");
  alice_buys("2", "52000");
  const Answer own = alice.http.get(default_of(alice));
  const std::string second = own.at("holdings.0.lots.1.lotId");
  const auto sale = [&](std::string_view quantity, std::string_view lot) {
    return alice.http.post(
        default_of(alice) + "/sell",
        fmt::format(R"({{"symbol":"BTC","quantity":"{}","price":"55000","lotId":"{}"}})", quantity,
                    lot));
  };
  EXPECT_EQ(sale("1", "999999").code(), "lot_not_found");
  EXPECT_EQ(sale("1", "999999").status, 422);
  EXPECT_EQ(sale("1", "x").status, 422);
  EXPECT_EQ(sale("2.5", second).code(), "lot_too_small");
  EXPECT_EQ(sale("2.5", second).status, 422);
  EXPECT_EQ(bob.http
                .post(default_of(bob) + "/sell",
                      R"({"symbol":"BTC","quantity":"1","price":"55000","lotId":)" + second + "}")
                .code(),
            "lot_not_found")
      << "another's";
  EXPECT_EQ(alice.http
                .post(default_of(alice) + "/buy",
                      R"({"symbol":"BTC","quantity":"1","price":"1","lotId":)" + second + "}")
                .code(),
            "lot_only_for_sales");
  ASSERT_EQ(order(bob, "buy", "1.5", "55000").status, 201);
  const Answer sold = sale("1.5", second);
  EXPECT_EQ(sold.at("status"), "filled") << sold.body;
  EXPECT_EQ(sold.at("lotId"), second);
  const Answer after = alice.http.get(default_of(alice));
  EXPECT_EQ(after.at("realizedPnl"), "4500");
  EXPECT_EQ(after.at("holdings.0.lots.0.shareCount"), "1");
  EXPECT_EQ(after.at("holdings.0.lots.1.shareCount"), "0.5");
}

TEST_F(Portfolios, an_order_may_name_its_portfolio) {
  fund();
  const std::string growth = create(alice).at("portfolioId");
  const std::string named = R"(,"clientOrderId":"one","portfolioId":")" + growth + '"';
  const Answer placed = order(alice, "buy", "1", "50000", named);
  ASSERT_EQ(placed.status, 201) << placed.body;
  EXPECT_EQ(placed.at("portfolioId"), growth);
  const Answer again = order(alice, "buy", "1", "50000", named);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.at("orderId"), placed.at("orderId"));
  EXPECT_EQ(again.at("portfolioId"), growth);
  EXPECT_EQ(order(alice, "buy", "1", "50000", R"(,"clientOrderId":"one")").status, 409)
      << "another portfolio is another content";
  EXPECT_EQ(order(bob, "buy", "1", "50000", R"(,"portfolioId":)" + growth).status, 404);
  EXPECT_EQ(order(alice, "buy", "1", "50000", R"(,"portfolioId":"x")").status, 404);
  EXPECT_EQ(order(alice, "buy", "1", "50000").at("portfolioId"),
            std::to_string(alice.wallet.value));
  const Answer list = alice.http.get("/api/orders");
  EXPECT_EQ(list.at("items.1.portfolioId"), growth) << list.body;
}

/// Up to when it was read, which is another moment.
std::string lasting(const Answer& answer) {
  return answer.body.substr(0, answer.body.find("\"time\":"));
}

// HOLDINGS-4
TEST(PortfoliosOverARestart, are_what_they_were_with_their_store_and_without) {
  const std::filesystem::path directory =
      std::filesystem::path(::testing::TempDir()) / "rialto_portfolio_restart";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  const VenueOptions options{.directory = directory};
  std::string token, path, before, report;
  {
    VenueOverHttp venue(options);
    auto root = venue.administrator();
    auto alice = venue.person("alice");
    auto bob = venue.person("bob");
    venue.fund(root, alice, "USD", "1000000");
    venue.fund(root, bob, "BTC", "10");
    token = alice.http.token();
    path = "/api/portfolios/" + std::to_string(alice.wallet.value);
    const auto trade = [](Person& buyer, Person& seller, std::string_view price) {
      for (Person* person : {&seller, &buyer})
        ASSERT_EQ(
            person->http
                .post("/api/orders",
                      fmt::format(R"({{"type":"{}","symbol":"BTC","quantity":"1","price":"{}"}})",
                                  person == &buyer ? "buy" : "sell", price))
                .status,
            201);
    };
    trade(alice, bob, "50000");
    trade(alice, bob, "51000");
    trade(bob, alice, "52000");
    before = lasting(alice.http.get(path));
    report = alice.http.get(path + "/pnl").body;
    EXPECT_NE(before.find(R"("realizedPnl":"2000")"), std::string::npos) << before;
  }
  for (const bool anew : {false, true}) {
    if (anew) std::filesystem::remove_all(directory / "projections");
    VenueOverHttp venue(options);
    EXPECT_EQ(lasting(venue.client(token).get(path)), before) << (anew ? "anew" : "kept");
    EXPECT_EQ(venue.client(token).get(path + "/pnl").body, report);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace rialto::test
