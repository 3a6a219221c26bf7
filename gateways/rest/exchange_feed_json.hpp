// An order's reports as the exchange feed shows them, and TradeSettled in the words of one side.
//
// Pure functions; any thread.
#pragma once

#include <span>

#include "platform/net/json_writer.hpp"
#include "projections/history/history.hpp"
#include "projections/market/market_data.hpp"

namespace rialto::rest {

/// One report and, where it is of a trade, how that was settled.
struct FeedReport {
  projections::ReportRow row;
  std::optional<projections::SettlementRow> settlement;
};

/// `both_sides`: an administrator sees the other party too.
void write_feed_report(net::JsonWriter&, const projections::OrderRecord&,
                       std::span<const FeedReport>, const instruments::Instruments&,
                       bool both_sides);

}  // namespace rialto::rest
