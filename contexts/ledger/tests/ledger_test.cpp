// Given accounts and money / when a command / then an event or a reject.
#include "contexts/ledger/ledger.hpp"

#include <gtest/gtest.h>

#include "core/tests/given.hpp"

namespace rialto::ledger {
namespace {

using testing::expect_event;
using testing::expect_refused;

constexpr AssetId usd{1}, btc{2};
constexpr AccountId customer{4}, house{5}, closed{6};
constexpr Timestamp now{1'000};
constexpr std::int64_t day = 86'400'000'000'000;

void open(Ledger& ledger, AccountKind kind, UserId owner = {}) {
  ledger.evolve(ledger.decide(OpenAccount{kind, owner}).value());
}

/// System accounts 1 to 3, customer 4 of user 1 with 1000 USD, house 5, customer 6 of user 2
/// closed.
Ledger funded(std::size_t most_keys = 100) {
  Ledger ledger(most_keys);
  for (int i = 0; i < 3; ++i) open(ledger, AccountKind::system);
  open(ledger, AccountKind::customer, {1});
  open(ledger, AccountKind::house);
  open(ledger, AccountKind::customer, {2});
  ledger.evolve(ledger.decide(CloseAccount{closed}).value());
  ledger.evolve(AccountCredited{customer, usd, {1000}, {}, 0}, now);
  return ledger;
}

/// The customer's 1000 USD with 400 of them on hold.
Ledger with_hold() {
  Ledger ledger = funded();
  orders::OrderCreated order;
  order.account = customer;
  order.hold_asset = usd;
  order.hold = {400};
  ledger.evolve(order);
  return ledger;
}

CreditAccount credit(AccountId account, std::int64_t amount, Fingerprint key = {},
                     std::uint64_t content = 0) {
  return {account, usd, {amount}, key, content};
}
DebitAccount debit(AccountId account, std::int64_t amount, Fingerprint key = {},
                   std::uint64_t content = 0) {
  return {account, usd, {amount}, key, content};
}

TEST(Ledger, opens_accounts) {
  // LEDGER-5
  const Ledger ledger = funded();
  expect_event("customer", ledger.decide(OpenAccount{AccountKind::customer, {3}}),
               AccountOpened{{7}, AccountKind::customer, {3}});
  expect_event("house", ledger.decide(OpenAccount{AccountKind::house, {}}),
               AccountOpened{{7}, AccountKind::house, {}});
  expect_event("again, after closing", ledger.decide(OpenAccount{AccountKind::customer, {2}}),
               AccountOpened{{7}, AccountKind::customer, {2}});
  expect_refused("a second one", ledger, OpenAccount{AccountKind::customer, {1}},
                 Reject::account_already_exists);
}

TEST(Ledger, the_systems_own_accounts_are_the_first_three_and_no_others) {
  // LEDGER-6
  Ledger ledger;
  for (int i = 0; i < 3; ++i) {
    expect_refused("too early", ledger, OpenAccount{AccountKind::customer, {1}},
                   Reject::system_accounts_come_first);
    open(ledger, AccountKind::system);
  }
  expect_refused("a fourth", ledger, OpenAccount{AccountKind::system, {}},
                 Reject::system_accounts_come_first);
}

TEST(Ledger, closes_empty_accounts_only) {
  Ledger ledger = funded();
  expect_refused("funds", ledger, CloseAccount{customer}, Reject::account_not_empty);
  expect_refused("system", ledger, CloseAccount{clearing_account},
                 Reject::account_cannot_be_changed);
  expect_refused("closed", ledger, CloseAccount{closed}, Reject::account_not_found);
  expect_refused("unknown", ledger, CloseAccount{{99}}, Reject::account_not_found);
  expect_refused("none", ledger, CloseAccount{{0}}, Reject::account_not_found);
  ledger.evolve(AccountDebited{customer, usd, {1000}, {}, 0}, now);
  const auto decided = ledger.decide(CloseAccount{customer});
  expect_event("empty", decided, AccountClosed{customer});
  ledger.evolve(*decided);
  EXPECT_TRUE(ledger.account(customer)->closed);
  EXPECT_EQ(ledger.account_of({1}), std::nullopt);
}

TEST(Ledger, the_number_of_another_shards_account_names_none_of_ours) {
  const Ledger ledger = funded();
  const AccountId foreign{(std::uint64_t{1} << shard_shift) + local_number(house)};
  EXPECT_EQ(ledger.account(foreign), nullptr);
  expect_refused("close", ledger, CloseAccount{foreign}, Reject::account_not_found);
  expect_refused("credit", ledger, credit(foreign, 1), Reject::account_not_found, now);
}

TEST(Ledger, credits_and_debits) {
  Ledger ledger = funded();
  const auto credited = ledger.decide(credit(customer, 5, {7, 7}, 42), now);
  ASSERT_TRUE(credited && *credited);
  EXPECT_EQ(testing::text_of(**credited),
            testing::text_of(AccountCredited{customer, usd, {5}, {7, 7}, 42}));
  ledger.evolve(**credited, now);
  EXPECT_EQ(ledger.balance(customer, usd).owned, Amount{1005});
  EXPECT_EQ(ledger.supply(usd), Amount{1005});

  const auto debited = ledger.decide(debit(customer, 1005, {8, 8}, 43), now);
  ASSERT_TRUE(debited && *debited);
  EXPECT_EQ(testing::text_of(**debited),
            testing::text_of(AccountDebited{customer, usd, {1005}, {8, 8}, 43}));
  ledger.evolve(**debited, now);
  EXPECT_EQ(ledger.supply(usd), Amount{0});
  EXPECT_TRUE(ledger.consistent());
}

TEST(Ledger, refuses_transfers_in_order_of_precedence) {
  Ledger ledger = funded(2);
  ledger.evolve(AccountCredited{customer, usd, {1}, {7, 7}, 42}, now);
  ledger.evolve(AccountCredited{customer, usd, {1}, {8, 8}, 42}, now);  // now the table is full
  const struct {
    const char* label;
    AccountId account;
    std::int64_t amount;
    Fingerprint key;
    Reject reject;
  } cases[] = {
      {"unknown", {99}, 0, {7, 7}, Reject::account_not_found},
      {"closed", closed, 0, {7, 7}, Reject::account_not_found},
      {"system", venue_fees_account, 0, {7, 7}, Reject::account_cannot_be_changed},
      {"other content", customer, 0, {7, 7}, Reject::idempotency_key_reused},
      {"a third key", customer, 0, {9, 9}, Reject::idempotency_capacity_exhausted},
      {"zero", customer, 0, {}, Reject::amount_must_be_positive},
      {"negative", customer, -1, {}, Reject::amount_must_be_positive},
      {"most negative", customer, INT64_MIN, {}, Reject::amount_must_be_positive},
  };
  for (const auto& c : cases) {
    expect_refused(c.label, ledger, credit(c.account, c.amount, c.key, 1), c.reject, now);
    expect_refused(c.label, ledger, debit(c.account, c.amount, c.key, 1), c.reject, now);
  }
}

TEST(Ledger, what_exists_of_an_asset_is_bounded) {
  // LEDGER-4
  Ledger ledger = funded();
  const std::int64_t room = largest_supply - 1000;
  expect_refused("one too many", ledger, credit(house, room + 1), Reject::supply_limit_exceeded,
                 now);
  expect_refused("largest", ledger, credit(house, INT64_MAX), Reject::supply_limit_exceeded, now);
  const auto all = ledger.decide(credit(house, room), now);
  ASSERT_TRUE(all && *all);
  ledger.evolve(**all, now);
  EXPECT_EQ(ledger.supply(usd), Amount{largest_supply});
  expect_refused("full", ledger, credit(customer, 1), Reject::supply_limit_exceeded, now);
  EXPECT_TRUE(
      ledger.decide(CreditAccount{customer, btc, {largest_number}, {}, 0}, now).has_value());
}

TEST(Ledger, a_debit_never_touches_held_funds) {
  // LEDGER-3
  const Ledger ledger = with_hold();
  EXPECT_TRUE(ledger.decide(debit(customer, 600), now).has_value());
  expect_refused("601 of 600", ledger, debit(customer, 601), Reject::insufficient_funds, now);
  expect_refused("house", ledger, debit(house, 1), Reject::insufficient_funds, now);
  EXPECT_EQ(ledger.refuse_hold(customer, usd, {600}), std::nullopt);
  EXPECT_EQ(ledger.refuse_hold(customer, usd, {601}), Reject::insufficient_funds);
  EXPECT_EQ(ledger.refuse_hold(customer, usd, {INT64_MAX}), Reject::insufficient_funds);
  EXPECT_EQ(ledger.refuse_hold({99}, usd, {1}), Reject::insufficient_funds);
}

TEST(Ledger, house_accounts_are_short_within_their_limit) {
  // LEDGER-2
  Ledger ledger = funded();
  const auto set = ledger.decide(SetShortLimit{house, usd, {500}});
  expect_event("set", set, ShortLimitSet{house, usd, {500}});
  ledger.evolve(*set);
  expect_refused("below the limit", ledger, debit(house, 501), Reject::insufficient_funds, now);
  ledger.evolve(*ledger.decide(debit(house, 500), now).value(), now);
  EXPECT_EQ(ledger.balance(house, usd).owned, Amount{-500});
  EXPECT_TRUE(ledger.consistent());

  const struct {
    const char* label;
    SetShortLimit command;
    Reject reject;
  } cases[] = {
      {"unknown", {{99}, usd, {1}}, Reject::account_not_found},
      {"closed", {closed, usd, {1}}, Reject::account_not_found},
      {"customer", {customer, usd, {-1}}, Reject::only_house_accounts_may_be_short},
      {"system", {external_account, usd, {1}}, Reject::only_house_accounts_may_be_short},
      {"negative", {house, btc, {-1}}, Reject::short_limit_out_of_range},
      {"most negative", {house, btc, {INT64_MIN}}, Reject::short_limit_out_of_range},
      {"below the present debt", {house, usd, {499}}, Reject::short_limit_out_of_range},
      {"19 digits", {house, usd, {largest_number + 1}}, Reject::short_limit_out_of_range},
      {"largest", {house, usd, {INT64_MAX}}, Reject::short_limit_out_of_range},
  };
  for (const auto& c : cases) expect_refused(c.label, ledger, c.command, c.reject);
}

TEST(Ledger, all_short_limits_together_stay_within_eighteen_digits) {
  // LEDGER-4
  Ledger ledger = funded();
  open(ledger, AccountKind::house);
  ledger.evolve(ledger.decide(SetShortLimit{house, usd, {largest_number - 10}}).value());
  expect_refused("together", ledger, SetShortLimit{{7}, usd, {11}},
                 Reject::short_limit_out_of_range);
  EXPECT_TRUE(ledger.decide(SetShortLimit{{7}, usd, {10}}).has_value());
  EXPECT_TRUE(ledger.decide(SetShortLimit{house, usd, {largest_number}}).has_value())
      << "its own again";
}

TEST(Ledger, a_repeated_key_mints_nothing) {
  // LEDGER-7
  Ledger ledger = funded();
  ledger.evolve(*ledger.decide(credit(customer, 5, {7, 7}, 42), now).value(), now);
  const auto repeated = ledger.decide(credit(customer, 5, {7, 7}, 42), now);
  ASSERT_TRUE(repeated.has_value());
  EXPECT_FALSE(repeated->has_value()) << "no event";
  expect_refused("other content", ledger, credit(customer, 6, {7, 7}, 43),
                 Reject::idempotency_key_reused, now);
  ledger.evolve(*ledger.decide(debit(customer, 5, {8, 8}, 44), now).value(), now);
  EXPECT_FALSE(ledger.decide(debit(customer, 5, {8, 8}, 44), now)->has_value());
}

TEST(Ledger, a_key_is_forgotten_after_a_day_of_log_time_and_then_makes_room) {
  // LEDGER-7
  Ledger ledger = funded(1);
  ledger.evolve(*ledger.decide(credit(customer, 5, {7, 7}, 42), now).value(), now);
  const Timestamp last_moment{now.value + day};
  EXPECT_FALSE(ledger.decide(credit(customer, 5, {7, 7}, 42), last_moment)->has_value());
  expect_refused("full", ledger, credit(customer, 5, {8, 8}, 42),
                 Reject::idempotency_capacity_exhausted, last_moment);
  EXPECT_TRUE(ledger.decide(credit(customer, 5), last_moment).has_value()) << "without a key";

  const Timestamp after{last_moment.value + 1};
  const auto fresh = ledger.decide(credit(customer, 5, {8, 8}, 42), after);
  ASSERT_TRUE(fresh && *fresh) << "intake must start again by itself";
  ledger.evolve(**fresh, after);
  expect_refused("full again", ledger, credit(customer, 5, {7, 7}, 42),
                 Reject::idempotency_capacity_exhausted, after);
}

TEST(Ledger, keys_survive_a_snapshot) {
  Ledger ledger = with_hold();
  ledger.evolve(ShortLimitSet{house, btc, {9}});
  ledger.evolve(AccountCredited{customer, usd, {5}, {7, 7}, 42}, now);
  testing::expect_saves_and_loads(ledger);
  const Bytes bytes = testing::bytes_of(ledger);
  BinaryReader reader(bytes);
  Ledger loaded;
  loaded.load(reader);
  EXPECT_FALSE(loaded.decide(credit(customer, 5, {7, 7}, 42), now)->has_value());
  EXPECT_EQ(loaded.account_of({1}), customer);
  EXPECT_EQ(loaded.account_of({2}), std::nullopt);
}

}  // namespace
}  // namespace rialto::ledger
