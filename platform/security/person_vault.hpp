// Personal fields, sealed under a key per person, so that a journal that never forgets can hold
// them: erasing the key erases the person everywhere, in journal, snapshots and projections.
//
// A person's key is durable before anything sealed under it is journalled. XChaCha20-Poly1305
// (libsodium); the person and the field are authenticated, so a ciphertext cannot be moved to
// another of either. Called from any thread. Keys in use are cached, at most `cached_max` of them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "platform/security/database.hpp"
#include "platform/security/secrets.hpp"

namespace rialto::security {

class PersonVault {
 public:
  explicit PersonVault(Database& database, std::size_t cached_max = 65536)
      : database_(database), cached_max_(cached_max) {}

  /// A new person with a fresh key, durable when this returns. One disk sync.
  StoreResult<Fingerprint> create();
  /// Version byte, nonce (24), ciphertext with its tag (16). not_found: no such person, or erased.
  StoreResult<std::string> seal(Fingerprint person, std::string_view field, std::string_view plain);
  /// not_found: erased. unreadable: altered, or another person's or field's.
  StoreResult<std::string> open(Fingerprint person, std::string_view field,
                                std::string_view sealed);
  /// SECURITY-2: from then on nothing of that person can be opened, here or from the file. Fine for
  /// one that is not there.
  StoreResult<void> erase(Fingerprint person);
  /// Erases every person that `keep` disowns: those whose registration was never journalled.
  StoreResult<std::size_t> sweep(const std::function<bool(Fingerprint)>& keep);

 private:
  StoreResult<SecretKey> key_of(Fingerprint person);

  Database& database_;
  const std::size_t cached_max_;
  std::unordered_map<Fingerprint, SecretKey> cached_;  // guarded by the database's lock
};

}  // namespace rialto::security
