// The tables of the two databases, how far each has come, and views that show decimals.
//
// Pure functions over a connection; its thread.
#pragma once

#include <string_view>

#include "platform/sql/connection.hpp"
#include "projections/market/rows.hpp"

namespace rialto::projections {

/// Raised when rows come to mean something else: the store is then made anew from the log.
inline constexpr std::int64_t market_version = 1;
inline constexpr std::string_view market_store = "market";
inline constexpr std::size_t minutes_of_a_day = 1'440;

sql::Done create_market_tables(sql::Connection&);
sql::Done create_clearing_tables(sql::Connection&);
/// Empties every table there is.
sql::Done clear_tables(sql::Connection&);
/// PostgreSQL: views in decimals for people and reports (docs/operations.md).
sql::Done create_market_views(sql::Connection&);
sql::Done create_clearing_views(sql::Connection&);

/// Version 0: nothing was ever stored.
std::expected<PositionRow, std::string> stored_position(sql::Connection&, std::string_view store);

}  // namespace rialto::projections
