// Owns what one instrument has: its resting orders, its waiting stops and the prices that set stops
// off. Queues are lists through the pool's nodes, hung up on the levels of four ladders.
//
// Called by Matching only. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "contexts/matching/ladder.hpp"
#include "contexts/matching/order_pool.hpp"

namespace rialto::matching {

class Book {
 public:
  /// Bids and sell stops are served from the highest price down, asks and buy stops from the lowest
  /// up.
  static Rank rank_of(Side side, bool waiting, Price price) {
    return {(side == Side::buy) != waiting ? -price.value : price.value};
  }
  static Price price_at(Side side, bool waiting, Rank rank) {
    return {(side == Side::buy) != waiting ? -rank.value : rank.value};
  }

  Ladder& ladder(Side side, bool waiting) {
    return ladders_[static_cast<std::size_t>(waiting) * 2 + static_cast<std::size_t>(side)];
  }
  const Ladder& ladder(Side side, bool waiting) const {
    return const_cast<Book*>(this)->ladder(side, waiting);
  }

  /// MATCHING-2: the node joins at the back of the queue of its price. O(1) amortised.
  void join(OrderPool& pool, Slot slot) {
    Node& node = pool[slot];
    Level& level = ladder(node.side, node.waiting).open(rank(node));
    node.next = {};
    node.previous = level.last;
    (level.last.value == 0 ? level.first : pool[level.last].next) = slot;
    level.last = slot;
    ++level.orders;
    level.icebergs += node.display.value != 0;
    level.total += node.remaining().value;
  }

  /// Takes the node out of its queue; the node keeps its quantities. O(1).
  void leave(OrderPool& pool, Slot slot) {
    Node& node = pool[slot];
    Ladder& side = ladder(node.side, node.waiting);
    Level& level = side.at(rank(node));
    (node.previous.value == 0 ? level.first : pool[node.previous].next) = node.next;
    (node.next.value == 0 ? level.last : pool[node.next].previous) = node.previous;
    level.icebergs -= node.display.value != 0;
    level.total -= node.remaining().value;
    if (--level.orders == 0) side.close(rank(node));
  }

  /// The node's own quantities have become smaller by `by`: so has its level.
  void account_for(const Node& node, Quantity by) {
    ladder(node.side, node.waiting).at(rank(node)).total -= by.value;
  }

  /// Asks for the lines that join() and leave() will touch besides the node's own. Changes nothing.
  void prefetch_level(Side side, Price price) const {
    ladder(side, false).prefetch(rank_of(side, false, price));
  }
  void prefetch_back(const OrderPool& pool, Side side, Price price) const {
    __builtin_prefetch(&pool[ladder(side, false).back_nearby(rank_of(side, false, price))], 1);
  }
  void prefetch_neighbours(const OrderPool& pool, const Node& node) const {
    __builtin_prefetch(&pool[node.previous], 1);
    __builtin_prefetch(&pool[node.next], 1);
    ladder(node.side, node.waiting).prefetch(rank(node));
  }

  /// REQUIRES: orders rest on this side.
  Price best_resting(Side side) const { return price_at(side, false, ladder(side, false).best()); }

  /// REQUIRES: the ladder is not empty. The order that is served first.
  Slot front(Side side, bool waiting) const {
    const Ladder& orders = ladder(side, waiting);
    return orders.at(orders.best()).first;
  }

  Price last;  // of the last trade; 0 before the first

  /// A trade at `price`: O(1) however many stops it sets off.
  void traded(Price price) {
    last = price;
    highest_ = std::max(highest_, price);
    lowest_ = std::min(lowest_, price);
  }

  bool triggered(Side side) const {
    const Ladder& stops = ladder(side, true);
    if (stops.empty()) return false;
    const Price stop = price_at(side, true, stops.best());
    return side == Side::buy ? stop <= highest_ : stop >= lowest_;
  }
  bool any_triggered() const { return triggered(Side::buy) || triggered(Side::sell); }

  /// Nothing is triggered: prices before the last one have had all their effect.
  void settle_watermarks() {
    highest_ = last;
    lowest_ = last.value == 0 ? never : last;
  }

  Price highest() const { return highest_; }
  Price lowest() const { return lowest_; }
  void restore_watermarks(Price highest, Price lowest) {
    highest_ = highest;
    lowest_ = lowest;
  }

 private:
  static Rank rank(const Node& node) { return rank_of(node.side, node.waiting, node.price); }
  static constexpr Price never{std::numeric_limits<std::int64_t>::max()};

  std::array<Ladder, 4> ladders_;  // bids, asks, buy stops, sell stops
  // Highest and lowest trade since no stop was last triggered.
  Price highest_;
  Price lowest_ = never;
};

}  // namespace rialto::matching
