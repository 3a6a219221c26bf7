#include "platform/eventlog/chain.hpp"

#include <charconv>

#include <openssl/evp.h>

#include "core/assert.hpp"

namespace rialto::eventlog {
namespace {

/// Looked up once: a lookup per use costs more than hashing a small frame.
const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  RIALTO_ASSERT(fetched != nullptr);
  return fetched;
}

// OpenSSL's digest calls fail only for want of memory or on misuse: neither leaves anything to do.
void require(int succeeded) {
  RIALTO_ASSERT(succeeded == 1);
}

}  // namespace

std::string to_text(const ChainHead& head) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : head.bytes) {
    text += digits[std::to_integer<unsigned>(byte) >> 4];
    text += digits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

std::optional<ChainHead> parse_chain_head(std::string_view text) {
  ChainHead head;
  if (text.size() != head.bytes.size() * 2) return std::nullopt;
  for (std::byte& byte : head.bytes) {
    unsigned value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + 2, value, 16);
    if (code != std::errc() || end != text.data() + 2) return std::nullopt;
    byte = static_cast<std::byte>(value);
    text.remove_prefix(2);
  }
  return head;
}

void Chain::Release::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Chain::Chain() : running_(EVP_MD_CTX_new()), scratch_(EVP_MD_CTX_new()) {
  RIALTO_ASSERT(running_ != nullptr && scratch_ != nullptr);
  restart({});
}
Chain::~Chain() = default;
Chain::Chain(Chain&&) noexcept = default;
Chain& Chain::operator=(Chain&&) noexcept = default;

void Chain::restart(ByteView header) {
  require(EVP_DigestInit_ex2(running_.get(), algorithm(), nullptr));
  extend(header);
}

void Chain::extend(ByteView frames) {
  require(EVP_DigestUpdate(running_.get(), frames.data(), frames.size()));
}

ChainHead Chain::head() const {
  ChainHead head;
  require(EVP_MD_CTX_copy_ex(scratch_.get(), running_.get()));
  require(EVP_DigestFinal_ex(scratch_.get(), reinterpret_cast<unsigned char*>(head.bytes.data()),
                             nullptr));
  return head;
}

ChainHead sha256(ByteView bytes) {
  Chain chain;
  chain.extend(bytes);
  return chain.head();
}

}  // namespace rialto::eventlog
