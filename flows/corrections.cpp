#include "flows/corrections.hpp"

namespace rialto::flows {
namespace {

bool open_to_all(const Venue& venue, AccountId id) {
  const ledger::Account* account = venue.ledger.account(id);
  return account && !account->closed && account->kind != ledger::AccountKind::system;
}

/// Emits what was decided, unless a party is gone or cannot pay its part.
template <class Event>
Reply settle(Step& step, const std::expected<Event, corrections::Reject>& decision) {
  if (!decision) return refused(decision.error());
  const auto& parties = decision->parties;
  if (!open_to_all(step.venue, parties.buyer) || !open_to_all(step.venue, parties.seller))
    return refused(corrections::Reject::party_has_no_account);
  if (const auto unpayable = step.venue.ledger.refuse(*decision)) return refused(*unpayable);
  step.emit(*decision);
  Reply reply;
  reply.trade = decision->trade;
  reply.instrument = parties.instrument;
  return reply;
}

std::optional<corrections::Sizing> sizing(const Venue& venue, InstrumentId instrument) {
  const orders::Terms* terms = venue.terms(instrument);
  if (!terms) return std::nullopt;
  return corrections::Sizing{terms->base, terms->quote, terms->quote_per_tick_lot,
                             terms->base_per_lot};
}

template <class Command>
Reply change(Step& step, const Command& command) {
  const auto& corrections = step.venue.corrections;
  // A trade touched before is of the instrument it was of then.
  const auto* touched = corrections.standing(command.trade.trade);
  const auto lot =
      sizing(step.venue, touched ? touched->parties.instrument : command.trade.parties.instrument);
  if (!lot) return refused(corrections::Reject::trade_not_found);
  return settle(step, corrections.decide(command, step.venue.orders.next_trade(), *lot));
}

}  // namespace

Reply enter_trade(Step& step, const corrections::EnterTrade& command) {
  const auto earlier = step.venue.corrections.done_before(command, step.now);
  if (!earlier) return refused(earlier.error());
  if (*earlier) {
    Reply reply;
    reply.trade = **earlier;
    reply.repeated = true;
    return reply;
  }
  const auto lot = sizing(step.venue, command.instrument);
  if (!lot) return refused(orders::Reject::instrument_not_found);
  return settle(step, step.venue.corrections.decide(command, step.venue.orders.next_trade(), *lot));
}

Reply correct_trade(Step& step, const corrections::CorrectTrade& command) {
  return change(step, command);
}

Reply bust_trade(Step& step, const corrections::BustTrade& command) {
  return change(step, command);
}

}  // namespace rialto::flows
