#include "projections/portfolio/marks.hpp"

namespace rialto::projections {

std::optional<HalfTicks> mark_of(const flows::Venue& venue, InstrumentId instrument) {
  if (const auto last = venue.matching.last_price(instrument)) return HalfTicks{last->value * 2};
  const auto bid = venue.matching.best(instrument, Side::buy);
  const auto ask = venue.matching.best(instrument, Side::sell);
  if (bid && ask) return HalfTicks{bid->value + ask->value};
  return std::nullopt;
}

std::optional<i128> value_of(i128 quantity, HalfTicks price,
                             const instruments::Instrument& instrument) {
  i128 value = 0;
  if (__builtin_mul_overflow(quantity, static_cast<i128>(price.value), &value)) return std::nullopt;
  if (__builtin_mul_overflow(value, static_cast<i128>(instrument.quote_per_tick_lot.value), &value))
    return std::nullopt;
  // Half a tick, and a part of a lot: twice the lot's minor units make a whole one.
  const i128 whole = static_cast<i128>(instrument.base_per_lot.value) * 2;
  if (__builtin_add_overflow(value, whole / 2, &value)) return std::nullopt;
  return value >= 0 ? value / whole : -((-value + whole - 1) / whole);
}

}  // namespace rialto::projections
