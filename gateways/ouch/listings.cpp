#include "gateways/ouch/listings.hpp"

namespace rialto::ouch {
namespace {

std::size_t hash(const WireSymbol& symbol) {
  std::uint64_t word = 0;
  std::memcpy(&word, symbol.data(), sizeof word);
  return static_cast<std::size_t>((word * 0x9e3779b97f4a7c15) >> 32);
}

/// Of 0.0001 in one tick; 0 where that is not a whole number.
std::uint64_t units_in(instruments::Step tick) {
  constexpr std::int32_t wire_scale = 4;
  auto units = static_cast<std::uint64_t>(tick.units);
  for (auto scale = tick.scale; scale < wire_scale; ++scale)
    if (__builtin_mul_overflow(units, std::uint64_t{10}, &units)) return 0;
  for (auto scale = tick.scale; scale > wire_scale; --scale) {
    if (units % 10 != 0) return 0;
    units /= 10;
  }
  return units;
}

}  // namespace

void Listings::add(InstrumentId id, std::string_view symbol, instruments::Step tick) {
  if (id.value > listings_.size()) listings_.resize(id.value);
  Listing& listing = listings_[id.value - 1];
  listing = {id, WireSymbol(symbol), symbol.size() <= WireSymbol::width ? units_in(tick) : 0};
  if (listings_.size() * 2 > slots_.size()) {
    slots_.assign(std::max<std::size_t>(16, slots_.size() * 2), 0);
    for (const Listing& known : listings_) index(known);
  } else {
    index(listing);
  }
}

void Listings::index(const Listing& listing) {
  if (listing.units_per_tick == 0) return;
  std::size_t at = hash(listing.symbol) & (slots_.size() - 1);
  while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = listing.instrument.value;
}

const Listing* Listings::find(const WireSymbol& symbol) const {
  if (slots_.empty()) return nullptr;
  for (std::size_t at = hash(symbol) & (slots_.size() - 1); slots_[at] != 0;
       at = (at + 1) & (slots_.size() - 1))
    if (const Listing& listing = listings_[slots_[at] - 1]; listing.symbol == symbol)
      return &listing;
  return nullptr;
}

}  // namespace rialto::ouch
