#include "platform/net/json_reader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "core/assert.hpp"

namespace rialto::net {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr bool digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && digit(text[at])) ++at;
  return at;
}

// RFC 8259 section 6. Looked at here because simdjson checks a number's grammar only when it
// converts it.
bool is_json_number(std::string_view text) {
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const std::size_t whole = skip_digits(text, at);
  if (whole == at || (text[at] == '0' && whole > at + 1)) return false;
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = skip_digits(text, at + 1);
    if (fraction == at + 1) return false;
    at = fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = skip_digits(text, at);
    if (exponent == at) return false;
    at = exponent;
  }
  return at == text.size();
}

// A raw token runs up to the next one and so may carry the space between them.
std::string_view trimmed(std::string_view token) {
  const std::size_t last = token.find_last_not_of(" \t\r\n");
  return token.substr(0, last + 1);
}

JsonProblem problem_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return JsonProblem::not_utf8;
    case simdjson::DEPTH_ERROR:
      return JsonProblem::nested_too_deeply;
    case simdjson::INCORRECT_TYPE:
      return JsonProblem::body_must_be_an_object;
    default:
      return JsonProblem::malformed_json;
  }
}

}  // namespace

struct JsonReader::Parser {
  ondemand::parser json;
  std::string padded;
  std::vector<JsonNode> nodes;
  JsonLimits limits;
  JsonProblem problem{};

  bool fail(JsonProblem why) {
    problem = why;
    return false;
  }
  bool fail(simdjson::error_code error) { return fail(problem_of(error)); }

  bool duplicate(std::size_t object, std::string_view key) const {
    for (std::size_t i = object + 1; i < nodes.size(); i += nodes[i].size)
      if (nodes[i].key == key) return true;
    return false;
  }

  bool walk_object(ondemand::object object, int depth) {
    const std::size_t self = nodes.size() - 1;
    for (auto field : object) {
      if (field.error()) return fail(field.error());
      std::string_view key;
      if (const auto error = field.unescaped_key().get(key)) return fail(error);
      if (duplicate(self, key)) return fail(JsonProblem::duplicate_field);
      ondemand::value value;
      if (const auto error = field.value().get(value)) return fail(error);
      if (!walk(value, key, depth)) return false;
    }
    nodes[self].size = static_cast<std::uint32_t>(nodes.size() - self);
    return true;
  }

  bool walk_array(ondemand::array array, int depth) {
    const std::size_t self = nodes.size() - 1;
    for (auto element : array) {
      ondemand::value value;
      if (const auto error = element.get(value)) return fail(error);
      if (!walk(value, {}, depth)) return false;
    }
    nodes[self].size = static_cast<std::uint32_t>(nodes.size() - self);
    return true;
  }

  bool walk(ondemand::value value, std::string_view key, int depth) {
    if (nodes.size() >= limits.values_max) return fail(JsonProblem::too_many_values);
    ondemand::json_type type;
    if (const auto error = value.type().get(type)) return fail(error);
    switch (type) {
      case ondemand::json_type::object: {
        if (depth >= limits.depth_max) return fail(JsonProblem::nested_too_deeply);
        ondemand::object object;
        if (const auto error = value.get_object().get(object)) return fail(error);
        nodes.push_back({key, {}, 1, JsonKind::object, false});
        return walk_object(object, depth + 1);
      }
      case ondemand::json_type::array: {
        if (depth >= limits.depth_max) return fail(JsonProblem::nested_too_deeply);
        ondemand::array array;
        if (const auto error = value.get_array().get(array)) return fail(error);
        nodes.push_back({key, {}, 1, JsonKind::array, false});
        return walk_array(array, depth + 1);
      }
      case ondemand::json_type::string: {
        std::string_view text;
        if (const auto error = value.get_string().get(text)) return fail(error);
        nodes.push_back({key, text, 1, JsonKind::text, false});
        return true;
      }
      default:
        return walk_scalar(value, type, key);
    }
  }

  bool walk_scalar(ondemand::value value, ondemand::json_type type, std::string_view key) {
    const std::string_view token = trimmed(value.raw_json_token());
    if (type == ondemand::json_type::number) {
      if (!is_json_number(token)) return fail(JsonProblem::malformed_json);
      nodes.push_back({key, token, 1, JsonKind::number, false});
    } else if (token == "true" || token == "false") {
      nodes.push_back({key, {}, 1, JsonKind::boolean, token == "true"});
    } else if (token == "null") {
      nodes.push_back({key, {}, 1, JsonKind::null, false});
    } else {
      return fail(JsonProblem::malformed_json);
    }
    return true;
  }

  bool parse(std::string_view body) {
    nodes.clear();
    padded.reserve(body.size() + simdjson::SIMDJSON_PADDING);
    padded.assign(body);
    ondemand::document document;
    if (const auto error =
            json.iterate(padded.data(), padded.size(), padded.capacity()).get(document))
      return fail(error);
    ondemand::json_type type;
    if (const auto error = document.type().get(type)) return fail(error);
    if (type != ondemand::json_type::object) return fail(JsonProblem::body_must_be_an_object);
    ondemand::object root;
    if (const auto error = document.get_object().get(root)) return fail(error);
    nodes.push_back({{}, {}, 1, JsonKind::object, false});
    if (!walk_object(root, 1)) return false;
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
      return fail(JsonProblem::malformed_json);
    return true;
  }
};

JsonReader::JsonReader(JsonLimits limits) : parser_(std::make_unique<Parser>()) {
  parser_->limits = limits;
}
JsonReader::~JsonReader() = default;

std::expected<JsonValue, JsonProblem> JsonReader::parse(std::string_view body) {
  if (!parser_->parse(body)) return std::unexpected(parser_->problem);
  return JsonValue{parser_->nodes};
}

std::optional<JsonValue> JsonValue::find(std::string_view name) const {
  for (std::size_t i = 1; i < nodes_.size(); i += nodes_[i].size)
    if (nodes_[i].key == name) return JsonValue{nodes_.subspan(i, nodes_[i].size)};
  return std::nullopt;
}

std::optional<std::string_view> JsonValue::first_field_not_in(
    std::span<const std::string_view> known) const {
  for (std::size_t i = 1; i < nodes_.size(); i += nodes_[i].size)
    if (std::find(known.begin(), known.end(), nodes_[i].key) == known.end()) return nodes_[i].key;
  return std::nullopt;
}

std::vector<JsonValue> JsonValue::children() const {
  std::vector<JsonValue> out;
  for (std::size_t i = 1; i < nodes_.size(); i += nodes_[i].size)
    out.push_back(JsonValue{nodes_.subspan(i, nodes_[i].size)});
  return out;
}

void JsonFields::fail(FieldProblemKind kind, std::string_view name) {
  if (!problem_) problem_ = FieldProblem{kind, std::string{name}};
}

std::optional<JsonValue> JsonFields::present(std::string_view name) const {
  const auto value = object_.find(name);
  return value && value->kind() != JsonKind::null ? value : std::nullopt;
}

std::optional<std::string_view> JsonFields::optional_text(std::string_view name) {
  const auto value = present(name);
  if (!value) return std::nullopt;
  if (value->kind() == JsonKind::text) return value->text();
  fail(FieldProblemKind::field_has_wrong_type, name);
  return std::nullopt;
}

std::string_view JsonFields::text(std::string_view name) {
  const auto value = optional_text(name);
  if (!value) fail(FieldProblemKind::field_missing, name);
  return value.value_or(std::string_view{});
}

std::optional<std::string_view> JsonFields::optional_number(std::string_view name) {
  const auto value = present(name);
  if (!value) return std::nullopt;
  if (value->kind() == JsonKind::number || value->kind() == JsonKind::text) return value->text();
  fail(FieldProblemKind::field_has_wrong_type, name);
  return std::nullopt;
}

std::string_view JsonFields::number(std::string_view name) {
  const auto value = optional_number(name);
  if (!value) fail(FieldProblemKind::field_missing, name);
  return value.value_or(std::string_view{});
}

std::optional<std::int64_t> JsonFields::optional_integer(std::string_view name) {
  const auto text = optional_number(name);
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error == std::errc{} && stop == end) return value;
  fail(FieldProblemKind::field_has_wrong_type, name);
  return std::nullopt;
}

std::optional<bool> JsonFields::optional_boolean(std::string_view name) {
  const auto value = present(name);
  if (!value) return std::nullopt;
  if (value->kind() == JsonKind::boolean) return value->truth();
  fail(FieldProblemKind::field_has_wrong_type, name);
  return std::nullopt;
}

std::optional<JsonValue> JsonFields::optional_array(std::string_view name) {
  const auto value = present(name);
  if (value && value->kind() != JsonKind::array) {
    fail(FieldProblemKind::field_has_wrong_type, name);
    return std::nullopt;
  }
  return value;
}

std::optional<std::string_view> JsonFields::unknown(
    std::initializer_list<std::string_view> known) const {
  return object_.first_field_not_in({known.begin(), known.end()});
}

}  // namespace rialto::net
