// Portfolios as whole steps.
#include <gtest/gtest.h>

#include "flows/tests/venue_under_test.hpp"

namespace rialto::flows {
namespace {

using portfolio::PortfolioId;
constexpr PortfolioId growth{portfolio::first_further_portfolio};

class PortfolioFlows : public ::testing::Test {
 protected:
  void SetUp() override {
    const Reply made =
        venue.accept(portfolio::CreatePortfolio{alice, "growth", portfolio::ReliefMethod::fifo});
    EXPECT_EQ(made.portfolio, growth);
    EXPECT_EQ(made.account, alice);
  }
  void TearDown() override { EXPECT_EQ(venue.faults(), ""); }
  std::string code(const Command& command) {
    const Reply reply = venue.run(command);
    return reply.rejection ? std::string(reply.rejection->code) : "accepted";
  }
  Quantity owned() const { return venue.engine.venue.portfolios.position(growth, abc_xyz).owned; }
  VenueUnderTest venue;
};

TEST_F(PortfolioFlows, an_assignment_comes_between_the_order_and_its_fills) {
  venue.place(limit(bob, Side::sell, 100, 5));
  const PlaceAssignedOrder command{limit(alice, Side::buy, 100, 7), {growth, {}}};
  const OrderId order = venue.accept(command).order.order;
  ASSERT_EQ(venue.emitted_count(), 4u);  // created, assigned, traded, processed
  const auto assigned = venue.emitted<portfolio::OrderAssigned>().at(0);
  EXPECT_EQ(assigned.order, order);
  EXPECT_EQ(assigned.portfolio, growth);
  EXPECT_EQ(owned(), Quantity{5});
  venue.place(limit(bob, Side::sell, 100, 2));
  EXPECT_EQ(owned(), Quantity{7});
  EXPECT_EQ(code(portfolio::DeletePortfolio{growth}), "portfolio_not_empty");
  venue.accept(PlaceAssignedOrder{limit(alice, Side::sell, 90, 7), {growth, {}}});
  EXPECT_EQ(code(PlaceAssignedOrder{limit(alice, Side::sell, 90, 1), {growth, {}}}),
            "portfolio_holds_too_little");
}

TEST_F(PortfolioFlows, an_order_that_names_nothing_leaves_no_trace_of_portfolios) {
  venue.drain();  // the day has begun
  venue.place(limit(alice, Side::buy, 100, 8));
  EXPECT_EQ(venue.emitted_count(), 2u);  // created, processed
  EXPECT_TRUE(venue.emitted<portfolio::OrderAssigned>().empty());
}

TEST_F(PortfolioFlows, who_can_have_portfolios) {
  using portfolio::CreatePortfolio;
  EXPECT_EQ(code(CreatePortfolio{{99}, "x", {}}), "account_not_found");
  EXPECT_EQ(code(CreatePortfolio{ledger::clearing_account, "x", {}}), "account_not_found");
  EXPECT_EQ(code(portfolio::ChangePortfolio{{4}, "mine", {}}), "accepted");
  EXPECT_EQ(code(portfolio::ChangePortfolio{{99}, "x", {}}), "portfolio_not_found");
  EXPECT_EQ(code(portfolio::ChangePortfolio{{}, "x", {}}), "portfolio_not_found");
  EXPECT_EQ(code(portfolio::DeletePortfolio{{99}}), "portfolio_not_found");
  EXPECT_EQ(code(portfolio::DeletePortfolio{{4}}), "default_portfolio_must_stay");
  EXPECT_EQ(code(portfolio::DeletePortfolio{growth}), "accepted");
  EXPECT_EQ(code(PlaceAssignedOrder{limit(alice, Side::buy, 1, 1), {growth, {}}}),
            "portfolio_not_found");
}

TEST_F(PortfolioFlows, an_amendment_cannot_sell_more_than_there_is) {
  venue.place(limit(bob, Side::sell, 100, 5));
  venue.accept(PlaceAssignedOrder{limit(alice, Side::buy, 100, 5), {growth, {}}});
  const OrderId order =
      venue.accept(PlaceAssignedOrder{limit(alice, Side::sell, 200, 3), {growth, {}}}).order.order;
  EXPECT_EQ(code(orders::AmendOrder{alice, order, Quantity{6}, {}, {}}),
            "portfolio_holds_too_little");
  EXPECT_EQ(code(orders::AmendOrder{alice, order, Quantity{5}, {}, {}}), "accepted");
  EXPECT_EQ(code(orders::AmendOrder{alice, order, {}, Price{190}, {}}), "accepted");
}

TEST_F(PortfolioFlows, a_retry_gets_its_answer_even_when_its_portfolio_is_gone) {
  PlaceAssignedOrder command{limit(alice, Side::buy, 100, 5), {growth, {}}};
  command.order.key = {1, 2};
  command.order.content = 3;
  const OrderId order = venue.accept(command).order.order;
  venue.accept(orders::CancelOrder{alice, order, {}});
  venue.accept(portfolio::DeletePortfolio{growth});
  const Reply again = venue.run(command);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.order.order, order);
}

}  // namespace
}  // namespace rialto::flows
