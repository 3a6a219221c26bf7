// What belongs to an API key and must not be in the log: its HMAC secret or Ed25519 public key, its
// label and the addresses it may come from. Kept beside the other credentials, sealed under the
// venue's key (XChaCha20-Poly1305), so that a copy of the file alone signs nothing.
//
// The credential is durable here before the event that names it; what no event names is swept at
// start. Any thread; put and remove take a disk sync.
#pragma once

#include <string>
#include <vector>

#include "platform/security/credential_store.hpp"
#include "platform/security/secrets.hpp"

namespace rialto::security {

struct ApiKeySecret {
  std::string material;                // an HMAC secret's text, or a public key's 32 bytes
  std::string label;                   // its user's words
  std::vector<std::string> addresses;  // blocks it may come from; none: any
};

class ApiKeySecrets {
 public:
  ApiKeySecrets(CredentialStore& store, const SecretKey& key);

  /// 64 random hexadecimal digits.
  static std::string random_secret();

  /// SECURITY-1, SECURITY-6: durable when this returns, and never as it is.
  StoreResult<Fingerprint> put(const ApiKeySecret& secret);
  /// unreadable: altered, or sealed by another venue.
  StoreResult<ApiKeySecret> find(Fingerprint credential);
  StoreResult<void> remove(Fingerprint credential) { return store_.remove(credential); }

 private:
  CredentialStore& store_;
  SecretKey key_;
};

}  // namespace rialto::security
