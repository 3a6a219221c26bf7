#include "gateways/ouch/soup.hpp"

#include <charconv>

#include "core/assert.hpp"

namespace rialto::ouch {
namespace {

constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr char mark = 'R';  // of user names that are this venue's

template <std::size_t Width>
Alpha<Width> right_justified(std::uint64_t value) {
  char text[20];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  const auto size = static_cast<std::size_t>(end - text);
  RIALTO_ASSERT(size <= Width);
  Alpha<Width> out;
  std::memcpy(out.data() + (Width - size), text, size);
  return out;
}

}  // namespace

std::optional<Packet> first_packet(ByteView bytes, bool& malformed) {
  if (bytes.size() < sizeof(std::uint16_t)) return std::nullopt;
  std::uint16_t length = 0;
  read_wire(bytes.data(), length);
  if (length == 0) {
    malformed = true;
    return std::nullopt;
  }
  if (bytes.size() < sizeof length + length) return std::nullopt;
  return Packet{static_cast<PacketType>(bytes[2]), bytes.subspan(packet_header, length - 1u)};
}

SoupNumber soup_number(std::uint64_t value) {
  return right_justified<20>(value);
}

SoupSession soup_session(SessionId session) {
  return right_justified<10>(session.value);
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void append_packet(Bytes& out, PacketType type, ByteView payload) {
  const std::size_t at = out.size();
  out.resize(at + packet_header + payload.size());
  std::byte* behind = write_packet_header(out.data() + at, type, payload.size());
  std::copy(payload.begin(), payload.end(), behind);
}

Alpha<6> user_name_of(SessionId session) {
  Alpha<6> name;
  std::uint64_t rest = session.value;
  for (std::size_t i = 5; i >= 1; --i) {
    name.data()[i] = digits[rest % digits.size()];
    rest /= digits.size();
  }
  RIALTO_ASSERT(rest == 0);  // 60 million sessions
  name.data()[0] = mark;
  return name;
}

std::optional<SessionId> session_of(std::string_view user_name) {
  if (user_name.size() != 6 || (user_name[0] | 0x20) != (mark | 0x20)) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : user_name.substr(1)) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');  // case does not matter here
    const auto digit = digits.find(c);
    if (digit == digits.npos) return std::nullopt;
    value = value * digits.size() + digit;
  }
  return SessionId{value};
}

}  // namespace rialto::ouch
