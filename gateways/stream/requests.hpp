// What a client asks for over a WebSocket: one JSON object a message. docs/protocols/stream.md.
//
// Pure but for the reader, which is the caller's.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <variant>

#include "contexts/instruments/instruments.hpp"
#include "gateways/stream/event_channel.hpp"
#include "gateways/stream/market.hpp"
#include "platform/net/json_reader.hpp"

namespace rialto::stream {

/// Why something was not done; the code is stable.
struct Problem {
  std::string_view code;
  std::string message;
};

struct MarketTopic {
  instruments::Instrument instrument;
  MarketChannelKey key;
};
struct EventsTopic {
  std::uint64_t types = 0;  // as in EventFilter
  std::optional<InstrumentId> instrument;
  std::optional<UserId> person;  // asked for by an administrator
};
using Topic = std::variant<MarketTopic, EventsTopic>;

struct SubscribeRequest {
  Topic topic;
  std::optional<EventPosition> since;
};
struct UnsubscribeRequest {
  Topic topic;
};
struct SignInRequest {
  std::string token;
};
struct PingRequest {};

struct ClientRequest {
  std::string id;  // the client's own name for the request, given back with the answer; or empty
  std::expected<std::variant<SubscribeRequest, UnsubscribeRequest, SignInRequest, PingRequest>,
                Problem>
      body;
};

ClientRequest parse_request(std::string_view text, net::JsonReader&,
                            const instruments::Instruments&);

/// "OrderCreated,TradeExecuted" as bits; a problem names what is no type.
std::expected<std::uint64_t, Problem> parse_types(std::string_view list);

}  // namespace rialto::stream
