#include "gateways/stream/event_stream_client.hpp"

#include <charconv>

#include "platform/net/error_body.hpp"
#include "platform/net/event_stream.hpp"

namespace rialto::stream {
namespace {

using net::Status;

net::Response refusal(Status status, const Problem& problem) {
  net::Response response = net::error_response(status, problem.code, problem.message);
  if (status == Status::unauthorized) response.add_header("WWW-Authenticate", "Bearer");
  return response;
}

std::expected<EventsTopic, Problem> topic_of(const net::Request& request,
                                             const instruments::Instruments& instruments) {
  EventsTopic topic;
  if (const auto list = request.query_parameter("types")) {
    const auto types = parse_types(*list);
    if (!types) return std::unexpected(types.error());
    topic.types = *types;
  }
  if (const auto symbol = request.query_parameter("symbol")) {
    const auto* instrument = instruments.instrument(*symbol);
    if (!instrument)
      return std::unexpected(Problem{"instrument_not_found", "there is no such instrument"});
    topic.instrument = instrument->id;
  }
  if (const auto person = request.query_parameter("userId")) {
    UserId user;
    const auto [stop, error] =
        std::from_chars(person->data(), person->data() + person->size(), user.value);
    if (error != std::errc{} || stop != person->data() + person->size() || user.value == 0)
      return std::unexpected(Problem{"parameter_malformed", "userId is a positive number"});
    topic.person = user;
  }
  return topic;
}

}  // namespace

std::optional<net::Response> EventStreamClient::ask(const net::TakenRequest& taken) {
  const net::Request& request = taken.request();
  const auto token = bearer_token(request);
  if (!token)
    return refusal(Status::unauthorized,
                   {"token_missing", "log in and send Authorization: Bearer <accessToken>"});
  if (const auto problem = sign_in(*token)) return refusal(Status::unauthorized, *problem);
  const auto topic = topic_of(request, *house().venue.instruments());
  if (!topic) return refusal(Status::bad_request, topic.error());
  const auto filter = filter_of(*topic);
  if (!filter) return refusal(Status::forbidden, filter.error());
  filter_ = *filter;
  // A browser that reconnects by itself repeats the query it began with: the header is newer.
  std::optional<std::string> since = request.query_parameter("since");
  if (const auto header = request.header("Last-Event-ID")) since = std::string(*header);
  if (!since) return std::nullopt;
  since_ = parse_event_position(*since);
  if (since_) return std::nullopt;
  return refusal(Status::bad_request, {"since_malformed", "since is a sequence or an event's id"});
}

void EventStreamClient::start(net::TakenConnection&& taken) {
  attach(net::open_event_stream(std::move(taken), *this));
}

void EventStreamClient::on_open() {
  subscribe_to_events({}, filter_, since_);
}

/// So that a client knows that from here on nothing is missed.
void EventStreamClient::on_events_subscribed(const std::string&, bool) {
  send(net::comment_piece("open"));
}

void EventStreamClient::on_events_refused(const std::string&, const Problem& problem) {
  end(net::CloseCode::try_again_later, problem.code, problem.message);
}

void EventStreamClient::end_with(net::CloseCode code, std::string_view reason,
                                 std::string_view message) {
  std::string data;
  net::JsonWriter json(data);
  json.begin_object().field("code", reason).field("message", message).key("details");
  json.begin_object().end_object().end_object();
  connection()->send(net::event_piece({}, "error", data));
  connection()->close(static_cast<std::uint16_t>(code), reason);
}

void EventStreamClient::on_tick(Clock::time_point now) {
  if (now - heartbeat_ < house().settings.heartbeat) return;
  heartbeat_ = now;
  if (!room()) return;
  send(net::comment_piece("still here"));
  flush();
}

}  // namespace rialto::stream
