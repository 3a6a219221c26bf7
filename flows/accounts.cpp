#include "flows/accounts.hpp"

namespace rialto::flows {
namespace {

std::optional<Rejection> refuse_opening_balance(const Venue& venue,
                                                const accounts::RegisterAccount& command) {
  if (command.open_balance.value == 0) return std::nullopt;
  if (command.open_balance.value < 0)
    return rejection_of(accounts::Reject::open_balance_must_not_be_negative);
  if (!venue.instruments.asset(command.asset)) return rejection_of(ledger::Reject::unknown_asset);
  if (const auto refused = venue.ledger.refuse_supply(command.asset, command.open_balance))
    return rejection_of(*refused);
  return std::nullopt;
}

template <class Command>
Reply change(Step& step, const Command& command) {
  const auto decision = step.venue.accounts.decide(command);
  if (!decision) return refused(decision.error());
  step.emit(*decision);
  Reply reply;
  reply.account = command.account;
  return reply;
}

}  // namespace

Reply register_account(Step& step, const accounts::RegisterAccount& command) {
  Reply reply;
  const auto earlier = step.venue.accounts.done_before(command, step.now);
  if (!earlier) return refused(earlier.error());
  if (*earlier) {
    reply.account = **earlier;
    reply.repeated = true;
    return reply;
  }
  std::optional<AccountId> account;
  if (command.user.value != 0) {
    const identity::User* user = step.venue.identity.user(command.user);
    if (!user) return refused(identity::Reject::user_not_found);
    if (user->person != command.person)
      return refused(accounts::Reject::details_sealed_for_another);
    account = step.venue.ledger.account_of(command.user);
  }
  std::optional<ledger::AccountOpened> opened;
  if (!account) {
    const auto decision =
        step.venue.ledger.decide(ledger::OpenAccount{ledger::AccountKind::customer, command.user});
    if (!decision) return refused(decision.error());
    opened = *decision;
  }
  reply.account = opened ? opened->account : *account;
  reply.user = command.user;
  const auto registered = step.venue.accounts.decide(command, reply.account);
  if (!registered) {
    refuse(reply, registered.error());
    return reply;
  }
  if (const auto refused = refuse_opening_balance(step.venue, command)) {
    reply.rejection = refused;
    return reply;
  }
  if (opened) step.emit(*opened);
  step.emit(*registered);
  if (command.open_balance.value > 0)
    step.emit(ledger::AccountCredited{reply.account, command.asset, command.open_balance, {}, 0});
  return reply;
}

Reply change_contact(Step& step, const accounts::ChangeContact& command) {
  return change(step, command);
}

Reply change_address(Step& step, const accounts::ChangeAddress& command) {
  return change(step, command);
}

}  // namespace rialto::flows
