#include "core/decimal.hpp"

#include <algorithm>
#include <array>

#include "core/assert.hpp"

namespace rialto {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr int largest_digits = 18;
// Exponents are clamped far outside anything representable, so that 1e999999999999 cannot overflow.
constexpr std::int64_t exponent_limit = 1'000'000;

struct Pieces {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::int64_t exponent = 0;
};

std::expected<Pieces, DecimalError> split(std::string_view text) {
  const auto bad = std::unexpected(DecimalError::not_a_number);
  Pieces pieces;
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return text.substr(start, at - start);
  };
  if (at < text.size() && text[at] == '-') {
    pieces.negative = true;
    ++at;
  }
  pieces.whole = digits();
  if (pieces.whole.empty()) return bad;
  if (at < text.size() && text[at] == '.') {
    ++at;
    pieces.fraction = digits();
    if (pieces.fraction.empty()) return bad;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool minus = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::string_view exponent = digits();
    if (exponent.empty()) return bad;
    for (const char c : exponent)
      pieces.exponent = std::min(pieces.exponent * 10 + (c - '0'), exponent_limit);
    if (minus) pieces.exponent = -pieces.exponent;
  }
  if (at != text.size()) return bad;
  return pieces;
}

}  // namespace

std::expected<std::int64_t, DecimalError> parse_decimal(std::string_view text, int scale) {
  RIALTO_ASSERT(scale >= 0 && scale <= largest_digits);
  const auto pieces = split(text);
  if (!pieces) return std::unexpected(pieces.error());

  // The digit at index i of whole+fraction has weight 10^(point - 1 - i), in units of 10^-scale.
  const auto point = static_cast<std::int64_t>(pieces->whole.size()) + pieces->exponent + scale;
  const auto count = static_cast<std::int64_t>(pieces->whole.size() + pieces->fraction.size());
  const auto digit = [&](std::int64_t i) {
    const auto whole = static_cast<std::int64_t>(pieces->whole.size());
    return i < whole ? pieces->whole[static_cast<std::size_t>(i)]
                     : pieces->fraction[static_cast<std::size_t>(i - whole)];
  };
  std::int64_t value = 0;
  bool nonzero = false;
  for (std::int64_t i = 0; i < count; ++i) {
    const char c = digit(i);
    if (c == '0' && value == 0) continue;
    nonzero = true;
    if (i >= point) {
      if (c != '0') return std::unexpected(DecimalError::too_precise);
      continue;
    }
    if (point - i > largest_digits && value == 0) return std::unexpected(DecimalError::too_large);
    if (value > largest_number / 10) return std::unexpected(DecimalError::too_large);
    value = value * 10 + (c - '0');
  }
  if (!nonzero) {
    if (pieces->negative) return std::unexpected(DecimalError::not_a_number);
    return 0;
  }
  for (std::int64_t i = count; i < point; ++i) {
    if (value > largest_number / 10) return std::unexpected(DecimalError::too_large);
    value *= 10;
  }
  return pieces->negative ? -value : value;
}

namespace {

/// Writes `rest` backwards, ending at `end`; returns where it starts.
template <class Unsigned>
char* write_digits(char* end, Unsigned rest, int scale) {
  char* at = end;
  int position = 0;
  bool fraction_shown = false;
  while (rest != 0 || position <= scale) {
    const auto digit = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
    if (position == scale && fraction_shown) *--at = '.';
    if (position >= scale || digit != '0' || fraction_shown) {
      *--at = digit;
      fraction_shown = fraction_shown || position < scale;
    }
    ++position;
  }
  return at;
}

}  // namespace

std::string format_decimal(i128 value, int scale) {
  RIALTO_ASSERT(scale >= 0 && scale <= largest_digits);
  const bool negative = value < 0;
  const u128 rest = negative ? -static_cast<u128>(value) : static_cast<u128>(value);
  std::array<char, 48> text;  // 39 digits, point, sign
  char* const end = text.data() + text.size();
  // Division in 128 bits is a function call per digit; hardly any number needs it.
  char* at = rest <= UINT64_MAX ? write_digits(end, static_cast<std::uint64_t>(rest), scale)
                                : write_digits(end, rest, scale);
  if (negative) *--at = '-';
  return {at, end};
}

}  // namespace rialto
