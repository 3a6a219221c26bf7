// Portfolios, as step flows. What flows into them: order_entry.hpp.
#pragma once

#include "flows/step.hpp"

namespace rialto::flows {

/// Of an open account that is not the venue's own.
Reply create_portfolio(Step&, const portfolio::CreatePortfolio&);
/// Names and methods of default portfolios can be changed too.
Reply change_portfolio(Step&, const portfolio::ChangePortfolio&);
/// Refused while it holds anything or has open orders.
Reply delete_portfolio(Step&, const portfolio::DeletePortfolio&);

}  // namespace rialto::flows
