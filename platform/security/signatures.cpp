#include "platform/security/signatures.hpp"

#include <sodium.h>

#include <algorithm>
#include <span>

#include "platform/security/secrets.hpp"

namespace rialto::security {
namespace {

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Exactly out.size() bytes from hexadecimal digits.
bool from_hex(std::string_view text, std::span<unsigned char> out) {
  std::size_t size = 0;
  return text.size() == out.size() * 2 &&
         sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size,
                        nullptr) == 0 &&
         size == out.size();
}

/// Exactly out.size() bytes from base64; line ends are passed over.
bool from_base64(std::string_view text, std::span<unsigned char> out) {
  std::size_t size = 0;
  const char* end = nullptr;
  return sodium_base642bin(out.data(), out.size(), text.data(), text.size(), "\r\n", &size, &end,
                           sodium_base64_VARIANT_ORIGINAL) == 0 &&
         size == out.size() && end == text.data() + text.size();
}

constexpr std::string_view pem_begin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view pem_end = "-----END PUBLIC KEY-----";
// SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING of 32 bytes }
constexpr std::array<unsigned char, 12> spki_prefix{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

bool from_pem(std::string_view text, PublicKey& key) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  if (!text.starts_with(pem_begin) || !text.ends_with(pem_end) ||
      text.size() < pem_begin.size() + pem_end.size())
    return false;
  text.remove_prefix(pem_begin.size());
  text.remove_suffix(pem_end.size());
  std::array<unsigned char, spki_prefix.size() + std::tuple_size_v<PublicKey>> der;
  if (!from_base64(text, der) || !std::equal(spki_prefix.begin(), spki_prefix.end(), der.begin()))
    return false;
  std::copy(der.begin() + spki_prefix.size(), der.end(), key.begin());
  return true;
}

std::array<unsigned char, crypto_auth_hmacsha256_BYTES> digest(std::string_view secret,
                                                               std::string_view message) {
  require_sodium();
  crypto_auth_hmacsha256_state state;
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> out;
  crypto_auth_hmacsha256_init(&state, bytes(secret), secret.size());
  crypto_auth_hmacsha256_update(&state, bytes(message), message.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  return out;
}

}  // namespace

std::string hmac_sha256(std::string_view secret, std::string_view message) {
  const auto mac = digest(secret, message);
  std::string hex(mac.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), mac.data(), mac.size());
  hex.pop_back();  // its terminator
  return hex;
}

bool hmac_matches(std::string_view secret, std::string_view message, std::string_view signature) {
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> given;
  if (!from_hex(signature, given)) return false;
  const auto mac = digest(secret, message);
  return sodium_memcmp(mac.data(), given.data(), mac.size()) == 0;
}

std::optional<PublicKey> parse_public_key(std::string_view text) {
  require_sodium();
  PublicKey key;
  if (!from_hex(text, key) && !from_base64(text, key) && !from_pem(text, key)) return std::nullopt;
  // A point of small order would accept signatures of anybody.
  if (crypto_core_ed25519_is_valid_point(key.data()) != 1) return std::nullopt;
  return key;
}

bool ed25519_matches(const PublicKey& key, std::string_view message, std::string_view signature) {
  require_sodium();
  std::array<unsigned char, crypto_sign_BYTES> given;
  if (!from_hex(signature, given) && !from_base64(signature, given)) return false;
  return crypto_sign_verify_detached(given.data(), bytes(message), message.size(), key.data()) == 0;
}

}  // namespace rialto::security
