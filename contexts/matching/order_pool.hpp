// Owns the memory of every order in the books: 32 bytes that entering and leaving touch, named by a
// 32-bit slot, and beside them what only trades and icebergs look at.
//
// Grows in place, so nothing ever moves and an order's address is its slot. Called by Matching
// only. One thread. A slot lives from take() to give_back().
#pragma once

#include <cstddef>
#include <cstdint>

#include "contexts/matching/level_pool.hpp"
#include "core/assert.hpp"
#include "core/growing_array.hpp"
#include "core/types.hpp"

namespace rialto::matching {

/// One order of a queue. Everything that it shares with its level is the level's (level_pool.hpp).
struct alignas(32) Node {
  OrderId order;
  Quantity shown;
  Slot next;              // behind this one in the queue; in the free list: the next free slot
  Slot previous;          // before this one
  LevelSlot level;        // price, side and instrument are there
  std::uint32_t iceberg;  // number of its reserve, 0 for an order that shows everything
};
static_assert(sizeof(Node) == 32, "two orders, one cache line");

/// What an iceberg has besides what it shows. Also kept for an order whose display size is not
/// below its quantity: it shows everything, and what it was asked to show is part of the state.
struct Reserve {
  Quantity hidden;
  Quantity display;  // most it shows at once
};

class OrderPool {
 public:
  OrderPool();

  /// Slot 0 may be named and written, and means nothing.
  Node& operator[](Slot slot) { return nodes_[slot.value]; }
  const Node& operator[](Slot slot) const { return nodes_[slot.value]; }
  AccountId& account(Slot slot) { return accounts_[slot.value]; }
  AccountId account(Slot slot) const { return accounts_[slot.value]; }

  Reserve reserve(const Node& node) const { return reserves_[node.iceberg]; }
  /// REQUIRES: the node has one.
  Reserve& reserve(Node& node) { return reserves_[node.iceberg]; }
  /// What is still to be done.
  Quantity remaining(const Node& node) const { return node.shown + reserves_[node.iceberg].hidden; }

  /// A slot whose node holds leftovers of its last use. O(1).
  Slot take() {
    if (free_.value == 0) [[unlikely]]
      return fresh();
    const Slot slot = free_;
    free_ = nodes_[slot.value].next;
    return slot;
  }
  /// REQUIRES: a node from take() without one.
  void give_reserve(Node& node, const Reserve& reserve);

  /// The slot used last is reused first: its line is still in the cache.
  void give_back(Slot slot) {
    Node& node = nodes_[slot.value];
    if (node.iceberg != 0) [[unlikely]]
      drop_reserve(node);
    node.next = free_;
    free_ = slot;
  }

 private:
  static constexpr std::size_t most = std::size_t{1} << 26;

  Slot fresh();
  void drop_reserve(Node& node);

  GrowingArray<Node> nodes_{most};
  GrowingArray<AccountId> accounts_{most};
  GrowingArray<Reserve> reserves_{most};  // number 0: nothing hidden, no display size
  std::uint32_t used_ = 1;                // slot 0 means none and is never handed out
  Slot free_;
  std::uint32_t free_reserve_ = 0;  // a free one's `hidden` is the number of the next
};

}  // namespace rialto::matching
