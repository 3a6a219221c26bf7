#include "platform/net/address_block.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>
#include <string>

namespace rialto::net {
namespace {

constexpr std::size_t address_text_max = 64;
constexpr int mapped_bits = 96;  // of ::ffff:0:0/96, where IPv4 lies in IPv6

/// Whether bit `at` of the address, counted from the front, is one.
bool bit(const std::array<std::uint8_t, 16>& bytes, int at) {
  return (bytes[static_cast<std::size_t>(at / 8)] >> (7 - at % 8) & 1) != 0;
}

}  // namespace

std::optional<AddressBlock::Bytes> AddressBlock::bytes_of(std::string_view address) {
  if (address.size() > address_text_max || address.find('\0') != std::string_view::npos)
    return std::nullopt;
  const std::string text(address);
  Bytes bytes{};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  bytes[10] = bytes[11] = 0xff;
  if (::inet_pton(AF_INET, text.c_str(), bytes.data() + 12) == 1) return bytes;
  return std::nullopt;
}

std::optional<AddressBlock> AddressBlock::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const auto first = bytes_of(address);
  if (!first) return std::nullopt;
  AddressBlock block;
  block.first_ = *first;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const bool ipv4 = address.find(':') == std::string_view::npos;
    int length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc{} || end != digits.data() + digits.size() || length < 0 ||
        length > (ipv4 ? 32 : 128))
      return std::nullopt;
    block.prefix_ = ipv4 ? mapped_bits + length : length;
  }
  for (int i = block.prefix_; i < 128; ++i)
    if (bit(block.first_, i)) return std::nullopt;
  return block;
}

bool AddressBlock::contains(std::string_view address) const {
  const auto bytes = bytes_of(address);
  if (!bytes) return false;
  for (int i = 0; i < prefix_; ++i)
    if (bit(*bytes, i) != bit(first_, i)) return false;
  return true;
}

}  // namespace rialto::net
