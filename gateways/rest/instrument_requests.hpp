// Bodies that list an instrument or change its rules, to commands.
//
// Pure functions; any thread.
#pragma once

#include <vector>

#include "contexts/instruments/instruments.hpp"
#include "flows/commands.hpp"
#include "gateways/rest/numbers.hpp"
#include "platform/net/json_reader.hpp"

namespace rialto::rest {

/// The rules in `fields` (makerFee, takerFee, maxQuantity, maxNotional, priceBand, collar,
/// maxOpenOrders) over `rules`; maxQuantity and maxNotional are read in the instrument's units.
Parsed<instruments::Rules> parse_rules(net::JsonFields& fields, instruments::Rules rules,
                                       const instruments::Instrument&,
                                       const instruments::Asset& quote);

/// What makes a new instrument: its unknown assets, then itself. All of it is tried on a copy of
/// the list first, so that nothing is registered for a listing that would be refused.
Parsed<std::vector<flows::Command>> parse_listing(net::JsonFields& fields,
                                                  instruments::Instruments list);

}  // namespace rialto::rest
