#include "flows/portfolios.hpp"

namespace rialto::flows {
namespace {

bool can_have_portfolios(const Venue& venue, AccountId id) {
  const ledger::Account* account = venue.ledger.account(id);
  return account && !account->closed && account->kind != ledger::AccountKind::system;
}

template <class Decision>
Reply commit(Step& step, const Decision& decision) {
  if (!decision) return refused(decision.error());
  step.emit(*decision);
  Reply reply;
  reply.portfolio = decision->portfolio;
  reply.account = decision->account;
  return reply;
}

}  // namespace

Reply create_portfolio(Step& step, const portfolio::CreatePortfolio& command) {
  if (!can_have_portfolios(step.venue, command.account))
    return refused(ledger::Reject::account_not_found);
  return commit(step, step.venue.portfolios.decide(command));
}

Reply change_portfolio(Step& step, const portfolio::ChangePortfolio& command) {
  AccountId of_default;
  if (portfolio::is_default(command.portfolio)) {
    of_default = {command.portfolio.value};
    if (!can_have_portfolios(step.venue, of_default))
      return refused(portfolio::Reject::portfolio_not_found);
  }
  return commit(step, step.venue.portfolios.decide(command, of_default));
}

Reply delete_portfolio(Step& step, const portfolio::DeletePortfolio& command) {
  if (portfolio::is_default(command.portfolio) &&
      !can_have_portfolios(step.venue, {command.portfolio.value}))
    return refused(portfolio::Reject::portfolio_not_found);
  return commit(step, step.venue.portfolios.decide(command));
}

}  // namespace rialto::flows
