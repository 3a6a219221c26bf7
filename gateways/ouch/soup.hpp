// SoupBinTCP 3.00: packets on a TCP stream. Each is a length (16 bits, of what follows it), a type
// and a payload; the layout is drawn in docs/protocols/ouch.md. Pure functions over buffers; used
// by the gateway and by its clients.
#pragma once

#include <cstdint>
#include <optional>

#include <boost/describe/enum.hpp>

#include "gateways/ouch/wire.hpp"

namespace rialto::ouch {

enum class PacketType : char {
  debug = '+',
  // from the server
  login_accepted = 'A',
  login_rejected = 'J',
  sequenced = 'S',
  server_heartbeat = 'H',
  end_of_session = 'Z',
  // from the client
  login_request = 'L',
  client_heartbeat = 'R',
  logout_request = 'O',
  // from both
  unsequenced = 'U',
};

/// Length and type.
inline constexpr std::size_t packet_header = 3;

struct Packet {
  PacketType type{};
  ByteView payload;
  /// The whole of it, header included.
  std::size_t size() const { return packet_header + payload.size(); }
};

/// The packet at the start of `bytes`; nothing where they do not hold all of it yet. A packet of
/// length 0 has no type: `malformed` is set.
std::optional<Packet> first_packet(ByteView bytes, bool& malformed);

/// Writes a packet's header; its payload of `payload_size` bytes comes behind it.
inline std::byte* write_packet_header(std::byte* at, PacketType type, std::size_t payload_size) {
  at = write_wire(at, static_cast<std::uint16_t>(1 + payload_size));
  *at = static_cast<std::byte>(type);
  return at + 1;
}

/// A number as the protocol writes it: decimal digits, blanks before them.
using SoupNumber = Alpha<20>;
SoupNumber soup_number(std::uint64_t value);
/// Nothing where it is not a number.
std::optional<std::uint64_t> number_of(std::string_view digits);

using SoupSession = Alpha<10>;
SoupSession soup_session(SessionId);

struct LoginRequest {
  Alpha<6> user_name;
  Alpha<10> password;
  SoupSession session;  // blank: the present one
  SoupNumber sequence;  // the next message wanted; 0: only what is still to come
};
BOOST_DESCRIBE_STRUCT(LoginRequest, (), (user_name, password, session, sequence))
struct LoginAccepted {
  SoupSession session;
  SoupNumber sequence;  // of the next sequenced message
};
BOOST_DESCRIBE_STRUCT(LoginAccepted, (), (session, sequence))
struct LoginRejected {
  char reason = 'A';  // A: not authorised; S: no such session or sequence number
};
BOOST_DESCRIBE_STRUCT(LoginRejected, (), (reason))

/// Appends whole packets to a byte vector.
void append_packet(Bytes& out, PacketType type, ByteView payload = {});
template <class Payload>
void append_packet(Bytes& out, PacketType type, const Payload& payload) {
  std::array<std::byte, wire_size<Payload>()> bytes;
  write_wire(bytes.data(), payload);
  append_packet(out, type, ByteView(bytes));
}

/// The user name of a session, six letters and digits, and back.
Alpha<6> user_name_of(SessionId);
std::optional<SessionId> session_of(std::string_view user_name);

}  // namespace rialto::ouch
