#include "apps/replay/fields.hpp"

#include <string>

namespace rialto::replay {

std::optional<std::int64_t> round_decimal(std::string_view text, int scale) {
  int exponent = scale;
  if (const auto e = text.find_first_of("eE"); e != text.npos) {
    std::string_view digits = text.substr(e + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    int shift = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), shift);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    if (shift > 100 || shift < -100) return std::nullopt;
    exponent += shift;
    text = text.substr(0, e);
  }
  const auto point = text.find('.');
  const std::string_view integer = text.substr(0, point);
  const std::string_view fraction =
      point == text.npos ? std::string_view() : text.substr(point + 1);
  if (integer.empty() || (point != text.npos && fraction.empty())) return std::nullopt;
  std::string digits(integer);
  digits += fraction;
  if (digits.find_first_not_of("0123456789") != digits.npos) return std::nullopt;
  // How many of the digits stand before the last place that is kept.
  const auto kept = static_cast<std::int64_t>(integer.size()) + exponent;
  std::int64_t result = 0;
  for (std::int64_t i = 0; i < kept; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (result > largest_number / 10) return std::nullopt;
    result = result * 10 + (at < digits.size() ? digits[at] - '0' : 0);
  }
  const bool half_or_more = kept >= 0 && static_cast<std::size_t>(kept) < digits.size() &&
                            digits[static_cast<std::size_t>(kept)] >= '5';
  if (half_or_more && result == largest_number) return std::nullopt;
  return result + half_or_more;
}

}  // namespace rialto::replay
