// The state of a venue for people and scripts: its hash, its books and its balances.
#pragma once

#include <string>

#include "flows/venue.hpp"
#include "platform/net/json_writer.hpp"

namespace rialto::apps {

/// SHA-256 of the canonical state, 64 hexadecimal digits: equal on any machine for equal histories.
std::string state_hash(const flows::Venue&);

/// {"books":[{symbol,bids:[[price,quantity]],asks}],"balances":[{accountId,balance,held}]}.
void write_state(net::JsonWriter&, const flows::Venue&);

}  // namespace rialto::apps
