// Order entry through sequenced sessions, as step flows around those of order_entry.hpp: a repeated
// number does nothing, and a reject becomes an event, so that the session can be told again.
#pragma once

#include "flows/step.hpp"

namespace rialto::flows {

/// As place_order and amend_order; they differ only for commands of a session.
void place_sequenced(Step&, const orders::PlaceOrder&, Reply&);
void amend_sequenced(Step&, const orders::AmendOrder&, Reply&);

Reply open_session(Step&, const sessions::OpenSession&);
Reply revoke_session(Step&, const sessions::RevokeSession&);
Reply refuse_order(Step&, const sessions::RefuseOrder&);
Reply cancel_session_orders(Step&, const sessions::CancelSessionOrders&);
Reply switch_order_entry(Step&, const sessions::SwitchOrderEntry&);

}  // namespace rialto::flows
