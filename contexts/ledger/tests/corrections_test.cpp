// CORRECTIONS-1 on the ledger: whatever an administrator does to trades, every asset adds up.
#include <gtest/gtest.h>

#include "contexts/ledger/ledger.hpp"

namespace rialto::ledger {
namespace {

constexpr AssetId usd{1}, btc{2};
constexpr AccountId buyer{4}, seller{5};
constexpr corrections::Parties parties{{1}, buyer, seller, btc, usd};

class Changes : public ::testing::Test {
 protected:
  Changes() {
    for (std::uint64_t id = 1; id <= 5; ++id)
      ledger.evolve(AccountOpened{
          {id}, id <= 3 ? AccountKind::system : AccountKind::customer, {id > 3 ? id : 0}});
    ledger.evolve(AccountCredited{buyer, usd, {1000}, {}, 0}, {});
    ledger.evolve(AccountCredited{seller, btc, {10}, {}, 0}, {});
  }
  void TearDown() override { EXPECT_TRUE(ledger.consistent()); }
  Ledger ledger;
};

TEST_F(Changes, move_assets_money_and_fees) {
  const corrections::TradeEntered entered{
      {1}, parties, {{100}, {7}, {7}, {700}, {5}, {3}}, {9}, "r", {}, 0};
  EXPECT_FALSE(ledger.refuse(entered));
  ledger.evolve(entered);
  EXPECT_EQ(ledger.balance(buyer, usd).owned.value, 295);
  EXPECT_EQ(ledger.balance(seller, usd).owned.value, 697);
  EXPECT_EQ(ledger.balance(venue_fees_account, usd).owned.value, 8);
  EXPECT_EQ(ledger.balance(buyer, btc).owned.value, 7);
  const corrections::TradeCorrected corrected{
      {1}, 1, parties, entered.terms, {{100}, {8}, {8}, {800}, {6}, {4}}, {9}, "r"};
  EXPECT_FALSE(ledger.refuse(corrected));
  ledger.evolve(corrected);
  EXPECT_EQ(ledger.balance(buyer, usd).owned.value, 194);
  EXPECT_EQ(ledger.balance(seller, btc).owned.value, 2);
  const corrections::TradeBusted busted{{1}, 2, parties, corrected.after, {9}, "r"};
  EXPECT_FALSE(ledger.refuse(busted));
  ledger.evolve(busted);
  EXPECT_EQ(ledger.balance(buyer, usd).owned.value, 1000);
  EXPECT_EQ(ledger.balance(seller, btc).owned.value, 10);
  EXPECT_EQ(ledger.balance(venue_fees_account, usd).owned.value, 0);
}

TEST_F(Changes, of_somebody_who_traded_with_himself_are_fees_only) {
  const corrections::Parties self{{1}, buyer, buyer, btc, usd};
  const corrections::TradeBusted busted{{1}, 1,  self, {{100}, {900}, {900}, {90'000}, {2}, {3}},
                                        {9}, "r"};
  EXPECT_FALSE(ledger.refuse(busted)) << "what comes and goes together needs no cover";
  ledger.evolve(busted);
  EXPECT_EQ(ledger.balance(buyer, usd).owned.value, 1005);
  EXPECT_EQ(ledger.balance(venue_fees_account, usd).owned.value, -5);
}

TEST_F(Changes, beyond_what_can_be_counted_are_refused) {
  const corrections::TradeBusted busted{
      {1}, 1, parties, {{1}, {1}, {0}, {0}, {largest_number}, {largest_number}}, {9}, "r"};
  for (int i = 0; i < 3; ++i) ledger.evolve(busted);
  EXPECT_EQ(ledger.refuse(busted), std::nullopt);
  ledger.evolve(busted);
  EXPECT_EQ(ledger.refuse(busted), Reject::supply_limit_exceeded);
}

TEST_F(Changes, need_cover_on_both_sides) {
  const corrections::TradeEntered dear{{1}, parties, {{100}, {7}, {7}, {996}, {5}, {3}}, {9}, "r",
                                       {},  0};
  EXPECT_EQ(ledger.refuse(dear), Reject::insufficient_funds);
  const corrections::TradeEntered much{{1}, parties, {{1}, {11}, {11}, {11}, {}, {}}, {9}, "r",
                                       {},  0};
  EXPECT_EQ(ledger.refuse(much), Reject::insufficient_funds);
}

}  // namespace
}  // namespace rialto::ledger
