#include "gateways/rest/account_requests.hpp"

#include <fmt/format.h>

#include "gateways/rest/answers.hpp"
#include "platform/net/json_writer.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using net::JsonKind;
using net::JsonValue;
using net::JsonWriter;
using net::Status;

constexpr std::size_t personal_bytes_max = 2'048;

bool is_plain(const JsonValue& value) {
  return value.kind() != JsonKind::object && value.kind() != JsonKind::array;
}

void write_plain(JsonWriter& json, const JsonValue& value) {
  switch (value.kind()) {
    case JsonKind::text:
      json.text(value.text());
      return;
    case JsonKind::number:
      json.raw(value.text());
      return;
    case JsonKind::boolean:
      json.boolean(value.truth());
      return;
    default:
      json.null();
  }
}

std::unexpected<net::Response> wrong_shape(std::string_view field) {
  return std::unexpected(field_response(Status::bad_request, "field_has_wrong_type", field,
                                        "a text, or an object of plain values, is needed"));
}

Parsed<std::string> canonical(const JsonValue& value, std::string_view field) {
  std::string out;
  JsonWriter json(out);
  if (value.kind() == JsonKind::array) return wrong_shape(field);
  if (is_plain(value)) {
    if (value.kind() != JsonKind::text && value.kind() != JsonKind::null) return wrong_shape(field);
    write_plain(json, value);
  } else {
    json.begin_object();
    for (const JsonValue& child : value.children()) {
      if (!is_plain(child)) return wrong_shape(field);
      write_plain(json.key(child.key()), child);
    }
    json.end_object();
  }
  if (out.size() > personal_bytes_max)
    return std::unexpected(limit_response(Status::bad_request, "field_too_long", field,
                                          std::to_string(personal_bytes_max),
                                          "this is longer than can be kept"));
  return out;
}

/// An instant, or the midnight a date begins with.
Parsed<std::optional<Timestamp>> time_parameter(const net::Request& request,
                                                std::string_view name) {
  const auto text = request.query_parameter(name);
  if (!text) return std::nullopt;
  auto time = projections::parse_time(*text);
  if (!time && text->size() == 10) time = projections::parse_time(*text + "T00:00:00Z");
  if (time) return time;
  return std::unexpected(
      field_response(Status::bad_request, "time_malformed", name,
                     "a time such as 2026-01-31T09:30:00Z, or a date, is needed"));
}

Parsed<std::optional<projections::Cursor>> cursor_parameter(const net::Request& request) {
  const auto text = request.query_parameter("after");
  if (!text) return std::nullopt;
  const auto dash = text->find('-');
  if (dash != text->npos) {
    const auto time = parse_number(std::string_view(*text).substr(0, dash));
    const auto sequence = parse_number(std::string_view(*text).substr(dash + 1));
    if (time && sequence && *time <= INT64_MAX && *sequence <= INT64_MAX)
      return projections::Cursor{{static_cast<std::int64_t>(*time)}, {*sequence}};
  }
  return std::unexpected(field_response(Status::bad_request, "cursor_malformed", "after",
                                        "send the next of an earlier answer"));
}

}  // namespace

Parsed<std::string> parse_personal(const JsonValue& body, std::string_view field) {
  const auto value = body.find(field);
  if (!value) return "null";
  return canonical(*value, field);
}

Parsed<std::string> parse_personal_body(const JsonValue& body, std::string_view field) {
  return body.find(field) ? parse_personal(body, field) : canonical(body, field);
}

Parsed<projections::Period> statement_period(const net::Request& request, std::size_t by_default,
                                             std::size_t most) {
  projections::Period period;
  period.limit = by_default;
  if (const auto text = request.query_parameter("limit")) {
    const auto limit = parse_number(*text);
    if (!limit || *limit == 0 || *limit > most)
      return std::unexpected(limit_response(Status::bad_request, "limit_out_of_range", "limit",
                                            std::to_string(most),
                                            fmt::format("a number from 1 to {} is needed", most)));
    period.limit = *limit;
  }
  auto from = time_parameter(request, "from");
  if (!from) return std::unexpected(std::move(from.error()));
  auto to = time_parameter(request, "to");
  if (!to) return std::unexpected(std::move(to.error()));
  auto after = cursor_parameter(request);
  if (!after) return std::unexpected(std::move(after.error()));
  period.from = *from;
  period.to = *to;
  period.after = *after;
  if (period.from && period.to && *period.to < *period.from)
    return std::unexpected(field_response(Status::bad_request, "period_is_backwards", "to",
                                          "the period must not end before it begins"));
  return period;
}

std::string cursor_text(const projections::Cursor& cursor) {
  return fmt::format("{}-{}", cursor.time.value, cursor.sequence.value);
}

}  // namespace rialto::rest
