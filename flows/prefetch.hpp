// What a command or an event will touch in the state, asked for ahead of its step or its fold: both
// are all cache misses, and misses overlap.
//
// Hints only, in three passes over a window of what is coming: each asks for what the pass before
// has made findable. Called by whoever steps or folds, on the state's thread.
#pragma once

#include "flows/commands.hpp"
#include "flows/venue.hpp"

namespace rialto::flows {

inline constexpr int prefetch_passes = 3;

inline void prefetch_new_order(const Venue& venue, AccountId account, const Fingerprint& key,
                               int pass) {
  if (pass == 0) {
    venue.ledger.prefetch(account);
    venue.orders.prefetch(account);
    if (!key.empty()) venue.orders.prefetch(key);
  } else if (pass == 1) {
    venue.orders.prefetch_newest(account);
  }
}

/// Its place in the book.
inline void prefetch_entry(const Venue& venue, OrderId order, InstrumentId instrument, Side side,
                           Price limit, int pass) {
  matching::EnterOrder entry;
  entry.order = order;
  entry.instrument = instrument;
  entry.side = side;
  entry.limit = limit;
  venue.matching.prefetch(entry, static_cast<matching::Matching::Pass>(pass));
}

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

inline void prefetch(const Venue& venue, const Command& coming, int pass) {
  if (const auto* place = std::get_if<orders::PlaceOrder>(&coming)) {
    prefetch_new_order(venue, place->account, place->key, pass);
    prefetch_entry(venue, {}, place->instrument, place->side, place->price, pass);
  } else if (const auto* cancel = std::get_if<orders::CancelOrder>(&coming)) {
    prefetch_open_order(venue, cancel->order, cancel->account, pass);
  }
}

template <class Event>
void prefetch(const Venue& venue, const Event& event, int pass) {
  if constexpr (std::is_same_v<Event, orders::OrderCreated>) {
    prefetch_new_order(venue, event.account, event.key, pass);
    if (pass == 0) venue.orders.prefetch_slot(event.order);
  } else if constexpr (std::is_same_v<Event, matching::OrderProcessed>) {
    if (event.outcome != matching::Outcome::done)
      prefetch_entry(venue, event.order, event.instrument, event.side, event.price, pass);
  } else if constexpr (std::is_same_v<Event, matching::OrderCancelled>) {
    prefetch_open_order(venue, event.order, event.account, pass);
  } else if constexpr (std::is_same_v<Event, matching::TradeExecuted>) {
    prefetch_open_order(venue, event.buy_order, event.buyer, pass);
    prefetch_open_order(venue, event.sell_order, event.seller, pass);
  }
}

}  // namespace rialto::flows
