#include "flows/users.hpp"

#include "flows/api_keys.hpp"

namespace rialto::flows {
namespace {

/// Emits what a context decided, or refuses with its reason.
template <class Decision>
Reply commit(Step& step, const Decision& decision, Reply reply = {}) {
  if (!decision) return refused(decision.error());
  step.emit(*decision);
  return reply;
}

template <class Command>
Reply transfer(Step& step, const Command& command) {
  if (!step.venue.instruments.asset(command.asset)) return refused(ledger::Reject::unknown_asset);
  const auto decision = step.venue.ledger.decide(command, step.now);
  if (!decision) return refused(decision.error());
  Reply reply;
  reply.account = command.account;
  reply.repeated = !*decision;
  if (*decision) step.emit(**decision);
  return reply;
}

void revoke_sessions(Step& step, UserId user) {
  for (const sessions::Session& session : step.venue.sessions.sessions())
    if (session.user == user && !session.revoked) step.emit(sessions::SessionRevoked{session.id});
}

}  // namespace

Reply register_user(Step& step, const identity::RegisterUser& command) {
  const auto created = step.venue.identity.decide(command);
  if (!created) return refused(created.error());
  const auto opened =
      step.venue.ledger.decide(ledger::OpenAccount{ledger::AccountKind::customer, created->user});
  if (!opened) return refused(opened.error());
  step.emit(*created);
  step.emit(*opened);
  Reply reply;
  reply.user = created->user;
  reply.account = opened->account;
  return reply;
}

Reply update_user(Step& step, const identity::UpdateUser& command) {
  Reply reply;
  reply.user = command.user;
  reply = commit(step, step.venue.identity.decide(command), reply);
  // Who may not trade any more may not do so through a session either.
  if (!reply.rejection && command.roles == identity::Roles::none)
    revoke_sessions(step, command.user);
  return reply;
}

Reply delete_user(Step& step, const identity::DeleteUser& command) {
  const auto deleted = step.venue.identity.decide(command);
  if (!deleted) return refused(deleted.error());
  const auto account = step.venue.ledger.account_of(command.user);
  if (account) {
    if (step.venue.orders.open_orders(*account) != 0 || !step.venue.ledger.empty(*account))
      return refused(identity::Reject::user_has_funds_or_orders);
    step.emit(ledger::AccountClosed{*account});
  }
  revoke_sessions(step, command.user);
  revoke_api_keys(step, command.user);
  step.emit(*deleted);
  Reply reply;
  reply.user = command.user;
  return reply;
}

Reply open_wallet(Step& step, const OpenWallet& command) {
  if (!step.venue.identity.user(command.user)) return refused(identity::Reject::user_not_found);
  const auto existing = step.venue.ledger.account_of(command.user);
  if (!existing) return open_account(step, {ledger::AccountKind::customer, command.user});
  Reply reply = refused(ledger::Reject::account_already_exists);
  reply.account = *existing;
  return reply;
}

Reply open_account(Step& step, const ledger::OpenAccount& command) {
  if (command.owner.value != 0 && !step.venue.identity.user(command.owner))
    return refused(identity::Reject::user_not_found);
  const auto opened = step.venue.ledger.decide(command);
  Reply reply;
  if (opened) reply.account = opened->account;
  return commit(step, opened, reply);
}

Reply close_account(Step& step, const ledger::CloseAccount& command) {
  if (step.venue.orders.open_orders(command.account) != 0)
    return refused(ledger::Reject::account_not_empty);
  Reply reply;
  reply.account = command.account;
  return commit(step, step.venue.ledger.decide(command), reply);
}

Reply credit(Step& step, const ledger::CreditAccount& command) {
  return transfer(step, command);
}

Reply debit(Step& step, const ledger::DebitAccount& command) {
  return transfer(step, command);
}

Reply set_balance(Step& step, const SetBalance& command) {
  if (!step.venue.instruments.asset(command.asset)) return refused(ledger::Reject::unknown_asset);
  const ledger::Account* account = step.venue.ledger.account(command.account);
  if (!account || account->closed) return refused(ledger::Reject::account_not_found);
  if (account->kind == ledger::AccountKind::system)
    return refused(ledger::Reject::account_cannot_be_changed);
  if (command.balance.value < 0) return refused(ledger::Reject::amount_must_be_positive);
  if (command.balance.value > largest_number) return refused(ledger::Reject::supply_limit_exceeded);
  const Amount change =
      command.balance - step.venue.ledger.balance(command.account, command.asset).owned;
  if (change.value > 0) return credit(step, {command.account, command.asset, change, {}, 0});
  if (change.value < 0) return debit(step, {command.account, command.asset, -change, {}, 0});
  Reply reply;
  reply.account = command.account;
  return reply;
}

Reply set_short_limit(Step& step, const ledger::SetShortLimit& command) {
  if (!step.venue.instruments.asset(command.asset)) return refused(ledger::Reject::unknown_asset);
  return commit(step, step.venue.ledger.decide(command));
}

}  // namespace rialto::flows
