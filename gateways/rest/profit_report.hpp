// What a portfolio's closings have earned over a period, each sale by itself: JSON by pages, CSV
// whole.
//
// Pure functions over Holdings; the replica's thread.
#pragma once

#include <limits>

#include "gateways/rest/numbers.hpp"
#include "platform/net/message.hpp"
#include "projections/history/history.hpp"
#include "projections/portfolio/holdings.hpp"

namespace rialto::rest {

struct ProfitQuery {
  Timestamp from;
  Timestamp to{std::numeric_limits<std::int64_t>::max()};  // not included
  projections::Page page;
  bool csv = false;
};
/// ?from=&to= (instants or dates, half open), limit, before, and format=csv or Accept: text/csv.
/// 400 for what does not read.
Parsed<ProfitQuery> profit_query(const net::Request&);

/// 422 period_too_long where more than 100,000 closings lie between its begin and now.
net::Response profit_report(const portfolio::Portfolio&, const ProfitQuery&,
                            const projections::Holdings&, const instruments::Instruments&);

}  // namespace rialto::rest
