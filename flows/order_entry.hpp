// The life of an order, as step flows: orders validates and takes the hold, matching sweeps, each
// trade settles both sides, holds are released, all in one atomic step.
#pragma once

#include "flows/step.hpp"

namespace rialto::flows {

// The three that a market is made of fill in the reply where it stays: copying it would cost them a
// tenth of their time.
void place_order(Step&, const orders::PlaceOrder&, Reply&);
void amend_order(Step&, const orders::AmendOrder&, Reply&);
void cancel_order(Step&, const orders::CancelOrder&, Reply&);
/// An order for a portfolio: an OrderAssigned follows its OrderCreated.
void place_assigned_order(Step&, const PlaceAssignedOrder&, Reply&);
Reply cancel_all_orders(Step&, const orders::CancelAllOrders&);
Reply block_trading(Step&, const orders::BlockTrading&);
Reply unblock_trading(Step&, const orders::UnblockTrading&);

/// A stop that a trade has set off leaves the stop book and enters the book.
void trigger_stop(Step&, OrderId);
/// Ends an open order and releases its hold. REQUIRES: it is open.
void end_order(Step&, OrderId, orders::CancelReason);

}  // namespace rialto::flows
