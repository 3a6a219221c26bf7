#include "platform/net/json_writer.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace rialto::net {
namespace {

constexpr bool plain(unsigned char c) {
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

void append_escaped(std::string& out, unsigned char c) {
  static constexpr char hex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
  out.append(escape, sizeof escape);
}

}  // namespace

void append_json_text(std::string& out, std::string_view value) {
  out.push_back('"');
  // A lambda, because a function's address would be called once per byte.
  const auto first_odd = std::find_if_not(
      value.begin(), value.end(), [](char c) { return plain(static_cast<unsigned char>(c)); });
  out.append(value.begin(), first_odd);
  if (first_odd != value.end()) {
    const std::string_view rest{first_odd, value.end()};
    const bool utf8 = simdjson::validate_utf8(rest.data(), rest.size());
    for (const char c : rest) {
      const auto byte = static_cast<unsigned char>(c);
      if (plain(byte) || (byte >= 0x80 && utf8))
        out.push_back(c);
      else if (byte >= 0x80)
        out += "\\ufffd";
      else
        append_escaped(out, byte);
    }
  }
  out.push_back('"');
}

void JsonWriter::separate() {
  if (comma_due_) out_.push_back(',');
  comma_due_ = true;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_.push_back(bracket);
  comma_due_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_.push_back(bracket);
  comma_due_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_text(out_, name);
  out_.push_back(':');
  comma_due_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  append_json_text(out_, value);
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return raw({digits.data(), end});
}

JsonWriter& JsonWriter::counter(std::uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return raw({digits.data(), end});
}

}  // namespace rialto::net
