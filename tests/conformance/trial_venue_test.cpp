// The venue that recordings run in: owners, money and invariants.
#include <set>

#include <gtest/gtest.h>

#include "apps/replay/trial_venue.hpp"

namespace rialto::replay {
namespace {

class Trial : public testing::Test {
 protected:
  OrderId place(Side side, std::int64_t price, std::int64_t quantity) {
    const auto placed = venue_.place({instrument_, side, {price}, {quantity}});
    EXPECT_TRUE(placed) << placed.error().code;
    return placed ? placed->order : OrderId{};
  }
  AccountId owner(OrderId order) { return venue_.state().orders.order(order)->account; }

  TrialVenue venue_;
  InstrumentId instrument_ = *venue_.list("TRIAL", 0, 0);
};

// REPLAY-5
TEST_F(Trial, GivesEveryLiveOrderItsOwnOwner) {
  std::set<AccountId> owners;
  for (int i = 0; i < 10; ++i) owners.insert(owner(place(Side::buy, 100 - i, 5)));
  for (int i = 0; i < 10; ++i) owners.insert(owner(place(Side::sell, 101 + i, 5)));
  EXPECT_EQ(owners.size(), 20u);
  EXPECT_EQ(venue_.broken_invariant(), std::nullopt);
}

TEST_F(Trial, UsesTheOwnersOfClosedOrdersAgain) {
  const OrderId first = place(Side::sell, 101, 5);
  const OrderId second = place(Side::sell, 101, 5);
  place(Side::buy, 101, 10);  // meets both; all three are closed
  EXPECT_EQ(venue_.trades().size(), 2u);
  EXPECT_EQ(venue_.remaining(first), Quantity{});
  EXPECT_EQ(venue_.remaining(second), Quantity{});
  const std::size_t accounts = venue_.state().ledger.accounts().size();
  std::set<AccountId> owners;
  for (int i = 0; i < 3; ++i) owners.insert(owner(place(Side::sell, 101, 1000)));
  EXPECT_EQ(owners.size(), 3u);
  EXPECT_EQ(venue_.state().ledger.accounts().size(), accounts);
  EXPECT_EQ(venue_.broken_invariant(), std::nullopt);
}

TEST_F(Trial, TakesBackWhatIdleOwnersHave) {
  constexpr std::int64_t much = largest_number;
  constexpr std::int64_t most_times = ledger::largest_supply / much;
  std::vector<OrderId> placed;
  for (int i = 0; i < most_times; ++i) placed.push_back(place(Side::sell, 1, much));
  placed.push_back(place(Side::sell, 1, 1));
  EXPECT_FALSE(venue_.place({instrument_, Side::sell, {1}, {much}})) << "all there can be";
  for (const OrderId order : placed) ASSERT_TRUE(venue_.cancel(order));
  place(Side::sell, 1, much);  // by the owner of the small order, who has next to nothing
  EXPECT_EQ(venue_.broken_invariant(), std::nullopt);
}

TEST_F(Trial, ShrinksInPlace) {
  const OrderId first = place(Side::sell, 101, 10);
  const OrderId second = place(Side::sell, 101, 10);
  ASSERT_TRUE(venue_.reduce(first, {9}));
  place(Side::buy, 101, 2);
  EXPECT_EQ(venue_.remaining(first), Quantity{});
  EXPECT_EQ(venue_.remaining(second), Quantity{9});
  EXPECT_EQ(venue_.broken_invariant(), std::nullopt);
}

TEST_F(Trial, RefusesAnInstrumentThatNumbersCannotExpress) {
  EXPECT_FALSE(venue_.list("TRIAL", 0, 0));
  EXPECT_FALSE(venue_.list("FINE", 10, 9));
}

}  // namespace
}  // namespace rialto::replay
