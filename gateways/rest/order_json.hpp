// The one shape of an order in JSON, whether it was just placed, is open, or closed long ago.
#pragma once

#include "contexts/instruments/instruments.hpp"
#include "flows/commands.hpp"
#include "platform/net/json_writer.hpp"
#include "projections/history/history.hpp"

namespace rialto::rest {

/// An order as it stands right after the step that took it.
projections::OrderRecord record_of(const orders::PlaceOrder&, const portfolio::Assignment&, UserId,
                                   const flows::Reply&);

void write_order(net::JsonWriter&, const projections::OrderRecord&,
                 const instruments::Instruments&);

}  // namespace rialto::rest
