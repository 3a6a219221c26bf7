// What the venue tells its clients of a durable step: the published events, with the request that
// caused them. A client that was cut off resumes at the first step it has not seen.
#pragma once

#include <variant>
#include <vector>

#include "contexts/calendar/contract.hpp"
#include "contexts/corrections/contract.hpp"
#include "contexts/ledger/contract.hpp"
#include "contexts/matching/contract.hpp"
#include "contexts/orders/contract.hpp"
#include "platform/eventlog/frame.hpp"

namespace rialto::simulation {

using Report =
    std::variant<ledger::AccountOpened, orders::OrderCreated, orders::OrderUpdated,
                 matching::TradeExecuted, matching::OrderCancelled, matching::OrderReduced,
                 matching::OrderProcessed, matching::OrderTriggered, calendar::DayHasPassed,
                 corrections::TradeEntered, corrections::TradeCorrected, corrections::TradeBusted>;

struct FeedStep {
  Sequence first;
  Sequence last;
  Timestamp time;
  Fingerprint command;  // empty: queued work
  std::vector<Report> reports;
};

/// Reads one step as its clients would. REQUIRES: known events.
FeedStep feed_step(const eventlog::StepView& step);

}  // namespace rialto::simulation
