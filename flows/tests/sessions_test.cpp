// Sequenced order entry as whole steps.
#include <gtest/gtest.h>

#include "flows/tests/venue_under_test.hpp"

namespace rialto::flows {
namespace {

class SequencedEntry : public ::testing::Test {
 protected:
  SequencedEntry() {
    session = venue.accept(sessions::OpenSession{alice_user, alice, true, {1, 1}}).session;
  }
  void TearDown() override { EXPECT_EQ(venue.faults(), ""); }
  std::string code(const Command& command) {
    const Reply reply = venue.run(command);
    if (reply.repeated) return "repeated";
    return reply.rejection ? std::string(reply.rejection->code) : "accepted";
  }
  orders::PlaceOrder buy(std::uint32_t user_ref, std::int64_t quantity = 1) {
    auto command = limit(alice, Side::buy, 10, quantity);
    command.session = session;
    command.user_ref = user_ref;
    return command;
  }
  std::uint32_t last_ref() { return venue.engine.venue.sessions.session(session)->last_user_ref; }

  VenueUnderTest venue;
  SessionId session;
};

// FLOWS-6
TEST_F(SequencedEntry, a_number_counts_once) {
  EXPECT_EQ(code(buy(5)), "accepted");
  EXPECT_EQ(venue.emitted<orders::OrderCreated>().at(0).user_ref, 5u);
  EXPECT_EQ(venue.emitted<orders::OrderCreated>().at(0).session, session);
  EXPECT_EQ(code(buy(5)), "repeated");
  EXPECT_EQ(venue.emitted_count(), 0u);
  EXPECT_EQ(code(buy(4)), "repeated");
  EXPECT_EQ(code(buy(6)), "accepted");
}

TEST_F(SequencedEntry, a_refusal_is_told_and_uses_up_the_number) {
  auto poor = buy(7, 2 * million);
  poor.client_order_id = {"mine"};
  EXPECT_EQ(code(poor), "insufficient_funds");
  const auto refusal = venue.emitted<sessions::OrderRefused>().at(0);
  EXPECT_EQ(refusal.reason.view(), "insufficient_funds");
  EXPECT_EQ(refusal.user_ref, 7u);
  EXPECT_EQ(refusal.client_order_id.view(), "mine");
  EXPECT_EQ(code(buy(7)), "repeated");
  EXPECT_EQ(code(sessions::RefuseOrder{session, 8, {"symbol_unknown"}, {}}), "accepted");
  EXPECT_EQ(venue.emitted<sessions::OrderRefused>().at(0).reason.view(), "symbol_unknown");
  EXPECT_EQ(code(sessions::RefuseOrder{session, 8, {"symbol_unknown"}, {}}), "repeated");
  EXPECT_EQ(last_ref(), 8u);
}

TEST_F(SequencedEntry, a_replacement_gives_the_order_a_new_number) {
  const OrderId order = venue.place(buy(1, 5));
  orders::AmendOrder replace{alice, order, Quantity{7}, Price{11}, {}, session, 2};
  EXPECT_EQ(code(replace), "accepted");
  EXPECT_EQ(venue.engine.venue.orders.order(order)->user_ref, 2u);
  EXPECT_EQ(code(replace), "repeated");
  replace.user_ref = 3;
  EXPECT_EQ(code(replace), "accepted") << "only a new number";
  EXPECT_FALSE(venue.emitted<orders::OrderUpdated>().at(0).priority_kept);
  replace.user_ref = 4;
  replace.price = Price{-1};
  EXPECT_EQ(code(replace), "price_must_be_positive");
  EXPECT_EQ(venue.emitted<sessions::OrderRefused>().size(), 1u);
  EXPECT_EQ(venue.engine.venue.orders.order(order)->user_ref, 3u) << "the order stays as it was";
  // A reduction from the session or from elsewhere keeps the number.
  EXPECT_EQ(code(orders::AmendOrder{alice, order, Quantity{6}, {}, {}}), "accepted");
  EXPECT_EQ(venue.emitted<orders::OrderUpdated>().at(0).user_ref, 3u);
  EXPECT_EQ(last_ref(), 4u);
}

TEST_F(SequencedEntry, a_session_is_for_its_own_account) {
  auto foreign = buy(1);
  foreign.account = bob;
  EXPECT_EQ(code(sessions::OpenSession{bob_user, alice, false, {}}), "account_not_found");
  EXPECT_EQ(venue.run(foreign).rejection->code, "session_not_found");
  EXPECT_EQ(last_ref(), 0u);
}

TEST_F(SequencedEntry, cancels_its_own_orders_only) {
  venue.place(buy(1));
  venue.place(buy(2));
  venue.place(limit(alice, Side::buy, 9, 1));
  auto other = buy(3);
  other.instrument = def_xyz;
  venue.place(other);
  EXPECT_EQ(venue.accept(sessions::CancelSessionOrders{session, 4, abc_xyz, {}}).count, 2u);
  EXPECT_EQ(venue.emitted<sessions::SessionCancelAccepted>().at(0).user_ref, 4u);
  venue.drain();
  EXPECT_EQ(venue.emitted<matching::OrderCancelled>().size(), 2u);
  EXPECT_EQ(venue.engine.venue.orders.open_orders(alice), 2u);
  EXPECT_EQ(code(sessions::CancelSessionOrders{session, 4, {}, {}}), "repeated");
  // A lost connection: no number of its own.
  EXPECT_EQ(
      venue.accept(orders::CancelAllOrders{alice, {}, orders::CancelReason::mass_cancel, session})
          .count,
      1u);
  venue.drain();
  EXPECT_EQ(venue.engine.venue.orders.open_orders(alice), 1u);
}

TEST_F(SequencedEntry, order_entry_is_switched_off_and_on) {
  EXPECT_EQ(code(sessions::SwitchOrderEntry{session, 1, false, {"FIRM"}}), "accepted");
  EXPECT_EQ(code(buy(2)), "order_entry_disabled");
  EXPECT_EQ(venue.emitted<sessions::OrderRefused>().at(0).user_ref, 2u);
  EXPECT_EQ(code(sessions::SwitchOrderEntry{session, 3, true, {}}), "accepted");
  EXPECT_EQ(code(buy(4)), "accepted");
}

TEST_F(SequencedEntry, a_session_ends_with_the_right_to_trade) {
  const identity::User user = *venue.engine.venue.identity.user(alice_user);
  identity::UpdateUser change{alice_user, user.profile, user.credential, identity::Roles::trader};
  EXPECT_EQ(code(change), "accepted");
  EXPECT_TRUE(venue.emitted<sessions::SessionRevoked>().empty());
  change.roles = identity::Roles::none;
  EXPECT_EQ(code(change), "accepted");
  EXPECT_EQ(venue.emitted<sessions::SessionRevoked>().at(0).session, session);
  EXPECT_EQ(venue.run(buy(1)).rejection->code, "session_not_found");
}

TEST_F(SequencedEntry, a_revoked_session_and_one_of_a_deleted_user_are_over) {
  const SessionId second = venue.accept(sessions::OpenSession{bob_user, bob, false, {}}).session;
  EXPECT_EQ(code(sessions::RevokeSession{second, alice_user}), "session_not_found");
  EXPECT_EQ(code(sessions::RevokeSession{session, alice_user}), "accepted");
  EXPECT_EQ(venue.run(buy(1)).rejection->code, "session_not_found");
  EXPECT_TRUE(venue.emitted<sessions::OrderRefused>().empty()) << "nobody listens any more";
  for (const AssetId asset : {xyz, abc, def}) venue.accept(SetBalance{bob, asset, {}});
  EXPECT_EQ(code(identity::DeleteUser{bob_user}), "accepted");
  EXPECT_EQ(venue.emitted<sessions::SessionRevoked>().at(0).session, second);
}

}  // namespace
}  // namespace rialto::flows
