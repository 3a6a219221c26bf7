#include "contexts/accounts/accounts.hpp"

#include <gtest/gtest.h>

#include "core/tests/given.hpp"

namespace rialto::accounts {
namespace {

RegisterAccount walk_in(std::uint64_t key) {
  return {{}, {1, key}, {"n", "p", "c", "a"}, {1}, {}, {2, key}, key};
}

// ACCOUNTS-3
TEST(Accounts, intake_stops_rather_than_forgetting_a_key) {
  Accounts accounts(2);
  const auto open = [&](std::uint64_t key, std::int64_t at) {
    accounts.evolve(*accounts.decide(walk_in(key), {3 + key}), {at});
  };
  open(1, 0);
  open(2, 10);
  EXPECT_EQ(accounts.done_before(walk_in(1), {10})->value(), AccountId{4});
  EXPECT_EQ(accounts.done_before(walk_in(3), {20}).error(), Reject::idempotency_capacity_exhausted);
  constexpr std::int64_t day = 86'400'000'000'000;
  EXPECT_EQ(*accounts.done_before(walk_in(3), {day + 1}), std::nullopt) << "the first one is over";
}

TEST(Accounts, are_listed_newest_first) {
  Accounts accounts;
  for (const std::uint64_t id : {5u, 4u, 9u, 7u})
    accounts.evolve(AccountRegistered{{id}, {}, {1, id}, {}, {}, 0}, {});
  const auto numbers = [&](AccountId before, std::size_t limit) {
    std::vector<std::uint64_t> out;
    for (const Details* each : accounts.newest(before, limit)) out.push_back(each->account.value);
    return out;
  };
  EXPECT_EQ(numbers({}, 3), (std::vector<std::uint64_t>{9, 7, 5}));
  EXPECT_EQ(numbers({5}, 3), (std::vector<std::uint64_t>{4}));
}

TEST(Accounts, a_state_is_loaded_as_it_was_saved) {
  Accounts accounts;
  accounts.evolve(*accounts.decide(walk_in(1), {4}), {5});
  accounts.evolve(ContactChanged{{4}, "c2"});
  const Bytes bytes = testing::bytes_of(accounts);
  Accounts loaded;
  BinaryReader reader(bytes);
  loaded.load(reader);
  EXPECT_FALSE(reader.failed());
  EXPECT_EQ(testing::bytes_of(loaded), bytes);
  EXPECT_EQ(loaded.details({4})->sealed.contact, "c2");
}

}  // namespace
}  // namespace rialto::accounts
