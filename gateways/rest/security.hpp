// What a gateway needs to know people by: the services of platform/security, owned by apps.
#pragma once

#include "gateways/rest/key_ring.hpp"
#include "platform/security/api_key_secrets.hpp"
#include "platform/security/credential_store.hpp"
#include "platform/security/keyed_index.hpp"
#include "platform/security/password_hasher.hpp"
#include "platform/security/person_vault.hpp"
#include "platform/security/session_passwords.hpp"
#include "platform/security/tokens.hpp"

namespace rialto::rest {

struct Security {
  security::Tokens& tokens;
  security::PasswordHasher& hasher;
  security::CredentialStore& credentials;
  security::PersonVault& vault;
  const security::BlindIndex& blind_index;
  const security::CommandNames& names;
  security::SessionPasswords& session_passwords;
  security::ApiKeySecrets& api_key_secrets;
  KeyRing& keys;
};

}  // namespace rialto::rest
