// The fields of one comma-separated line, one after the other, blanks around them dropped. Used by
// the replay's readers; looks into the line, owns nothing.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/types.hpp"

namespace rialto::replay {

inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// The nearest whole number of 10^-scale, halves up: recorded numbers may have gone through binary
/// floating point ("236.61000000000001"). Nothing for text that is no plain number without a sign,
/// or too large.
std::optional<std::int64_t> round_decimal(std::string_view text, int scale);

class Fields {
 public:
  explicit Fields(std::string_view line) : rest_(line) {}

  /// Empty behind the last field; past() then turns true.
  std::string_view text() {
    if (done_) {
      past_ = true;
      return {};
    }
    const auto comma = rest_.find(',');
    const std::string_view field = rest_.substr(0, comma);
    if (comma == rest_.npos)
      done_ = true;
    else
      rest_.remove_prefix(comma + 1);
    return trimmed(field);
  }
  /// A whole number of at most 18 digits, with no other character.
  std::optional<std::int64_t> number() {
    const std::string_view field = text();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size()) return std::nullopt;
    if (value > largest_number || value < -largest_number) return std::nullopt;
    return value;
  }

  /// Every field was read, and none beyond the last.
  bool complete() const { return done_ && !past_; }

 private:
  std::string_view rest_;
  bool done_ = false;
  bool past_ = false;
};

}  // namespace rialto::replay
