// Whose money it is: accounts, credits and debits. Holds and settlements arrive inside the order
// and trade events of orders and matching.
#pragma once

#include <cstdint>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "core/rejection.hpp"
#include "core/types.hpp"

namespace rialto::ledger {

BOOST_DEFINE_FIXED_ENUM_CLASS(
    AccountKind, std::uint8_t,
    customer,  // never below zero
    house,     // desk, market maker, issuer: down to its explicit short limit
    system)    // the venue's own counter-accounts

/// The most there may be of one asset, in minor units. With all short positions together, at most
/// largest_number, it stays below 2^63.
inline constexpr std::int64_t largest_supply = 8'000'000'000'000'000'000;

/// Numbers of accounts end here.
inline constexpr std::uint64_t largest_account_number = 64'000'000;

// The accounts every venue opens first, in this order.
inline constexpr AccountId external_account{1};  // the world outside: credits come from here
inline constexpr AccountId clearing_account{
    2};  // counterparty of both sides of a trade; zero after it
inline constexpr AccountId venue_fees_account{3};  // fees earned, less rebates paid

// Commands.
struct OpenAccount {
  AccountKind kind{};
  UserId owner;  // none for system accounts
};
struct CloseAccount {
  AccountId account;
};
/// `key` empty: no idempotency asked for. `content` digests account, asset and amount.
struct CreditAccount {
  AccountId account;
  AssetId asset;
  Amount amount;
  Fingerprint key;
  std::uint64_t content{};
};
struct DebitAccount {
  AccountId account;
  AssetId asset;
  Amount amount;
  Fingerprint key;
  std::uint64_t content{};
};
struct SetShortLimit {
  AccountId account;
  AssetId asset;
  Amount limit;  // how far below zero, >= 0
};

// Events.
struct AccountOpened {
  AccountId account;
  AccountKind kind{};
  UserId owner;
};
BOOST_DESCRIBE_STRUCT(AccountOpened, (), (account, kind, owner))
struct AccountClosed {
  AccountId account;
};
BOOST_DESCRIBE_STRUCT(AccountClosed, (), (account))
struct AccountCredited {
  AccountId account;
  AssetId asset;
  Amount amount;
  Fingerprint key;
  std::uint64_t content{};
};
BOOST_DESCRIBE_STRUCT(AccountCredited, (), (account, asset, amount, key, content))
struct AccountDebited {
  AccountId account;
  AssetId asset;
  Amount amount;
  Fingerprint key;
  std::uint64_t content{};
};
BOOST_DESCRIBE_STRUCT(AccountDebited, (), (account, asset, amount, key, content))
struct ShortLimitSet {
  AccountId account;
  AssetId asset;
  Amount limit;
};
BOOST_DESCRIBE_STRUCT(ShortLimitSet, (), (account, asset, limit))

BOOST_DEFINE_FIXED_ENUM_CLASS(Reject, std::uint8_t,
                              unknown_asset,  // raised by the flow, which sees the list
                              account_not_found, account_already_exists,
                              system_accounts_come_first,      // the venue's own three, and no more
                              account_cannot_be_changed,       // a system account
                              idempotency_key_reused,          // same key, other content
                              idempotency_capacity_exhausted,  // too many keys remembered
                              amount_must_be_positive,
                              supply_limit_exceeded,  // largest_supply of one asset in all
                              insufficient_funds, only_house_accounts_may_be_short,
                              short_limit_out_of_range, account_not_empty,
                              account_capacity_exhausted)  // largest_account_number are open

constexpr RejectKind kind(Reject reject) {
  switch (reject) {
    case Reject::account_not_found:
      return RejectKind::not_found;
    case Reject::account_cannot_be_changed:
      return RejectKind::forbidden;
    case Reject::account_already_exists:
    case Reject::system_accounts_come_first:
    case Reject::idempotency_key_reused:
    case Reject::account_not_empty:
      return RejectKind::conflict;
    case Reject::idempotency_capacity_exhausted:
    case Reject::account_capacity_exhausted:
      return RejectKind::unavailable;
    default:
      return RejectKind::business;
  }
}

}  // namespace rialto::ledger
