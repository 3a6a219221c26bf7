// The templates of matching.hpp: the sweep of an incoming order, and visits.
#pragma once

#include <algorithm>

#include "contexts/matching/matching.hpp"

namespace rialto::matching {

inline bool Matching::lists(InstrumentId instrument) const {
  return instrument.value < books_.size() && books_[instrument.value] != nullptr;
}
inline Book& Matching::book(InstrumentId instrument) {
  RIALTO_ASSERT(lists(instrument));
  return *books_[instrument.value];
}
inline const Book& Matching::book(InstrumentId instrument) const {
  return const_cast<Matching*>(this)->book(instrument);
}

inline bool Matching::reaches(const EnterOrder& order, Price price) {
  return order.side == Side::buy ? price <= order.limit : price >= order.limit;
}

inline void Matching::prefetch(const EnterOrder& coming, Pass pass) const {
  if (!lists(coming.instrument)) return;  // not yet validated: a hint may be nonsense
  const Book& orders = *books_[coming.instrument.value];
  switch (pass) {
    case Pass::first:
      return __builtin_prefetch(&orders.ladder(coming.side, false), 1);
    case Pass::second:
      return orders.prefetch_level(coming.side, coming.limit);
    case Pass::third:
      return orders.prefetch_back(pool_, coming.side, coming.limit);
  }
}

inline void Matching::prefetch(OrderId coming, Pass pass) const {
  if (pass == Pass::first) return index_.prefetch(coming.value);
  const Slot slot = slot_of(coming);
  if (slot.value == 0) return;
  const Node& node = pool_[slot];
  if (pass == Pass::second) return __builtin_prefetch(&node, 1);
  book(node.instrument).prefetch_neighbours(pool_, node);
}

template <EntryAnswers Answers>
void Matching::enter(const EnterOrder& order, Answers& answers) {
  RIALTO_ASSERT(order.quantity.value > 0 && order.limit.value > 0 && !contains(order.order));
  Quantity rest = order.quantity;
  if (const auto reason = refusal(order)) {
    answers.cancelled(Cancellation{order.order, order.instrument, rest, *reason});
    rest = {};
  } else {
    rest = sweep(order, answers);
    const bool rests = !order.market && order.time_in_force != TimeInForce::ioc &&
                       order.time_in_force != TimeInForce::fok;
    if (rest.value != 0 && !rests) {
      answers.cancelled(Cancellation{order.order, order.instrument, rest, reason_for_rest(order)});
      rest = {};
    }
  }
  answers.processed(OrderProcessed{.order = order.order,
                                   .account = order.account,
                                   .instrument = order.instrument,
                                   .outcome = rest.value != 0 ? Outcome::resting : Outcome::done,
                                   .side = order.side,
                                   .price = order.limit,
                                   .remaining = rest,
                                   .display = order.display});
}

/// Trades until nothing is left, nothing is within the limit, or self-trade prevention ends the
/// order. Returns what may rest.
template <class Answers>
Quantity Matching::sweep(const EnterOrder& order, Answers& answers) {
  const Side maker_side = opposite(order.side);
  const Book& orders = book(order.instrument);
  const Ladder& makers = orders.ladder(maker_side, false);
  Quantity rest = order.quantity;
  // Each answer is evolved before it returns, so the ladder is asked anew every time.
  while (rest.value != 0 && !makers.empty() && reaches(order, orders.best_resting(maker_side))) {
    const Slot first = orders.front(maker_side, false);
    const Node& maker = pool_[first];
    if (maker.account == order.account && order.self_trade_prevention != SelfTradePrevention::none)
        [[unlikely]] {
      rest = prevent_self_trade(order, rest, first, answers);
      continue;
    }
    const Quantity quantity = std::min(rest, maker.shown);
    RIALTO_ASSERT(quantity.value > 0);
    rest -= quantity;
    answers.fill(Fill{.instrument = order.instrument,
                      .taker = order.order,
                      .maker = maker.order,
                      .taker_account = order.account,
                      .maker_account = maker.account,
                      .taker_side = order.side,
                      .price = maker.price,
                      .quantity = quantity});
  }
  return rest;
}

/// MATCHING-7: one meeting of two orders of the same account. Returns what the incoming one goes on
/// with.
template <class Answers>
Quantity Matching::prevent_self_trade(const EnterOrder& order, Quantity rest, Slot maker,
                                      Answers& answers) {
  constexpr auto reason = CancelReason::self_trade_prevention;
  const OrderId oldest = pool_[maker].order;
  const Quantity resting = pool_[maker].remaining();
  const auto cancel = [&](OrderId which, Quantity left) {
    answers.cancelled(Cancellation{which, order.instrument, left, reason});
  };
  const auto mode = order.self_trade_prevention;
  if (mode == SelfTradePrevention::decrement) {
    const Quantity by = std::min(rest, resting);
    answers.reduced(Reduction{oldest, order.instrument, by});
    if (by == resting) cancel(oldest, {});
    answers.reduced(Reduction{order.order, order.instrument, by});
    if (by == rest) cancel(order.order, {});
    return rest - by;
  }
  if (mode != SelfTradePrevention::cancel_newest) cancel(oldest, resting);
  if (mode == SelfTradePrevention::cancel_oldest) {
    RIALTO_ASSERT(!contains(oldest));  // an answer that is not evolved would be given for ever
    return rest;
  }
  cancel(order.order, rest);
  return {};
}

template <class Visit>
void Matching::levels(InstrumentId instrument, Side side, std::size_t depth, Visit visit) const {
  book(instrument).ladder(side, false).each([&](Rank rank, const Level& level) {
    if (depth == 0) return false;
    --depth;
    i128 visible = level.total;
    if (level.icebergs != 0) {
      for (Slot at = level.first; at.value != 0; at = pool_[at].next)
        visible -= pool_[at].hidden.value;
    }
    const auto capped = static_cast<std::int64_t>(std::min<i128>(visible, largest_number));
    visit(Book::price_at(side, false, rank), Quantity{capped}, std::size_t{level.orders});
    return true;
  });
}

template <class Visit>
void Matching::queue(InstrumentId instrument, Side side, bool waiting, Visit visit) const {
  book(instrument).ladder(side, waiting).each([&](Rank, const Level& level) {
    for (Slot at = level.first; at.value != 0; at = pool_[at].next) {
      const Node& node = pool_[at];
      visit(
          QueuedOrder{node.order, node.account, node.price, node.shown, node.hidden, node.display});
    }
    return true;
  });
}

template <class Visit>
void Matching::orders(InstrumentId instrument, Side side, Visit visit) const {
  queue(instrument, side, false, visit);
}

template <class Visit>
void Matching::stops(InstrumentId instrument, Side side, Visit visit) const {
  queue(instrument, side, true, visit);
}

}  // namespace rialto::matching
