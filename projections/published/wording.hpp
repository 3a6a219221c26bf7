// How quantities, names and times are written in everything the venue publishes: HTTP answers,
// streams, published events. Exact decimals, ids as text, times as ISO 8601 in UTC.
//
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "contexts/instruments/instruments.hpp"
#include "contexts/orders/contract.hpp"
#include "core/types.hpp"
#include "flows/commands.hpp"

namespace rialto::projections {

std::string price_text(Price, const instruments::Instrument&);
std::string quantity_text(Quantity, const instruments::Instrument&);
/// `amount` in minor units; wide, because sums over an order's life may be.
std::string amount_text(i128 amount, const instruments::Asset&);
/// Parts per million as a fraction: 1500 is "0.0015".
std::string fraction_text(std::int64_t ppm);
/// Quote paid or earned for one unit of base: notional ÷ base quantity, rounded half up to eight
/// digits more than the tick has (at most 18). REQUIRES: filled > 0.
std::string average_price_text(i128 notional, Quantity filled, const instruments::Instrument&,
                               const instruments::Asset& quote);

/// "2026-01-31T09:30:00.123456789Z"; the fraction has as many of 0, 3, 6 or 9 digits as it needs.
std::string time_text(Timestamp);
/// The same and every shorter fraction, with "Z" or an offset ("+01:00"); nothing for anything else
/// and for dates that do not exist. Years 1970 to 2261.
std::optional<Timestamp> parse_time(std::string_view text);

std::string_view side_text(Side);                          // "buy", "sell"
std::string_view order_type_text(orders::OrderType);       // "limit"
std::string_view time_in_force_text(orders::TimeInForce);  // "GTC"
std::string_view status_text(flows::OrderStatus);          // "partially_filled"
std::string_view cancel_reason_text(orders::CancelReason);
std::string_view prevention_text(orders::SelfTradePrevention);

}  // namespace rialto::projections
