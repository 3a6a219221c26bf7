// An administrator's changes of trades, as step flows: the change and the money it moves, or
// neither.
#pragma once

#include "flows/step.hpp"

namespace rialto::flows {

/// The reply names the trade.
Reply enter_trade(Step&, const corrections::EnterTrade&);
Reply correct_trade(Step&, const corrections::CorrectTrade&);
Reply bust_trade(Step&, const corrections::BustTrade&);

}  // namespace rialto::flows
