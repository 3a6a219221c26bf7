// How instruments look on this wire: symbol and price unit of each, and back. Follows the events of
// listing; one thread.
//
// An instrument can be traded here if its symbol has at most 8 characters and its tick is a whole
// number of 0.0001: every price of its book can then be said exactly.
#pragma once

#include <vector>

#include "contexts/instruments/instruments.hpp"
#include "gateways/ouch/messages.hpp"

namespace rialto::ouch {

struct Listing {
  InstrumentId instrument;
  WireSymbol symbol;
  std::uint64_t units_per_tick = 0;  // of 0.0001; 0: not to be had here
};

class Listings {
 public:
  void add(InstrumentId, std::string_view symbol, instruments::Step tick);
  /// Null where there is none of that name here. A few multiplications and one cache line.
  const Listing* find(const WireSymbol&) const;
  /// REQUIRES: the instrument was added.
  const Listing& of(InstrumentId id) const { return listings_[id.value - 1]; }

  /// Ticks as a price on the wire, as far as 64 bits go.
  std::uint64_t wire_price(InstrumentId id, Price price) const {
    return static_cast<std::uint64_t>(price.value) * of(id).units_per_tick;
  }

 private:
  void index(const Listing&);

  std::vector<Listing> listings_;     // index = number - 1
  std::vector<std::uint32_t> slots_;  // hash of a symbol -> number, 0: empty; a power of two
};

}  // namespace rialto::ouch
