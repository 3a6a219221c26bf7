// Keys with which a user's programs sign their requests: whose they are, what they may do, and
// until when. Secrets, labels and addresses are not here: they live in platform/security.
#pragma once

#include <cstdint>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "core/rejection.hpp"
#include "core/types.hpp"

namespace rialto::apikeys {

using ApiKeyId = StrongId<struct ApiKeyIdTag, std::uint64_t>;

/// A set of scopes, as bits.
enum class Scopes : std::uint8_t {
  none = 0,
  read = 1,
  trade = 2,
  transfer = 4,
  admin = 8,
  all = 15
};
constexpr Scopes operator|(Scopes a, Scopes b) {
  return static_cast<Scopes>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
/// Whether every scope of `wanted` is in `set`.
constexpr bool covers(Scopes set, Scopes wanted) {
  return (static_cast<std::uint8_t>(wanted) & ~static_cast<std::uint8_t>(set)) == 0;
}

BOOST_DEFINE_FIXED_ENUM_CLASS(KeyKind, std::uint8_t, hmac, ed25519)

// Commands. The gateway has stored the secret or public key durably under `credential` before it
// sends one.
struct CreateApiKey {
  UserId user;
  KeyKind kind{};
  Scopes scopes{};
  Fingerprint credential;
  Timestamp expires;  // none: never
};
struct RevokeApiKey {
  ApiKeyId key;
  UserId user;  // who may: the key's own; none: an administrator
};

// Events.
struct ApiKeyCreated {
  ApiKeyId key;
  UserId user;
  KeyKind kind{};
  Scopes scopes{};
  Fingerprint credential;
  Timestamp expires;
};
BOOST_DESCRIBE_STRUCT(ApiKeyCreated, (), (key, user, kind, scopes, credential, expires))
/// It signs nothing from here on; its number is never given again.
struct ApiKeyRevoked {
  ApiKeyId key;
};
BOOST_DESCRIBE_STRUCT(ApiKeyRevoked, (), (key))

BOOST_DEFINE_FIXED_ENUM_CLASS(Reject, std::uint8_t, api_key_not_found, scopes_required,
                              api_key_expiry_in_the_past, too_many_api_keys,
                              api_key_capacity_exhausted)

constexpr RejectKind kind(Reject reject) {
  switch (reject) {
    case Reject::api_key_not_found:
      return RejectKind::not_found;
    case Reject::scopes_required:
      return RejectKind::malformed;
    case Reject::api_key_capacity_exhausted:
      return RejectKind::unavailable;
    default:
      return RejectKind::business;
  }
}

}  // namespace rialto::apikeys
