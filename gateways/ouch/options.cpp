#include "gateways/ouch/options.hpp"

namespace rialto::ouch {
namespace {

constexpr std::string_view malformed = "options_malformed";
constexpr std::string_view unsupported = "option_not_supported";

template <class T>
bool read_value(ByteView value, T& out) {
  if (value.size() != sizeof(T)) return false;
  read_wire(value.data(), out);
  return true;
}

/// Empty where the option is understood or harmless.
std::string_view read_option(Tag tag, ByteView value, OrderOptions& options) {
  char letter = 0;
  std::uint8_t small = 0;
  std::uint32_t number = 0;
  switch (tag) {
    case Tag::minimum_quantity:
      return read_value(value, options.minimum_quantity) ? "" : malformed;
    case Tag::maximum_floor:
      return read_value(value, options.maximum_floor) ? "" : malformed;
    case Tag::expire_time:
      return read_value(value, options.expire_time) ? "" : malformed;
    case Tag::post_only:
      if (!read_value(value, letter) || (letter != 'P' && letter != 'N')) return malformed;
      options.post_only = letter == 'P';
      return "";
    case Tag::price_type:
      if (!read_value(value, letter)) return malformed;
      return letter == 'L' ? "" : unsupported;
    case Tag::random_reserves:
      if (!read_value(value, number)) return malformed;
      return number == 0 ? "" : unsupported;
    case Tag::trade_now:
      if (!read_value(value, letter)) return malformed;
      return letter == 'N' || letter == ' ' ? "" : unsupported;
    case Tag::user_ref_index:
      if (!read_value(value, small)) return malformed;
      return small == 0 ? "" : unsupported;
    case Tag::firm:
    case Tag::customer_type:
    case Tag::handling:
    case Tag::group:
    case Tag::shares_located:
    case Tag::locate_broker:
      return "";
    default:
      return unsupported;
  }
}

template <class T>
std::byte* write_option(std::byte* at, Tag tag, T value) {
  *at++ = static_cast<std::byte>(1 + sizeof value);
  *at++ = static_cast<std::byte>(tag);
  return write_wire(at, value);
}

}  // namespace

std::expected<OrderOptions, std::string_view> read_options(ByteView appendage) {
  OrderOptions options;
  if (appendage.empty()) return options;
  std::uint16_t size = 0;
  if (appendage.size() < sizeof size) return std::unexpected(malformed);
  read_wire(appendage.data(), size);
  ByteView rest = appendage.subspan(sizeof size);
  if (rest.size() != size) return std::unexpected(malformed);
  while (!rest.empty()) {
    const auto length = static_cast<std::size_t>(rest[0]);  // of tag and value
    if (length == 0 || length >= rest.size()) return std::unexpected(malformed);
    const auto refusal =
        read_option(static_cast<Tag>(rest[1]), rest.subspan(2, length - 1), options);
    if (!refusal.empty()) return std::unexpected(refusal);
    rest = rest.subspan(1 + length);
  }
  return options;
}

std::byte* write_options(std::byte* at, const OrderOptions& options) {
  if (options.minimum_quantity != 0)
    at = write_option(at, Tag::minimum_quantity, options.minimum_quantity);
  if (options.maximum_floor != 0) at = write_option(at, Tag::maximum_floor, options.maximum_floor);
  if (options.post_only) at = write_option(at, Tag::post_only, 'P');
  if (options.expire_time != 0) at = write_option(at, Tag::expire_time, options.expire_time);
  return at;
}

}  // namespace rialto::ouch
