// What an event of the journal will touch in the state, asked for ahead of its fold: replay is all
// cache misses, and they overlap.
//
// Hints only, in three passes over a window of coming events: each asks for what the pass before
// has made findable. Called by whoever folds, on the state's thread.
#pragma once

#include "flows/venue.hpp"

namespace rialto::flows {

inline void prefetch_open_order(const Venue& venue, OrderId order, AccountId account, int pass) {
  venue.matching.prefetch(order, static_cast<matching::Matching::Pass>(pass));
  if (pass == 0) {
    venue.ledger.prefetch(account);
    venue.orders.prefetch(account);
    venue.orders.prefetch_slot(order);
  } else if (pass == 1) {
    venue.orders.prefetch_order(order);
  } else {
    venue.orders.prefetch_neighbours(order);
  }
}

template <class Event>
void prefetch(const Venue& venue, const Event& event, int pass) {
  if constexpr (std::is_same_v<Event, orders::OrderCreated>) {
    if (pass == 0) {
      venue.ledger.prefetch(event.account);
      venue.orders.prefetch(event.account);
      venue.orders.prefetch_slot(event.order);
      if (!event.key.empty()) venue.orders.prefetch(event.key);
    } else if (pass == 1) {
      venue.orders.prefetch_newest(event.account);
    }
  } else if constexpr (std::is_same_v<Event, matching::OrderProcessed>) {
    if (event.outcome == matching::Outcome::done) return;
    matching::EnterOrder entry;
    entry.order = event.order;
    entry.instrument = event.instrument;
    entry.side = event.side;
    entry.limit = event.price;
    venue.matching.prefetch(entry, static_cast<matching::Matching::Pass>(pass));
  } else if constexpr (std::is_same_v<Event, matching::OrderCancelled>) {
    prefetch_open_order(venue, event.order, event.account, pass);
  } else if constexpr (std::is_same_v<Event, matching::TradeExecuted>) {
    prefetch_open_order(venue, event.buy_order, event.buyer, pass);
    prefetch_open_order(venue, event.sell_order, event.seller, pass);
  }
}

}  // namespace rialto::flows
