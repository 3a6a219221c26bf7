#include "platform/security/person_vault.hpp"

#include <sodium.h>

#include <array>
#include <cstring>

#include "platform/security/sweep.hpp"

namespace rialto::security {
namespace {

constexpr char version = 1;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t overhead = 1 + nonce_size + tag_size;
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == SecretKey::size);

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

std::string authenticated(Fingerprint person, std::string_view field) {
  std::string text(sizeof person, '\0');
  std::memcpy(text.data(), &person, sizeof person);
  return text.append(field);
}

}  // namespace

StoreResult<Fingerprint> PersonVault::create() {
  const Fingerprint person = random_fingerprint();
  const SecretKey key = SecretKey::random();
  const std::string_view stored{reinterpret_cast<const char*>(key.bytes().data()), SecretKey::size};
  const auto lock = database_.lock();
  auto insert = database_.statement("INSERT INTO persons (id, key) VALUES (?, ?)");
  const auto done = insert.bind(1, person).bind(2, stored).step();
  if (!done) return std::unexpected(done.error());
  return person;
}

StoreResult<SecretKey> PersonVault::key_of(Fingerprint person) {
  const auto lock = database_.lock();
  if (const auto found = cached_.find(person); found != cached_.end()) return found->second;
  auto select = database_.statement("SELECT key FROM persons WHERE id = ?");
  const auto row = select.bind(1, person).step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::unexpected(StoreError::not_found);
  const std::string_view stored = select.bytes(0);
  if (stored.size() != SecretKey::size) return std::unexpected(StoreError::damaged);
  const SecretKey key = SecretKey::from(
      std::span<const unsigned char, SecretKey::size>(bytes(stored), SecretKey::size));
  if (cached_.size() >= cached_max_) cached_.clear();
  cached_.emplace(person, key);
  return key;
}

StoreResult<std::string> PersonVault::seal(Fingerprint person, std::string_view field,
                                           std::string_view plain) {
  const auto key = key_of(person);
  if (!key) return std::unexpected(key.error());
  std::string sealed(overhead + plain.size(), '\0');
  sealed[0] = version;
  unsigned char* nonce = bytes(sealed) + 1;
  randombytes_buf(nonce, nonce_size);
  const std::string context = authenticated(person, field);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + nonce_size, nullptr, bytes(plain),
                                             plain.size(), bytes(std::string_view(context)),
                                             context.size(), nullptr, nonce, key->bytes().data());
  return sealed;
}

StoreResult<std::string> PersonVault::open(Fingerprint person, std::string_view field,
                                           std::string_view sealed) {
  const auto key = key_of(person);
  if (!key) return std::unexpected(key.error());
  if (sealed.size() < overhead || sealed[0] != version)
    return std::unexpected(StoreError::unreadable);
  const unsigned char* nonce = bytes(sealed) + 1;
  const std::string context = authenticated(person, field);
  std::string plain(sealed.size() - overhead, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          bytes(plain), nullptr, nullptr, nonce + nonce_size, sealed.size() - 1 - nonce_size,
          bytes(std::string_view(context)), context.size(), nonce, key->bytes().data()) != 0)
    return std::unexpected(StoreError::unreadable);
  return plain;
}

StoreResult<void> PersonVault::erase(Fingerprint person) {
  const auto lock = database_.lock();
  {
    auto remove = database_.statement("DELETE FROM persons WHERE id = ?");
    const auto done = remove.bind(1, person).step();
    if (!done) return std::unexpected(done.error());
  }
  cached_.erase(person);
  return database_.forget_deleted();
}

StoreResult<std::size_t> PersonVault::sweep(const std::function<bool(Fingerprint)>& keep) {
  const auto swept =
      sweep_rows(database_, "SELECT id FROM persons", "DELETE FROM persons WHERE id = ?", keep);
  const auto lock = database_.lock();
  cached_.clear();
  return swept;
}

}  // namespace rialto::security
