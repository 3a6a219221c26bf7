// How a portfolio reads: its holdings with their lots, what they cost and are worth, and what it
// has earned (docs/portfolio.md).
//
// Pure functions over the replica and what hangs on it; the replica's thread.
#pragma once

#include <optional>
#include <string>

#include "platform/net/json_writer.hpp"
#include "projections/portfolio/holdings.hpp"
#include "projections/replica/replica.hpp"

namespace rialto::rest {

/// Quote per unit of base for `cost` ÷ `quantity` (base minor units, > 0), rounded half up to so
/// many decimal places, or fewer where 128 bits would not do.
std::string unit_price_text(i128 cost, i128 quantity, const instruments::Asset& base,
                            const instruments::Asset& quote, int places);
/// A price that may lie between two ticks.
std::string price_text(projections::HalfTicks, const instruments::Instrument&);

/// The whole portfolio; of each holding the oldest `lots_max` lots. `sequence` none: as read.
void write_portfolio(net::JsonWriter&, const portfolio::Portfolio&, const projections::Replica&,
                     const projections::Holdings&, std::size_t lots_max, Sequence sequence = {});

/// One lot of a position, by its place.
void write_lot(net::JsonWriter&, const projections::Position&, std::size_t index,
               const instruments::Instrument&, const instruments::Instruments&);

}  // namespace rialto::rest
