// What became of an order, for /api/orders/{id}/status and /summary: how far it is, its fills, and
// what happened when.
//
// Pure functions over the replica; its thread.
#pragma once

#include <vector>

#include "gateways/rest/front_desk.hpp"
#include "platform/net/json_writer.hpp"
#include "projections/replica/replica.hpp"

namespace rialto::rest {

struct OrderFills {
  std::vector<projections::TradeRecord> trades;  // oldest first
  bool complete = true;  // false: only the newest, there was too much to look through
};
/// The trades of an order, by walking the account's from the order's last one backwards until all
/// that it has filled is found. O(log trades + the account's trades meanwhile), at most 20,000.
OrderFills fills_of(const projections::Replica&, const projections::OrderRecord&);

void write_order_status(net::JsonWriter&, const projections::OrderRecord&,
                        const instruments::Instruments&);
void write_order_summary(net::JsonWriter&, const projections::OrderRecord&, const OrderFills&,
                         const instruments::Instruments&);

}  // namespace rialto::rest
