#include "flows/engine.hpp"

#include <algorithm>

#include "flows/accounts.hpp"
#include "flows/api_keys.hpp"
#include "flows/corrections.hpp"
#include "flows/notifications.hpp"
#include "flows/order_entry.hpp"
#include "flows/portfolios.hpp"
#include "flows/session_entry.hpp"
#include "flows/users.hpp"

namespace rialto::flows {
namespace {

template <class Decision>
Reply define(Step& step, const Decision& decision) {
  if (!decision) return refused(decision.error());
  step.emit(*decision);
  Reply reply;
  if constexpr (requires { decision->instrument; }) reply.instrument = decision->instrument;
  if constexpr (requires { decision->asset; }) reply.asset = decision->asset;
  return reply;
}

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

// FLOWS-1: each flow checks everything before its first emit. FLOWS-5: none trusts a number of its
// command.
void dispatch(Step& s, const Command& command, Reply& r) {
  const Overloaded flow{
      [&](const orders::PlaceOrder& c) { place_sequenced(s, c, r); },
      [&](const orders::AmendOrder& c) { amend_sequenced(s, c, r); },
      [&](const orders::CancelOrder& c) { cancel_order(s, c, r); },
      [&](const orders::CancelAllOrders& c) { r = cancel_all_orders(s, c); },
      [&](const orders::BlockTrading& c) { r = block_trading(s, c); },
      [&](const orders::UnblockTrading& c) { r = unblock_trading(s, c); },
      [&](const ledger::CreditAccount& c) { r = credit(s, c); },
      [&](const ledger::DebitAccount& c) { r = debit(s, c); },
      [&](const SetBalance& c) { r = set_balance(s, c); },
      [&](const ledger::OpenAccount& c) { r = open_account(s, c); },
      [&](const OpenWallet& c) { r = open_wallet(s, c); },
      [&](const ledger::CloseAccount& c) { r = close_account(s, c); },
      [&](const ledger::SetShortLimit& c) { r = set_short_limit(s, c); },
      [&](const identity::RegisterUser& c) { r = register_user(s, c); },
      [&](const identity::UpdateUser& c) { r = update_user(s, c); },
      [&](const identity::DeleteUser& c) { r = delete_user(s, c); },
      [&](const sessions::OpenSession& c) { r = open_session(s, c); },
      [&](const sessions::RevokeSession& c) { r = revoke_session(s, c); },
      [&](const sessions::RefuseOrder& c) { r = refuse_order(s, c); },
      [&](const sessions::CancelSessionOrders& c) { r = cancel_session_orders(s, c); },
      [&](const sessions::SwitchOrderEntry& c) { r = switch_order_entry(s, c); },
      [&](const accounts::RegisterAccount& c) { r = register_account(s, c); },
      [&](const accounts::ChangeContact& c) { r = change_contact(s, c); },
      [&](const accounts::ChangeAddress& c) { r = change_address(s, c); },
      [&](const corrections::EnterTrade& c) { r = enter_trade(s, c); },
      [&](const corrections::CorrectTrade& c) { r = correct_trade(s, c); },
      [&](const corrections::BustTrade& c) { r = bust_trade(s, c); },
      [&](const notifications::SetPreferences& c) { r = set_preferences(s, c); },
      [&](const notifications::PostMessage& c) { r = post_message(s, c); },
      [&](const notifications::MarkRead& c) { r = mark_read(s, c); },
      [&](const PlaceAssignedOrder& c) { place_assigned_order(s, c, r); },
      [&](const portfolio::CreatePortfolio& c) { r = create_portfolio(s, c); },
      [&](const portfolio::ChangePortfolio& c) { r = change_portfolio(s, c); },
      [&](const portfolio::DeletePortfolio& c) { r = delete_portfolio(s, c); },
      [&](const apikeys::CreateApiKey& c) { r = create_api_key(s, c); },
      [&](const apikeys::RevokeApiKey& c) { r = revoke_api_key(s, c); },
      [&](const AdvanceClock&) {},
      // The commands that define assets and instruments.
      [&](const auto& definition) { r = define(s, s.venue.instruments.decide(definition)); },
  };
  std::visit(flow, command);
}

bool stops_due_on(const Venue& venue, const instruments::Instrument& listed) {
  return !listed.halted && venue.matching.next_triggered(listed.id).has_value();
}

/// The instrument whose stops are to be set off next. A halted one keeps its triggered stops till
/// it is resumed: nothing trades there, and nothing waits for them. O(1), or O(instruments) while
/// one does.
std::optional<InstrumentId> stops_due(const Venue& venue) {
  const auto first = venue.matching.instrument_with_triggered();
  if (!first || stops_due_on(venue, *venue.instruments.instrument(*first))) return first;
  for (const auto& listed : venue.instruments.instruments())
    if (stops_due_on(venue, listed)) return listed.id;
  return std::nullopt;
}

}  // namespace

Engine::Touched Engine::touches(const Command& command) const {
  if (const auto* c = std::get_if<orders::PlaceOrder>(&command)) return {c->instrument, true};
  if (const auto* c = std::get_if<PlaceAssignedOrder>(&command)) return {c->order.instrument, true};
  const orders::Order* order = nullptr;
  if (const auto* c = std::get_if<orders::AmendOrder>(&command))
    order = venue.orders.order(c->order);
  if (const auto* c = std::get_if<orders::CancelOrder>(&command))
    order = c->order.value != 0 ? venue.orders.order(c->order) : venue.orders.order_by_key(c->key);
  if (order) return {order->instrument, true};
  // BlockTrading is not among them: a kill switch waits for nothing, and its cancels go first.
  const bool all_books = std::holds_alternative<orders::CancelAllOrders>(command) ||
                         std::holds_alternative<sessions::CancelSessionOrders>(command) ||
                         std::holds_alternative<orders::UnblockTrading>(command) ||
                         std::holds_alternative<identity::DeleteUser>(command);
  return {{}, all_books};
}

bool Engine::must_wait(const Command& command, Timestamp now) const {
  const Touched touched = touches(command);
  if (!touched.trading) return false;
  // FLOWS-4: cancels that were promised and expiries that are due come before any trading;
  // triggered stops only hold up their own instrument (DESIGN section 2).
  if (venue.orders.next_mass_cancelled() || venue.orders.kill_switch_at() ||
      venue.orders.next_expired(now) || venue.calendar.decide(now))
    return true;
  if (touched.instrument.value == 0) return stops_due(venue).has_value();
  const auto* listed = venue.instruments.instrument(touched.instrument);
  return listed && stops_due_on(venue, *listed);
}

Engine::Outcome Engine::execute(const Command& command, Timestamp now, EventSink& events) {
  Step step(venue, events, next_, now);
  Outcome outcome{{}, next_, 0};
  dispatch(step, command, outcome.reply);
  outcome.events = step.emitted();
  outcome.reply.sequence = step.sequence();
  outcome.reply.time = now;
  next_.value += step.emitted();
  return outcome;
}

bool Engine::has_work(Timestamp now) const {
  return venue.orders.next_mass_cancelled() || venue.orders.kill_switch_at() ||
         venue.orders.next_expired(now) || venue.calendar.decide(now) || stops_due(venue);
}

Engine::Outcome Engine::drain(Timestamp now, std::uint32_t budget, EventSink& events) {
  Step step(venue, events, next_, now);
  while (step.emitted() < budget) {
    if (const auto order = venue.orders.next_mass_cancelled()) {
      end_order(step, *order, venue.orders.mass_cancel_reason());
    } else if (const auto account = venue.orders.kill_switch_at()) {
      if (account->value != 0)
        step.emit(orders::MassCancelRequested{*account, {}, orders::CancelReason::kill_switch});
      step.emit(orders::KillSwitchAdvanced{{account->value == 0 ? 0 : account->value + 1}});
    } else if (const auto expired = venue.orders.next_expired(now)) {
      end_order(step, *expired, orders::CancelReason::expired);
    } else if (const auto day = venue.calendar.decide(now)) {
      step.emit(*day);
    } else if (const auto instrument = stops_due(venue)) {
      trigger_stop(step, *venue.matching.next_triggered(*instrument));
    } else {
      break;
    }
  }
  Outcome outcome{{}, next_, step.emitted()};
  outcome.reply.sequence = step.sequence();
  next_.value += step.emitted();
  return outcome;
}

Timestamp Engine::next_work() const {
  const Timestamp day = venue.calendar.started() ? venue.calendar.end_of_day() : Timestamp{};
  return std::min(day, venue.orders.next_expiry().value_or(day));
}

}  // namespace rialto::flows
