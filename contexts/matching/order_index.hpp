// Owns the way from an order's id to its slot: an array, not a hash, because ids are dense numbers
// given out in order. It is cut into pages that are taken when their first order arrives and
// recycled when their last one leaves, so its size follows the live orders and their spread, not
// the history.
//
// Called by Matching only. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "contexts/matching/order_pool.hpp"

namespace rialto::matching {

class OrderIndex {
 public:
  /// The order's slot, or none. Any id may be asked for. O(1).
  Slot find(OrderId order) const {
    const Page* page = page_of(order);
    return page == nullptr ? Slot{} : page->slots[local_number(order) & mask];
  }

  /// REQUIRES: the order is not in the index, and its number is dense (the directory spends 8 bytes
  /// per 4096 numbers up to the highest). O(1), amortised.
  void put(OrderId order, Slot slot) {
    Page* found = page_of(order);
    Page& page = found != nullptr ? *found : open_page(order);
    Slot& entry = page.slots[local_number(order) & mask];
    RIALTO_ASSERT(entry.value == 0);
    entry = slot;
    ++page.live;
  }

  /// REQUIRES: the order is in the index. O(1).
  void erase(OrderId order) {
    Page& page = *page_of(order);
    page.slots[local_number(order) & mask] = {};
    if (--page.live == 0) [[unlikely]]
      close_page(order);
  }

  /// Asks for the cache line of the order's entry. Changes nothing.
  void prefetch(OrderId order) const {
    const Page* page = page_of(order);
    if (page != nullptr) __builtin_prefetch(&page->slots[local_number(order) & mask], 1);
  }

  std::size_t pages_in_use() const { return pages_in_use_; }

 private:
  static constexpr int page_bits = 12;
  static constexpr std::uint64_t mask = (1u << page_bits) - 1;
  // Enough that a book which empties and refills at a page's edge never reaches the allocator.
  static constexpr std::size_t most_spares = 64;

  struct Page {
    std::array<Slot, 1u << page_bits> slots{};
    std::uint32_t live = 0;
  };
  using Directory = std::vector<std::unique_ptr<Page>>;

  /// The page of an id, or null.
  Page* page_of(OrderId order) const {
    const std::size_t shard = order.value >> shard_shift;
    if (shard >= shards_.size()) [[unlikely]]
      return nullptr;
    const Directory& directory = *shards_[shard];
    const std::size_t number = local_number(order) >> page_bits;
    return number < directory.size() ? directory[number].get() : nullptr;
  }
  Page& open_page(OrderId order);
  void close_page(OrderId order);

  std::vector<std::unique_ptr<Directory>> shards_;  // by the home shard in the id's upper bits
  std::vector<std::unique_ptr<Page>>
      spares_;  // all entries none: a page is only recycled when empty
  std::size_t pages_in_use_ = 0;
};

}  // namespace rialto::matching
