// Order entry as its clients see it: a whole venue in this process, sessions over HTTP, orders over
// OUCH.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "gateways/ouch/options.hpp"
#include "tests/http/venue_over_http.hpp"
#include "tests/ouch/ouch_trader.hpp"

namespace rialto::ouch::test {
namespace {

using rialto::test::Answer;
using rialto::test::Person;
using rialto::test::VenueOptions;
using rialto::test::VenueOverHttp;
using ::testing::ElementsAre;
using Lines = std::vector<std::string>;

struct Login {
  std::string id, user_name, password;
};

class OrderEntry : public ::testing::Test {
 protected:
  OrderEntry() {
    for (Person* person : {&alice, &bob})
      for (const auto& [asset, amount] : {std::pair("USD", "1000000"), std::pair("AAPL", "10000")})
        venue.fund(root, *person, asset, amount);
  }
  Login session(Person& person, bool cancel_on_disconnect = false) {
    const Answer answer = person.http.post(
        "/api/ouch-sessions", fmt::format(R"({{"cancelOnDisconnect":{}}})", cancel_on_disconnect));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return {answer.at("sessionId"), answer.at("userName"), answer.at("password")};
  }
  Trader trader(const Login& login, std::uint64_t sequence = 0) {
    return {venue.ouch_port(), login.user_name, login.password, sequence};
  }
  std::size_t open_orders(Person& person) {
    return person.http.get("/api/orders?status=pending").size("items");
  }

  VenueOverHttp venue;
  Person root = venue.administrator();
  Person alice = venue.person("alice");
  Person bob = venue.person("bob");
};

TEST_F(OrderEntry, orders_trade_are_replaced_and_cancelled) {
  Trader maker = trader(session(alice));
  Trader taker = trader(session(bob));
  maker.sell(1, 10, 200.00);
  EXPECT_EQ(maker.told(), "A 1 sell 10 @ 200.00 live");
  taker.buy(1, 4, 200.50);
  EXPECT_THAT(taker.told(2), ElementsAre("A 1 buy 4 @ 200.50 live", "E 1 4 @ 200.00 R #1"));
  EXPECT_EQ(maker.told(), "E 1 4 @ 200.00 A #1");
  maker.request(ReplaceOrder{1, 2, 12, 201 * price_unit});
  EXPECT_EQ(maker.told(), "U 1>2 8 @ 201.00") << "12 in all, 4 of them done";
  taker.buy(2, 1, 201.00);
  EXPECT_THAT(taker.told(2), ElementsAre("A 2 buy 1 @ 201.00 live", "E 2 1 @ 201.00 R #2"));
  EXPECT_EQ(maker.told(), "E 2 1 @ 201.00 A #2");
  maker.request(CancelOrder{2, 7});
  EXPECT_EQ(maker.told(), "C 2 5 U") << "down to 7 in all";
  maker.request(CancelOrder{2, 0});
  EXPECT_EQ(maker.told(), "C 2 2 U");
  maker.request(CancelOrder{2, 0});  // too late: passed over
  maker.request(CancelOrder{77, 0});
  maker.sell(3, 1, 200.00);
  EXPECT_EQ(maker.told(), "A 3 sell 1 @ 200.00 live");
}

TEST_F(OrderEntry, one_order_is_the_same_over_both_gateways) {
  Trader mine = trader(session(alice));
  EnterOrder order = mine.order(9, 'B', 3, 150.25);
  order.client_order_id = {"from the wire"};
  mine.request(order);
  EXPECT_EQ(mine.told(), "A 9 buy 3 @ 150.25 live");
  const auto accepted = read_message<Accepted>(mine.messages().back());
  EXPECT_EQ(accepted.symbol.view(), "AAPL-USD");
  EXPECT_EQ(accepted.client_order_id.view(), "from the wire");
  const std::string path = fmt::format("/api/orders/{}", accepted.order);
  const Answer seen = alice.http.get(path);
  EXPECT_EQ(seen.at("clientOrderId"), "from the wire");
  EXPECT_EQ(seen.at("price"), "150.25");
  EXPECT_EQ(alice.http.put(path, R"({"quantity":"5"})").status, 200);
  EXPECT_EQ(mine.told(), "U 9>9 5 @ 150.25") << "amended from elsewhere";
  EXPECT_EQ(alice.http.remove(path).status, 200);
  EXPECT_EQ(mine.told(), "C 9 5 U");
}

TEST_F(OrderEntry, what_cannot_be_done_is_rejected_with_its_reason) {
  Trader mine = trader(session(alice));
  std::uint32_t user_ref = 0;
  const auto rejected = [&](auto change, Bytes options = {}) {
    EnterOrder order = mine.order(++user_ref, 'B', 1, 100.00);
    change(order);
    mine.request(order, options);
    return mine.told();
  };
  const auto option = [](std::initializer_list<int> bytes) {
    Bytes out(2);
    for (const int byte : bytes) out.push_back(static_cast<std::byte>(byte));
    write_wire(out.data(), static_cast<std::uint16_t>(bytes.size()));
    return out;
  };
  EXPECT_EQ(rejected([](EnterOrder& o) { o.symbol = {"NOPE"}; }), "J 1 0x17");
  EXPECT_EQ(rejected([](EnterOrder& o) { o.price += 1; }), "J 2 0x1d") << "off tick";
  EXPECT_EQ(rejected([](EnterOrder& o) { o.price = 0; }), "J 3 0x1d");
  EXPECT_EQ(rejected([](EnterOrder& o) { o.price = UINT64_MAX / 100 * 100; }), "J 4 0x1f");
  EXPECT_EQ(rejected([](EnterOrder& o) { o.quantity = 0; }), "J 5 0x13");
  EXPECT_EQ(rejected([](EnterOrder& o) { o.side = 'T'; }), "J 6 0x09");
  EXPECT_EQ(rejected([](EnterOrder& o) { o.display = 'N'; }), "J 7 0x03");
  EXPECT_EQ(rejected([](EnterOrder& o) { o.intermarket_sweep = 'Y'; }), "J 8 0x08");
  EXPECT_EQ(rejected([](EnterOrder& o) { o.cross_type = 'O'; }), "J 9 0x14");
  EXPECT_EQ(rejected([](EnterOrder& o) { o.time_in_force = 'E'; }), "J 10 0x0f");
  EXPECT_EQ(rejected([](EnterOrder& o) { o.time_in_force = '6'; }), "J 11 0x0f");
  EXPECT_EQ(rejected([](EnterOrder& o) { o.quantity = 100'000'000; }), "J 12 0x0f") << "no funds";
  EXPECT_EQ(rejected([](EnterOrder&) {}, option({5, 7, 0, 0, 0, 1})), "J 13 0x0f") << "a peg";
  EXPECT_EQ(rejected([](EnterOrder&) {}, option({5, 3, 0, 0, 0, 9})), "J 14 0x0d") << "minimum";
  mine.request(ReplaceOrder{99, 15, 1, 100 * price_unit});
  EXPECT_EQ(mine.told(), "J 15 0x15");
  EXPECT_EQ(open_orders(alice), 0u);
}

TEST_F(OrderEntry, times_in_force_and_options_reach_the_book) {
  Trader mine = trader(session(alice));
  Trader other = trader(session(bob));
  other.sell(1, 5, 100.00);
  EXPECT_EQ(other.told(), "A 1 sell 5 @ 100.00 live");
  EnterOrder ioc = mine.order(1, 'B', 8, 100.00);
  ioc.time_in_force = '3';
  std::array<std::byte, 2 + options_max> options;
  const auto with = [&](const OrderOptions& wanted) {
    const auto end = write_options(options.data() + 2, wanted);
    const auto size = static_cast<std::uint16_t>(end - options.data() - 2);
    write_wire(options.data(), size);
    return ByteView(options).first(2u + size);
  };
  mine.request(ioc, with({.minimum_quantity = 8}));
  EXPECT_THAT(mine.told(2), ElementsAre("A 1 buy 8 @ 100.00 live", "C 1 8 I")) << "fill or kill";
  ioc.user_ref = 2;
  mine.request(ioc);
  EXPECT_THAT(mine.told(3),
              ElementsAre("A 2 buy 8 @ 100.00 live", "E 2 5 @ 100.00 R #1", "C 2 3 I"));
  other.told();
  other.sell(2, 5, 100.00);
  other.told();
  mine.request(mine.order(3, 'B', 1, 100.00), with({.post_only = true}));
  EXPECT_THAT(mine.told(2), ElementsAre("A 3 buy 1 @ 100.00 live", "C 3 1 G"));
  EnterOrder market = mine.order(4, 'B', 9, 0);
  market.price = market_price;
  market.time_in_force = '3';
  mine.request(market);
  EXPECT_THAT(mine.told(3),
              ElementsAre("A 4 buy 9 @ market live", "E 4 5 @ 100.00 R #2", "C 4 4 K"));
  mine.request(mine.order(5, 'B', 9, 90.00), with({.maximum_floor = 3}));
  EXPECT_EQ(mine.told(), "A 5 buy 9 @ 90.00 live");
  EXPECT_EQ(bob.http.get("/api/instruments/AAPL/book").at("bids.0.quantity"), "3") << "an iceberg";
}

// OUCH-2
TEST_F(OrderEntry, a_request_sent_twice_does_nothing_twice) {
  const Login login = session(alice);
  {
    Trader mine = trader(login);
    for (int i = 0; i < 3; ++i) mine.buy(1, 1, 100.00);
    mine.buy(2, 1, 100.00);
    EXPECT_THAT(mine.told(2), ElementsAre("A 1 buy 1 @ 100.00 live", "A 2 buy 1 @ 100.00 live"));
  }
  Trader again = trader(login);  // a new connection has forgotten nothing
  again.buy(2, 1, 100.00);
  again.request(AccountQuery{});
  again.buy(3, 1, 100.00);
  EXPECT_EQ(again.told(), "A 3 buy 1 @ 100.00 live");
  ASSERT_FALSE(again.unsequenced().empty());
  EXPECT_EQ(read_message<AccountQueryResponse>(again.unsequenced()).next_user_ref, 3u);
  EXPECT_EQ(open_orders(alice), 3u);
}

// OUCH-3
TEST_F(OrderEntry, an_order_can_be_changed_before_it_is_answered) {
  Trader mine = trader(session(alice));
  Client& wire = mine.client();
  wire.add(mine.order(1, 'B', 5, 100.00));
  wire.add(ReplaceOrder{1, 2, 6, 101 * price_unit});
  wire.add(CancelOrder{2, 0});
  wire.add(mine.order(3, 'B', 5, 100.00));
  ASSERT_TRUE(wire.send());
  EXPECT_THAT(mine.told(4), ElementsAre("A 1 buy 5 @ 100.00 live", "U 1>2 6 @ 101.00", "C 2 6 U",
                                        "A 3 buy 5 @ 100.00 live"));
}

TEST_F(OrderEntry, self_trades_are_prevented) {
  Trader mine = trader(session(alice));
  mine.sell(1, 5, 100.00);
  mine.buy(2, 5, 100.00);
  EXPECT_THAT(mine.told(3),
              ElementsAre("A 1 sell 5 @ 100.00 live", "A 2 buy 5 @ 100.00 live", "C 2 5 Q"));
}

TEST_F(OrderEntry, mass_cancel_and_switched_off_entry) {
  Trader mine = trader(session(alice));
  mine.buy(1, 1, 100.00);
  EnterOrder bitcoin = mine.order(2, 'B', 1, 100.00);
  bitcoin.symbol = {"BTC-USD"};
  mine.request(bitcoin);
  mine.told(2);
  mine.request(MassCancel{3, {"FIRM"}, {"BTC-USD"}});
  EXPECT_THAT(mine.told(2), ElementsAre("X 3 FIRM BTC-USD", "C 2 1 U"));
  mine.request(DisableOrderEntry{4, {"FIRM"}});
  mine.buy(5, 1, 100.00);
  EXPECT_THAT(mine.told(2), ElementsAre("G 4", "J 5 0x0c"));
  mine.request(EnableOrderEntry{6, {}});
  mine.request(MassCancel{7, {}, {}});
  EXPECT_THAT(mine.told(3), ElementsAre("K 6", "X 7  ", "C 1 1 U"));
  mine.request(MassCancel{8, {}, {"NOPE"}});
  EXPECT_EQ(mine.told(), "J 8 0x17");
}

// OUCH-4
TEST_F(OrderEntry, a_lost_connection_cancels_the_orders_of_sessions_that_want_it) {
  const Login careful = session(alice, true);
  const Login patient = session(bob);
  {
    Trader mine = trader(careful);
    Trader other = trader(patient);
    for (std::uint32_t i = 1; i <= 3; ++i) mine.buy(i, 1, 100.00);
    other.buy(1, 1, 100.00);
    mine.told(3);
    other.told();
    EXPECT_EQ(alice.http
                  .post("/api/orders", R"({"type":"buy","symbol":"AAPL","price":"99",)"
                                       R"("quantity":"1"})")
                  .status,
              201);
  }
  Trader again = trader(careful, 2);
  EXPECT_THAT(again.told(6),
              ElementsAre("A 1 buy 1 @ 100.00 live", "A 2 buy 1 @ 100.00 live",
                          "A 3 buy 1 @ 100.00 live", "C 1 1 U", "C 2 1 U", "C 3 1 U"));
  EXPECT_EQ(open_orders(alice), 1u) << "the one from elsewhere stays";
  EXPECT_EQ(open_orders(bob), 1u);
}

TEST_F(OrderEntry, sessions_are_shown_to_their_owner_and_revoked) {
  const Login login = session(alice, true);
  const Answer list = alice.http.get("/api/ouch-sessions");
  EXPECT_EQ(list.size("items"), 1u);
  EXPECT_EQ(list.at("items.0.userName"), login.user_name);
  EXPECT_EQ(list.at("items.0.cancelOnDisconnect"), "true");
  EXPECT_EQ(list.at("items.0.password"), "(none)");
  EXPECT_EQ(bob.http.get("/api/ouch-sessions").size("items"), 0u);
  EXPECT_EQ(root.http.get("/api/ouch-sessions").size("items"), 1u);
  const std::string path = "/api/ouch-sessions/" + login.id;
  EXPECT_EQ(bob.http.remove(path).status, 404);
  Trader mine = trader(login);
  mine.buy(1, 1, 100.00);
  mine.told();
  EXPECT_EQ(alice.http.remove(path).status, 200);
  const Lines rest = mine.told_to_the_end();
  EXPECT_EQ(rest.back(), "(end of session)");
  EXPECT_EQ(rest.front(), "S E");
  EXPECT_EQ(alice.http.remove(path).code(), "session_not_found");
  EXPECT_NE(trader(login).refusal(), "") << "its password is over";
  EXPECT_EQ(open_orders(alice), 0u)
      << "its connection was lost, and it wanted its orders cancelled";
}

TEST_F(OrderEntry, what_must_not_open_a_session) {
  const std::string path = "/api/ouch-sessions";
  EXPECT_EQ(venue.client().post(path).status, 401);
  EXPECT_EQ(alice.http.post(path, R"({"cancelOnDisconect":true})").code(), "unknown_field");
  EXPECT_EQ(alice.http.post(path, R"({"cancelOnDisconnect":"yes"})").code(),
            "field_has_wrong_type");
  EXPECT_EQ(alice.http.post(path, "[]").code(), "body_must_be_an_object");
  Person nobody = venue.person("nobody", identity::Roles::none);
  EXPECT_EQ(nobody.http.post(path).code(), "role_required");
  EXPECT_EQ(alice.http.remove(path + "/0").status, 404);
  EXPECT_EQ(alice.http.remove(path + "/18446744073709551615").status, 404);
  EXPECT_EQ(alice.http.remove(path + "/x").status, 404);
  for (int i = 0; i < 100; ++i) session(alice);
  EXPECT_EQ(alice.http.post(path).code(), "too_many_sessions");
}

}  // namespace
}  // namespace rialto::ouch::test
