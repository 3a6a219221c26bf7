// The venue's own keys: made at the first start, kept in one file that only its owner can read,
// never logged. Read once at start-up by apps and handed to whoever signs, indexes or fingerprints.
#pragma once

#include <array>
#include <boost/describe/enum.hpp>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "core/types.hpp"

namespace rialto::security {

/// 256 bits that are wiped when they are no longer needed. There is no way to print one.
class SecretKey {
 public:
  static constexpr std::size_t size = 32;

  SecretKey() = default;
  static SecretKey random();
  static SecretKey from(std::span<const unsigned char, size> bytes);
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey();

  std::span<const unsigned char, size> bytes() const { return bytes_; }
  friend bool operator==(const SecretKey& a, const SecretKey& b);  // in constant time

 private:
  std::array<unsigned char, size> bytes_{};
};

struct VenueSecrets {
  SecretKey token_signing;
  SecretKey blind_index;
  SecretKey fingerprint;
};

BOOST_DEFINE_FIXED_ENUM_CLASS(SecretsError, std::uint8_t,
                              readable_by_others,  // permissions wider than 0600
                              damaged,             // not what was written: never replaced silently,
                                                   // since new keys would orphan every blind index
                              cannot_read, cannot_write)

/// SECURITY-5. The secrets in `directory`/secrets, made and made durable if there are none yet.
std::expected<VenueSecrets, SecretsError> open_secrets(const std::string& directory);

/// 128 fresh random bits: names for credentials, persons and tokens.
Fingerprint random_fingerprint();

/// Readies libsodium; every entry into this folder's cryptography has called it. Cheap, any thread.
void require_sodium();

}  // namespace rialto::security
