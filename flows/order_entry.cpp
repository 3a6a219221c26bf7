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
OrderReport enter(Step& step, const orders::OrderCreated& created, const orders::Terms& terms) {
  BookAnswers answers(step, created, terms);
  if (is_stop(created.type)) {
    answers.processed({created.order, created.account, created.instrument, Outcome::waiting,
                       created.side, created.stop_price, created.quantity, created.display});
  } else {
    step.venue.matching.enter(orders::Orders::entry(created), answers);
  }
  return answers.report();
}

/// Back into the book, or into the stop book. A copy: the open order may be gone before its entry
/// is answered.
OrderReport enter(Step& step, const orders::Order order, const orders::Terms& terms) {
  BookAnswers answers(step, order, terms);
  if (order.waiting) {
    answers.processed({order.id, order.account, order.instrument, Outcome::waiting, order.side,
                       order.stop_price, order.remaining, order.display});
  } else {
    const auto market = step.venue.market(order.instrument, order.side);
    step.venue.matching.enter(step.venue.orders.entry(order, terms, market), answers);
  }
  return answers.report();
}

OrderReport report_of(const orders::Order& order) {
  const auto status =
      order.filled.value == 0 ? OrderStatus::pending : OrderStatus::partially_filled;
  return {order.id,     order.instrument,      status, order.quantity(),
          order.filled, order.filled_notional, {},     order.fees};
}

}  // namespace

/// FLOWS-3: every hold and every release is in the event that causes it.
Reply place_order(Step& step, const orders::PlaceOrder& command) {
  Venue& venue = step.venue;
  Reply reply;
  if (const auto earlier = venue.orders.earlier(command)) {
    if (!*earlier) return refused(earlier->error());
    reply.repeated = true;
    reply.order.order = **earlier;
    return reply;
  }
  const ledger::Account* account = venue.ledger.account(command.account);
  if (!account || account->closed || account->kind == ledger::AccountKind::system)
    return refused(ledger::Reject::account_not_found);

  const orders::Terms* terms = venue.terms(command.instrument);
  const orders::Market market =
      terms ? venue.market(command.instrument, command.side) : orders::Market{};
  const auto created = venue.orders.decide(command, terms, market, account->owner, step.now,
                                           venue.calendar.end_of_day());
  if (!created) return refused(created.error());
  if (const auto refusal =
          venue.ledger.refuse_hold(created->account, created->hold_asset, created->hold))
    return refused(*refusal);

  step.emit(*created);
  reply.order = enter(step, *created, *terms);
  return reply;
}

Reply amend_order(Step& step, const orders::AmendOrder& command) {
  Venue& venue = step.venue;
  const orders::Order* found = venue.orders.order(command.order);
  if (!found) return refused(orders::Reject::order_not_found);
  const orders::Terms& terms = *venue.terms(found->instrument);
  const auto updated =
      venue.orders.decide(command, terms, venue.market(found->instrument, found->side));
  if (!updated) return refused(updated.error());
  if (updated->hold_change.value > 0)
    if (const auto refusal =
            venue.ledger.refuse_hold(updated->account, updated->hold_asset, updated->hold_change))
      return refused(*refusal);

  step.emit(*updated);
  Reply reply;
  reply.order = updated->priority_kept ? report_of(*found) : enter(step, *found, terms);
  return reply;
}

Reply cancel_order(Step& step, const orders::CancelOrder& command) {
  const auto found = step.venue.orders.decide(command);
  if (!found) return refused(found.error());
  Reply reply;
  reply.order = report_of(**found);
  reply.order.status = OrderStatus::cancelled;
  reply.order.reason = command.reason;
  end_order(step, (*found)->id, command.reason);
  return reply;
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
  enter(step, order, *step.venue.terms(order.instrument));
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
