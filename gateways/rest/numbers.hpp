// Decimal text of a request to the venue's numbers, exactly, or a refusal that says what would have
// been right. Malformed text is 400, a number that breaks a rule of its instrument 422.
//
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <string_view>

#include "contexts/instruments/instruments.hpp"
#include "core/types.hpp"
#include "platform/net/message.hpp"

namespace rialto::rest {

template <class T>
using Parsed = std::expected<T, net::Response>;

/// Above zero and a whole number of ticks; else not_a_number, number_too_large,
/// <field>_must_be_positive or <field>_must_be_on_tick, with the nearest valid prices. `field` is
/// "price" or "stopPrice".
Parsed<Price> parse_price(std::string_view field, std::string_view text,
                          const instruments::Instrument&);
/// Above zero and a whole number of lots; quantity_must_be_positive, quantity_must_be_on_lot.
Parsed<Quantity> parse_quantity(std::string_view field, std::string_view text,
                                const instruments::Instrument&);
/// In minor units of the asset, above zero: amount_must_be_positive, amount_too_precise.
Parsed<Amount> parse_amount(std::string_view field, std::string_view text,
                            const instruments::Asset&);
/// The same, with zero allowed: a target balance or a limit.
Parsed<Amount> parse_balance(std::string_view field, std::string_view text,
                             const instruments::Asset&);
/// "0.0015" to 1500 parts per million; at most 1000 either way.
Parsed<std::int64_t> parse_fraction(std::string_view field, std::string_view text);
/// A tick or lot size: "0.05" to {5, 2}.
Parsed<instruments::Step> parse_step(std::string_view field, std::string_view text);

/// An identifier in a path: digits only, above zero, within 64 bits.
template <class Id>
std::optional<Id> parse_id(std::string_view text);
std::optional<std::uint64_t> parse_number(std::string_view text);

template <class Id>
std::optional<Id> parse_id(std::string_view text) {
  const auto number = parse_number(text);
  if (!number || *number == 0 || *number > std::numeric_limits<typename Id::rep>::max())
    return std::nullopt;
  return Id{static_cast<typename Id::rep>(*number)};
}

}  // namespace rialto::rest
