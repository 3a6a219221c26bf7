// One e-mail as text (RFC 5322, 2045, 2047): built so that nothing in it can become a header, a
// command or another message.
//
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <boost/describe/enum.hpp>

#include "core/types.hpp"

namespace rialto::mail {

struct Message {
  std::string from;        // an address; see is_address
  std::string from_name;   // shown beside it; may be empty
  std::string to;          // an address
  std::string subject;     // UTF-8, one line
  std::string text;        // UTF-8; any line ends
  std::string html{};      // as well, for those who prefer it; empty: none
  std::string message_id;  // without angle brackets: left@right
  Timestamp date;          // wall clock
};

BOOST_DEFINE_FIXED_ENUM_CLASS(MessageError, std::uint8_t, address_malformed, message_id_malformed,
                              header_has_control_characters, not_utf8)

/// local@domain of printable ASCII without spaces, quotes, brackets and the like; 254 bytes at
/// most. What it accepts is safe inside <…> in a header and in a command.
bool is_address(std::string_view text);

/// MAIL-1: headers hold what was given and nothing else; refused otherwise. Lines end in CRLF and
/// have at most 76 bytes, so no server needs to break them.
std::expected<std::string, MessageError> mime_text(const Message&);

/// RFC 2045 section 6.7, for text: lines of at most 76 bytes, CRLF.
std::string quoted_printable(std::string_view text);
/// RFC 2047: as it is where it is plain ASCII, else encoded words of UTF-8.
std::string encoded_header(std::string_view text);

}  // namespace rialto::mail
