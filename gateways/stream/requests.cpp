#include "gateways/stream/requests.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

namespace rialto::stream {
namespace {

using net::JsonFields;
using net::JsonKind;
using net::JsonValue;

constexpr std::size_t id_bytes_max = 64;
constexpr std::array<std::int64_t, 9> depths{1, 5, 10, 20, 50, 100, 200, 500, 1000};

std::unexpected<Problem> problem(std::string_view code, std::string message) {
  return std::unexpected(Problem{code, std::move(message)});
}

std::unexpected<Problem> field_problem(const net::FieldProblem& found) {
  return problem(boost::describe::enum_to_string(found.kind, "field_missing"),
                 "the field " + found.field + " is missing or not of the right kind");
}

std::expected<std::uint64_t, Problem> event_types(const JsonValue& list) {
  std::uint64_t types = 0;
  for (const JsonValue& each : list.children()) {
    const std::uint64_t bit = type_bit(each.text());
    if (bit == 0)
      return problem("unknown_event_type", "there are no events " + std::string(each.text()));
    types |= bit;
  }
  return types;
}

std::expected<Topic, Problem> events_topic(JsonFields& fields,
                                           const instruments::Instruments& instruments) {
  EventsTopic topic;
  if (const auto list = fields.optional_array("types")) {
    const auto types = event_types(*list);
    if (!types) return std::unexpected(types.error());
    topic.types = *types;
  }
  if (const auto symbol = fields.optional_text("symbol")) {
    const auto* instrument = instruments.instrument(*symbol);
    if (!instrument) return problem("instrument_not_found", "there is no such instrument");
    topic.instrument = instrument->id;
  }
  if (const auto person = fields.optional_integer("userId")) {
    if (*person <= 0) return problem("field_has_wrong_type", "userId is a positive number");
    topic.person = UserId{static_cast<std::uint64_t>(*person)};
  }
  return topic;
}

std::expected<Topic, Problem> market_topic(JsonFields& fields, MarketChannelKind kind,
                                           const instruments::Instruments& instruments) {
  const auto symbol = fields.text("symbol");
  const auto level = fields.optional_integer("level");
  const auto depth = fields.optional_integer("depth");
  if (fields.problem()) return field_problem(*fields.problem());
  const auto* instrument = instruments.instrument(symbol);
  if (!instrument) return problem("instrument_not_found", "there is no such instrument");
  MarketTopic topic{*instrument, {.kind = kind}};
  if (kind != MarketChannelKind::book) return topic;
  if (level && (*level < 1 || *level > 3))
    return problem("level_out_of_range", "a book has levels 1, 2 and 3");
  topic.key.level = static_cast<int>(level.value_or(2));
  if (!depth) return topic;
  if (topic.key.level != 2) return problem("depth_not_allowed", "only level 2 takes a depth");
  if (std::ranges::find(depths, *depth) == depths.end())
    return problem("depth_not_offered", "depth is one of 1, 5, 10, 20, 50, 100, 200, 500, 1000");
  topic.key.depth = static_cast<std::size_t>(*depth);
  return topic;
}

std::expected<Topic, Problem> topic_of(JsonFields& fields,
                                       const instruments::Instruments& instruments) {
  const auto channel = fields.text("channel");
  if (fields.problem()) return field_problem(*fields.problem());
  if (channel == "events") return events_topic(fields, instruments);
  MarketChannelKind kind{};
  if (!boost::describe::enum_from_string(std::string(channel).c_str(), kind))
    return problem("unknown_channel", "the channels are book, trades, ticker and events");
  return market_topic(fields, kind, instruments);
}

std::expected<std::optional<EventPosition>, Problem> since_of(const JsonValue& object) {
  const auto value = object.find("since");
  if (!value || value->kind() == JsonKind::null) return std::nullopt;
  const auto position = parse_event_position(value->text());
  if (!position) return problem("since_malformed", "since is a sequence or an event's id");
  return position;
}

}  // namespace

std::expected<std::uint64_t, Problem> parse_types(std::string_view list) {
  std::uint64_t types = 0;
  while (!list.empty()) {
    const std::string_view type = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), type.size() + 1));
    const std::uint64_t bit = type_bit(type);
    if (bit == 0) return problem("unknown_event_type", "there are no events " + std::string(type));
    types |= bit;
  }
  return types;
}

ClientRequest parse_request(std::string_view text, net::JsonReader& reader,
                            const instruments::Instruments& instruments) {
  ClientRequest request{{}, PingRequest{}};
  const auto refuse = [&](Problem why) {
    request.body = std::unexpected(std::move(why));
    return std::move(request);
  };
  const auto root = reader.parse(text);
  if (!root)
    return refuse({boost::describe::enum_to_string(root.error(), "malformed_json"),
                   "a message is one JSON object"});
  if (const auto id = root->find("id"))
    if (id->kind() == JsonKind::text || id->kind() == JsonKind::number)
      request.id = id->text().substr(0, id_bytes_max);
  JsonFields fields(*root);
  const auto op = fields.text("op");
  if (fields.problem()) return refuse(field_problem(*fields.problem()).error());
  if (op == "ping") return request;
  if (op == "auth") {
    request.body = SignInRequest{std::string(fields.text("token"))};
    if (fields.problem()) return refuse(field_problem(*fields.problem()).error());
    return request;
  }
  if (op != "subscribe" && op != "unsubscribe")
    return refuse({"unknown_op", "the operations are subscribe, unsubscribe, auth and ping"});
  auto topic = topic_of(fields, instruments);
  if (topic && fields.problem()) topic = field_problem(*fields.problem());
  if (!topic) return refuse(topic.error());
  if (op == "unsubscribe") {
    request.body = UnsubscribeRequest{std::move(*topic)};
    return request;
  }
  auto since = since_of(*root);
  if (!since) return refuse(since.error());
  request.body = SubscribeRequest{std::move(*topic), std::move(*since)};
  return request;
}

}  // namespace rialto::stream
