// What a client says of its API key: public keys, signatures, addresses. Never a crash.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "platform/net/address_block.hpp"
#include "platform/security/signatures.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const std::string_view rest = text.substr(std::min<std::size_t>(64, size));
  if (const auto key = rialto::security::parse_public_key(text.substr(0, 64)))
    (void)rialto::security::ed25519_matches(*key, "message", rest);
  (void)rialto::security::parse_public_key(text);
  (void)rialto::security::hmac_matches("secret", "message", text);
  if (const auto block = rialto::net::AddressBlock::parse(text)) (void)block->contains("192.0.2.7");
  if (const auto all = rialto::net::AddressBlock::parse("::/0")) (void)all->contains(text);
  return 0;
}
