// Preferences, messages and marks, as whole steps.
#include <gtest/gtest.h>

#include "flows/tests/venue_under_test.hpp"

namespace rialto::flows {
namespace {

using notifications::Kind;
using notifications::Preferences;

class Notices : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(venue.faults(), ""); }
  std::string code(const Command& command) {
    const Reply reply = venue.run(command);
    return reply.rejection ? std::string(reply.rejection->code) : "accepted";
  }
  const Preferences& preferences(UserId user) {
    return venue.engine.venue.notifications.preferences(user);
  }
  VenueUnderTest venue;
};

TEST_F(Notices, are_wanted_as_chosen) {
  EXPECT_TRUE(preferences(alice_user).in_app.has(Kind::wallet));
  EXPECT_TRUE(preferences(alice_user).email.empty());
  Preferences chosen;
  chosen.in_app.set(Kind::wallet, false);
  chosen.email.add(Kind::trades);
  venue.accept(notifications::SetPreferences{alice_user, chosen});
  EXPECT_EQ(preferences(alice_user), chosen);
  EXPECT_EQ(preferences(bob_user), Preferences{});
  for (const AssetId asset : {xyz, abc, def}) venue.accept(SetBalance{alice, asset, {}});
  venue.accept(identity::DeleteUser{alice_user});
  EXPECT_EQ(preferences(alice_user), Preferences{}) << "forgotten with the user";
}

TEST_F(Notices, refused_are_no_events) {
  const Sequence future{venue.engine.last().value + 1};
  const struct {
    const char* label;
    Command command;
    const char* code;
  } cases[] = {
      {"nobody's choice", notifications::SetPreferences{{99}, {}}, "user_not_found"},
      {"no such kind", notifications::SetPreferences{alice_user, {{32}, {}}}, "kinds_out_of_range"},
      {"to nobody", notifications::PostMessage{{99}, alice_user, "t", "x"}, "user_not_found"},
      {"long title",
       notifications::PostMessage{alice_user, alice_user,
                                  std::string(notifications::longest_title + 1, 'x'), ""},
       "message_too_long"},
      {"long text",
       notifications::PostMessage{alice_user, alice_user, "",
                                  std::string(notifications::longest_text + 1, 'x')},
       "message_too_long"},
      {"the future", notifications::MarkRead{alice_user, future, Kind::trades},
       "notification_not_found"},
      {"no cause", notifications::MarkRead{alice_user, {}, Kind::trades}, "notification_not_found"},
      {"mark of no kind", notifications::MarkRead{alice_user, {1}, static_cast<Kind>(9)},
       "kinds_out_of_range"},
      {"mark of nobody", notifications::MarkRead{{99}, {1}, Kind::trades}, "user_not_found"},
  };
  for (const auto& c : cases) EXPECT_EQ(code(c.command), c.code) << c.label;
  EXPECT_EQ(code(notifications::MarkRead{alice_user, {1}, Kind::trades}), "accepted");
  EXPECT_EQ(code(notifications::PostMessage{alice_user, bob_user, "t", "x"}), "accepted");
  EXPECT_EQ(venue.emitted<notifications::MessagePosted>().at(0).by, bob_user);
}

}  // namespace
}  // namespace rialto::flows
