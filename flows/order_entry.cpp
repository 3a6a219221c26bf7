#include "flows/order_entry.hpp"

#include "core/assert.hpp"
#include "flows/book_answers.hpp"

namespace rialto::flows {
namespace {

using matching::OrderProcessed;
using matching::Outcome;

bool is_stop(orders::OrderType type) {
  return type == orders::OrderType::stop || type == orders::OrderType::stop_limit;
}

/// Into the book for the first time, or into the stop book to wait.
void enter(Step& step, const orders::OrderCreated& created, const orders::Terms& terms,
           OrderReport& report) {
  BookAnswers answers(step, created, terms, report);
  if (is_stop(created.type)) {
    answers.processed({created.order, created.account, created.instrument, Outcome::waiting,
                       created.side, created.stop_price, created.quantity, created.display});
  } else {
    step.venue.matching.enter(orders::Orders::entry(created), answers);
  }
  answers.conclude();
}

/// Back into the book, or into the stop book.
void enter(Step& step, const orders::Order& open, const orders::Terms& terms, OrderReport& report) {
  const orders::Order order = open;  // may be gone before its entry is answered
  BookAnswers answers(step, order, terms, report);
  if (order.waiting) {
    answers.processed({order.id, order.account, order.instrument, Outcome::waiting, order.side,
                       order.stop_price, order.remaining, order.display});
  } else {
    const auto market = step.venue.market(order.instrument, order.side);
    step.venue.matching.enter(step.venue.orders.entry(order, terms, market), answers);
  }
  answers.conclude();
}

void report(const orders::Order& order, OrderReport& report) {
  report.order = order.id;
  report.instrument = order.instrument;
  report.status = order.filled.value == 0 ? OrderStatus::pending : OrderStatus::partially_filled;
  report.quantity = order.quantity();
  report.filled = order.filled;
  report.filled_notional = order.filled_notional;
  report.fees = order.fees;
}

bool may_be_short(const Venue& venue, AccountId account) {
  return venue.ledger.account(account)->kind == ledger::AccountKind::house;
}

/// FLOWS-3: every hold and every release is in the event that causes it. `assignment` is null for
/// nearly all.
[[gnu::always_inline]] inline void place(Step& step, const orders::PlaceOrder& command,
                                         const portfolio::Assignment* assignment, Reply& reply) {
  Venue& venue = step.venue;
  if (const auto earlier = venue.orders.earlier(command)) {
    if (!*earlier) return refuse(reply, earlier->error());
    reply.repeated = true;
    reply.order.order = **earlier;
    return;
  }
  const ledger::Account* account = venue.ledger.account(command.account);
  if (!account || account->closed || account->kind == ledger::AccountKind::system)
    return refuse(reply, ledger::Reject::account_not_found);

  if (assignment)
    if (const auto refusal =
            venue.portfolios.refuse(*assignment, command, may_be_short(venue, command.account)))
      return refuse(reply, *refusal);
  const orders::Terms* terms = venue.terms(command.instrument);
  const orders::Market market =
      terms ? venue.market(command.instrument, command.side) : orders::Market{};
  const auto admission = venue.orders.decide(command, terms, market, step.now);
  if (!admission) return refuse(reply, admission.error());
  if (const auto refusal =
          venue.ledger.refuse_hold(command.account, admission->hold_asset, admission->hold))
    return refuse(reply, *refusal);

  const orders::OrderCreated created = venue.orders.created(
      command, *terms, *admission, account->owner, venue.calendar.end_of_day());
  step.emit(created);
  if (assignment) {
    const auto portfolio = assignment->portfolio.value != 0
                               ? assignment->portfolio
                               : portfolio::default_portfolio(created.account);
    step.emit(portfolio::OrderAssigned{created.order, created.account, portfolio, assignment->lot,
                                       created.instrument, created.side, created.quantity});
  }
  enter(step, created, *terms, reply.order);
}

}  // namespace

void place_order(Step& step, const orders::PlaceOrder& command, Reply& reply) {
  place(step, command, nullptr, reply);
}

void place_assigned_order(Step& step, const PlaceAssignedOrder& command, Reply& reply) {
  place(step, command.order, &command.assignment, reply);
}

void amend_order(Step& step, const orders::AmendOrder& command, Reply& reply) {
  Venue& venue = step.venue;
  const orders::Order* found = venue.orders.order(command.order);
  if (!found) return refuse(reply, orders::Reject::order_not_found);
  const orders::Terms& terms = *venue.terms(found->instrument);
  const auto updated =
      venue.orders.decide(command, terms, venue.market(found->instrument, found->side));
  if (!updated) return refuse(reply, updated.error());
  if (const auto refusal = venue.portfolios.refuse(*updated, may_be_short(venue, updated->account)))
    return refuse(reply, *refusal);
  if (updated->hold_change.value > 0)
    if (const auto refusal =
            venue.ledger.refuse_hold(updated->account, updated->hold_asset, updated->hold_change))
      return refuse(reply, *refusal);

  step.emit(*updated);
  if (updated->priority_kept)
    report(*found, reply.order);
  else
    enter(step, *found, terms, reply.order);
}

void cancel_order(Step& step, const orders::CancelOrder& command, Reply& reply) {
  const auto found = step.venue.orders.decide(command);
  if (!found) return refuse(reply, found.error());
  report(**found, reply.order);
  reply.order.status = OrderStatus::cancelled;
  reply.order.reason = command.reason;
  end_order(step, (*found)->id, command.reason);
}

Reply cancel_all_orders(Step& step, const orders::CancelAllOrders& command) {
  Reply reply;
  step.venue.orders.each_open(command.account, [&](const orders::Order& order) {
    if ((command.instrument.value == 0 || order.instrument == command.instrument) &&
        (command.session.value == 0 || order.session == command.session))
      ++reply.count;
  });
  if (reply.count != 0)
    step.emit(orders::MassCancelRequested{command.account, command.instrument, command.reason,
                                          command.session});
  return reply;
}

Reply block_trading(Step& step, const orders::BlockTrading& command) {
  const auto blocked = step.venue.orders.decide(command);
  if (!blocked) return refused(blocked.error());
  if (command.account.value != 0 && !step.venue.ledger.account(command.account))
    return refused(ledger::Reject::account_not_found);
  step.emit(*blocked);
  if (command.account.value == 0) return {};
  return cancel_all_orders(step, {command.account, {}, orders::CancelReason::kill_switch});
}

Reply unblock_trading(Step& step, const orders::UnblockTrading& command) {
  const auto unblocked = step.venue.orders.decide(command);
  if (!unblocked) return refused(unblocked.error());
  step.emit(*unblocked);
  return {};
}

void trigger_stop(Step& step, OrderId id) {
  const orders::Order& order = *step.venue.orders.order(id);
  step.emit(matching::OrderTriggered{id, order.instrument});
  OrderReport nobody_waits_for_it;
  enter(step, order, *step.venue.terms(order.instrument), nobody_waits_for_it);
}

void end_order(Step& step, OrderId id, orders::CancelReason reason) {
  const orders::Order* order = step.venue.orders.order(id);
  RIALTO_ASSERT(order);
  // Not from the order itself, whose second line a cancel need not touch.
  const orders::Terms& terms = *step.venue.terms(order->instrument);
  const AssetId hold_asset = order->side == Side::buy ? terms.quote : terms.base;
  step.emit(matching::OrderCancelled{order->id, order->account, order->instrument, order->remaining,
                                     reason, hold_asset, order->hold});
}

}  // namespace rialto::flows
