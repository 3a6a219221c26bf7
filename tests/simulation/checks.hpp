// What must hold of a venue's state at any moment, and how its state is compared. Stateless.
#pragma once

#include "flows/venue.hpp"
#include "platform/eventlog/frame.hpp"
#include "projections/replica/replica.hpp"
#include "tests/simulation/auditor.hpp"

namespace rialto::simulation {

/// Canonical bytes: equal states give equal bytes.
Bytes state_bytes(const flows::Venue& venue);

/// Double entry, holds = what open orders hold, every open order in exactly one book with what is
/// left of it, nothing crossed. Linear in the state.
void check_state(Findings& findings, const flows::Venue& venue, std::string_view whose);

/// What clients can read.
Shown show(const projections::Replica& replica);

/// Of an event's type, number and bytes.
std::uint64_t digest(const eventlog::EventView& event);

}  // namespace rialto::simulation
