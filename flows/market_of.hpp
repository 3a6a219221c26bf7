// What an order needs to know of its instrument and its market; gathered by the flows, so that no
// context looks into another.
#pragma once

#include "flows/venue.hpp"

namespace rialto::flows {

inline orders::Terms terms_of(const instruments::Instrument& listed) {
  return {listed.id,           listed.base,   listed.quote, listed.quote_per_tick_lot,
          listed.base_per_lot, listed.halted, listed.rules};
}

inline orders::Market market_of(const Venue& venue, InstrumentId instrument, Side side) {
  return {venue.matching.best(instrument, opposite(side)), venue.matching.last_price(instrument)};
}

}  // namespace rialto::flows
