// The published language: what the journal's events mean to the world outside, as JSON with the
// names and fields of the reference systems. Journal events say how; these say what.
//
//   {"id":"41-WalletUpdated-7","sequence":41,"causeSequence":41,"time":"…","type":"WalletUpdated","data":{…}}
//
// The id is made of cause, kind and entity, so whoever meets an event twice can tell. Pure
// functions; one thread at a time per venue state.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/event_sink.hpp"
#include "flows/registry.hpp"
#include "flows/venue.hpp"
#include "projections/follower.hpp"

namespace rialto::projections {

/// Unseals a user name; empty where the person is erased or the reader may not know. May be empty
/// itself.
using OpenUserName = std::function<std::string(Fingerprint person, std::string_view sealed)>;

/// Every type of published event, in the order of the documents.
inline constexpr std::array<std::string_view, 17> published_types{
    "UserCreated",      "UserUpdated",  "UserDeleted",    "OrderCreated", "OrderUpdated",
    "OrderCancelled",   "OrderPlaced",  "OrderFulfilled", "OrderFailed",  "OrderCompleted",
    "TradeExecuted",    "TradeSettled", "TradeCorrected", "TradeBusted",  "WalletUpdated",
    "PortfolioUpdated", "DayHasPassed"};

/// Who may see an event besides administrators.
struct Audience {
  UserId first{};
  UserId second{};        // the other party of a trade
  bool everyone = false;  // who is signed in

  bool includes(UserId user) const {
    return everyone || (user.value != 0 && (user == first || user == second));
  }
};

struct PublishedEvent {
  std::string_view type;  // one of published_types
  std::string id;         // PUBLISHED-1
  Sequence sequence;
  Timestamp time;
  InstrumentId instrument;  // none where it is about none
  Audience audience;
  std::string text;  // the whole envelope as JSON
};

/// What one journal event publishes: itself (UserCreated, UserUpdated, UserDeleted, OrderCreated,
/// OrderUpdated, OrderCancelled, TradeExecuted, TradeSettled for each side, DayHasPassed), where an
/// order stands because of it (OrderPlaced, OrderFulfilled, OrderFailed, OrderCompleted), and a
/// WalletUpdated and a PortfolioUpdated for each wallet and portfolio it changed. `after` is the
/// state right behind that event. Empty for events of no interest outside.
std::vector<PublishedEvent> published(const flows::AnyEvent& event, Moment at,
                                      const flows::Venue& after,
                                      const OpenUserName& open_user_name = {});

/// The texts of the same, from the journal's bytes; empty for unknown events as well.
std::vector<std::string> published_events(EventType type, ByteView payload, Sequence sequence,
                                          Timestamp time, const flows::Venue& after,
                                          const OpenUserName& open_user_name = {});

}  // namespace rialto::projections
