// JSON in, strictly: a request body becomes a flat list of nodes whose numbers are still text, so
// that "1.15", 1.15 and 1e-5 all reach the decimal parser exactly as they were written.
//
// Refused: anything after the document, a root that is no object, nesting beyond the limit, too
// many values, bytes that are not UTF-8, and a field named twice in one object (which of the two
// was meant?). Unknown fields are the caller's affair: see JsonFields::unknown. One reader per
// thread; what it yields is valid until its next parse.
#pragma once

#include <boost/describe/enum.hpp>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rialto::net {

enum class JsonKind : std::uint8_t { object, array, text, number, boolean, null };

BOOST_DEFINE_FIXED_ENUM_CLASS(JsonProblem, std::uint8_t,
                              malformed_json,          // not JSON, or something after it
                              not_utf8,                //
                              nested_too_deeply,       //
                              too_many_values,         //
                              duplicate_field,         //
                              body_must_be_an_object)  //

struct JsonNode {
  std::string_view key;   // unescaped; empty in arrays
  std::string_view text;  // strings unescaped, numbers as written, else empty
  std::uint32_t size;     // nodes of this value, itself and its descendants
  JsonKind kind;
  bool truth;
};

/// A value and its descendants: a view into the reader.
class JsonValue {
 public:
  explicit JsonValue(std::span<const JsonNode> nodes) : nodes_(nodes) {}
  JsonKind kind() const { return nodes_[0].kind; }
  std::string_view key() const { return nodes_[0].key; }
  /// Strings unescaped, numbers as written, otherwise empty.
  std::string_view text() const { return nodes_[0].text; }
  bool truth() const { return nodes_[0].truth; }
  /// The field of an object; nothing when absent. Linear in the object's fields.
  std::optional<JsonValue> find(std::string_view name) const;
  /// The name of an object's first field that is none of these. Linear in both.
  std::optional<std::string_view> first_field_not_in(std::span<const std::string_view> known) const;
  /// The elements of an array or the fields of an object, in order.
  std::vector<JsonValue> children() const;

 private:
  std::span<const JsonNode> nodes_;
};

struct JsonLimits {
  int depth_max = 16;
  std::size_t values_max = 1024;
};

class JsonReader {
 public:
  explicit JsonReader(JsonLimits limits = {});
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  /// The root object. Linear in the text, quadratic only in the fields of one object (which are
  /// bounded).
  std::expected<JsonValue, JsonProblem> parse(std::string_view body);

 private:
  struct Parser;  // keeps simdjson out of every file that reads a body
  std::unique_ptr<Parser> parser_;
};

BOOST_DEFINE_FIXED_ENUM_CLASS(FieldProblemKind, std::uint8_t, field_missing, field_has_wrong_type)
struct FieldProblem {
  FieldProblemKind kind;
  std::string field;
};

/// Typed getters over one object. The first problem is kept and every getter yields a default from
/// then on, so a handler reads all its fields and checks problem() once. JSON null counts as
/// absent.
class JsonFields {
 public:
  explicit JsonFields(JsonValue object) : object_(object) {}

  std::string_view text(std::string_view name);
  std::optional<std::string_view> optional_text(std::string_view name);
  /// The text of a number or of a string: for decimals.
  std::string_view number(std::string_view name);
  std::optional<std::string_view> optional_number(std::string_view name);
  /// A whole number, as a number or a string, within 64 bits.
  std::optional<std::int64_t> optional_integer(std::string_view name);
  std::optional<bool> optional_boolean(std::string_view name);
  std::optional<JsonValue> optional_array(std::string_view name);

  const std::optional<FieldProblem>& problem() const { return problem_; }
  /// The first field that is not in `known`, for requests where a misspelt option must not pass
  /// unseen.
  std::optional<std::string_view> unknown(std::initializer_list<std::string_view> known) const;

 private:
  std::optional<JsonValue> present(std::string_view name) const;
  void fail(FieldProblemKind kind, std::string_view name);

  JsonValue object_;
  std::optional<FieldProblem> problem_;
};

}  // namespace rialto::net
