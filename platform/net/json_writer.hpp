// JSON out: appends one document to a string that the caller owns. Commas and escapes are the
// writer's work, nesting the caller's. One thread; no allocation beyond the string's growth.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace rialto::net {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);

  /// A JSON string. Decimals go this way too: clients must not see them through binary floating
  /// point. Bytes that are not UTF-8 become U+FFFD.
  JsonWriter& text(std::string_view value);
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  JsonWriter& integer(std::int64_t value);
  JsonWriter& counter(std::uint64_t value);
  /// A value that is JSON already.
  JsonWriter& raw(std::string_view json);

  JsonWriter& field(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonWriter& field(std::string_view name, const char* value) { return key(name).text(value); }
  template <std::same_as<bool> Bool>
  JsonWriter& field(std::string_view name, Bool value) {
    return key(name).boolean(value);
  }
  JsonWriter& field(std::string_view name, std::signed_integral auto value) {
    return key(name).integer(value);
  }
  template <std::unsigned_integral Unsigned>
    requires(!std::same_as<Unsigned, bool>)
  JsonWriter& field(std::string_view name, Unsigned value) {
    return key(name).counter(value);
  }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  std::string& out_;
  bool comma_due_ = false;  // a value came before on this level
};

/// Appends `value` as a quoted JSON string.
void append_json_text(std::string& out, std::string_view value);

}  // namespace rialto::net
