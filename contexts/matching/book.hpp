// Owns what one instrument has: its resting orders, its waiting stops and the prices that set stops
// off. Queues are lists through the pool's nodes, hung up on the levels of four ladders.
//
// Called by Matching only. One thread. Never moves.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "contexts/matching/ladder.hpp"
#include "contexts/matching/level_pool.hpp"
#include "contexts/matching/order_pool.hpp"
#include "core/prefetch.hpp"

namespace rialto::matching {

class alignas(64) Book {
 public:
  explicit Book(InstrumentId instrument)
      : ladders_{Ladder{{instrument, Side::buy, false}}, Ladder{{instrument, Side::sell, false}},
                 Ladder{{instrument, Side::buy, true}}, Ladder{{instrument, Side::sell, true}}} {}

  /// Bids and sell stops are served from the highest price down, asks and buy stops from the lowest
  /// up. Both are the same function: a change of sign or none.
  static Rank rank_of(Side side, bool waiting, Price price) {
    return {turned(side, waiting, price.value)};
  }
  static Price price_at(Side side, bool waiting, Rank rank) {
    return {turned(side, waiting, rank.value)};
  }

  Ladder& ladder(Side side, bool waiting) {
    return ladders_[static_cast<std::size_t>(waiting) * 2 + static_cast<std::size_t>(side)];
  }
  const Ladder& ladder(Side side, bool waiting) const {
    return const_cast<Book*>(this)->ladder(side, waiting);
  }

  /// MATCHING-2: the node joins at the back of the queue of its price. O(1) amortised.
  [[gnu::always_inline]] void join(OrderPool& pool, LevelPool& levels, Slot slot, Side side,
                                   bool waiting, Price price) {
    Node& node = pool[slot];
    node.level = ladder(side, waiting).open(rank_of(side, waiting, price), levels);
    stops_ += waiting;
    join_level(pool, levels[node.level], slot);
  }
  /// An iceberg shows its next part: it joins its level once more. REQUIRES: it has left its queue.
  static void join_level(OrderPool& pool, Level& level, Slot slot) {
    Node& node = pool[slot];
    const Slot last = level.last;
    node.next = {};
    node.previous = last;
    pool[last].next = slot;  // of an empty queue: slot 0, which may be written
    // By value: between two places in memory the compiler would choose an address.
    const std::uint32_t first = level.first.value;
    level.first = {first == 0 ? slot.value : first};
    level.last = slot;
    level.add(pool.remaining(node));
  }

  /// Takes the node out of its queue; the node keeps its quantities. The level may be empty then.
  static void leave_level(OrderPool& pool, Level& level, const Node& node) {
    const std::uint32_t next = node.next.value;
    const std::uint32_t previous = node.previous.value;
    const std::uint32_t first = level.first.value;
    const std::uint32_t last = level.last.value;
    level.subtract(pool.remaining(node));
    level.first = {previous == 0 ? next : first};
    level.last = {next == 0 ? previous : last};
    pool[{previous}].next = {next};
    pool[{next}].previous = {previous};
  }
  /// Takes the node out of the book. O(1).
  [[gnu::always_inline]] void leave(OrderPool& pool, LevelPool& levels, Slot slot) {
    const Node& node = pool[slot];
    Level& level = levels[node.level];
    leave_level(pool, level, node);
    const Shelf& shelf = levels.shelf_of(node.level);
    stops_ -= shelf.of.waiting;
    if (level.first.value != 0) return;
    level.lots = 0;
    ladder(shelf.of.side, shelf.of.waiting).close(levels.rank(node.level), levels);
  }

  /// Asks for what an order of this side looks at first: the other side's best price, its own
  /// side's window. Changes nothing.
  void prefetch(Side side) const {
    ladder(opposite(side), false).prefetch_best();
    ladder(side, false).prefetch();
  }

  Price last;  // of the last trade; 0 before the first

  /// A trade at `price`: O(1) however many stops it sets off.
  void traded(Price price) {
    last = price;
    highest_ = std::max(highest_, price);
    lowest_ = std::min(lowest_, price);
  }

  bool has_stops() const { return stops_ != 0; }
  bool triggered(Side side) const {
    // A buy stop at the highest trade or below, a sell stop at the lowest or above: the rank of the
    // one that is set off last is never behind.
    const Price reached = side == Side::buy ? highest_ : lowest_;
    return ladder(side, true).best() <= rank_of(side, true, reached);
  }
  bool any_triggered() const {
    return has_stops() && (triggered(Side::buy) || triggered(Side::sell));
  }

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
  /// Negated for bids and sell stops; without a branch, because sides come at random.
  static std::int64_t turned(Side side, bool waiting, std::int64_t value) {
    static_assert(static_cast<int>(Side::buy) == 0 && static_cast<int>(Side::sell) == 1);
    const std::int64_t mask = (static_cast<std::int64_t>(side) ^ std::int64_t{waiting}) - 1;
    return (value ^ mask) - mask;  // the mask is 0, or all ones to negate
  }
  static constexpr Price never{std::numeric_limits<std::int64_t>::max()};

  // Highest and lowest trade since no stop was last triggered.
  Price highest_;
  Price lowest_ = never;
  std::uint64_t stops_ = 0;        // waiting on both ladders: mostly none, and then nobody looks
  std::array<Ladder, 4> ladders_;  // bids, asks, buy stops, sell stops
};

}  // namespace rialto::matching
