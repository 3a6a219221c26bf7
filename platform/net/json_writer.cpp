#include "platform/net/json_writer.hpp"

#include <simdjson.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace rialto::net {
namespace {

constexpr bool plain(unsigned char c) {
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/// Whether all eight bytes are plain: each test leaves its verdict in the byte's top bit. A borrow
/// from a lower byte can only make a false "no", and then that lower byte was no plain one either.
constexpr bool plain(std::uint64_t bytes) {
  constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  constexpr std::uint64_t tops = 0x8080'8080'8080'8080;
  const std::uint64_t quotes = bytes ^ (ones * '"');
  const std::uint64_t slashes = bytes ^ (ones * '\\');
  return ((bytes | (bytes - ones * 0x20) | (quotes - ones) | (slashes - ones)) & tops) == 0;
}

/// The first byte that cannot go out as it is.
const char* first_odd_in(std::string_view value) {
  const char* at = value.data();
  const char* const end = at + value.size();
  for (std::uint64_t bytes; end - at >= 8; at += 8) {
    std::memcpy(&bytes, at, 8);
    if (!plain(bytes)) break;
  }
  while (at != end && plain(static_cast<unsigned char>(*at))) ++at;
  return at;
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
  const char* const first_odd = first_odd_in(value);
  const char* const end = value.data() + value.size();
  out.append(value.data(), first_odd);
  if (first_odd != end) {
    const std::string_view rest{first_odd, end};
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
