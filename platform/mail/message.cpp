#include "platform/mail/message.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace rialto::mail {
namespace {

constexpr std::size_t line_max = 76;
constexpr char hex_digits[] = "0123456789ABCDEF";

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}
bool has_controls(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}
bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

/// Bytes of the UTF-8 character that begins there; 0 where none does (RFC 3629).
std::size_t character_size(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = at(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((at(i) & 0xc0) != 0x80) return 0;
  if (first == 0xe0 && at(1) < 0xa0) return 0;  // longer than need be
  if (first == 0xed && at(1) > 0x9f) return 0;  // a surrogate
  if (first == 0xf0 && at(1) < 0x90) return 0;
  if (first == 0xf4 && at(1) > 0x8f) return 0;  // beyond the last
  return size;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

void append_hex(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  out += '=';
  out += hex_digits[byte >> 4];
  out += hex_digits[byte & 15];
}

/// A message id's half: RFC 5322's dot-atom.
bool is_dot_atom(std::string_view text) {
  constexpr std::string_view extra = "!#$%&'*+-/=?^_`{|}~.";
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         text.find("..") == text.npos && std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  extra.find(c) != extra.npos;
         });
}

bool is_id(std::string_view text) {
  const auto at = text.find('@');
  return at != text.npos && text.size() <= 200 && is_dot_atom(text.substr(0, at)) &&
         is_dot_atom(text.substr(at + 1));
}

std::string date_text(Timestamp date) {
  const std::time_t seconds = date.value / 1'000'000'000;
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000", fmt::gmtime(seconds));
}

/// A quoted string where that will do, else encoded words.
std::string display_name(std::string_view name) {
  if (!is_ascii(name) || name.size() > 60) return encoded_header(name);
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string part(std::string_view type, std::string_view content) {
  return fmt::format(
      "Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
      type, quoted_printable(content));
}

}  // namespace

bool is_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == text.npos || at == 0 || at + 1 == text.size() || text.size() > 254) return false;
  if (text.find('@', at + 1) != text.npos) return false;
  constexpr std::string_view forbidden = "<>()[],;:\\\" ";
  return is_ascii(text) && !has_controls(text) &&
         std::none_of(text.begin(), text.end(),
                      [&](char c) { return forbidden.find(c) != forbidden.npos; });
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t line = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (c == '\n') {
      out += "\r\n";
      line = 0;
      continue;
    }
    const bool line_ends = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    const bool blank = c == ' ' || c == '\t';
    const bool plain = (c > 0x20 && c < 0x7f && c != '=') || (blank && !line_ends);
    if (line + (plain ? 1 : 3) > line_max - 1) {
      out += "=\r\n";
      line = 0;
    }
    // A dot at a line's start is the transport's affair, but costs little to hide from it.
    const bool literal = plain && !(c == '.' && line == 0);
    if (literal)
      out += c;
    else
      append_hex(out, c);
    line += literal ? 1 : 3;
  }
  if (!out.empty() && !out.ends_with("\r\n")) out += "\r\n";
  return out;
}

std::string encoded_header(std::string_view text) {
  // An encoded word has at most 75 bytes, and whole characters.
  constexpr std::string_view opening = "=?UTF-8?Q?";
  constexpr std::size_t word_max = 75;
  const bool plain = is_ascii(text) && text.find("=?") == text.npos && text.size() <= 60;
  if (plain) return std::string(text);
  std::string out(opening);
  std::size_t word = opening.size();
  while (!text.empty()) {
    const std::size_t size = std::max<std::size_t>(1, character_size(text));
    std::string encoded;
    for (const char c : text.substr(0, size)) {
      const bool literal =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (literal)
        encoded += c;
      else if (c == ' ')
        encoded += '_';
      else
        append_hex(encoded, c);
    }
    if (word + encoded.size() + 2 > word_max) {
      out.append("?=\r\n ").append(opening);
      word = opening.size();
    }
    out += encoded;
    word += encoded.size();
    text.remove_prefix(size);
  }
  return out + "?=";
}

std::expected<std::string, MessageError> mime_text(const Message& message) {
  if (!is_address(message.from) || !is_address(message.to))
    return std::unexpected(MessageError::address_malformed);
  if (!is_id(message.message_id)) return std::unexpected(MessageError::message_id_malformed);
  if (has_controls(message.subject) || has_controls(message.from_name))
    return std::unexpected(MessageError::header_has_control_characters);
  for (const std::string& text : {message.subject, message.from_name, message.text, message.html})
    if (!is_utf8(text)) return std::unexpected(MessageError::not_utf8);

  std::string out = fmt::format("Date: {}\r\n", date_text(message.date));
  if (message.from_name.empty())
    out += fmt::format("From: <{}>\r\n", message.from);
  else
    out += fmt::format("From: {}\r\n <{}>\r\n", display_name(message.from_name), message.from);
  out += fmt::format("To: <{}>\r\nSubject: {}\r\nMessage-ID: <{}>\r\n", message.to,
                     encoded_header(message.subject), message.message_id);
  out += "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n";
  if (message.html.empty()) return out + part("text/plain", message.text);
  // Quoted-printable text holds no "=_", so the boundary cannot be met inside.
  const std::string boundary = "=_" + message.message_id.substr(0, message.message_id.find('@'));
  out += fmt::format("Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n", boundary);
  for (const auto& [type, content] :
       {std::pair{"text/plain", &message.text}, std::pair{"text/html", &message.html}})
    out += fmt::format("--{}\r\n{}\r\n", boundary, part(type, *content));
  return out + fmt::format("--{}--\r\n", boundary);
}

}  // namespace rialto::mail
