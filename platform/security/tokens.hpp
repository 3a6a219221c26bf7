// JSON Web Tokens (RFC 7519, HS256 only) for access and refresh, by libjwt.
//
// One thread (the server's). A verified token is remembered until it expires, so that an order pays
// for one table look-up instead of an HMAC and a JSON parse. A token names the credential it was
// issued for: whoever validates one compares that with the user's live credential, which is how a
// changed password or a deleted user ends every older token.
#pragma once

#include <boost/describe/enum.hpp>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/types.hpp"
#include "platform/security/secrets.hpp"

namespace rialto::security {

using WallClock = std::function<std::chrono::sys_seconds()>;

BOOST_DEFINE_FIXED_ENUM_CLASS(TokenType, std::uint8_t, access, refresh)
BOOST_DEFINE_FIXED_ENUM_CLASS(
    TokenProblem, std::uint8_t,
    token_malformed,   // not a token of this venue's shape
    token_forged,      // not signed by this venue's key, or not with HS256
    token_expired,     //
    token_wrong_type)  // a refresh token where access is needed, or the reverse

struct Claims {
  UserId user;
  Fingerprint credential;
  std::vector<std::string> roles;  // names, as given to issue()
  TokenType type{};
  std::chrono::sys_seconds issued{};
  std::chrono::sys_seconds expires{};
  Fingerprint id;  // unique to this token
};

struct TokenPair {
  std::string access;
  std::string refresh;
  std::chrono::seconds access_expires_in{};
};

struct TokenLifetimes {
  std::chrono::seconds access = std::chrono::hours{1};
  std::chrono::seconds refresh = std::chrono::hours{24 * 7};
};

class Tokens {
 public:
  Tokens(const SecretKey& key, WallClock now, TokenLifetimes lifetimes = {},
         std::size_t remembered_max = 32768);

  TokenPair issue(UserId user, Fingerprint credential, const std::vector<std::string>& roles) const;

  /// SECURITY-4. The claims stay valid until the next call. Problems in the order of the enum.
  std::expected<const Claims*, TokenProblem> validate(std::string_view token, TokenType type);

  /// Tokens remembered now.
  std::size_t remembered() const { return recent_.size() + older_.size(); }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Remembered = std::unordered_map<std::string, Claims, TextHash, std::equal_to<>>;

  std::string sign(UserId user, Fingerprint credential, const std::vector<std::string>& roles,
                   TokenType type, std::chrono::sys_seconds now) const;
  std::expected<Claims, TokenProblem> verify(const std::string& token) const;
  const Claims* recall(std::string_view token);
  const Claims* remember(std::string token, Claims claims);

  const SecretKey key_;
  const WallClock now_;
  const TokenLifetimes lifetimes_;
  const std::size_t generation_max_;
  Remembered recent_;  // when full it becomes older_, and what was older is forgotten
  Remembered older_;
};

}  // namespace rialto::security
