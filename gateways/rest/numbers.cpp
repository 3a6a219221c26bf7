#include "gateways/rest/numbers.hpp"

#include <charconv>
#include <string>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "core/decimal.hpp"
#include "gateways/rest/answers.hpp"
#include "platform/net/error_body.hpp"
#include "platform/net/json_writer.hpp"

namespace rialto::rest {
namespace {

using instruments::Step;
using net::Status;

constexpr int largest_scale = 18;
constexpr int ppm_scale = 6;
// Longer texts than any number of 18 digits needs, with zeros to spare; shown back in errors.
constexpr std::size_t shown_back_max = 64;

std::unexpected<net::Response> refuse(Status status, std::string_view code, std::string_view field,
                                      std::string_view message) {
  return std::unexpected(field_response(status, code, field, message));
}

/// For what is no number, or too large a one; `too_precise` is the caller's affair.
std::unexpected<net::Response> refuse(DecimalError error, std::string_view field) {
  if (error == DecimalError::too_large)
    return refuse(Status::unprocessable, "number_too_large", field,
                  "numbers have at most 18 significant digits");
  return refuse(Status::bad_request, "not_a_number", field,
                "a decimal number such as \"1.15\" is needed");
}

/// REST-3: the valid neighbours of a number that is no multiple of `step`, as JSON members; empty
/// where the number has more digits than can be looked at.
std::string neighbours(std::string_view text, const Step& step) {
  for (int scale = step.scale; scale <= largest_scale; ++scale) {
    const auto value = parse_decimal(text, scale);
    if (!value) continue;
    i128 unit = step.units;
    for (int i = step.scale; i < scale; ++i) unit *= 10;
    const auto below = static_cast<i128>(*value) / unit;
    std::string out;
    net::JsonWriter(out)
        .begin_object()
        .field("below", format_decimal(below * step.units, step.scale))
        .field("above", format_decimal((below + 1) * step.units, step.scale))
        .end_object();
    return out;
  }
  return {};
}

struct StepRule {
  std::string_view positive_code;
  std::string_view step_code;
  std::string_view unit;  // "tick"
};

net::Response off_step(std::string_view field, std::string_view text, const Step& step,
                       const StepRule& rule) {
  std::string details;
  net::JsonWriter json(details);
  json.begin_object()
      .field("field", field)
      .field("value", text.substr(0, shown_back_max))
      .field(rule.unit == "tick" ? "tickSize" : "lotSize", format_decimal(step.units, step.scale));
  if (const std::string nearest = neighbours(text, step); !nearest.empty())
    json.key("nearest").raw(nearest);
  json.end_object();
  return net::error_response(Status::unprocessable, rule.step_code,
                             fmt::format("{} must be a whole number of {}s of {}", field, rule.unit,
                                         format_decimal(step.units, step.scale)),
                             details);
}

Parsed<std::int64_t> parse_steps(std::string_view field, std::string_view text, const Step& step,
                                 const StepRule& rule) {
  const auto value = parse_decimal(text, step.scale);
  if (!value && value.error() != DecimalError::too_precise) return refuse(value.error(), field);
  if (value ? *value <= 0 : text.starts_with('-'))
    return refuse(Status::unprocessable, rule.positive_code, field, "this must be above zero");
  if (!value || *value % step.units != 0) return std::unexpected(off_step(field, text, step, rule));
  return *value / step.units;
}

Parsed<Amount> parse_units(std::string_view field, std::string_view text,
                           const instruments::Asset& asset, std::int64_t least) {
  const auto value = parse_decimal(text, asset.scale);
  if (!value && value.error() == DecimalError::too_precise) {
    const std::string smallest = format_decimal(1, asset.scale);
    return std::unexpected(
        limit_response(Status::unprocessable, "amount_too_precise", field, smallest,
                       fmt::format("the smallest unit of {} is {}", asset.code, smallest)));
  }
  if (!value) return refuse(value.error(), field);
  if (*value < least)
    return refuse(Status::unprocessable, "amount_must_be_positive", field,
                  least == 0 ? "this must not be below zero" : "this must be above zero");
  return Amount{*value};
}

}  // namespace

Parsed<Price> parse_price(std::string_view field, std::string_view text,
                          const instruments::Instrument& instrument) {
  static constexpr StepRule price_rule{"price_must_be_positive", "price_must_be_on_tick", "tick"};
  static constexpr StepRule stop_rule{"stop_price_must_be_positive", "stop_price_must_be_on_tick",
                                      "tick"};
  const auto ticks =
      parse_steps(field, text, instrument.tick, field == "stopPrice" ? stop_rule : price_rule);
  if (!ticks) return std::unexpected(ticks.error());
  return Price{*ticks};
}

Parsed<Quantity> parse_quantity(std::string_view field, std::string_view text,
                                const instruments::Instrument& instrument) {
  static constexpr StepRule rule{"quantity_must_be_positive", "quantity_must_be_on_lot", "lot"};
  const auto lots = parse_steps(field, text, instrument.lot, rule);
  if (!lots) return std::unexpected(lots.error());
  return Quantity{*lots};
}

Parsed<Amount> parse_amount(std::string_view field, std::string_view text,
                            const instruments::Asset& asset) {
  return parse_units(field, text, asset, 1);
}

Parsed<Amount> parse_balance(std::string_view field, std::string_view text,
                             const instruments::Asset& asset) {
  return parse_units(field, text, asset, 0);
}

Parsed<std::int64_t> parse_fraction(std::string_view field, std::string_view text) {
  const auto value = parse_decimal(text, ppm_scale);
  if (!value && value.error() == DecimalError::too_precise)
    return refuse(Status::unprocessable, "fraction_too_precise", field,
                  "fractions have at most six decimal places: 0.000001 is a millionth");
  if (!value) return refuse(value.error(), field);
  constexpr std::int64_t most_ppm = 1'000'000'000;
  if (*value > most_ppm || *value < -most_ppm)
    return refuse(Status::unprocessable, "rules_out_of_range", field, "this fraction is too large");
  return *value;
}

Parsed<Step> parse_step(std::string_view field, std::string_view text) {
  for (int scale = 0; scale <= largest_scale; ++scale) {
    const auto value = parse_decimal(text, scale);
    if (!value && value.error() == DecimalError::too_precise) continue;
    if (!value) return refuse(value.error(), field);
    if (*value <= 0)
      return refuse(Status::unprocessable, "step_out_of_range", field, "this must be above zero");
    return Step{*value, scale};
  }
  return refuse(Status::unprocessable, "step_out_of_range", field,
                "a step has at most 18 decimal places");
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

}  // namespace rialto::rest
