// The SQL text that follows from a table's description, and wide numbers as decimal text. Pure
// functions; any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "platform/sql/connection.hpp"

namespace rialto::sql {

/// "a", "b": quoted names of columns [from, to).
std::string column_names(const Table&, std::size_t from, std::size_t to);
/// ON CONFLICT (key) DO UPDATE SET …
std::string on_conflict(const Table&);
/// CREATE TABLE IF NOT EXISTS; `type` names a kind, `after` follows the closing bracket.
std::string create_table(const Table&, const std::function<std::string_view(Kind)>& type,
                         std::string_view after);
/// One CREATE INDEX IF NOT EXISTS for each.
std::string create_indexes(const Table&);

std::string decimal_text(i128 value);
/// Digits with an optional minus sign, as decimal_text writes them.
i128 decimal_value(std::string_view text);

}  // namespace rialto::sql
