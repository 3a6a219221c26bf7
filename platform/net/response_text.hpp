// Answers to bytes: one append of ready-made header text, length, date and body. Internal to
// platform/net.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "platform/net/message.hpp"

namespace rialto::net {

enum class Persistence : std::uint8_t { keep_alive, keep_alive_http_1_0, close };

/// NET-9: every answer names its request (X-Request-Id) and keeps browsers from guessing or
/// framing. Appends the whole answer. `without_body` (to HEAD) keeps the Content-Length of what is
/// left out.
void append_response(std::string& out, const Response& response, Persistence persistence,
                     std::string_view date_line, bool without_body, RequestId id);

/// A tag that changes with the body, in quotes: as HTTP's ETag wants it. For caches, not for
/// security.
std::string entity_tag(std::string_view body);
/// Whether an If-None-Match header names this tag.
bool names_tag(std::string_view if_none_match, std::string_view tag);

/// "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" (RFC 9110 section 5.6.7).
std::string date_line(std::time_t wall_clock);

}  // namespace rialto::net
