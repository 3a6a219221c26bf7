// Users, wallets and money as whole steps.
#include <gtest/gtest.h>

#include "flows/tests/venue_under_test.hpp"

namespace rialto::flows {
namespace {

class Users : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(venue.faults(), ""); }
  std::string code(const Command& command) {
    const Reply reply = venue.run(command);
    return reply.rejection ? std::string(reply.rejection->code) : "accepted";
  }
  VenueUnderTest venue;
};

TEST_F(Users, registration_opens_a_wallet_in_the_same_step) {
  identity::RegisterUser command;
  command.profile = {"name", "email", {2, 9}, {3, 9}};
  const Reply reply = venue.accept(command);
  EXPECT_EQ(reply.user, UserId{4});
  EXPECT_EQ(reply.account, AccountId{7});
  EXPECT_EQ(venue.emitted_count(), 2u);
  EXPECT_EQ(code(command), "user_name_taken");
  const Reply second = venue.run(OpenWallet{{4}});
  EXPECT_EQ(second.rejection->code, "account_already_exists");
  EXPECT_EQ(second.account, AccountId{7}) << "names the existing one";
}

TEST_F(Users, a_venue_without_its_own_accounts_registers_nobody) {
  Engine engine;
  EventBlock events;
  const auto outcome = engine.execute(identity::RegisterUser{}, {}, events);
  EXPECT_EQ(outcome.reply.rejection->code, "system_accounts_come_first");
  EXPECT_TRUE(events.bytes().empty());
}

TEST_F(Users, nobody_is_deleted_with_funds_or_orders) {
  EXPECT_EQ(code(identity::DeleteUser{alice_user}), "user_has_funds_or_orders");
  for (const AssetId asset : {xyz, abc, def}) venue.accept(SetBalance{alice, asset, {}});
  EXPECT_EQ(code(identity::DeleteUser{alice_user}), "accepted");
  EXPECT_EQ(venue.emitted<ledger::AccountClosed>().at(0).account, alice);
  EXPECT_EQ(code(identity::DeleteUser{alice_user}), "user_not_found");
  EXPECT_EQ(code(limit(alice, Side::buy, 1, 1)), "account_not_found");
  EXPECT_EQ(code(ledger::CreditAccount{alice, xyz, {1}, {}, 0}), "account_not_found");
  EXPECT_EQ(code(OpenWallet{alice_user}), "user_not_found");

  // What is for sale is owned; an open order alone keeps the account as well.
  for (const AssetId asset : {xyz, abc, def}) venue.accept(SetBalance{bob, asset, {}});
  venue.accept(ledger::CreditAccount{bob, abc, {1}, {}, 0});
  const OrderId order = venue.place(limit(bob, Side::sell, 5, 1));
  EXPECT_EQ(code(identity::DeleteUser{bob_user}), "user_has_funds_or_orders");
  EXPECT_EQ(code(ledger::CloseAccount{bob}), "account_not_empty");
  venue.accept(orders::CancelOrder{bob, order, {}});
  venue.accept(ledger::DebitAccount{bob, abc, {1}, {}, 0});
  EXPECT_EQ(code(identity::DeleteUser{bob_user}), "accepted");
}

TEST_F(Users, a_closed_wallet_can_be_opened_anew) {
  for (const AssetId asset : {xyz, abc, def}) venue.accept(SetBalance{carol, asset, {}});
  EXPECT_EQ(code(ledger::CloseAccount{carol}), "accepted");
  EXPECT_EQ(venue.accept(OpenWallet{carol_user}).account, AccountId{7});
  EXPECT_EQ(code(OpenWallet{{99}}), "user_not_found");
}

TEST_F(Users, money_moves_once_per_key) {
  const ledger::CreditAccount credit{alice, xyz, {5}, {8, 8}, 1};
  EXPECT_FALSE(venue.accept(credit).repeated);
  EXPECT_TRUE(venue.accept(credit).repeated);
  EXPECT_EQ(venue.emitted_count(), 0u);
  EXPECT_EQ(venue.owned(alice, xyz).value, million + 5);
  EXPECT_EQ(code(ledger::DebitAccount{alice, xyz, {5}, {8, 8}, 2}), "idempotency_key_reused");
}

struct Transfer {
  const char* label;
  Command command;
  const char* code;
};

TEST_F(Users, refused_money_moves_nothing) {
  venue.place(limit(alice, Side::buy, 1, million - 10));
  const Transfer cases[] = {
      {"asset", ledger::CreditAccount{{99}, {99}, {1}, {}, 0}, "unknown_asset"},
      {"account", ledger::CreditAccount{{99}, xyz, {1}, {}, 0}, "account_not_found"},
      {"held", ledger::DebitAccount{alice, xyz, {11}, {}, 0}, "insufficient_funds"},
      {"set below the hold", SetBalance{alice, xyz, {9}}, "insufficient_funds"},
      {"set of an unknown asset", SetBalance{alice, {99}, {0}}, "unknown_asset"},
      {"set of an unknown account", SetBalance{{99}, xyz, {0}}, "account_not_found"},
      {"set of the system's", SetBalance{ledger::external_account, xyz, {0}},
       "account_cannot_be_changed"},
      {"set below zero", SetBalance{alice, xyz, {-1}}, "amount_must_be_positive"},
      {"set beyond 18 digits", SetBalance{alice, xyz, {INT64_MAX}}, "supply_limit_exceeded"},
      {"limit of an unknown asset", ledger::SetShortLimit{alice, {99}, {1}}, "unknown_asset"},
      {"limit of a customer", ledger::SetShortLimit{alice, xyz, {1}},
       "only_house_accounts_may_be_short"},
      {"account of nobody",
       ledger::OpenAccount{ledger::AccountKind::house, {std::uint64_t{1} << 47}}, "user_not_found"},
      {"a system account", ledger::OpenAccount{ledger::AccountKind::system, {}},
       "system_accounts_come_first"},
      {"close of the unknown", ledger::CloseAccount{{99}}, "account_not_found"},
  };
  for (const Transfer& c : cases) EXPECT_EQ(code(c.command), c.code) << c.label;
}

TEST_F(Users, a_balance_is_set_by_its_difference) {
  venue.accept(SetBalance{alice, xyz, {million + 7}});
  EXPECT_EQ(venue.emitted<ledger::AccountCredited>().at(0).amount, Amount{7});
  venue.accept(SetBalance{alice, xyz, {million}});
  EXPECT_EQ(venue.emitted<ledger::AccountDebited>().at(0).amount, Amount{7});
  venue.accept(SetBalance{alice, xyz, {million}});
  EXPECT_EQ(venue.emitted_count(), 0u);
}

TEST_F(Users, a_house_account_sells_what_it_does_not_have_within_its_limit) {
  const AccountId house = venue.accept(ledger::OpenAccount{ledger::AccountKind::house, {}}).account;
  venue.accept(ledger::SetShortLimit{house, abc, {10}});
  EXPECT_EQ(code(limit(house, Side::sell, 100, 11)), "insufficient_funds");
  venue.accept(limit(house, Side::sell, 100, 10));
  venue.accept(limit(alice, Side::buy, 100, 10));
  EXPECT_EQ(venue.owned(house, abc).value, -10);
  EXPECT_EQ(venue.owned(house, xyz).value, 1000);
  EXPECT_EQ(code(ledger::SetShortLimit{house, abc, {9}}), "short_limit_out_of_range");
}

// The audit that all tests of this folder lean on must be able to fail.
TEST(Audit, finds_what_is_wrong) {
  const auto after = [](const auto& event) {
    VenueUnderTest venue;
    venue.place(limit(alice, Side::buy, 100, 10));
    EXPECT_EQ(audit(venue.engine.venue), "");
    event(venue.engine.venue);
    return audit(venue.engine.venue);
  };
  matching::OrderReduced reduced;
  reduced.order = {1};
  reduced.by = {1};
  EXPECT_NE(after([&](Venue& v) { v.matching.evolve(reduced); }).find("differs from its book"),
            std::string::npos);
  EXPECT_NE(after([&](Venue& v) { v.matching.remove({1}); }).find("differ in number"),
            std::string::npos);
  reduced.account = alice;
  reduced.hold_asset = xyz;
  reduced.hold_released = {1};
  EXPECT_NE(after([&](Venue& v) { v.ledger.evolve(reduced); }).find("its orders"),
            std::string::npos);
}

TEST(Audit, finds_a_twin_that_differs) {
  VenueUnderTest venue;
  venue.engine.venue.orders.evolve(orders::TradingBlocked{alice});  // an effect without an event
  venue.check_state();
  EXPECT_NE(venue.faults().find("the replayed twin differs"), std::string::npos);
}

TEST_F(Users, an_api_key_ends_with_its_user) {
  const apikeys::CreateApiKey create{
      carol_user, apikeys::KeyKind::hmac, apikeys::Scopes::read, {5, 5}, {}};
  const auto first = venue.accept(create).api_key;
  const auto second = venue.accept(create).api_key;
  venue.accept(apikeys::RevokeApiKey{first, carol_user});
  EXPECT_EQ(
      code(apikeys::CreateApiKey{{99}, apikeys::KeyKind::hmac, apikeys::Scopes::read, {5, 6}, {}}),
      "user_not_found");
  for (const AssetId asset : {xyz, abc, def}) venue.accept(SetBalance{carol, asset, {}});
  venue.accept(identity::DeleteUser{carol_user});
  EXPECT_EQ(venue.emitted<apikeys::ApiKeyRevoked>().at(0).key, second);
  EXPECT_EQ(code(apikeys::RevokeApiKey{second, {}}), "api_key_not_found");
}

}  // namespace
}  // namespace rialto::flows
