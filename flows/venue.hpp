// The whole state of the venue: every context side by side, folded from the same events. One
// instance lives on the write path, another in the replica; both are single-threaded.
#pragma once

#include "contexts/accounts/accounts.hpp"
#include "contexts/apikeys/apikeys.hpp"
#include "contexts/calendar/calendar.hpp"
#include "contexts/corrections/corrections.hpp"
#include "contexts/identity/identity.hpp"
#include "contexts/instruments/instruments.hpp"
#include "contexts/ledger/ledger.hpp"
#include "contexts/matching/matching.hpp"
#include "contexts/notifications/notifications.hpp"
#include "contexts/orders/orders.hpp"
#include "contexts/portfolio/portfolios.hpp"
#include "contexts/sessions/sessions.hpp"
#include "core/event_sink.hpp"

namespace rialto::flows {

template <class Event>
inline constexpr bool changes_terms = std::is_same_v<Event, instruments::InstrumentListed> ||
                                      std::is_same_v<Event, instruments::InstrumentRulesChanged> ||
                                      std::is_same_v<Event, instruments::InstrumentHalted> ||
                                      std::is_same_v<Event, instruments::InstrumentResumed>;

struct Venue {
  identity::Identity identity;
  instruments::Instruments instruments;
  ledger::Ledger ledger;
  orders::Orders orders;
  matching::Matching matching;
  sessions::Sessions sessions;
  portfolio::Portfolios portfolios;
  calendar::Calendar calendar;
  accounts::Accounts accounts;
  corrections::Corrections corrections;
  notifications::Notifications notifications;
  apikeys::ApiKeys api_keys;

  /// FLOWS-2: the only way in which the state changes. Hands an event to every context that follows
  /// it. `now` is the time of its step.
  template <class Event>
  void evolve(const Event& event, Timestamp now) {
    const auto follow = [&](auto& context) {
      if constexpr (requires { context.evolve(event, now); })
        context.evolve(event, now);
      else if constexpr (requires { context.evolve(event); })
        context.evolve(event);
    };
    follow(identity);
    follow(instruments);
    follow(ledger);
    follow(matching);  // before orders: a closed order leaves its book first
    follow(orders);
    follow(sessions);
    follow(portfolios);
    follow(calendar);
    follow(accounts);
    follow(corrections);
    follow(notifications);
    follow(api_keys);
    if constexpr (std::is_same_v<Event, instruments::InstrumentListed>)
      matching.list(event.instrument);
    if constexpr (changes_terms<Event>) keep_terms(event.instrument);
    if constexpr (std::is_same_v<Event, orders::OrderUpdated>) {
      if (event.priority_kept)
        matching.shrink(event.order, event.shrunk_by);
      else
        matching.remove(event.order);
    }
  }

  /// What an order needs to know of its instrument, gathered once so that no context looks into
  /// another and no order gathers it again. Null for an unknown one.
  const orders::Terms* terms(InstrumentId instrument) const {
    return instrument.value - 1 < terms_.size() ? &terms_[instrument.value - 1] : nullptr;
  }
  orders::Market market(InstrumentId instrument, Side side) const {
    return {matching.best(instrument, opposite(side)), matching.last_price(instrument)};
  }

  /// Replays one event of the journal. False where its type is unknown or its bytes do not parse;
  /// the caller must then refuse the log.
  bool replay(EventType type, ByteView payload, Timestamp now);

  /// The canonical state: equal logical states give equal bytes on any machine.
  void save(BinaryWriter&) const;
  /// False where the bytes do not parse.
  bool load(ByteView);

 private:
  void keep_terms(InstrumentId);

  std::vector<orders::Terms> terms_;  // index = number - 1
};

}  // namespace rialto::flows
