// Owns the way from a dense number (an order's id) to a slot: an array, not a hash, because ids are
// given out in order. It is cut into pages that are taken when their first number comes into use;
// those whose last one is gone are collected before new memory is taken, so its size follows what
// is alive, not the history.
//
// A look-up is two loads, the directory's and the entry's. Used by the deciders. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/assert.hpp"
#include "core/prefetch.hpp"
#include "core/reserved_memory.hpp"
#include "core/types.hpp"

namespace rialto {

class PagedIndex {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  PagedIndex() = default;
  PagedIndex(PagedIndex&& other) noexcept { *this = std::move(other); }
  PagedIndex& operator=(PagedIndex&& other) noexcept {
    std::swap(limit_, other.limit_);
    directory_.swap(other.directory_);
    used_.swap(other.used_);
    free_.swap(other.free_);
    memory_.swap(other.memory_);
    shards_.swap(other.shards_);
    return *this;
  }

  /// The number's slot, or none. Any number may be asked for, with or without a home shard in its
  /// upper 16 bits. O(1).
  std::uint32_t find(std::uint64_t number) const {
    if (number >= limit_) [[unlikely]]
      return find_elsewhere(number);
    return directory_[number >> page_bits][number & mask] - 1;
  }

  /// REQUIRES: the number is not in use, slot < none. The directory spends 12 bytes per 4096
  /// numbers up to the highest. O(1), amortised.
  void insert(std::uint64_t number, std::uint32_t slot) {
    if (number >= limit_) [[unlikely]]
      return insert_elsewhere(number, slot);
    const std::size_t page = number >> page_bits;
    if (directory_[page] == nowhere.data()) [[unlikely]]
      directory_[page] = take_page();
    ++used_[page];
    std::uint32_t& entry = directory_[page][number & mask];
    RIALTO_ASSERT(entry == 0);
    entry = slot + 1;
  }

  /// REQUIRES: the number is in use. Returns the slot that it had. O(1).
  std::uint32_t erase(std::uint64_t number) {
    if (number >= limit_) [[unlikely]]
      return erase_elsewhere(number);
    const std::size_t page = number >> page_bits;
    std::uint32_t& entry = directory_[page][number & mask];
    const std::uint32_t slot = entry - 1;
    RIALTO_ASSERT(slot != none);
    entry = 0;
    --used_[page];
    return slot;
  }

  /// Asks for the cache line of the number's entry. Changes nothing.
  void prefetch(std::uint64_t number) const {
    if (number < limit_) [[likely]]
      prefetch_line(&directory_[number >> page_bits][number & mask]);
  }

  /// Memory is 2 MiB, a place for half a million numbers, this many times before it is collected.
  static constexpr std::size_t blocks_before_collecting = 4;

  void clear();
  /// Pages of 4096 numbers, 16 KiB each, that hold at least one.
  std::size_t pages_in_use() const;

 private:
  static constexpr int page_bits = 12;
  static constexpr std::uint64_t mask = (1u << page_bits) - 1;
  using Entries = std::array<std::uint32_t, 1u << page_bits>;

  std::uint32_t* take_page();
  void collect();
  std::uint32_t find_elsewhere(std::uint64_t number) const;
  void insert_elsewhere(std::uint64_t number, std::uint32_t slot);
  std::uint32_t erase_elsewhere(std::uint64_t number);

  static Entries nowhere;  // where pages that do not exist lead: all empty, never written

  std::uint64_t limit_ = 0;  // numbers below it have a place in the directory
  // Of shard 0, by number / 4096. An entry is slot + 1, 0 where there is none: fresh memory is
  // empty.
  std::vector<std::uint32_t*> directory_;
  std::vector<std::uint32_t> used_;   // entries in use
  std::vector<std::uint32_t*> free_;  // pages that are nowhere in the directory: all entries 0
  std::vector<ReservedMemory> memory_;
  std::vector<std::unique_ptr<PagedIndex>> shards_;  // of home shards above 0: by shard - 1
};

}  // namespace rialto
