// A trade as its parties and administrators see it: as it stands, with the chain of what was done
// to it.
//
// Pure functions; the replica's thread.
#pragma once

#include <span>

#include "gateways/rest/front_desk.hpp"
#include "platform/net/json_writer.hpp"
#include "projections/replica/replica.hpp"

namespace rialto::rest {

/// `changes` null: a list's row, without the chain. Who stood on the other side, and who changed
/// the trade, is an administrator's to know.
void write_trade(net::JsonWriter&, const projections::TradeRecord&, const Caller&,
                 const flows::Venue&, const std::vector<projections::TradeChange>* changes,
                 Sequence sequence = {});

}  // namespace rialto::rest
