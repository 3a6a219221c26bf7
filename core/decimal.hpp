// Decimal text to fixed-point integers and back, exactly. Binary floating point is never involved,
// so "1.15" at scale 2 is 115 and nothing else.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <boost/describe/enum.hpp>

#include "core/types.hpp"

namespace rialto {

BOOST_DEFINE_FIXED_ENUM_CLASS(DecimalError, std::uint8_t,
                              not_a_number,  // empty, letters, NaN, Infinity, stray signs, "-0"
                              too_precise,   // a non-zero digit beyond the scale
                              too_large)     // more than 18 significant digits, or 1e400

/// Parses `text` as JSON writes numbers (sign, digits, fraction, exponent; "1e-5" is fine) into
/// units of 10^-scale. Negative zero is refused. Linear in the text; any length is safe.
std::expected<std::int64_t, DecimalError> parse_decimal(std::string_view text, int scale);

/// The shortest exact text of value × 10^-scale: "1.5", "0.00001", "-3".
std::string format_decimal(i128 value, int scale);

}  // namespace rialto
