#include "contexts/sessions/sessions.hpp"

#include <gtest/gtest.h>

namespace rialto::sessions {
namespace {

using Admission = Sessions::Admission;

constexpr UserId alice{7};
constexpr AccountId wallet{9};
constexpr SessionId first{1};

class SessionsTest : public ::testing::Test {
 protected:
  SessionId open(UserId user = alice) {
    const auto opened = sessions.decide(OpenSession{user, wallet, true, {1, 2}});
    EXPECT_TRUE(opened.has_value());
    sessions.evolve(*opened);
    return opened->session;
  }
  orders::OrderCreated created(std::uint32_t user_ref) {
    orders::OrderCreated event;
    event.session = first;
    event.user_ref = user_ref;
    return event;
  }
  Sessions sessions{{.live_of_one_user = 2, .live = 3}};
};

TEST_F(SessionsTest, opens_with_everything_that_a_login_needs) {
  const auto opened = sessions.decide(OpenSession{alice, wallet, true, {1, 2}});
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->session, first);
  EXPECT_EQ(opened->user, alice);
  EXPECT_EQ(opened->account, wallet);
  EXPECT_TRUE(opened->cancel_on_disconnect);
  EXPECT_EQ(opened->credential, (Fingerprint{1, 2}));
}

TEST_F(SessionsTest, limits_come_before_the_event) {
  open();
  open();
  EXPECT_EQ(sessions.decide(OpenSession{alice, wallet, false, {}}).error(),
            Reject::too_many_sessions);
  open({8});
  EXPECT_EQ(sessions.decide(OpenSession{{9}, wallet, false, {}}).error(),
            Reject::session_capacity_exhausted);
  sessions.evolve(*sessions.decide(RevokeSession{first, alice}));
  EXPECT_TRUE(sessions.decide(OpenSession{{9}, wallet, false, {}})) << "a revoked one makes room";
}

TEST_F(SessionsTest, only_its_owner_or_an_administrator_revokes) {
  open();
  EXPECT_EQ(sessions.decide(RevokeSession{first, {8}}).error(), Reject::session_not_found);
  EXPECT_EQ(sessions.decide(RevokeSession{{2}, alice}).error(), Reject::session_not_found);
  EXPECT_TRUE(sessions.decide(RevokeSession{first, {}}));
  sessions.evolve(*sessions.decide(RevokeSession{first, alice}));
  EXPECT_EQ(sessions.session(first), nullptr);
  EXPECT_EQ(sessions.decide(RevokeSession{first, alice}).error(), Reject::session_not_found);
}

// SESSIONS-1
TEST_F(SessionsTest, every_event_of_a_session_uses_up_its_number) {
  open();
  sessions.evolve(created(5));
  sessions.evolve(OrderRefused{first, 6, {}, {}});
  sessions.evolve(SessionCancelAccepted{first, 8, {}, {}});
  orders::OrderUpdated updated;
  updated.session = first;
  updated.user_ref = 9;
  sessions.evolve(updated);
  EXPECT_EQ(sessions.session(first)->last_user_ref, 9u);
  updated.user_ref = 5;  // an amendment from elsewhere
  sessions.evolve(updated);
  EXPECT_EQ(sessions.session(first)->last_user_ref, 9u);
  EXPECT_EQ(sessions.admit(first, wallet, 9, true), Admission::repeated);
  EXPECT_EQ(sessions.admit(first, wallet, 1, true), Admission::repeated);
  EXPECT_EQ(sessions.admit(first, wallet, 10, true), Admission::fresh);
  EXPECT_DEATH(sessions.evolve(created(9)), "");
}

// SESSIONS-2
TEST_F(SessionsTest, acts_for_its_own_account_only) {
  open();
  EXPECT_EQ(sessions.admit(first, {10}, 1, true), Admission::unknown);
  EXPECT_EQ(sessions.admit({2}, wallet, 1, true), Admission::unknown);
  sessions.evolve(SessionRevoked{first});
  EXPECT_EQ(sessions.admit(first, wallet, 1, true), Admission::unknown);
}

TEST_F(SessionsTest, a_switched_off_session_takes_no_orders_but_other_requests) {
  open();
  sessions.evolve(OrderEntrySwitched{first, 1, false, {}});
  EXPECT_EQ(sessions.admit(first, wallet, 2, true), Admission::entry_closed);
  EXPECT_EQ(sessions.admit(first, wallet, 2, false), Admission::fresh);
  sessions.evolve(OrderEntrySwitched{first, 2, true, {}});
  EXPECT_EQ(sessions.admit(first, wallet, 3, true), Admission::fresh);
}

TEST_F(SessionsTest, saves_and_loads) {
  open();
  open();
  sessions.evolve(created(5));
  sessions.evolve(SessionRevoked{{2}});
  Bytes bytes;
  BinaryWriter writer(bytes);
  sessions.save(writer);
  Sessions loaded;
  BinaryReader reader(bytes);
  loaded.load(reader);
  EXPECT_TRUE(reader.at_end() && !reader.failed());
  Bytes again;
  BinaryWriter rewriter(again);
  loaded.save(rewriter);
  EXPECT_EQ(again, bytes);
  EXPECT_EQ(loaded.session(first)->last_user_ref, 5u);
  EXPECT_EQ(loaded.session({2}), nullptr);
}

}  // namespace
}  // namespace rialto::sessions
