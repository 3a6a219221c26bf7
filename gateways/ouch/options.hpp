// The appendage of a message: optional fields, each a length, a tag and a value. What would change
// an order and is not supported is refused by name; what only informs is passed over.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "gateways/ouch/messages.hpp"

namespace rialto::ouch {

enum class Tag : std::uint8_t {
  secondary_order = 1,
  firm = 2,
  minimum_quantity = 3,
  customer_type = 4,
  maximum_floor = 5,
  price_type = 6,
  peg_offset = 7,
  discretion_price = 9,
  discretion_type = 10,
  discretion_offset = 11,
  post_only = 12,
  random_reserves = 13,
  route = 14,
  expire_time = 15,
  trade_now = 16,
  handling = 17,
  bbo_weight = 18,
  display_quantity = 22,
  display_price = 23,
  group = 24,
  shares_located = 25,
  locate_broker = 26,
  side = 27,
  user_ref_index = 28,
};

/// Those that an order here can have.
struct OrderOptions {
  std::uint32_t minimum_quantity{};
  std::uint32_t maximum_floor{};  // what is shown of an iceberg; 0: all of it
  bool post_only{};
  std::uint32_t expire_time{};  // seconds since midnight UTC; 0: none
  friend bool operator==(const OrderOptions&, const OrderOptions&) = default;
};

/// The reason to refuse the order, where the bytes are malformed or ask for what is not supported.
/// `appendage`: what follows a message's fields, its own length (16 bits) first; empty is fine.
std::expected<OrderOptions, std::string_view> read_options(ByteView appendage);

/// At most this many bytes of options, without their length.
inline constexpr std::size_t options_max = 21;
/// Writes those that are set; returns the end.
std::byte* write_options(std::byte* at, const OrderOptions&);

}  // namespace rialto::ouch
