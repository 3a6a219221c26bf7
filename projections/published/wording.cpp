#include "projections/published/wording.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include <boost/describe/enum_to_string.hpp>

#include "core/assert.hpp"
#include "core/decimal.hpp"

namespace rialto::projections {
namespace {

constexpr int ppm_scale = 6;
constexpr int average_extra_digits = 8;
constexpr int largest_scale = 18;
constexpr std::int64_t second_ns = 1'000'000'000;

i128 power_of_ten(int exponent) {
  i128 value = 1;
  while (exponent-- > 0) value *= 10;
  return value;
}

char* put(char* at, char c) {
  *at = c;
  return at + 1;
}

/// `digits` digits with leading zeros. By hand, because every answer carries times and formatting
/// libraries show in its profile.
char* put_number(char* at, std::int64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
  return at + digits;
}

/// Exactly `digits` digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// ".5" and so on, as nanoseconds; 0 without one. At most nine digits.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return 0;
  std::int64_t value = 0;
  std::int64_t unit = second_ns;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    unit /= 10;
    if (unit == 0) return std::nullopt;
    value += (text[0] - '0') * unit;
    text.remove_prefix(1);
  }
  return unit == second_ns ? std::nullopt : std::optional(value);
}

/// Seconds east of UTC; the end of the text.
std::optional<std::int64_t> take_zone(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  const bool west = text.starts_with('-');
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || !take(text, ':')) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::int64_t seconds = *hours * 3600 + *minutes * 60;
  return west ? -seconds : seconds;
}

std::optional<std::int64_t> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || *year < 1970 || *year > 2261) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::optional<std::int64_t> take_time_of_day(std::string_view& text) {
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return *hour * 3600 + *minute * 60 + *second;
}

}  // namespace

std::string price_text(Price price, const instruments::Instrument& instrument) {
  return format_decimal(static_cast<i128>(price.value) * instrument.tick.units,
                        instrument.tick.scale);
}

std::string quantity_text(Quantity quantity, const instruments::Instrument& instrument) {
  return format_decimal(static_cast<i128>(quantity.value) * instrument.lot.units,
                        instrument.lot.scale);
}

std::string amount_text(i128 amount, const instruments::Asset& asset) {
  return format_decimal(amount, asset.scale);
}

std::string fraction_text(std::int64_t ppm) {
  return format_decimal(ppm, ppm_scale);
}

std::string average_price_text(i128 notional, Quantity filled,
                               const instruments::Instrument& instrument,
                               const instruments::Asset& quote) {
  RIALTO_ASSERT(filled.value > 0);
  const int digits = std::min(instrument.tick.scale + average_extra_digits, largest_scale);
  // Both sides brought to whole numbers: notional × 10^-quote over filled × lot, times 10^digits.
  const int exponent = instrument.lot.scale - quote.scale + digits;
  const i128 above = notional * power_of_ten(exponent);
  const i128 below =
      static_cast<i128>(filled.value) * instrument.lot.units * power_of_ten(-exponent);
  return format_decimal((2 * above + below) / (2 * below), digits);
}

std::string time_text(Timestamp time) {
  const std::int64_t seconds = time.value / second_ns;
  const std::int64_t fraction = time.value % second_ns;
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{seconds / 86'400}}};
  const std::int64_t rest = seconds % 86'400;
  std::array<char, 30> text;
  char* at = put_number(text.data(), int{date.year()}, 4);
  at = put_number(put(at, '-'), unsigned{date.month()}, 2);
  at = put_number(put(at, '-'), unsigned{date.day()}, 2);
  at = put_number(put(at, 'T'), rest / 3600, 2);
  at = put_number(put(at, ':'), rest / 60 % 60, 2);
  at = put_number(put(at, ':'), rest % 60, 2);
  if (fraction % 1'000 != 0)
    at = put_number(put(at, '.'), fraction, 9);
  else if (fraction % 1'000'000 != 0)
    at = put_number(put(at, '.'), fraction / 1'000, 6);
  else if (fraction != 0)
    at = put_number(put(at, '.'), fraction / 1'000'000, 3);
  return {text.data(), put(at, 'Z')};
}

std::optional<Timestamp> parse_time(std::string_view text) {
  const auto days = take_date(text);
  if (!days || (!take(text, 'T') && !take(text, ' '))) return std::nullopt;
  const auto seconds = take_time_of_day(text);
  if (!seconds) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone) return std::nullopt;
  const std::int64_t instant = *days * 86'400 + *seconds - *zone;
  if (instant < 0) return std::nullopt;
  return Timestamp{instant * second_ns + *fraction};
}

std::string_view side_text(Side side) {
  return side == Side::buy ? "buy" : "sell";
}

std::string_view order_type_text(orders::OrderType type) {
  return boost::describe::enum_to_string(type, "unknown");
}

std::string_view time_in_force_text(orders::TimeInForce time_in_force) {
  using enum matching::TimeInForce;
  switch (time_in_force) {
    case gtc:
      return "GTC";
    case ioc:
      return "IOC";
    case fok:
      return "FOK";
    case day:
      return "DAY";
    case gtd:
      return "GTD";
  }
  return "unknown";
}

std::string_view status_text(flows::OrderStatus status) {
  return boost::describe::enum_to_string(status, "unknown");
}

std::string_view cancel_reason_text(orders::CancelReason reason) {
  return boost::describe::enum_to_string(reason, "unknown");
}

std::string_view prevention_text(orders::SelfTradePrevention prevention) {
  return boost::describe::enum_to_string(prevention, "unknown");
}

}  // namespace rialto::projections
