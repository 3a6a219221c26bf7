#include "gateways/stream/web_socket_client.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

namespace rialto::stream {
namespace {

// A client that only sends what is not understood is no client.
constexpr int problems_max = 20;

std::string_view channel_name(MarketChannelKind kind) {
  return boost::describe::enum_to_string(kind, "");
}

std::string topic_name(const MarketTopic& topic) {
  return fmt::format("{}/{}/{}/{}", channel_name(topic.key.kind), topic.instrument.id.value,
                     topic.key.level, topic.key.depth);
}

void write_topic(net::JsonWriter& json, const MarketTopic& topic) {
  json.field("channel", channel_name(topic.key.kind)).field("symbol", topic.instrument.symbol);
  if (topic.key.kind != MarketChannelKind::book) return;
  json.field("level", topic.key.level);
  if (topic.key.depth != 0) json.field("depth", std::uint64_t{topic.key.depth});
}

}  // namespace

std::optional<Problem> WebSocketClient::accept(net::TakenConnection& taken,
                                               const net::TakenRequest& request) {
  if (const auto token = bearer_token(request.request()))
    if (auto problem = sign_in(*token)) return problem;
  const auto subprotocol = net::choose_subprotocol(request.request(), {"rialto.v1.json"});
  attach(net::accept_web_socket(std::move(taken), request, subprotocol.value_or(""),
                                house().settings.web_socket, *this));
  return std::nullopt;
}

void WebSocketClient::end_with(net::CloseCode code, std::string_view reason,
                               std::string_view message) {
  connection()->close(static_cast<std::uint16_t>(code), fmt::format("{}: {}", reason, message));
}

void WebSocketClient::on_tick(Clock::time_point now) {
  if (!person() && subscriptions().empty() &&
      now - since() > house().settings.idle_stranger_timeout)
    end(net::CloseCode::nothing_subscribed, "nothing_subscribed",
        "subscribe to a channel or sign in");
}

bool WebSocketClient::may_ask() {
  const StreamSettings& settings = house().settings;
  if (settings.spare_loopback && connection()->from_loopback()) return true;
  const auto now = Clock::now();
  const double passed = std::chrono::duration<double>(now - filled_).count();
  tokens_ = tokens_ < 0 ? settings.requests_burst
                        : std::min(settings.requests_burst,
                                   tokens_ + passed * settings.requests_per_second);
  filled_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

void WebSocketClient::on_message(std::string_view message, bool binary) {
  if (ended()) return;
  if (binary)
    return end(net::CloseCode::unsupported_data, "text_expected", "this protocol is JSON text");
  if (!may_ask()) return end(net::CloseCode::policy, "too_many_requests", "fewer messages, please");
  handle(parse_request(message, house().reader, *house().venue.instruments()));
}

void WebSocketClient::handle(const ClientRequest& request) {
  if (!request.body) return refuse(request.id, request.body.error());
  problems_ = 0;
  std::visit([&](const auto& body) { serve(request.id, body); }, *request.body);
}

template <class Write>
void WebSocketClient::answer(std::string_view type, const std::string& id, Write write) {
  std::string text;
  net::JsonWriter json(text);
  json.begin_object().field("type", type);
  if (!id.empty()) json.field("id", id);
  write(json);
  json.end_object();
  send(net::text_frame(text));
  flush();
}

void WebSocketClient::refuse(const std::string& id, const Problem& problem) {
  answer("error", id, [&](net::JsonWriter& json) {
    json.field("code", problem.code).field("message", problem.message).key("details");
    json.begin_object().end_object();
  });
  if (++problems_ >= problems_max)
    end(net::CloseCode::policy, "too_many_errors", "nothing of the last messages was understood");
}

void WebSocketClient::serve(const std::string& id, const PingRequest&) {
  answer("pong", id, [](net::JsonWriter&) {});
}

void WebSocketClient::serve(const std::string& id, const SignInRequest& request) {
  const auto before = person();
  if (const auto problem = sign_in(request.token)) return refuse(id, *problem);
  // What somebody else was shown does not go on under another name.
  if (before && before->user != person()->user) subscriptions().erase(events_topic());
  answer("authenticated", id, [&](net::JsonWriter& json) {
    json.field("userId", std::to_string(person()->user.value));
  });
}

void WebSocketClient::serve(const std::string& id, const UnsubscribeRequest& request) {
  const auto* market = std::get_if<MarketTopic>(&request.topic);
  const std::string topic = market ? topic_name(*market) : events_topic();
  if (subscriptions().erase(topic) == 0)
    return refuse(id, {"not_subscribed", "there is no such subscription"});
  answer("unsubscribed", id, [&](net::JsonWriter& json) {
    market ? write_topic(json, *market) : void(json.field("channel", events_topic()));
  });
}

void WebSocketClient::serve(const std::string& id, const SubscribeRequest& request) {
  if (subscriptions().size() >= house().settings.subscriptions_max)
    return refuse(id, {"too_many_subscriptions", "this connection has as many as it may have"});
  if (const auto* market = std::get_if<MarketTopic>(&request.topic)) {
    if (request.since && !request.since->id.empty())
      return refuse(id, {"since_malformed", "since is the number of the last message received"});
    return subscribe(id, *market,
                     request.since ? std::optional(request.since->sequence) : std::nullopt);
  }
  subscribe(id, std::get<EventsTopic>(request.topic), request.since);
}

void WebSocketClient::subscribe(const std::string& id, const MarketTopic& topic,
                                std::optional<Sequence> since) {
  auto& kept = subscriptions()[topic_name(topic)];
  if (kept) return refuse(id, {"already_subscribed", "unsubscribe first"});
  MarketChannel& channel = house().hub.channel(topic.instrument, topic.key);
  auto place = std::make_unique<MarketChannel::Place>(channel, *this);
  const bool resumed = channel.subscribe(*place, since);
  kept = std::move(place);
  answer("subscribed", id, [&](net::JsonWriter& json) {
    write_topic(json, topic);
    if (since) json.field("resumed", resumed);
  });
  house().hub.pump(*kept);
}

void WebSocketClient::subscribe(const std::string& id, const EventsTopic& topic,
                                const std::optional<EventPosition>& since) {
  const auto filter = filter_of(topic);
  if (!filter) return refuse(id, filter.error());
  if (subscriptions().contains(events_topic()))
    return refuse(id, {"already_subscribed", "unsubscribe first"});
  subscribe_to_events(id, *filter, since);
}

void WebSocketClient::on_events_subscribed(const std::string& id, bool resumed) {
  answer("subscribed", id, [&](net::JsonWriter& json) {
    json.field("channel", events_topic());
    if (resumed) json.field("resumed", true);
  });
}

}  // namespace rialto::stream
