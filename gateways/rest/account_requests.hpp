// Bodies and queries of /api/accounts to values, or refusals that say what would have been right.
//
// Pure functions; any thread.
#pragma once

#include <string>

#include "gateways/rest/numbers.hpp"
#include "platform/net/json_reader.hpp"
#include "projections/statements/statements.hpp"

namespace rialto::rest {

/// A field of a person as canonical JSON: a text, or an object of texts, numbers, flags and nulls,
/// 2 KiB at most. Absent or null: "null".
Parsed<std::string> parse_personal(const net::JsonValue& body, std::string_view field);
/// What a PUT of one such field says: {"contact":…}, or the bare object.
Parsed<std::string> parse_personal_body(const net::JsonValue& body, std::string_view field);

/// ?from=&to=&after=&limit=; times as ISO 8601 or a date (its midnight, UTC). `most` per page.
Parsed<projections::Period> statement_period(const net::Request&, std::size_t by_default,
                                             std::size_t most);
/// What to send as `after` for the page behind.
std::string cursor_text(const projections::Cursor&);

}  // namespace rialto::rest
