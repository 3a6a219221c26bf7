#include "platform/security/session_passwords.hpp"

#include <sodium.h>

namespace rialto::security {
namespace {

constexpr std::string_view letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789";
constexpr std::string_view purpose = "order entry session password";  // of this use of the key
constexpr std::string_view scheme = "blake2b$";

}  // namespace

SessionPasswords::Hash SessionPasswords::hash_of(std::string_view password) const {
  require_sodium();
  Hash hash;
  crypto_generichash_state state;
  const auto put = [&](std::string_view text) {
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(text.data()),
                              text.size());
  };
  crypto_generichash_init(&state, key_.bytes().data(), key_.bytes().size(), hash.size());
  put(purpose);
  put(password);
  crypto_generichash_final(&state, hash.data(), hash.size());
  return hash;
}

StoreResult<SessionPasswords::Issued> SessionPasswords::issue() {
  require_sodium();
  Issued issued;
  for (std::size_t i = 0; i < length; ++i)
    issued.password += letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))];
  const Hash hash = hash_of(issued.password);
  std::string text(scheme.size() + hash.size() * 2 + 1, '\0');
  std::copy(scheme.begin(), scheme.end(), text.begin());
  sodium_bin2hex(text.data() + scheme.size(), hash.size() * 2 + 1, hash.data(), hash.size());
  text.pop_back();  // its terminator
  const auto credential = store_.put(text);
  if (!credential) return std::unexpected(credential.error());
  issued.credential = *credential;
  const std::lock_guard lock(mutex_);
  hashes_.emplace(*credential, hash);
  return issued;
}

StoreResult<void> SessionPasswords::load(const std::vector<Fingerprint>& credentials) {
  for (const Fingerprint credential : credentials) {
    const auto text = store_.find(credential);
    if (!text) return std::unexpected(text.error());
    Hash hash;
    std::size_t size = 0;
    if (!text->starts_with(scheme) ||
        sodium_hex2bin(hash.data(), hash.size(), text->data() + scheme.size(),
                       text->size() - scheme.size(), nullptr, &size, nullptr) != 0 ||
        size != hash.size())
      return std::unexpected(StoreError::damaged);
    const std::lock_guard lock(mutex_);
    hashes_.emplace(credential, hash);
  }
  return {};
}

bool SessionPasswords::matches(Fingerprint credential, std::string_view password) const {
  const Hash hash = hash_of(password);
  const std::lock_guard lock(mutex_);
  const auto at = hashes_.find(credential);
  return at != hashes_.end() && sodium_memcmp(hash.data(), at->second.data(), hash.size()) == 0;
}

StoreResult<void> SessionPasswords::remove(Fingerprint credential) {
  {
    const std::lock_guard lock(mutex_);
    hashes_.erase(credential);
  }
  return store_.remove(credential);
}

}  // namespace rialto::security
