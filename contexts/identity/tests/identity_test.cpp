// Given users / when a command / then an event or a reject.
#include "contexts/identity/identity.hpp"

#include <gtest/gtest.h>

#include "core/tests/given.hpp"

namespace rialto::identity {
namespace {

using testing::expect_event;
using testing::expect_refused;

SealedProfile profile(std::uint64_t name, std::uint64_t email) {
  return {"sealed name", "sealed email", {1, name}, {2, email}};
}

RegisterUser registration(std::uint64_t name, std::uint64_t email, Roles roles = Roles::trader) {
  return {{3, name}, profile(name, email), {4, name}, roles};
}

/// User 1 is the administrator, 2 a trader, 3 was deleted.
Identity three_users(std::size_t most_users = 100) {
  Identity users(most_users);
  users.evolve(users.decide(registration(1, 1, Roles::trader | Roles::administrator)).value());
  users.evolve(users.decide(registration(2, 2)).value());
  users.evolve(users.decide(registration(3, 3)).value());
  users.evolve(users.decide(DeleteUser{{3}}).value());
  return users;
}

UpdateUser unchanged(const User& user) {
  return {user.id, user.profile, user.credential, user.roles};
}

TEST(Identity, registers_with_the_next_number) {
  const Identity users = three_users();
  const RegisterUser command = registration(4, 4, Roles::market_maker);
  expect_event("new", users.decide(command),
               UserCreated{{4}, {3, 4}, command.profile, {4, 4}, Roles::market_maker});
}

TEST(Identity, refuses_registrations) {
  // IDENTITY-1
  const Identity users = three_users();
  expect_refused("name", users, registration(2, 9), Reject::user_name_taken);
  expect_refused("email", users, registration(9, 2), Reject::email_taken);
  expect_refused("name before email", users, registration(2, 2), Reject::user_name_taken);
  const Identity full = three_users(3);
  expect_refused("full", full, registration(4, 4), Reject::user_limit_reached);
  expect_refused("taken before full", full, registration(9, 2), Reject::email_taken);
}

TEST(Identity, a_deleted_users_name_and_email_are_free_again) {
  const Identity users = three_users();
  EXPECT_TRUE(users.decide(registration(3, 3)).has_value());
}

TEST(Identity, refuses_updates) {
  const Identity users = three_users();
  UpdateUser command = unchanged(*users.user({2}));
  command.user = {3};
  expect_refused("deleted", users, command, Reject::user_not_found);
  command.user = {0};
  expect_refused("none", users, command, Reject::user_not_found);
  command.user = {(std::uint64_t{1} << shard_shift) + 2};
  expect_refused("of another shard", users, command, Reject::user_not_found);

  command = unchanged(*users.user({2}));
  command.profile = profile(1, 2);
  expect_refused("name", users, command, Reject::user_name_taken);
  command.profile = profile(2, 1);
  expect_refused("email", users, command, Reject::email_taken);
}

TEST(Identity, the_last_administrator_stays) {
  // IDENTITY-2
  Identity users = three_users();
  UpdateUser demotion = unchanged(*users.user({1}));
  demotion.roles = Roles::trader;
  expect_refused("demoted", users, demotion, Reject::last_administrator_must_stay);
  expect_refused("deleted", users, DeleteUser{{1}}, Reject::last_administrator_must_stay);

  UpdateUser promotion = unchanged(*users.user({2}));
  promotion.roles = Roles::administrator;
  users.evolve(users.decide(promotion).value());
  EXPECT_TRUE(users.decide(demotion).has_value());
  EXPECT_TRUE(users.decide(DeleteUser{{1}}).has_value());
}

TEST(Identity, updates_keep_the_indices_and_count_versions) {
  Identity users = three_users();
  UpdateUser command = unchanged(*users.user({2}));
  command.profile = profile(20, 20);
  const auto renamed = users.decide(command);
  expect_event("renamed", renamed,
               UserUpdated{{2}, command.profile, command.credential, command.roles});
  users.evolve(*renamed);
  EXPECT_EQ(users.user_by_name({1, 2}), nullptr);
  EXPECT_EQ(users.user_by_email({2, 2}), nullptr);
  ASSERT_NE(users.user_by_name({1, 20}), nullptr);
  EXPECT_EQ(users.user_by_name({1, 20}), users.user_by_email({2, 20}));
  EXPECT_EQ(users.user({2})->version, 1u) << "a name is no credential: tokens stay valid";

  command.credential = {4, 99};
  users.evolve(users.decide(command).value());
  EXPECT_EQ(users.user({2})->version, 2u);
  command.roles = Roles::market_maker;
  users.evolve(users.decide(command).value());
  EXPECT_EQ(users.user({2})->version, 3u);
}

TEST(Identity, deletion_names_the_key_to_erase_and_leaves_no_personal_data) {
  // IDENTITY-3
  Identity users = three_users();
  const auto deleted = users.decide(DeleteUser{{2}});
  expect_event("deleted", deleted, UserDeleted{{2}, {3, 2}});
  users.evolve(*deleted);
  EXPECT_EQ(users.user({2}), nullptr);
  const User& gone = users.users()[1];
  EXPECT_TRUE(gone.deleted);
  EXPECT_TRUE(gone.profile.user_name.empty() && gone.profile.email.empty());
  EXPECT_TRUE(gone.profile.user_name_index.empty() && gone.profile.email_index.empty());
  EXPECT_TRUE(gone.credential.empty());
  expect_refused("twice", users, DeleteUser{{2}}, Reject::user_not_found);
}

TEST(Identity, saves_and_loads) {
  const Identity users = three_users();
  testing::expect_saves_and_loads(users);
  Identity loaded(3);
  const Bytes bytes = testing::bytes_of(users);
  BinaryReader reader(bytes);
  loaded.load(reader);
  EXPECT_NE(loaded.user_by_name({1, 2}), nullptr);
  EXPECT_EQ(loaded.user_by_name({1, 3}), nullptr);
  expect_refused("the limit survives", loaded, registration(4, 4), Reject::user_limit_reached);
}

}  // namespace
}  // namespace rialto::identity
