// Cancels of many orders are promised in one step and done in later, bounded ones. A client that
// was told of them must find them done, so the answer waits behind them.
#pragma once

#include <functional>

#include "gateways/venue_port.hpp"

namespace rialto::rest {

/// Calls then(sequence), where the port's callbacks run, once all cancels promised so far are done
/// and durable; `promised` is the step that promised them.
inline void after_queued_work(gateways::VenuePort& venue, const flows::Origin& origin,
                              Sequence promised, std::move_only_function<void(Sequence)> then) {
  // A command for every book waits for queued work (FLOWS-4). This one cancels nobody's orders, so
  // waiting is all it does.
  venue.submit(orders::CancelAllOrders{}, origin,
               [promised, then = std::move(then)](const flows::Reply& reply) mutable {
                 then(reply.rejection ? promised : reply.sequence);
               });
}

}  // namespace rialto::rest
