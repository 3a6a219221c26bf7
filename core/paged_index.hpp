// Dense numbers to slots: a two-level array whose pages exist only while one of their numbers is in
// use. Two loads a look-up, no hashing; numbers are handed out in order, so the pages in use stay
// together.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/assert.hpp"

namespace rialto {

class PagedIndex {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  std::uint32_t find(std::uint64_t number) const {
    const std::size_t page = number >> page_bits;
    if (page >= pages_.size() || !pages_[page]) return none;
    return pages_[page]->slots[number & page_mask];
  }
  void prefetch(std::uint64_t number) const {
    const std::size_t page = number >> page_bits;
    if (page < pages_.size() && pages_[page])
      __builtin_prefetch(&pages_[page]->slots[number & page_mask]);
  }
  /// REQUIRES: the number is not in use.
  void insert(std::uint64_t number, std::uint32_t slot) {
    const std::size_t page = number >> page_bits;
    if (page >= pages_.size()) pages_.resize(page + 1);
    if (!pages_[page]) pages_[page] = spare_ ? std::move(spare_) : std::make_unique<Page>();
    std::uint32_t& at = pages_[page]->slots[number & page_mask];
    RIALTO_ASSERT(at == none);
    at = slot;
    ++pages_[page]->used;
  }
  /// REQUIRES: the number is in use.
  void erase(std::uint64_t number) {
    auto& page = pages_[number >> page_bits];
    std::uint32_t& at = page->slots[number & page_mask];
    RIALTO_ASSERT(at != none);
    at = none;
    // One emptied page is kept for the next to come, so that a steady flow allocates nothing.
    if (--page->used == 0) spare_ = std::move(page);
  }
  void clear() { pages_.clear(); }

 private:
  static constexpr int page_bits = 12;
  static constexpr std::uint64_t page_mask = (1 << page_bits) - 1;
  struct Page {
    Page() { slots.fill(none); }
    std::array<std::uint32_t, 1 << page_bits> slots;
    std::uint32_t used = 0;
  };
  std::vector<std::unique_ptr<Page>> pages_;
  std::unique_ptr<Page> spare_;
};

}  // namespace rialto
