#include "contexts/matching/matching.hpp"

#include <bit>

namespace rialto::matching {

void Matching::list(InstrumentId instrument) {
  RIALTO_ASSERT(!lists(instrument));
  if (instrument.value >= books_.size()) {
    books_end_ = instrument.value + 1;
    books_.resize(books_end_);
    triggered_.resize(instrument.value / 64 + std::size_t{1});
  }
  books_[instrument.value] = std::make_unique<Book>(instrument);
}

// Before the sweep: what makes an order end without touching the book.
std::optional<CancelReason> Matching::refusal(const EnterOrder& order) const {
  if (order.post_only) {
    const auto other = best(order.instrument, opposite(order.side));
    if (other && reaches(order, *other)) return CancelReason::post_only_would_take;
  }
  if (order.time_in_force == TimeInForce::fok && !fills_wholly(order))
    return CancelReason::fill_or_kill;
  return std::nullopt;
}

// MATCHING-6: whether the sweep would fill all of a fill-or-kill order. The sums of the levels,
// reserves included, answer for all orders; only when those suffice is it worth finding out which
// are the account's own. Own orders that are cancelled on the way are no liquidity; an own order
// that ends the sweep (or eats up a part of it) also hides what comes after it, reserves of
// icebergs at its price included, because they are refreshed behind it.
bool Matching::fills_wholly(const EnterOrder& order) const {
  const Side makers = opposite(order.side);
  const Ladder& ladder = book(order.instrument).ladder(makers, false);
  const Rank worst = Book::rank_of(makers, false, order.limit);
  i128 within_limit = 0;
  ladder.each([&](Rank rank, LevelSlot level) {
    if (rank > worst) return false;
    within_limit += total(levels_[level]);
    return within_limit < order.quantity.value;
  });
  const auto mode = order.self_trade_prevention;
  if (within_limit < order.quantity.value || mode == SelfTradePrevention::none)
    return within_limit >= order.quantity.value;

  i128 found = 0;
  ladder.each([&](Rank rank, LevelSlot level) {
    if (rank > worst) return false;
    i128 shown = 0;
    i128 hidden = 0;
    bool ends_here = false;
    for (Slot at = levels_[level].first; at.value != 0 && !ends_here; at = pool_[at].next) {
      const Node& node = pool_[at];
      const bool own = pool_.account(at) == order.account;
      ends_here = own && mode != SelfTradePrevention::cancel_oldest;
      if (own) continue;
      shown += node.shown.value;
      hidden += pool_.reserve(node).hidden.value;
      if (found + shown >= order.quantity.value) break;
    }
    found += ends_here ? shown : shown + hidden;
    return !ends_here && found < order.quantity.value;
  });
  return found >= order.quantity.value;
}

i128 Matching::total(const Level& level) const {
  if (level.counted()) return level.lots;
  i128 lots = 0;
  for (Slot at = level.first; at.value != 0; at = pool_[at].next)
    lots += pool_.remaining(pool_[at]).value;
  return lots;
}

void Matching::evolve(const OrderReduced& event) {
  const Slot slot = slot_of(event.order);
  if (slot.value != 0) shrink(pool_[slot], event.by);
}

void Matching::evolve(const OrderTriggered& event) {
  const Slot slot = slot_of(event.order);
  RIALTO_ASSERT(slot.value != 0);
  const Shelf& shelf = levels_.shelf_of(pool_[slot].level);
  RIALTO_ASSERT(shelf.of.waiting && shelf.of.instrument == event.instrument);
  erase(slot, book(event.instrument));
  follow_stops(event.instrument, book(event.instrument));
}

void Matching::shrink(OrderId order, Quantity by) {
  const Slot slot = slot_of(order);
  RIALTO_ASSERT(slot.value != 0);
  shrink(pool_[slot], by);
}

void Matching::remove(OrderId order) {
  const Slot slot = slot_of(order);
  RIALTO_ASSERT(slot.value != 0);
  const Shelf shelf = levels_.shelf_of(pool_[slot].level);
  erase(slot, book(shelf.of.instrument));
  if (shelf.of.waiting) follow_stops(shelf.of.instrument, book(shelf.of.instrument));
}

// MATCHING-5: the node stays where it is in its queue.
void Matching::shrink(Node& node, Quantity by) {
  RIALTO_ASSERT(by.value >= 0 && by <= pool_.remaining(node));
  Quantity from_hidden{};
  if (node.iceberg != 0) {
    Reserve& reserve = pool_.reserve(node);
    from_hidden = std::min(by, reserve.hidden);
    reserve.hidden -= from_hidden;
  }
  node.shown -= by - from_hidden;
  levels_[node.level].subtract(by);
}

// MATCHING-4: what an iceberg shows next has the time priority of now.
void Matching::refresh(Slot slot) {
  Node& node = pool_[slot];
  Level& level = levels_[node.level];
  Book::leave_level(pool_, level, node);
  Reserve& reserve = pool_.reserve(node);
  node.shown = std::min(reserve.display, reserve.hidden);
  reserve.hidden -= node.shown;
  Book::join_level(pool_, level, slot);
}

// MATCHING-8: after any event that can set off a stop or take one away.
void Matching::follow_stops(InstrumentId instrument, Book& orders) {
  const bool now = orders.any_triggered();
  if (!now) orders.settle_watermarks();
  const std::uint64_t bit = std::uint64_t{1} << instrument.value % 64;
  std::uint64_t& word = triggered_[instrument.value / 64];
  if (((word & bit) != 0) == now) return;
  word ^= bit;
  now ? ++triggered_count_ : --triggered_count_;
}

std::optional<OrderId> Matching::next_triggered(InstrumentId instrument) const {
  const Book& orders = book(instrument);
  for (const Side side : {Side::buy, Side::sell})
    if (orders.triggered(side)) {
      const Ladder& stops = orders.ladder(side, true);
      return pool_[levels_[stops.level(stops.best())].first].order;
    }
  return std::nullopt;
}

std::optional<InstrumentId> Matching::instrument_with_triggered() const {
  if (triggered_count_ == 0) return std::nullopt;
  std::uint32_t word = 0;
  while (triggered_[word] == 0) ++word;
  return InstrumentId{word * 64 + static_cast<std::uint32_t>(std::countr_zero(triggered_[word]))};
}

std::optional<Price> Matching::best(InstrumentId instrument, Side side) const {
  const Rank best = book(instrument).ladder(side, false).best();
  return best == Ladder::none ? std::nullopt : std::optional{Book::price_at(side, false, best)};
}

std::optional<Price> Matching::last_price(InstrumentId instrument) const {
  const Price last = book(instrument).last;
  return last.value == 0 ? std::nullopt : std::optional{last};
}

Quantity Matching::depth_at(InstrumentId instrument, Side side, Price price) const {
  const LevelSlot level =
      book(instrument).ladder(side, false).find(Book::rank_of(side, false, price));
  return {static_cast<std::int64_t>(std::min<i128>(total(levels_[level]), largest_number))};
}

}  // namespace rialto::matching
