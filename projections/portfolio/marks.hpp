// What a holding is worth now: the price of the instrument's last trade, else the middle of its
// book, else nothing is known.
//
// Pure functions over the replica's state; any thread that may read it.
#pragma once

#include <optional>

#include "flows/venue.hpp"
#include "projections/portfolio/position.hpp"

namespace rialto::projections {

std::optional<HalfTicks> mark_of(const flows::Venue&, InstrumentId);

/// `quantity` in base minor units (below zero: short), the value in quote minor units, rounded half
/// up. Nothing where it is beyond 128 bits.
std::optional<i128> value_of(i128 quantity, HalfTicks price, const instruments::Instrument&);

}  // namespace rialto::projections
