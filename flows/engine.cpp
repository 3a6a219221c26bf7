#include "flows/engine.hpp"

#include <algorithm>

#include "flows/order_entry.hpp"
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

// FLOWS-1: each flow checks everything before its first emit. FLOWS-5: none trusts a number of its
// command.
void run(Step& s, const orders::PlaceOrder& c, Reply& r) {
  place_sequenced(s, c, r);
}
void run(Step& s, const orders::AmendOrder& c, Reply& r) {
  amend_sequenced(s, c, r);
}
void run(Step& s, const orders::CancelOrder& c, Reply& r) {
  cancel_order(s, c, r);
}
void run(Step& s, const orders::CancelAllOrders& c, Reply& r) {
  r = cancel_all_orders(s, c);
}
void run(Step& s, const orders::BlockTrading& c, Reply& r) {
  r = block_trading(s, c);
}
void run(Step& s, const orders::UnblockTrading& c, Reply& r) {
  r = unblock_trading(s, c);
}
void run(Step& s, const ledger::CreditAccount& c, Reply& r) {
  r = credit(s, c);
}
void run(Step& s, const ledger::DebitAccount& c, Reply& r) {
  r = debit(s, c);
}
void run(Step& s, const SetBalance& c, Reply& r) {
  r = set_balance(s, c);
}
void run(Step& s, const ledger::OpenAccount& c, Reply& r) {
  r = open_account(s, c);
}
void run(Step& s, const OpenWallet& c, Reply& r) {
  r = open_wallet(s, c);
}
void run(Step& s, const ledger::CloseAccount& c, Reply& r) {
  r = close_account(s, c);
}
void run(Step& s, const ledger::SetShortLimit& c, Reply& r) {
  r = set_short_limit(s, c);
}
void run(Step& s, const identity::RegisterUser& c, Reply& r) {
  r = register_user(s, c);
}
void run(Step& s, const identity::UpdateUser& c, Reply& r) {
  r = update_user(s, c);
}
void run(Step& s, const identity::DeleteUser& c, Reply& r) {
  r = delete_user(s, c);
}
void run(Step& s, const sessions::OpenSession& c, Reply& r) {
  r = open_session(s, c);
}
void run(Step& s, const sessions::RevokeSession& c, Reply& r) {
  r = revoke_session(s, c);
}
void run(Step& s, const sessions::RefuseOrder& c, Reply& r) {
  r = refuse_order(s, c);
}
void run(Step& s, const sessions::CancelSessionOrders& c, Reply& r) {
  r = cancel_session_orders(s, c);
}
void run(Step& s, const sessions::SwitchOrderEntry& c, Reply& r) {
  r = switch_order_entry(s, c);
}
void run(Step&, const AdvanceClock&, Reply&) {}
/// The commands that define assets and instruments.
template <class Definition>
void run(Step& step, const Definition& command, Reply& reply) {
  reply = define(step, step.venue.instruments.decide(command));
}

void dispatch(Step& step, const Command& command, Reply& reply) {
  std::visit([&](const auto& c) { run(step, c, reply); }, command);
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

void Engine::prefetch(const Command& coming, int pass) const {
  const auto at = static_cast<matching::Matching::Pass>(pass);
  if (const auto* place = std::get_if<orders::PlaceOrder>(&coming)) {
    matching::EnterOrder entry;
    entry.instrument = place->instrument;
    entry.side = place->side;
    entry.limit = place->price;
    venue.matching.prefetch(entry, at);
    if (pass == 0) {
      venue.ledger.prefetch(place->account);
      venue.orders.prefetch(place->account);
      if (!place->key.empty()) venue.orders.prefetch(place->key);
    } else if (pass == 1) {
      venue.orders.prefetch_newest(place->account);
    }
  } else if (const auto* cancel = std::get_if<orders::CancelOrder>(&coming)) {
    venue.matching.prefetch(cancel->order, at);
    if (pass == 0) {
      venue.ledger.prefetch(cancel->account);
      venue.orders.prefetch(cancel->account);
      venue.orders.prefetch_slot(cancel->order);
    } else if (pass == 1) {
      venue.orders.prefetch_order(cancel->order);
    } else {
      venue.orders.prefetch_neighbours(cancel->order);
    }
  }
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
