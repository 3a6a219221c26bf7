#include "contexts/notifications/notifications.hpp"

#include <gtest/gtest.h>

#include "core/tests/given.hpp"

namespace rialto::notifications {
namespace {

TEST(Kinds, are_a_set) {
  Kinds kinds;
  EXPECT_TRUE(kinds.empty());
  kinds.add(Kind::trades);
  kinds.add(Kind::messages);
  EXPECT_TRUE(kinds.has(Kind::messages));
  EXPECT_FALSE(kinds.has(Kind::orders));
  kinds.set(Kind::messages, false);
  EXPECT_EQ(kinds.bits, 2);
  EXPECT_EQ((kinds & Kinds::all()).bits, 2);
}

TEST(Notifications, only_what_differs_from_the_default_is_kept) {
  Notifications notifications;
  const Bytes empty = testing::bytes_of(notifications);
  notifications.evolve(PreferencesSet{{7}, {{1}, {2}}});
  EXPECT_EQ(notifications.preferences({7}).email.bits, 2);
  const Bytes bytes = testing::bytes_of(notifications);
  Notifications loaded;
  BinaryReader reader(bytes);
  loaded.load(reader);
  EXPECT_EQ(testing::bytes_of(loaded), bytes);
  notifications.evolve(PreferencesSet{{7}, {}});
  EXPECT_EQ(testing::bytes_of(notifications), empty);
}

}  // namespace
}  // namespace rialto::notifications
