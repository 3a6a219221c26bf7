// Owns the memory of every order in the books: one cache line each, named by a 32-bit slot, reused
// through a free list. Grows by whole chunks, so nothing ever moves and no single order pays for a
// copy of the rest.
//
// Called by Matching only. One thread. A slot lives from take() to give_back().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "contexts/matching/contract.hpp"
#include "core/assert.hpp"

namespace rialto::matching {

/// Place of an order in the pool; the default means none.
using Slot = StrongId<struct SlotTag, std::uint32_t>;

/// One order of a queue. `shown + hidden` is what is still to be done; only icebergs have a hidden
/// part.
struct alignas(64) Node {
  OrderId order;
  AccountId account;
  Price price;  // resting: limit; waiting: stop price
  Quantity shown;
  Quantity hidden;
  Quantity display;  // most an iceberg shows at once; 0 shows everything
  Slot next;         // behind this one in the queue; in the free list: the next free slot
  Slot previous;
  InstrumentId instrument;
  Side side{};
  bool waiting = false;  // a stop that is not yet triggered

  Quantity remaining() const { return shown + hidden; }
};
static_assert(sizeof(Node) == 64, "one order, one cache line");

class OrderPool {
 public:
  OrderPool() { chunks_.push_back(std::make_unique_for_overwrite<Chunk>()); }

  /// REQUIRES: a slot from take(); slot 0 may be named, not used.
  Node& operator[](Slot slot) { return (*chunks_[slot.value >> chunk_bits])[slot.value & mask]; }
  const Node& operator[](Slot slot) const {
    return (*chunks_[slot.value >> chunk_bits])[slot.value & mask];
  }

  /// A slot whose node holds leftovers of its last use. O(1); every 2^15th call for new memory
  /// allocates.
  Slot take() {
    if (free_.value == 0) return fresh();
    const Slot slot = free_;
    free_ = (*this)[slot].next;
    return slot;
  }

  /// The slot used last is reused first: its line is still in the cache.
  void give_back(Slot slot) {
    (*this)[slot].next = free_;
    free_ = slot;
  }

 private:
  static constexpr int chunk_bits = 15;  // 2^15 nodes = 2 MiB, the size of a huge page
  static constexpr std::uint32_t mask = (1u << chunk_bits) - 1;
  using Chunk = std::array<Node, 1u << chunk_bits>;

  Slot fresh() {
    if ((used_ & mask) == 0) {
      RIALTO_ASSERT(chunks_.size() < std::size_t{1} << (32 - chunk_bits));
      chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
    }
    return {used_++};
  }

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::uint32_t used_ = 1;  // slot 0 means none and is never handed out
  Slot free_;
};

}  // namespace rialto::matching
