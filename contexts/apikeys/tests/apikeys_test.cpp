#include "contexts/apikeys/apikeys.hpp"

#include <gtest/gtest.h>

#include "core/tests/given.hpp"

namespace rialto::apikeys {
namespace {

using namespace rialto::testing;

constexpr UserId alice{7};
constexpr Timestamp now{1'000};
constexpr CreateApiKey plain{alice, KeyKind::ed25519, Scopes::read | Scopes::trade, {1, 2}, {}};

class ApiKeysTest : public ::testing::Test {
 protected:
  ApiKeyId create(UserId user = alice) {
    CreateApiKey command = plain;
    command.user = user;
    const auto created = keys.decide(command, now);
    EXPECT_TRUE(created.has_value());
    keys.evolve(*created, now);
    return created->key;
  }
  ApiKeys keys{{.live_of_one_user = 2, .live = 3}};
};

TEST_F(ApiKeysTest, a_key_is_created_with_all_that_its_checks_need) {
  CreateApiKey command = plain;
  command.expires = {1'001};
  expect_event("created", keys.decide(command, now),
               ApiKeyCreated{{1}, alice, KeyKind::ed25519, command.scopes, {1, 2}, {1'001}});
}

TEST_F(ApiKeysTest, what_no_key_may_be_is_refused) {
  create();
  create();
  CreateApiKey command = plain;
  command.scopes = Scopes::none;
  expect_refused("no scope", keys, command, Reject::scopes_required, now);
  command.scopes = static_cast<Scopes>(16);
  expect_refused("a scope of another version", keys, command, Reject::scopes_required, now);
  command = plain;
  command.expires = now;
  expect_refused("expired already", keys, command, Reject::api_key_expiry_in_the_past, now);
  expect_refused("one too many", keys, plain, Reject::too_many_api_keys, now);
  create({8});
  command = plain;
  command.user = {9};
  expect_refused("no room", keys, command, Reject::api_key_capacity_exhausted, now);
  keys.evolve(*keys.decide(RevokeApiKey{{1}, alice}), now);
  EXPECT_TRUE(keys.decide(command, now)) << "a revoked one makes room";
}

// APIKEYS-1
TEST_F(ApiKeysTest, only_its_owner_or_an_administrator_revokes_and_for_good) {
  const ApiKeyId first = create();
  expect_refused("of another", keys, RevokeApiKey{first, {8}}, Reject::api_key_not_found);
  expect_refused("unknown", keys, RevokeApiKey{{2}, alice}, Reject::api_key_not_found);
  expect_refused("none", keys, RevokeApiKey{{}, {}}, Reject::api_key_not_found);
  expect_event("administrator", keys.decide(RevokeApiKey{first, {}}), ApiKeyRevoked{first});
  keys.evolve(*keys.decide(RevokeApiKey{first, alice}), now);
  EXPECT_EQ(keys.key(first), nullptr);
  expect_refused("twice", keys, RevokeApiKey{first, alice}, Reject::api_key_not_found);
  EXPECT_NE(create(), first);
}

TEST_F(ApiKeysTest, scopes_cover_their_parts_only) {
  EXPECT_TRUE(covers(Scopes::all, Scopes::admin | Scopes::read));
  EXPECT_TRUE(covers(Scopes::read, Scopes::none));
  EXPECT_FALSE(covers(Scopes::read, Scopes::read | Scopes::trade));
}

TEST_F(ApiKeysTest, is_saved_and_loaded) {
  create();
  keys.evolve(ApiKeyRevoked{create()}, now);
  expect_saves_and_loads(keys);
}

}  // namespace
}  // namespace rialto::apikeys
