// The published language: what the journal's events mean to the world outside, as JSON with the
// names and fields of the reference systems. Journal events say how; these say what.
//
//   {"id":"41-WalletUpdated-7","sequence":41,"causeSequence":41,"time":"…","type":"WalletUpdated","data":{…}}
//
// The id is made of cause, kind and entity, so whoever meets an event twice can tell. Pure
// functions; one thread at a time per venue state.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/event_sink.hpp"
#include "flows/venue.hpp"

namespace rialto::projections {

/// Unseals a user name; empty where the person is erased or the reader may not know. May be empty
/// itself.
using OpenUserName = std::function<std::string(Fingerprint person, std::string_view sealed)>;

/// What one journal event publishes: itself (UserCreated, UserUpdated, UserDeleted, OrderCreated,
/// OrderUpdated, OrderCancelled, TradeExecuted, TradeCorrected, TradeBusted, DayHasPassed) and a
/// WalletUpdated for each wallet whose balance it changed. `after` is the state right behind that
/// event. Empty for events of no interest outside, and for unknown ones.
std::vector<std::string> published_events(EventType type, ByteView payload, Sequence sequence,
                                          Timestamp time, const flows::Venue& after,
                                          const OpenUserName& open_user_name = {});

}  // namespace rialto::projections
