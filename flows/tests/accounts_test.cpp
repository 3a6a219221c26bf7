// Opening accounts with the people behind them, as whole steps.
#include <gtest/gtest.h>

#include "flows/tests/venue_under_test.hpp"

namespace rialto::flows {
namespace {

class AccountsOfPeople : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(venue.faults(), ""); }
  std::string code(const Command& command) {
    const Reply reply = venue.run(command);
    if (reply.repeated) return "repeated";
    return reply.rejection ? std::string(reply.rejection->code) : "accepted";
  }
  static accounts::RegisterAccount of(UserId user, std::int64_t balance = 0) {
    return {user, {1, user.value}, {"n", "p", "c", "a"}, xyz, {balance}, {}, 0};
  }
  const accounts::Details* details(AccountId account) {
    return venue.engine.venue.accounts.details(account);
  }
  VenueUnderTest venue;
};

TEST_F(AccountsOfPeople, belong_to_the_wallet_that_is_there) {
  const Reply reply = venue.accept(of(alice_user, 7));
  EXPECT_EQ(reply.account, alice);
  EXPECT_EQ(venue.emitted_count(), 2u) << "registered and credited, not opened";
  EXPECT_EQ(venue.owned(alice, xyz).value, million + 7);
  ASSERT_NE(details(alice), nullptr);
  EXPECT_EQ(details(alice)->sealed.address, "a");
  const Reply again = venue.run(of(alice_user, 7));
  EXPECT_EQ(again.rejection->code, "account_details_exist");
  EXPECT_EQ(again.account, alice) << "names the existing one";
}

TEST_F(AccountsOfPeople, are_opened_where_there_is_none) {
  for (const AssetId asset : {xyz, abc, def}) venue.accept(SetBalance{bob, asset, {}});
  venue.accept(of(bob_user));
  venue.accept(ledger::CloseAccount{bob});
  EXPECT_EQ(details(bob), nullptr) << "ACCOUNTS-2";
  const Reply reply = venue.accept(of(bob_user, 3));
  EXPECT_EQ(reply.account, AccountId{7});
  EXPECT_EQ(venue.emitted<ledger::AccountOpened>().at(0).owner, bob_user);

  accounts::RegisterAccount walk_in = of({}, 50);
  walk_in.person = {9, 9};
  const AccountId own = venue.accept(walk_in).account;
  EXPECT_EQ(own, AccountId{8});
  EXPECT_EQ(venue.emitted<ledger::AccountOpened>().at(0).owner, UserId{});
  EXPECT_EQ(venue.owned(own, xyz).value, 50);
}

// ACCOUNTS-3
TEST_F(AccountsOfPeople, are_opened_once_per_key) {
  accounts::RegisterAccount walk_in = of({}, 50);
  walk_in.key = {8, 1};
  walk_in.content = 1;
  const AccountId account = venue.accept(walk_in).account;
  const Reply again = venue.run(walk_in);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.account, account);
  EXPECT_EQ(venue.owned(account, xyz).value, 50);
  walk_in.content = 2;
  EXPECT_EQ(code(walk_in), "idempotency_key_reused");
  venue.advance(calendar::day_ns + second);
  venue.drain();
  EXPECT_EQ(code(of(carol_user)), "accepted");  // forgets what is over
  walk_in.content = 2;
  EXPECT_EQ(code(walk_in), "accepted");
}

TEST_F(AccountsOfPeople, refused_change_nothing) {
  accounts::RegisterAccount stranger = of(alice_user);
  stranger.person = {1, 2};
  accounts::RegisterAccount dollars = of(alice_user, 5);
  dollars.asset = {99};
  accounts::RegisterAccount chatty = of(alice_user);
  chatty.details.profile = std::string(accounts::largest_field + 1, 'x');
  const struct {
    const char* label;
    Command command;
    const char* code;
  } cases[] = {
      {"nobody", of({99}), "user_not_found"},
      {"another's key", stranger, "details_sealed_for_another"},
      {"asset", dollars, "unknown_asset"},
      {"below zero", of(alice_user, -1), "open_balance_must_not_be_negative"},
      {"beyond the supply", of(alice_user, INT64_MAX), "supply_limit_exceeded"},
      {"too long", chatty, "account_details_too_long"},
      {"contact of none", accounts::ChangeContact{alice, "c"}, "account_details_not_found"},
      {"address of none", accounts::ChangeAddress{{99}, "a"}, "account_details_not_found"},
  };
  for (const auto& c : cases) EXPECT_EQ(code(c.command), c.code) << c.label;
}

TEST_F(AccountsOfPeople, move_house) {
  venue.accept(of(alice_user));
  venue.accept(accounts::ChangeContact{alice, "c2"});
  venue.accept(accounts::ChangeAddress{alice, "a2"});
  EXPECT_EQ(details(alice)->sealed.contact, "c2");
  EXPECT_EQ(details(alice)->sealed.address, "a2");
  EXPECT_EQ(details(alice)->sealed.name, "n");
  for (const AssetId asset : {xyz, abc, def}) venue.accept(SetBalance{alice, asset, {}});
  venue.accept(identity::DeleteUser{alice_user});
  EXPECT_EQ(details(alice), nullptr) << "gone with the user";
}

}  // namespace
}  // namespace rialto::flows
