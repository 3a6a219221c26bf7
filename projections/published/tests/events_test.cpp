#include "projections/published/events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flows/engine.hpp"

namespace rialto::projections {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Timestamp noon{1'767'268'800'000'000'000};  // 2026-01-01T12:00:00Z

/// Runs commands and publishes each event beside the state right behind it, as the replica would.
class Market {
 public:
  Market() {
    for (int i = 0; i < 3; ++i) run(ledger::OpenAccount{ledger::AccountKind::system, {}});
    run(instruments::RegisterAsset{"USD", 7});
    run(instruments::RegisterAsset{"BTC", 8});
    instruments::Rules rules;
    rules.max_quantity = rules_max_;
    rules.max_notional = {largest_number};
    rules.max_open_orders = 10;
    run(instruments::ListInstrument{"BTC-USD", "BTC", "USD", {1, 2}, {1, 5}, rules});
    for (std::uint64_t i = 1; i <= 2; ++i)
      run(identity::RegisterUser{{0, i}, {"sealed name", "sealed mail", {1, i}, {2, i}}, {3, i}});
  }

  flows::Reply run(const flows::Command& command) {
    published.clear();
    EventBlock block;
    const auto outcome = engine_.execute(command, noon, block);
    EXPECT_FALSE(outcome.reply.rejection) << outcome.reply.rejection->code;
    std::uint64_t sequence = outcome.first.value;
    block.each([&](EventType type, ByteView payload) {
      EXPECT_TRUE(follower_.replay(type, payload, noon));
      const auto texts = published_events(type, payload, {sequence++}, noon, follower_, open_name);
      published.insert(published.end(), texts.begin(), texts.end());
    });
    return outcome.reply;
  }
  flows::Reply order(AccountId account, Side side, std::int64_t price, std::int64_t lots) {
    orders::PlaceOrder command;
    command.account = account;
    command.instrument = {1};
    command.side = side;
    command.price = {price};
    command.quantity = {lots};
    return run(command);
  }

  std::vector<std::string> published;
  OpenUserName open_name;

 private:
  static constexpr Quantity rules_max_{largest_number};
  flows::Engine engine_;
  flows::Venue follower_;
};

constexpr AccountId alice{4};
constexpr AccountId bob{5};

TEST(PublishedEvents, users_are_named_only_by_who_may_unseal) {
  Market market;
  market.run(identity::RegisterUser{{0, 3}, {"sealed", "mail", {1, 3}, {2, 3}}, {3, 3}});
  EXPECT_THAT(
      market.published,
      ElementsAre(HasSubstr(R"("type":"UserCreated","data":{"userId":"3"}})"),
                  HasSubstr(R"("data":{"walletId":"6","userId":"3","balance":{"USD":"0"}}})")));
  market.open_name = [](Fingerprint person, std::string_view sealed) {
    return person == Fingerprint{0, 3} && sealed == "new seal" ? std::string("carol")
                                                               : std::string();
  };
  market.run(identity::UpdateUser{
      {3}, {"new seal", "mail", {1, 3}, {2, 3}}, {3, 3}, identity::Roles::trader});
  EXPECT_THAT(
      market.published,
      ElementsAre(HasSubstr(R"("type":"UserUpdated","data":{"userId":"3","userName":"carol"}})")));
  market.run(identity::DeleteUser{{3}});
  EXPECT_THAT(market.published,
              ElementsAre(HasSubstr(R"("type":"UserDeleted","data":{"userId":"3"}})")));
}

TEST(PublishedEvents, the_life_of_an_order) {
  Market market;
  market.run(ledger::CreditAccount{alice, {1}, {5'000'000'000'000}, {}, 0});
  EXPECT_THAT(market.published, ElementsAre(HasSubstr(R"("balance":{"USD":"500000"}})")));
  market.run(ledger::CreditAccount{bob, {2}, {500'000'000}, {}, 0});

  market.order(alice, Side::buy, 5'000'000, 1'000'000);
  EXPECT_THAT(
      market.published,
      ElementsAre(
          AllOf(HasSubstr(R"("time":"2026-01-01T12:00:00Z","type":"OrderCreated")"),
                HasSubstr(R"("orderId":"1","userId":"1","product":"BTC-USD","symbol":"BTC-USD",)"
                          R"("type":"buy","orderType":"limit","quantity":"10","price":"50000")")),
          HasSubstr(R"("type":"OrderPlaced","data":{"orderId":"1","userId":"1",)"
                    R"("product":"BTC-USD","symbol":"BTC-USD","type":"buy","quantity":"10",)"
                    R"("price":"50000"}})")));

  const auto sold = market.order(bob, Side::sell, 5'000'000, 500'000);
  EXPECT_THAT(
      market.published,
      ElementsAre(
          HasSubstr(R"("type":"OrderCreated")"), HasSubstr(R"("type":"OrderPlaced")"),
          HasSubstr(
              R"("data":{"tradeId":"1","buyOrderId":"1","sellOrderId":"2","product":"BTC-USD",)"
              R"("symbol":"BTC-USD","type":"sell","quantity":"5","price":"50000"}})"),
          HasSubstr(
              R"("data":{"walletId":"4","userId":"1","balance":{"USD":"250000","BTC":"5"}}})"),
          HasSubstr(
              R"("data":{"walletId":"5","userId":"2","balance":{"USD":"250000","BTC":"0"}}})"),
          HasSubstr(R"("type":"TradeSettled","data":{"tradeId":"1","orderId":"1","userId":"1",)"
                    R"("product":"BTC-USD","symbol":"BTC-USD","securityId":"BTC-USD",)"
                    R"("clientId":"1","walletId":"4","type":"buy","quantity":"5","price":"50000",)"
                    R"("notional":"250000","fee":"0","change":{"BTC":"5","USD":"-250000"},)"
                    R"("balance":{"BTC":"5","USD":"250000"}}})"),
          HasSubstr(R"("type":"sell","quantity":"5","price":"50000","notional":"250000",)"
                    R"("fee":"0","change":{"BTC":"-5","USD":"250000"},)"
                    R"("balance":{"BTC":"0","USD":"250000"}}})"),
          HasSubstr(R"("type":"PortfolioUpdated","data":{"portfolioId":"4","userId":"1",)"
                    R"("walletId":"4","change":"trade","product":"BTC-USD","symbol":"BTC-USD",)"
                    R"("quantity":"5"}})"),
          HasSubstr(R"("type":"PortfolioUpdated","data":{"portfolioId":"5","userId":"2",)"
                    R"("walletId":"5","change":"trade","product":"BTC-USD","symbol":"BTC-USD",)"
                    R"("quantity":"0"}})"),
          HasSubstr(R"("type":"OrderFulfilled","data":{"orderId":"2","userId":"2",)"
                    R"("product":"BTC-USD","symbol":"BTC-USD","type":"sell","status":"filled",)"
                    R"("quantity":"5","filledQuantity":"5","remainingQuantity":"0",)"
                    R"("averagePrice":"50000","fees":"0"}})"),
          HasSubstr(R"("type":"OrderCompleted","data":{"orderId":"2")")));
  // PUBLISHED-1: both wallets have the trade as their cause, and ids of their own.
  const std::string cause = std::to_string(sold.sequence.value - 1);
  EXPECT_THAT(market.published[3], HasSubstr("\"id\":\"" + cause + "-WalletUpdated-4\""));
  EXPECT_THAT(market.published[4], HasSubstr("\"id\":\"" + cause + "-WalletUpdated-5\""));
  EXPECT_THAT(market.published[5], HasSubstr("\"id\":\"" + cause + "-TradeSettled-1\""));
  EXPECT_THAT(market.published[6], HasSubstr("\"id\":\"" + cause + "-TradeSettled-2\""));
  EXPECT_THAT(market.published[7], HasSubstr("\"id\":\"" + cause + "-PortfolioUpdated-4\""));

  market.run(orders::AmendOrder{alice, {1}, Quantity{800'000}, {}, {}});
  EXPECT_THAT(
      market.published,
      ElementsAre(HasSubstr(R"("type":"OrderUpdated","data":{"orderId":"1","userId":"1",)"
                            R"("product":"BTC-USD","symbol":"BTC-USD","type":"buy","quantity":"8",)"
                            R"("price":"50000","stopPrice":null}})")));
  market.run(orders::CancelOrder{alice, {1}, {}, orders::CancelReason::user});
  EXPECT_THAT(
      market.published,
      ElementsAre(HasSubstr(R"("type":"OrderCancelled","data":{"orderId":"1","userId":"1",)"
                            R"("product":"BTC-USD","symbol":"BTC-USD","remainingQuantity":"3",)"
                            R"("reason":"user"}})"),
                  HasSubstr(R"("type":"OrderCompleted","data":{"orderId":"1","userId":"1",)"
                            R"("product":"BTC-USD","symbol":"BTC-USD","type":"buy",)"
                            R"("status":"cancelled","reason":"user","quantity":"8",)"
                            R"("filledQuantity":"5","remainingQuantity":"3",)"
                            R"("averagePrice":"50000","fees":"0"}})")))
      << "partly done: neither fulfilled nor failed";
}

TEST(PublishedEvents, an_order_that_does_nothing_fails) {
  Market market;
  market.run(ledger::CreditAccount{bob, {2}, {500'000'000}, {}, 0});
  market.order(bob, Side::sell, 5'000'000, 1);
  market.run(orders::CancelOrder{bob, {1}, {}, orders::CancelReason::user});
  EXPECT_THAT(market.published,
              ElementsAre(HasSubstr(R"("type":"OrderCancelled")"),
                          HasSubstr(R"("type":"OrderFailed","data":{"orderId":"1")"),
                          HasSubstr(R"("type":"OrderCompleted","data":{"orderId":"1")")));
  orders::PlaceOrder dear;
  dear.account = bob;
  dear.instrument = {1};
  dear.side = Side::sell;
  dear.type = orders::OrderType::market;
  dear.quantity = {1};
  market.run(dear);
  EXPECT_THAT(
      market.published,
      ElementsAre(HasSubstr(R"("type":"OrderCreated")"), HasSubstr(R"("type":"OrderPlaced")"),
                  HasSubstr(R"("type":"OrderCancelled")"), HasSubstr(R"("type":"OrderFailed")"),
                  HasSubstr(R"("reason":"no_liquidity","quantity":"0.00001")")));
}

TEST(PublishedEvents, portfolios_say_what_they_own) {
  Market market;
  market.run(ledger::CreditAccount{alice, {1}, {5'000'000'000'000}, {}, 0});
  market.run(ledger::CreditAccount{bob, {2}, {500'000'000}, {}, 0});
  EXPECT_THAT(market.published,
              ElementsAre(HasSubstr(R"("type":"WalletUpdated")"),
                          HasSubstr(R"("portfolioId":"5","userId":"2","walletId":"5",)"
                                    R"("change":"deposit","product":"BTC-USD",)"
                                    R"("symbol":"BTC-USD","quantity":"5"}})")));
  const auto made =
      market.run(portfolio::CreatePortfolio{alice, "growth", portfolio::ReliefMethod::lifo});
  EXPECT_THAT(market.published,
              ElementsAre(HasSubstr(
                  R"("type":"PortfolioUpdated","data":{"portfolioId":"1000000001","userId":"1",)"
                  R"("walletId":"4","change":"created","name":"growth","method":"lifo",)"
                  R"("product":null,"symbol":null,"quantity":null}})")));
  market.order(bob, Side::sell, 100, 300'000);
  orders::PlaceOrder buy;
  buy.account = alice;
  buy.instrument = {1};
  buy.side = Side::buy;
  buy.price = {100};
  buy.quantity = {200'000};
  market.run(flows::PlaceAssignedOrder{buy, {made.portfolio, {}}});
  EXPECT_THAT(market.published,
              ::testing::Contains(HasSubstr(R"("portfolioId":"1000000001","userId":"1",)"
                                            R"("walletId":"4","change":"trade",)"
                                            R"("product":"BTC-USD","symbol":"BTC-USD",)"
                                            R"("quantity":"2"}})")));
  market.order(alice, Side::buy, 100, 100'000);
  EXPECT_THAT(market.published,
              ::testing::Contains(HasSubstr(R"("portfolioId":"4","userId":"1","walletId":"4",)"
                                            R"("change":"trade","product":"BTC-USD",)"
                                            R"("symbol":"BTC-USD","quantity":"1"}})")))
      << "what the further one has is not the default's";
  buy.side = Side::sell;
  buy.price = {500};
  const auto offer = market.run(flows::PlaceAssignedOrder{buy, {made.portfolio, {}}});
  market.run(orders::CancelOrder{alice, offer.order.order, {}});
  market.run(portfolio::ChangePortfolio{{4}, "mine", {}});
  EXPECT_THAT(market.published, ElementsAre(HasSubstr(R"("change":"changed","name":"mine")")));
}

TEST(PublishedEvents, what_is_of_no_interest_outside_publishes_nothing) {
  Market market;
  market.run(instruments::HaltInstrument{{1}});
  EXPECT_THAT(market.published, IsEmpty());
  EXPECT_THAT(published_events({9999}, {}, {1}, noon, {}), IsEmpty());
}

TEST(PublishedEvents, an_administrators_trade_is_marked_and_its_changes_are_told) {
  Market market;
  market.run(ledger::CreditAccount{alice, {1}, {1'000'000'000'000}, {}, 0});
  market.run(ledger::CreditAccount{bob, {2}, {1'000'000'000}, {}, 0});
  market.run(corrections::EnterTrade{{1}, alice, bob, {5'000}, {100'000}, {1}, "agreed", {}, 0});
  EXPECT_THAT(
      market.published,
      ElementsAre(
          HasSubstr(
              R"("type":"TradeExecuted","data":{"tradeId":"1","buyOrderId":null,"sellOrderId":null,"product":"BTC-USD","symbol":"BTC-USD","type":"buy","quantity":"1","price":"50","administrative":true}})"),
          HasSubstr(R"("walletId":"4","userId":"1","balance":{"USD":"99950","BTC":"1"}})"),
          HasSubstr(R"("walletId":"5","userId":"2","balance":{"USD":"50","BTC":"9"}})"),
          HasSubstr(
              R"("change":"correction","product":"BTC-USD","symbol":"BTC-USD","quantity":"1"})"),
          HasSubstr(R"("quantity":"9"}})")));
  const corrections::SeenTrade seen{{1},
                                    0,
                                    {{1}, alice, bob, {2}, {1}},
                                    {{5'000}, {100'000}, {100'000'000}, {500'000'000}, {}, {}}};
  market.run(corrections::CorrectTrade{seen, Price{4'000}, {}, {1}, "fat finger"});
  EXPECT_THAT(
      market.published.at(0),
      HasSubstr(
          R"("type":"TradeCorrected","data":{"tradeId":"1","product":"BTC-USD","symbol":"BTC-USD","version":1,"quantity":"1","price":"40","oldQuantity":"1","oldPrice":"50","reason":"fat finger"}})"));
  EXPECT_EQ(market.published.size(), 5u);
  auto again = seen;
  again.seen = 1;
  market.run(corrections::BustTrade{again, {1}, "never"});
  EXPECT_THAT(market.published,
              ElementsAre(HasSubstr(R"("type":"TradeBusted","data":{"tradeId":"1",)"),
                          HasSubstr(R"("balance":{"USD":"100000","BTC":"0"})"),
                          HasSubstr(R"("balance":{"USD":"0","BTC":"10"})"),
                          HasSubstr(R"("quantity":"0"}})"), HasSubstr(R"("quantity":"10"}})")));
}

}  // namespace
}  // namespace rialto::projections
