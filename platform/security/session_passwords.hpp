// Passwords of order-entry sessions: made here, shown once, kept as keyed hashes beside the other
// credentials and in memory, so that a log-in waits for no disk and for no other thread's hash.
//
// They are random (59 bits) and never a person's choice: guessing needs the venue's key as well, so
// one keyed BLAKE2b is enough where a chosen password needs Argon2. Any thread.
#pragma once

#include <array>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "platform/security/credential_store.hpp"
#include "platform/security/secrets.hpp"

namespace rialto::security {

class SessionPasswords {
 public:
  static constexpr std::size_t length = 10;  // what SoupBinTCP has room for

  SessionPasswords(CredentialStore& store, const SecretKey& key) : store_(store), key_(key) {}

  struct Issued {
    std::string password;
    Fingerprint credential;
  };
  /// SECURITY-1: durable when this returns; takes a disk sync.
  StoreResult<Issued> issue();
  /// Those that are live, once at start.
  StoreResult<void> load(const std::vector<Fingerprint>& credentials);
  /// Constant time, no disk. False for a credential that is not here.
  bool matches(Fingerprint credential, std::string_view password) const;
  /// Takes a disk sync.
  StoreResult<void> remove(Fingerprint credential);

 private:
  using Hash = std::array<unsigned char, 32>;
  Hash hash_of(std::string_view password) const;

  CredentialStore& store_;
  SecretKey key_;
  mutable std::mutex mutex_;
  std::unordered_map<Fingerprint, Hash> hashes_;  // guarded by mutex_
};

}  // namespace rialto::security
