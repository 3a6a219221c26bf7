// Checking who signed a message: HMAC-SHA-256 (RFC 2104) and Ed25519 (RFC 8032), of libsodium. What
// the message is, each protocol says itself. Pure functions of their arguments; any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace rialto::security {

/// 64 lower-case hexadecimal digits. The secret's text is the key, as it was shown.
std::string hmac_sha256(std::string_view secret, std::string_view message);
/// `signature`: 64 hexadecimal digits of either letter case. Constant time in all but lengths.
bool hmac_matches(std::string_view secret, std::string_view message, std::string_view signature);

using PublicKey = std::array<unsigned char, 32>;

/// 64 hexadecimal digits, base64, or PEM (SubjectPublicKeyInfo, RFC 8410). Nothing where it is none
/// of them, or no key that could sign anything.
std::optional<PublicKey> parse_public_key(std::string_view text);
/// `signature`: 128 hexadecimal digits or base64 (RFC 4648, with padding).
bool ed25519_matches(const PublicKey& key, std::string_view message, std::string_view signature);

}  // namespace rialto::security
