// Who stands behind an account: name, profile, contact and address, each sealed under the person's
// own key. The money of the account is the ledger's.
#pragma once

#include <cstdint>
#include <string>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "core/rejection.hpp"
#include "core/types.hpp"

namespace rialto::accounts {

/// Ciphertexts under the person's key (platform/security/person_vault.hpp).
struct SealedDetails {
  std::string name;
  std::string profile;
  std::string contact;
  std::string address;
};
BOOST_DESCRIBE_STRUCT(SealedDetails, (), (name, profile, contact, address))

/// The longest a sealed field may be, in bytes.
inline constexpr std::size_t largest_field = 8'192;

// Commands.

/// Adds the details to a user's account, or opens one for a person who has no login (`user` none).
struct RegisterAccount {
  UserId user;
  Fingerprint person;  // under whose key the details are sealed
  SealedDetails details;
  AssetId asset;  // of the opening balance
  Amount open_balance;
  Fingerprint key;          // empty: no idempotency asked for
  std::uint64_t content{};  // digest of what was asked for
};
struct ChangeContact {
  AccountId account;
  std::string contact;
};
struct ChangeAddress {
  AccountId account;
  std::string address;
};

// Events.
struct AccountRegistered {
  AccountId account;
  UserId user;  // none: a person without a login
  Fingerprint person;
  SealedDetails details;
  Fingerprint key;
  std::uint64_t content{};
};
BOOST_DESCRIBE_STRUCT(AccountRegistered, (), (account, user, person, details, key, content))
struct ContactChanged {
  AccountId account;
  std::string contact;
};
BOOST_DESCRIBE_STRUCT(ContactChanged, (), (account, contact))
struct AddressChanged {
  AccountId account;
  std::string address;
};
BOOST_DESCRIBE_STRUCT(AddressChanged, (), (account, address))

BOOST_DEFINE_FIXED_ENUM_CLASS(Reject, std::uint8_t, account_details_not_found,
                              idempotency_key_reused, idempotency_capacity_exhausted,
                              details_sealed_for_another,  // raised by the flow, which sees users
                              account_details_exist, account_details_too_long,
                              open_balance_must_not_be_negative)  // raised by the flow

constexpr RejectKind kind(Reject reject) {
  switch (reject) {
    case Reject::account_details_not_found:
      return RejectKind::not_found;
    case Reject::idempotency_key_reused:
    case Reject::details_sealed_for_another:
    case Reject::account_details_exist:
      return RejectKind::conflict;
    case Reject::idempotency_capacity_exhausted:
      return RejectKind::unavailable;
    default:
      return RejectKind::business;
  }
}

}  // namespace rialto::accounts
