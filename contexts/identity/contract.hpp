// Who may act. Personal text reaches this context only sealed; uniqueness is kept through keyed
// indices.
#pragma once

#include <cstdint>
#include <string>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "core/rejection.hpp"
#include "core/types.hpp"

namespace rialto::identity {

/// A set of roles, as bits.
enum class Roles : std::uint8_t { none = 0, trader = 1, market_maker = 2, administrator = 4 };
constexpr Roles operator|(Roles a, Roles b) {
  return static_cast<Roles>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
constexpr Roles without(Roles set, Roles role) {
  return static_cast<Roles>(static_cast<std::uint8_t>(set) & ~static_cast<std::uint8_t>(role));
}
constexpr bool has(Roles set, Roles role) {
  return (static_cast<std::uint8_t>(set) & static_cast<std::uint8_t>(role)) != 0;
}

/// What is known of a person: ciphertext under the person's own key, and blind indices (keyed
/// hashes of the normalised text) that tell equal from unequal and nothing else.
struct SealedProfile {
  std::string user_name;  // ciphertext
  std::string email;      // ciphertext
  Fingerprint user_name_index;
  Fingerprint email_index;
};
BOOST_DESCRIBE_STRUCT(SealedProfile, (), (user_name, email, user_name_index, email_index))

// Commands. The gateway has stored the credential durably under `credential` before it sends one.
struct RegisterUser {
  Fingerprint person;  // names the person's sealing key
  SealedProfile profile;
  Fingerprint credential;
  Roles roles = Roles::trader;
};
/// Every field is the new state; equal fields are unchanged.
struct UpdateUser {
  UserId user;
  SealedProfile profile;
  Fingerprint credential;
  Roles roles{};
};
struct DeleteUser {
  UserId user;
};

// Events.
struct UserCreated {
  UserId user;
  Fingerprint person;
  SealedProfile profile;
  Fingerprint credential;
  Roles roles{};
};
BOOST_DESCRIBE_STRUCT(UserCreated, (), (user, person, profile, credential, roles))
struct UserUpdated {
  UserId user;
  SealedProfile profile;
  Fingerprint credential;
  Roles roles{};
};
BOOST_DESCRIBE_STRUCT(UserUpdated, (), (user, profile, credential, roles))
/// The person's key is erased after this event is durable.
struct UserDeleted {
  UserId user;
  Fingerprint person;
};
BOOST_DESCRIBE_STRUCT(UserDeleted, (), (user, person))

BOOST_DEFINE_FIXED_ENUM_CLASS(Reject, std::uint8_t, user_not_found, user_name_taken, email_taken,
                              last_administrator_must_stay,
                              user_has_funds_or_orders,  // raised by the flow, which can see both
                              user_limit_reached)

constexpr RejectKind kind(Reject reject) {
  switch (reject) {
    case Reject::user_not_found:
      return RejectKind::not_found;
    case Reject::user_limit_reached:
      return RejectKind::unavailable;
    default:
      return RejectKind::conflict;
  }
}

}  // namespace rialto::identity
