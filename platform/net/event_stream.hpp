// Server-sent events (WHATWG HTML, section 9.2) over a taken connection: one answer that does not
// end. Nothing more is read; the connection ends when the client closes it, when it is closed here,
// or when the client does not read.
//
// Server's thread only.
#pragma once

#include <string_view>

#include "platform/net/message.hpp"
#include "platform/net/open_connection.hpp"

namespace rialto::net {

/// Answers with the head of the stream; on_open() follows, soon.
OpenConnectionPointer open_event_stream(TakenConnection&& taken, StreamReceiver&);

/// Answers a taken connection that asked for something else after all, and closes it.
void answer_and_close(TakenConnection&& taken, const Response&);

/// One event: `id` and `type` without line breaks, `data` of one line.
SharedBytes event_piece(std::string_view id, std::string_view type, std::string_view data);
/// Keeps the connection alive; clients ignore it.
SharedBytes comment_piece(std::string_view text);

}  // namespace rialto::net
