#include "platform/security/api_key_secrets.hpp"

#include <sodium.h>

#include <boost/describe/class.hpp>

#include "core/codec.hpp"

namespace rialto::security {

BOOST_DESCRIBE_STRUCT(ApiKeySecret, (), (material, label, addresses))

namespace {

constexpr std::string_view scheme = "apikey1$";
constexpr std::string_view purpose = "api key secrets";  // of this use of the venue's key
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

SecretKey derived(const SecretKey& key) {
  require_sodium();
  std::array<unsigned char, SecretKey::size> out;
  crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(purpose.data()),
                     purpose.size(), key.bytes().data(), key.bytes().size());
  const SecretKey made = SecretKey::from(out);
  sodium_memzero(out.data(), out.size());
  return made;
}

std::string hex_of(const std::vector<unsigned char>& bytes) {
  std::string hex(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  hex.pop_back();  // its terminator
  return hex;
}

}  // namespace

ApiKeySecrets::ApiKeySecrets(CredentialStore& store, const SecretKey& key)
    : store_(store), key_(derived(key)) {}

std::string ApiKeySecrets::random_secret() {
  require_sodium();
  std::vector<unsigned char> bytes(32);
  randombytes_buf(bytes.data(), bytes.size());
  return hex_of(bytes);
}

StoreResult<Fingerprint> ApiKeySecrets::put(const ApiKeySecret& secret) {
  Bytes plain;
  BinaryWriter(plain).write(secret);
  std::vector<unsigned char> sealed(nonce_size + plain.size() + tag_size);
  randombytes_buf(sealed.data(), nonce_size);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      sealed.data() + nonce_size, nullptr, reinterpret_cast<const unsigned char*>(plain.data()),
      plain.size(), nullptr, 0, nullptr, sealed.data(), key_.bytes().data());
  sodium_memzero(plain.data(), plain.size());
  return store_.put(std::string(scheme) + hex_of(sealed));
}

StoreResult<ApiKeySecret> ApiKeySecrets::find(Fingerprint credential) {
  const auto text = store_.find(credential);
  if (!text) return std::unexpected(text.error());
  const auto unreadable = std::unexpected(StoreError::unreadable);
  if (!text->starts_with(scheme)) return unreadable;
  std::vector<unsigned char> sealed((text->size() - scheme.size()) / 2);
  std::size_t size = 0;
  if (sodium_hex2bin(sealed.data(), sealed.size(), text->data() + scheme.size(),
                     text->size() - scheme.size(), nullptr, &size, nullptr) != 0 ||
      size != sealed.size() || size < nonce_size + tag_size)
    return unreadable;
  Bytes plain(size - nonce_size - tag_size);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(plain.data()),
                                                 nullptr, nullptr, sealed.data() + nonce_size,
                                                 size - nonce_size, nullptr, 0, sealed.data(),
                                                 key_.bytes().data()) != 0)
    return unreadable;
  BinaryReader reader(plain);
  auto secret = reader.read<ApiKeySecret>();
  sodium_memzero(plain.data(), plain.size());
  if (reader.failed()) return unreadable;
  return secret;
}

}  // namespace rialto::security
