#include "contexts/matching/matching.hpp"

#include <bit>

namespace rialto::matching {

void Matching::list(InstrumentId instrument) {
  RIALTO_ASSERT(!lists(instrument));
  if (instrument.value >= books_.size()) {
    books_.resize(instrument.value + std::size_t{1});
    triggered_.resize(instrument.value / 64 + std::size_t{1});
  }
  books_[instrument.value] = std::make_unique<Book>();
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

CancelReason Matching::reason_for_rest(const EnterOrder& order) {
  return order.market ? CancelReason::no_liquidity : CancelReason::immediate_or_cancel;
}

// MATCHING-6: whether the sweep would fill all of a fill-or-kill order. The sums of the levels,
// reserves included, answer for all orders; only when those suffice is it worth finding out which
// are the account's own. Own orders that are cancelled on the way are no liquidity; an own order
// that ends the sweep (or eats up a part of it) also hides what comes after it, reserves of
// icebergs at its price included, because they are refreshed behind it.
bool Matching::fills_wholly(const EnterOrder& order) const {
  const Side makers = opposite(order.side);
  const Ladder& ladder = book(order.instrument).ladder(makers, false);
  i128 within_limit = 0;
  ladder.each([&](Rank rank, const Level& level) {
    if (!reaches(order, Book::price_at(makers, false, rank))) return false;
    within_limit += level.total;
    return within_limit < order.quantity.value;
  });
  const auto mode = order.self_trade_prevention;
  if (within_limit < order.quantity.value || mode == SelfTradePrevention::none)
    return within_limit >= order.quantity.value;

  i128 found = 0;
  ladder.each([&](Rank rank, const Level& level) {
    if (!reaches(order, Book::price_at(makers, false, rank))) return false;
    i128 shown = 0;
    i128 hidden = 0;
    bool ends_here = false;
    for (Slot at = level.first; at.value != 0 && !ends_here; at = pool_[at].next) {
      const Node& node = pool_[at];
      const bool own = node.account == order.account;
      ends_here = own && mode != SelfTradePrevention::cancel_oldest;
      if (own) continue;
      shown += node.shown.value;
      hidden += node.hidden.value;
      if (found + shown >= order.quantity.value) break;
    }
    found += ends_here ? shown : shown + hidden;
    return !ends_here && found < order.quantity.value;
  });
  return found >= order.quantity.value;
}

void Matching::evolve(const TradeExecuted& event) {
  const OrderId maker = event.taker_side == Side::buy ? event.sell_order : event.buy_order;
  const Slot slot = slot_of(maker);
  RIALTO_ASSERT(slot.value != 0);
  Node& node = pool_[slot];
  // MATCHING-1: the maker's price, and no more than it shows.
  RIALTO_ASSERT(!node.waiting && node.side != event.taker_side && node.price == event.price &&
                node.instrument == event.instrument && event.quantity.value > 0 &&
                event.quantity <= node.shown);
  Book& orders = book(event.instrument);
  if (event.quantity < node.shown) {
    node.shown -= event.quantity;
    orders.account_for(node, event.quantity);
  } else if (node.hidden.value == 0) {
    erase(slot);
  } else {
    // MATCHING-4: what an iceberg shows next has the time priority of now.
    orders.leave(pool_, slot);
    node.shown = std::min(node.display, node.hidden);
    node.hidden -= node.shown;
    orders.join(pool_, slot);
  }
  orders.traded(event.price);
  follow_stops(event.instrument, orders);
}

void Matching::evolve(const OrderCancelled& event) {
  const Slot slot = slot_of(event.order);
  if (slot.value == 0) return;
  RIALTO_ASSERT(pool_[slot].instrument == event.instrument &&
                pool_[slot].remaining() == event.remaining);
  const bool waiting = pool_[slot].waiting;
  erase(slot);
  if (waiting) follow_stops(event.instrument, book(event.instrument));
}

void Matching::evolve(const OrderReduced& event) {
  const Slot slot = slot_of(event.order);
  if (slot.value != 0) shrink(pool_[slot], event.by);
}

void Matching::evolve(const OrderProcessed& event) {
  if (event.outcome == Outcome::done) return;
  RIALTO_ASSERT(event.remaining.value > 0);
  const bool waiting = event.outcome == Outcome::waiting;
  const bool hides = !waiting && event.display.value != 0 && event.display < event.remaining;
  const Quantity shown = hides ? event.display : event.remaining;
  insert({event.order, event.account, event.price, shown, event.remaining - shown, event.display},
         event.instrument, event.side, waiting);
  if (waiting) follow_stops(event.instrument, book(event.instrument));
}

void Matching::evolve(const OrderTriggered& event) {
  const Slot slot = slot_of(event.order);
  RIALTO_ASSERT(slot.value != 0 && pool_[slot].waiting &&
                pool_[slot].instrument == event.instrument);
  erase(slot);
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
  const bool waiting = pool_[slot].waiting;
  const InstrumentId instrument = pool_[slot].instrument;
  erase(slot);
  if (waiting) follow_stops(instrument, book(instrument));
}

// MATCHING-5: the node stays where it is in its queue.
void Matching::shrink(Node& node, Quantity by) {
  RIALTO_ASSERT(by.value >= 0 && by <= node.remaining());
  const Quantity from_hidden = std::min(by, node.hidden);
  node.hidden -= from_hidden;
  node.shown -= by - from_hidden;
  book(node.instrument).account_for(node, by);
}

void Matching::insert(const QueuedOrder& order, InstrumentId instrument, Side side, bool waiting) {
  Book& orders = book(instrument);
  const Slot slot = pool_.take();
  index_.insert(order.order.value, slot.value - 1);
  Node& node = pool_[slot];
  node.order = order.order;
  node.account = order.account;
  node.price = order.price;
  node.shown = order.shown;
  node.hidden = order.hidden;
  node.display = order.display;
  node.instrument = instrument;
  node.side = side;
  node.waiting = waiting;
  orders.join(pool_, slot);
  ++order_count_;
}

void Matching::erase(Slot slot) {
  const Node& node = pool_[slot];
  book(node.instrument).leave(pool_, slot);
  index_.erase(node.order.value);
  pool_.give_back(slot);
  --order_count_;
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
    if (orders.triggered(side)) return pool_[orders.front(side, true)].order;
  return std::nullopt;
}

std::optional<InstrumentId> Matching::instrument_with_triggered() const {
  if (triggered_count_ == 0) return std::nullopt;
  std::uint32_t word = 0;
  while (triggered_[word] == 0) ++word;
  return InstrumentId{word * 64 + static_cast<std::uint32_t>(std::countr_zero(triggered_[word]))};
}

std::optional<Price> Matching::best(InstrumentId instrument, Side side) const {
  const Ladder& ladder = book(instrument).ladder(side, false);
  if (ladder.empty()) return std::nullopt;
  return book(instrument).best_resting(side);
}

std::optional<Price> Matching::last_price(InstrumentId instrument) const {
  const Price last = book(instrument).last;
  return last.value == 0 ? std::nullopt : std::optional{last};
}

std::optional<OpenOrder> Matching::find(OrderId order) const {
  const Slot slot = slot_of(order);
  if (slot.value == 0) return std::nullopt;
  const Node& node = pool_[slot];
  return OpenOrder{node.instrument, node.side, node.waiting, node.price, node.remaining()};
}

Quantity Matching::depth_at(InstrumentId instrument, Side side, Price price) const {
  i128 total = 0;
  orders(instrument, side, [&](const QueuedOrder& order) {
    if (order.price == price) total += order.shown.value + order.hidden.value;
  });
  return {static_cast<std::int64_t>(std::min<i128>(total, largest_number))};
}

Quantity Matching::remaining(OrderId order) const {
  const Slot slot = slot_of(order);
  return slot.value == 0 ? Quantity{} : pool_[slot].remaining();
}

}  // namespace rialto::matching
