// Products in 128 bits and the one rounding rule of money: fees round up, in the venue's favour, on
// the cumulative amount (DESIGN: the fee of fill k is the rounded cumulative fee less what was
// charged).
#pragma once

#include <cstdint>
#include <optional>

#include "core/assert.hpp"
#include "core/types.hpp"

namespace rialto {

inline constexpr std::int64_t fee_rate_unit = 1'000'000;

/// a × b × c, or nothing where the magnitude exceeds 18 digits. Operands are within 18 digits.
constexpr std::optional<std::int64_t> checked_product(std::int64_t a, std::int64_t b,
                                                      std::int64_t c = 1) {
  const i128 first = static_cast<i128>(a) * b;
  i128 product = 0;
  if (__builtin_mul_overflow(first, static_cast<i128>(c), &product)) return std::nullopt;
  if (product > largest_number || product < -largest_number) return std::nullopt;
  return static_cast<std::int64_t>(product);
}

/// Smallest integer not below numerator ÷ denominator; denominator > 0.
constexpr i128 ceil_divide(i128 numerator, std::int64_t denominator) {
  // Nearly always both fit into a machine word, whose division is ten times as fast.
  if (const auto small = static_cast<std::int64_t>(numerator); small == numerator) [[likely]]
    return small / denominator + (small % denominator > 0 ? 1 : 0);
  const i128 quotient = numerator / denominator;
  return quotient + (numerator % denominator > 0 ? 1 : 0);
}

/// What one fill is charged. `slack` is what earlier fills of the same order were rounded up by, in
/// millionths of a minor unit (0 ≤ slack < 1,000,000), so that the sum over all fills is the
/// rounded sum.
struct FeeCharge {
  Amount fee;
  std::uint32_t slack;
};
constexpr FeeCharge charge_fee(Amount notional, FeeRate rate, std::uint32_t slack) {
  const i128 exact = static_cast<i128>(notional.value) * rate.value - slack;
  const i128 fee = ceil_divide(exact, fee_rate_unit);
  return {{static_cast<std::int64_t>(fee)},
          static_cast<std::uint32_t>(fee * fee_rate_unit - exact)};
}

}  // namespace rialto
