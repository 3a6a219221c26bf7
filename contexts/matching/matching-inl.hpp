// The hot path of matching.hpp, and its templates. What makes up one message is inlined by force:
// answers, events and the arguments between them are then registers, never memory. For the same
// reason the rare cases are handed copies of the order: its own address is never taken.
#pragma once

#include <algorithm>

#include "contexts/matching/matching.hpp"
#include "core/prefetch.hpp"

namespace rialto::matching {

inline bool Matching::lists(InstrumentId instrument) const {
  return instrument.value < books_end_ && books_[instrument.value] != nullptr;
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
  if (pass == Pass::first) {
    index_.prefetch(coming.order.value);
    return orders.prefetch(coming.side);
  }
  if (order_count_ < worth_prefetching) return;
  // Where it will trade, if it crosses what is there now, else where it will rest.
  const Side maker_side = opposite(coming.side);
  const Ladder& makers = orders.ladder(maker_side, false);
  const Rank best = makers.best();
  const bool crosses = best <= Book::rank_of(maker_side, false, coming.limit);
  const Ladder& ladder = orders.ladder(crosses ? maker_side : coming.side, false);
  const Rank rank = crosses ? best : Book::rank_of(coming.side, false, coming.limit);
  const Level& level = levels_[ladder.nearby(rank)];
  if (pass == Pass::second) return prefetch_line(&level);
  prefetch_line(&pool_[crosses ? level.first : level.last]);
}

inline void Matching::prefetch(OrderId coming, Pass pass) const {
  if (pass == Pass::first) return index_.prefetch(coming.value);
  if (order_count_ < worth_prefetching) return;
  const Slot slot = slot_of(coming);
  if (slot.value == 0) return;
  const Node& node = pool_[slot];
  if (pass == Pass::second) return prefetch_line(&node);
  prefetch_line(&pool_[node.previous]);
  prefetch_line(&pool_[node.next]);
  prefetch_line(&levels_[node.level]);
  prefetch_line(&levels_.shelf_of(node.level));
}

template <EntryAnswers Answers>
[[gnu::always_inline]] inline void Matching::enter(const EnterOrder& order, Answers& answers) {
  RIALTO_ASSERT(order.quantity.value > 0 && order.limit.value > 0);  // inserting asserts the rest
  Quantity rest = order.quantity;
  const bool conditional = order.post_only || order.time_in_force == TimeInForce::fok;
  if (const auto reason = conditional ? refusal(EnterOrder{order}) : std::nullopt) {
    answers.cancelled(Cancellation{order.order, order.instrument, rest, *reason});
    rest = {};
  } else {
    rest = sweep(order, answers);
    const bool rests = !order.market && order.time_in_force != TimeInForce::ioc &&
                       order.time_in_force != TimeInForce::fok;
    if (rest.value != 0 && !rests) {
      answers.cancelled(
          Cancellation{order.order, order.instrument, rest, reason_for_rest(order.market)});
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
[[gnu::always_inline]] inline Quantity Matching::sweep(const EnterOrder& order, Answers& answers) {
  const Side maker_side = opposite(order.side);
  const Ladder& makers = book(order.instrument).ladder(maker_side, false);
  const Rank worst = Book::rank_of(maker_side, false, order.limit);
  Quantity rest = order.quantity;
  // Each answer is evolved before it returns, so the ladder is asked anew every time.
  while (rest.value != 0) {
    const Rank best = makers.best();
    if (best > worst) break;
    const Slot first = levels_[makers.level(best)].first;
    const Node& maker = pool_[first];
    if (order.self_trade_prevention != SelfTradePrevention::none &&
        pool_.account(first) == order.account) [[unlikely]] {
      rest = prevent_self_trade(EnterOrder{order}, rest, first, answers);
      continue;
    }
    const Quantity quantity = std::min(rest, maker.shown);
    RIALTO_ASSERT(quantity.value > 0);
    rest -= quantity;
    answers.fill(Fill{.instrument = order.instrument,
                      .taker = order.order,
                      .maker = maker.order,
                      .taker_account = order.account,
                      .maker_account = pool_.account(first),
                      .taker_side = order.side,
                      .price = Book::price_at(maker_side, false, best),
                      .quantity = quantity});
  }
  return rest;
}

/// MATCHING-7: one meeting of two orders of the same account. Returns what the incoming one goes on
/// with.
template <class Answers>
[[gnu::noinline]] Quantity Matching::prevent_self_trade(const EnterOrder& order, Quantity rest,
                                                        Slot maker, Answers& answers) {
  constexpr auto reason = CancelReason::self_trade_prevention;
  const OrderId oldest = pool_[maker].order;
  const Quantity resting = pool_.remaining(pool_[maker]);
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

inline void Matching::evolve(const TradeExecuted& event) {
  const Side maker_side = opposite(event.taker_side);
  const OrderId maker = maker_side == Side::sell ? event.sell_order : event.buy_order;
  Book& orders = book(event.instrument);
  const Ladder& makers = orders.ladder(maker_side, false);
  const Rank best = makers.best();
  RIALTO_ASSERT(best != Ladder::none);
  Level& level = levels_[makers.level(best)];
  const Slot slot = level.first;
  Node& node = pool_[slot];
  // MATCHING-1 and MATCHING-2: the maker's price, no more than it shows, and nobody is passed over.
  RIALTO_ASSERT(node.order == maker && Book::price_at(maker_side, false, best) == event.price &&
                event.quantity.value > 0 && event.quantity <= node.shown);
  if (event.quantity < node.shown) {
    node.shown -= event.quantity;
    level.subtract(event.quantity);
  } else if (event.quantity == pool_.remaining(node)) {
    erase(slot, orders);
  } else {
    refresh(slot);
  }
  orders.traded(event.price);
  if (orders.has_stops()) [[unlikely]]
    return follow_stops(event.instrument, orders);
  orders.settle_watermarks();
}

[[gnu::always_inline]] inline void Matching::evolve(const OrderCancelled& event) {
  const Slot slot = slot_of(event.order);
  if (slot.value == 0) return;
  const Node& node = pool_[slot];
  const Shelf& shelf = levels_.shelf_of(node.level);
  RIALTO_ASSERT(shelf.of.instrument == event.instrument &&
                pool_.remaining(node) == event.remaining);
  const bool waiting = shelf.of.waiting;
  Book& orders = book(event.instrument);
  erase(slot, orders);
  if (waiting) [[unlikely]]
    follow_stops(event.instrument, orders);
}

[[gnu::always_inline]] inline void Matching::evolve(const OrderProcessed& event) {
  if (event.outcome == Outcome::done) return;
  RIALTO_ASSERT(event.remaining.value > 0);
  const bool waiting = event.outcome == Outcome::waiting;
  const bool hides = !waiting && event.display.value != 0 && event.display < event.remaining;
  const Quantity shown = hides ? event.display : event.remaining;
  insert({event.order, event.account, event.price, shown, event.remaining - shown, event.display},
         event.instrument, event.side, waiting);
  if (waiting) [[unlikely]]
    follow_stops(event.instrument, book(event.instrument));
}

[[gnu::always_inline]] inline void Matching::insert(const QueuedOrder& order,
                                                    InstrumentId instrument, Side side,
                                                    bool waiting) {
  const Slot slot = pool_.take();
  index_.insert(order.order.value, slot.value - 1);
  Node& node = pool_[slot];
  node.order = order.order;
  node.shown = order.shown;
  node.iceberg = 0;
  pool_.account(slot) = order.account;
  if (order.display.value != 0) [[unlikely]]
    pool_.give_reserve(node, {order.hidden, order.display});
  book(instrument).join(pool_, levels_, slot, side, waiting, order.price);
  ++order_count_;
}

[[gnu::always_inline]] inline void Matching::erase(Slot slot, Book& orders) {
  index_.erase(pool_[slot].order.value);
  orders.leave(pool_, levels_, slot);
  pool_.give_back(slot);
  --order_count_;
}

inline std::optional<OpenOrder> Matching::find(OrderId order) const {
  const Slot slot = slot_of(order);
  if (slot.value == 0) return std::nullopt;
  const Node& node = pool_[slot];
  const Shelf& shelf = levels_.shelf_of(node.level);
  return OpenOrder{shelf.of.instrument, shelf.of.side, shelf.of.waiting,
                   Book::price_at(shelf.of.side, shelf.of.waiting, levels_.rank(node.level)),
                   pool_.remaining(node)};
}

inline std::optional<QueuedOrder> Matching::queued(OrderId order) const {
  const Slot slot = slot_of(order);
  if (slot.value == 0) return std::nullopt;
  const Node& node = pool_[slot];
  const Shelf& shelf = levels_.shelf_of(node.level);
  const auto [hidden, display] = pool_.reserve(node);
  return QueuedOrder{node.order,
                     pool_.account(slot),
                     Book::price_at(shelf.of.side, shelf.of.waiting, levels_.rank(node.level)),
                     node.shown,
                     hidden,
                     display};
}

inline Quantity Matching::remaining(OrderId order) const {
  const Slot slot = slot_of(order);
  return slot.value == 0 ? Quantity{} : pool_.remaining(pool_[slot]);
}

template <class Visit>
void Matching::levels(InstrumentId instrument, Side side, std::size_t depth, Visit visit) const {
  book(instrument).ladder(side, false).each([&](Rank rank, LevelSlot level) {
    if (depth == 0) return false;
    --depth;
    i128 visible = 0;
    std::size_t count = 0;
    for (Slot at = levels_[level].first; at.value != 0; at = pool_[at].next, ++count)
      visible += pool_[at].shown.value;
    const auto capped = static_cast<std::int64_t>(std::min<i128>(visible, largest_number));
    visit(Book::price_at(side, false, rank), Quantity{capped}, count);
    return true;
  });
}

template <class Visit>
void Matching::queue(InstrumentId instrument, Side side, bool waiting, Visit visit) const {
  book(instrument).ladder(side, waiting).each([&](Rank rank, LevelSlot level) {
    const Price price = Book::price_at(side, waiting, rank);
    for (Slot at = levels_[level].first; at.value != 0; at = pool_[at].next) {
      const Node& node = pool_[at];
      const auto [hidden, display] = pool_.reserve(node);
      const QueuedOrder order{node.order, pool_.account(at), price, node.shown, hidden, display};
      if constexpr (std::is_same_v<decltype(visit(order)), bool>) {
        if (!visit(order)) return false;
      } else {
        visit(order);
      }
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
