// Owns the price levels of all books: the queues' ends and what rests there. Levels lie in shelves
// of 16 neighbouring prices; a shelf belongs to one ladder, stays where it is while a level of it
// is open, and says once what all its orders have in common.
//
// Called by Ladder and Book only. One thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/assert.hpp"
#include "core/growing_array.hpp"
#include "core/types.hpp"

namespace rialto::matching {

/// Place of an order in the pool; the default means none.
using Slot = StrongId<struct SlotTag, std::uint32_t>;
/// Place of a price on its ladder: smaller is served first.
using Rank = StrongNumber<struct RankTag, std::int64_t>;
/// A shelf's number; the default means none.
using ShelfSlot = StrongId<struct ShelfSlotTag, std::uint32_t>;
/// Place of a level: its shelf's number, then 4 bits that are the last of its rank.
using LevelSlot = StrongId<struct LevelSlotTag, std::uint32_t>;

inline constexpr int shelf_bits = 4;
inline constexpr std::int64_t shelf_width = 1 << shelf_bits;

/// The queue of orders at one price. Closed: all zero.
struct Level {
  Slot first;
  Slot last;
  std::uint64_t lots;  // shown and hidden, or `uncounted`

  /// What a level says that held 2^63 lots or more at once: from then on, until it is empty, its
  /// orders are asked. One order has at most 10^18 < 2^60, so one addition cannot wrap.
  static constexpr std::uint64_t uncounted = std::uint64_t{1} << 63;

  bool counted() const { return lots < uncounted; }
  void add(Quantity more) {
    lots += static_cast<std::uint64_t>(more.value);
    if (lots >= uncounted) [[unlikely]]
      lots = uncounted;
  }
  void subtract(Quantity less) {
    if (lots != uncounted) [[likely]]
      lots -= static_cast<std::uint64_t>(less.value);
  }
};
static_assert(sizeof(Level) == 16, "four levels, one cache line");

/// Whose levels they are.
struct Queues {
  InstrumentId instrument;
  Side side{};
  bool waiting = false;  // stops that are not yet triggered
};

/// What the levels of a shelf, and their orders, have in common.
struct Shelf {
  Rank first;  // of its 16 ranks; a multiple of 16
  Queues of;
};
static_assert(sizeof(Shelf) == 16);

class LevelPool {
 public:
  LevelPool();

  Level& operator[](LevelSlot slot) { return levels_[slot.value]; }
  const Level& operator[](LevelSlot slot) const { return levels_[slot.value]; }
  const Shelf& shelf(ShelfSlot slot) const { return shelves_[slot.value]; }
  const Shelf& shelf_of(LevelSlot slot) const { return shelves_[slot.value >> shelf_bits]; }
  Rank rank(LevelSlot slot) const {
    return {shelf_of(slot).first.value + (slot.value & (shelf_width - 1))};
  }
  static LevelSlot level(ShelfSlot shelf, Rank rank) {
    return {shelf.value << shelf_bits | static_cast<std::uint32_t>(rank.value & (shelf_width - 1))};
  }

  /// A shelf of 16 closed levels. O(1).
  ShelfSlot take(Rank first, const Queues& of) {
    ShelfSlot slot = free_;
    if (slot.value == 0) [[unlikely]] {
      slot = fresh();
    } else {
      Slot& next = levels_[slot.value << shelf_bits].first;
      free_ = {next.value};
      next = {};
    }
    shelves_[slot.value].first = first;
    shelves_[slot.value].of = of;
    return slot;
  }
  /// REQUIRES: all its levels are closed. The shelf used last is reused first.
  void give_back(ShelfSlot slot) {
    levels_[slot.value << shelf_bits].first = {free_.value};
    free_ = slot;
  }

 private:
  static constexpr std::size_t most = std::size_t{1} << 26;

  ShelfSlot fresh();

  GrowingArray<Level> levels_{most << shelf_bits};
  GrowingArray<Shelf> shelves_{most};
  std::uint32_t used_ = 1;  // shelf 0 means none and is never handed out
  ShelfSlot free_;          // a free shelf's first level leads to the next one
};

}  // namespace rialto::matching
