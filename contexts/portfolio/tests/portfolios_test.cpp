#include "contexts/portfolio/portfolios.hpp"

#include <gtest/gtest.h>

#include "core/tests/given.hpp"

namespace rialto::portfolio {
namespace {

constexpr AccountId alice{4}, bob{5};
constexpr InstrumentId abc{1};
constexpr PortfolioId first{first_further_portfolio}, second{first_further_portfolio + 1};

orders::PlaceOrder order(Side side, std::int64_t quantity, AccountId account = alice) {
  orders::PlaceOrder command;
  command.account = account;
  command.instrument = abc;
  command.side = side;
  command.quantity = {quantity};
  return command;
}

class PortfoliosTest : public ::testing::Test {
 protected:
  void TearDown() override { testing::expect_saves_and_loads(portfolios); }
  void create(AccountId account = alice) {
    portfolios.evolve(*portfolios.decide(CreatePortfolio{account, "mine", ReliefMethod::lifo}));
  }
  void assign(OrderId id, Side side, std::int64_t quantity, PortfolioId to = first) {
    portfolios.evolve(OrderAssigned{id, alice, to, {}, abc, side, {quantity}});
  }
  void trade(OrderId buy, OrderId sell, std::int64_t quantity) {
    matching::TradeExecuted event;
    event.instrument = abc;
    event.buy_order = buy;
    event.sell_order = sell;
    event.quantity = {quantity};
    portfolios.evolve(event);
  }
  void cancel(OrderId id) {
    matching::OrderCancelled event;
    event.order = id;
    portfolios.evolve(event);
  }
  /// A further portfolio of alice that owns `quantity`.
  void own(std::int64_t quantity) {
    create();
    assign({1}, Side::buy, quantity);
    trade({1}, {2}, quantity);
  }
  std::string refusal(const Assignment& assignment, const orders::PlaceOrder& command,
                      bool may_be_short = false) {
    const auto refused = portfolios.refuse(assignment, command, may_be_short);
    return refused ? testing::text_of(*refused) : "accepted";
  }
  Portfolios portfolios;
};

TEST_F(PortfoliosTest, a_default_exists_without_an_event) {
  const Portfolio portfolio = portfolios.default_of(alice);
  EXPECT_EQ(portfolio.id, PortfolioId{4});
  EXPECT_EQ(portfolio.account, alice);
  EXPECT_EQ(portfolio.name, "default");
  EXPECT_EQ(portfolio.method, ReliefMethod::fifo);
  EXPECT_TRUE(is_default(portfolio.id));
  EXPECT_EQ(portfolios.further(portfolio.id), nullptr);
}

TEST_F(PortfoliosTest, each_event_and_what_it_does) {
  const auto created = portfolios.decide(CreatePortfolio{alice, "growth", ReliefMethod::lifo});
  testing::expect_event("create", created,
                        PortfolioCreated{first, alice, "growth", ReliefMethod::lifo});
  portfolios.evolve(*created);
  EXPECT_EQ(portfolios.further(first)->name, "growth");
  EXPECT_EQ(portfolios.method(first), ReliefMethod::lifo);

  const auto changed = portfolios.decide(ChangePortfolio{first, "income", {}}, {});
  testing::expect_event("change", changed,
                        PortfolioChanged{first, alice, "income", ReliefMethod::lifo});
  portfolios.evolve(*changed);
  EXPECT_EQ(portfolios.further(first)->name, "income");

  const auto of_default =
      portfolios.decide(ChangePortfolio{{4}, {}, ReliefMethod::average_cost}, alice);
  testing::expect_event("change default", of_default,
                        PortfolioChanged{{4}, alice, "default", ReliefMethod::average_cost});
  portfolios.evolve(*of_default);
  EXPECT_EQ(portfolios.method({4}), ReliefMethod::average_cost);
  EXPECT_EQ(portfolios.method({5}), ReliefMethod::fifo) << "only that one";

  const auto deleted = portfolios.decide(DeletePortfolio{first});
  testing::expect_event("delete", deleted, PortfolioDeleted{first, alice});
  portfolios.evolve(*deleted);
  EXPECT_EQ(portfolios.further(first), nullptr);
  create();
  EXPECT_NE(portfolios.further(second), nullptr) << "numbers are never given again";
}

TEST_F(PortfoliosTest, every_reject) {
  using testing::expect_refused;
  own(5);
  const auto malformed = Reject::portfolio_name_malformed;
  expect_refused("no name", portfolios, CreatePortfolio{alice, "", {}}, malformed);
  expect_refused("control character", portfolios, CreatePortfolio{alice, "a\n", {}}, malformed);
  expect_refused("long", portfolios, CreatePortfolio{alice, std::string(65, 'x'), {}}, malformed);
  expect_refused("renamed badly", portfolios, ChangePortfolio{first, "", {}}, malformed, alice);
  expect_refused("change unknown", portfolios, ChangePortfolio{second, "x", {}},
                 Reject::portfolio_not_found, alice);
  expect_refused("delete unknown", portfolios, DeletePortfolio{second},
                 Reject::portfolio_not_found);
  expect_refused("delete default", portfolios, DeletePortfolio{{4}},
                 Reject::default_portfolio_must_stay);
  expect_refused("delete one with holdings", portfolios, DeletePortfolio{first},
                 Reject::portfolio_not_empty);
  create();
  assign({7}, Side::buy, 1, second);
  expect_refused("delete one with orders", portfolios, DeletePortfolio{second},
                 Reject::portfolio_has_open_orders);
  cancel({7});
  EXPECT_TRUE(portfolios.decide(DeletePortfolio{second}));
}

// PORTFOLIO-1
TEST_F(PortfoliosTest, an_order_goes_to_a_portfolio_of_its_own_account) {
  create(bob);
  EXPECT_EQ(refusal({first, {}}, order(Side::buy, 1)), "portfolio_not_found");
  EXPECT_EQ(refusal({second, {}}, order(Side::buy, 1)), "portfolio_not_found");
  EXPECT_EQ(refusal({{5}, {}}, order(Side::buy, 1)), "portfolio_not_found") << "bob's default";
  EXPECT_EQ(refusal({{4}, {}}, order(Side::buy, 1)), "accepted");
  EXPECT_EQ(refusal({{}, {9}}, order(Side::sell, 1)), "accepted") << "the default's lot";
  EXPECT_EQ(refusal({first, {}}, order(Side::buy, 1, bob)), "accepted");
  EXPECT_EQ(refusal({first, {9}}, order(Side::buy, 1, bob)), "lot_only_for_sales");
}

// PORTFOLIO-3
TEST_F(PortfoliosTest, a_customers_further_portfolio_sells_only_what_it_holds) {
  own(5);
  EXPECT_EQ(refusal({first, {}}, order(Side::sell, 6)), "portfolio_holds_too_little");
  EXPECT_EQ(refusal({first, {}}, order(Side::sell, 6), true), "accepted") << "house";
  EXPECT_EQ(refusal({{4}, {}}, order(Side::sell, 6)), "accepted") << "default";
  EXPECT_EQ(refusal({first, {}}, order(Side::sell, 5)), "accepted");
  assign({3}, Side::sell, 3);
  EXPECT_EQ(refusal({first, {}}, order(Side::sell, 3)), "portfolio_holds_too_little");
  trade({9}, {3}, 2);
  EXPECT_EQ(refusal({first, {}}, order(Side::sell, 3)), "portfolio_holds_too_little");
  EXPECT_EQ(refusal({first, {}}, order(Side::sell, 2)), "accepted");
  orders::OrderUpdated update;
  update.order = {3};
  update.quantity = {6};
  EXPECT_EQ(portfolios.refuse(update, false), Reject::portfolio_holds_too_little);
  update.quantity = {5};
  EXPECT_EQ(portfolios.refuse(update, false), std::nullopt);
  portfolios.evolve(update);
  EXPECT_EQ(refusal({first, {}}, order(Side::sell, 1)), "portfolio_holds_too_little");
  cancel({3});
  EXPECT_EQ(refusal({first, {}}, order(Side::sell, 3)), "accepted");
  EXPECT_EQ(portfolios.position(first, abc).owned, Quantity{3});
  EXPECT_EQ(portfolios.position(first, abc).selling, Quantity{0});
}

TEST_F(PortfoliosTest, nothing_leaves_18_digits) {
  own(largest_number);
  EXPECT_EQ(refusal({first, {}}, order(Side::buy, 1)), "portfolio_holds_too_much");
  trade({9}, {8}, 4);  // of orders that name nothing: no affair of ours
  assign({3}, Side::sell, 1);
  trade({9}, {3}, 1);
  EXPECT_EQ(refusal({first, {}}, order(Side::buy, 1)), "accepted");
  assign({4}, Side::buy, 1);
  EXPECT_EQ(refusal({first, {}}, order(Side::buy, 1)), "portfolio_holds_too_much");
}

// PORTFOLIO-4
TEST_F(PortfoliosTest, an_assignment_ends_with_its_order) {
  create();
  assign({3}, Side::buy, 5);
  EXPECT_EQ(portfolios.assigned({3})->portfolio, first);
  matching::OrderReduced reduced;
  reduced.order = {3};
  reduced.by = {1};
  portfolios.evolve(reduced);
  trade({3}, {9}, 3);
  EXPECT_EQ(portfolios.assigned({3})->remaining, Quantity{1});
  trade({3}, {9}, 1);
  EXPECT_EQ(portfolios.assigned({3}), nullptr);
  EXPECT_EQ(portfolios.assigned_to_last({3})->portfolio, first)
      << "whoever follows trades can tell";
  EXPECT_EQ(portfolios.assigned_to_last({9}), nullptr);
  EXPECT_EQ(portfolios.position(first, abc).owned, Quantity{4});
}

}  // namespace
}  // namespace rialto::portfolio
