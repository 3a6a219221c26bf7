#include "gateways/rest/instrument_requests.hpp"

#include <algorithm>

#include "core/decimal.hpp"
#include "gateways/rest/answers.hpp"

namespace rialto::rest {
namespace {

using instruments::Instruments;
using instruments::Rules;
using net::Status;

// Rules of an instrument that says nothing of them.
constexpr std::uint32_t default_collar_ppm = 100'000;  // 10 %
constexpr std::uint32_t default_open_orders = 10'000;
constexpr std::int64_t default_notional = 10'000'000'000;     // whole quote units
constexpr std::int64_t default_quantity = 1'000'000'000'000;  // lots
// Scales of assets that are named for the first time; more where the steps ask for it.
constexpr int default_base_scale = 8;
constexpr int default_quote_scale = 2;

std::int64_t whole_units(std::int64_t count, int scale) {
  i128 value = count;
  for (int i = 0; i < scale && value < largest_number; ++i) value *= 10;
  return static_cast<std::int64_t>(std::min<i128>(value, largest_number));
}

template <class T, class Value>
std::optional<net::Response> assign(T& out, const Parsed<Value>& parsed) {
  if (!parsed) return parsed.error();
  out = *parsed;
  return std::nullopt;
}

std::optional<net::Response> read_rate(net::JsonFields& fields, std::string_view name,
                                       FeeRate& out) {
  const auto text = fields.optional_number(name);
  if (!text) return std::nullopt;
  const auto ppm = parse_fraction(name, *text);
  if (!ppm) return ppm.error();
  out = {static_cast<std::int32_t>(*ppm)};
  return std::nullopt;
}

std::optional<net::Response> read_share(net::JsonFields& fields, std::string_view name,
                                        std::uint32_t& out) {
  const auto text = fields.optional_number(name);
  if (!text) return std::nullopt;
  const auto ppm = parse_fraction(name, *text);
  if (!ppm) return ppm.error();
  if (*ppm < 0)
    return field_response(Status::unprocessable, "rules_out_of_range", name,
                          "this must not be below zero");
  out = static_cast<std::uint32_t>(*ppm);
  return std::nullopt;
}

net::Response refuse(instruments::Reject reject) {
  return refusal(rejection_of(reject));
}

/// Registers `code` on the copy if it is new.
std::optional<net::Response> need_asset(Instruments& list, const std::string& code, int scale,
                                        std::vector<flows::Command>& commands) {
  if (list.asset(code)) return std::nullopt;
  const instruments::RegisterAsset command{code, scale};
  const auto registered = list.decide(command);
  if (!registered) return refuse(registered.error());
  list.evolve(*registered);
  commands.emplace_back(command);
  return std::nullopt;
}

struct Listing {
  instruments::ListInstrument command;
  std::string_view tick;
  std::string_view lot;
};

Listing read_listing(net::JsonFields& fields) {
  Listing listing;
  listing.command.symbol = fields.text("symbol");
  const std::string& symbol = listing.command.symbol;
  const auto dash = symbol.find('-');
  listing.command.base =
      fields.optional_text("base").value_or(std::string_view(symbol).substr(0, dash));
  listing.command.quote = fields.optional_text("quote").value_or(
      dash == std::string::npos ? std::string_view("USD")
                                : std::string_view(symbol).substr(dash + 1));
  listing.tick = fields.number("tickSize");
  listing.lot = fields.number("lotSize");
  return listing;
}

}  // namespace

Parsed<Rules> parse_rules(net::JsonFields& fields, Rules rules,
                          const instruments::Instrument& instrument,
                          const instruments::Asset& quote) {
  if (auto refused = read_rate(fields, "makerFee", rules.maker_fee))
    return std::unexpected(std::move(*refused));
  if (auto refused = read_rate(fields, "takerFee", rules.taker_fee))
    return std::unexpected(std::move(*refused));
  if (auto refused = read_share(fields, "priceBand", rules.price_band_ppm))
    return std::unexpected(std::move(*refused));
  if (auto refused = read_share(fields, "collar", rules.collar_ppm))
    return std::unexpected(std::move(*refused));
  if (const auto text = fields.optional_number("maxQuantity"))
    if (auto refused = assign(rules.max_quantity, parse_quantity("maxQuantity", *text, instrument)))
      return std::unexpected(std::move(*refused));
  if (const auto text = fields.optional_number("maxNotional"))
    if (auto refused = assign(rules.max_notional, parse_amount("maxNotional", *text, quote)))
      return std::unexpected(std::move(*refused));
  if (const auto count = fields.optional_integer("maxOpenOrders")) {
    if (*count < 1 || *count > UINT32_MAX)
      return std::unexpected(field_response(Status::unprocessable, "rules_out_of_range",
                                            "maxOpenOrders",
                                            "a whole number above zero is needed"));
    rules.max_open_orders = static_cast<std::uint32_t>(*count);
  }
  return rules;
}

Parsed<std::vector<flows::Command>> parse_listing(net::JsonFields& fields, Instruments list) {
  Listing listing = read_listing(fields);
  std::vector<flows::Command> commands;
  if (fields.problem()) return commands;
  const auto tick = parse_step("tickSize", listing.tick);
  if (!tick) return std::unexpected(tick.error());
  const auto lot = parse_step("lotSize", listing.lot);
  if (!lot) return std::unexpected(lot.error());
  listing.command.tick = *tick;
  listing.command.lot = *lot;
  auto refused =
      need_asset(list, listing.command.base, std::max(default_base_scale, lot->scale), commands);
  if (!refused)
    refused = need_asset(list, listing.command.quote,
                         std::max(default_quote_scale, tick->scale + lot->scale), commands);
  if (refused) return std::unexpected(std::move(*refused));

  const auto& quote = *list.asset(listing.command.quote);
  const instruments::Instrument units{.id = {},
                                      .symbol = {},
                                      .base = {},
                                      .quote = quote.id,
                                      .tick = *tick,
                                      .lot = *lot,
                                      .quote_per_tick_lot = {},
                                      .base_per_lot = {},
                                      .rules = {}};
  const Rules usual{.maker_fee = {},
                    .taker_fee = {},
                    .max_quantity = {default_quantity},
                    .max_notional = {whole_units(default_notional, quote.scale)},
                    .price_band_ppm = 0,
                    .collar_ppm = default_collar_ppm,
                    .max_open_orders = default_open_orders};
  auto rules = parse_rules(fields, usual, units, quote);
  if (!rules) return std::unexpected(std::move(rules.error()));
  listing.command.rules = *rules;
  if (const auto listed = list.decide(listing.command); !listed)
    return std::unexpected(refuse(listed.error()));
  commands.emplace_back(std::move(listing.command));
  return commands;
}

}  // namespace rialto::rest
