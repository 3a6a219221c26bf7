// A block of IP addresses, as an allow list names it: "192.0.2.7", "192.0.2.0/24", "2001:db8::/32".
// Plain values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rialto::net {

class AddressBlock {
 public:
  /// Nothing where it is no address, the prefix too long, or a bit behind the prefix set: whoever
  /// writes 192.0.2.7/24 may have meant something else.
  static std::optional<AddressBlock> parse(std::string_view text);

  /// False for text that is no address. An IPv4 address mapped into IPv6 is the IPv4 address.
  bool contains(std::string_view address) const;

 private:
  using Bytes = std::array<std::uint8_t, 16>;
  static std::optional<Bytes> bytes_of(std::string_view address);

  Bytes first_{};
  int prefix_ = 128;
};

}  // namespace rialto::net
