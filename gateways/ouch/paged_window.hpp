// Numbers that are given upwards and taken back in any order, each with a small value: an array in
// pages, of which only those in use exist. One load to the page, one to the value, no hashing.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>

#include "core/assert.hpp"

namespace rialto::ouch {

/// `Value` has an empty state, its default, that compares equal to itself; 2^Bits to a page.
template <class Value, int Bits>
class PagedWindow {
 public:
  /// Null where nothing is kept under the number.
  Value* find(std::uint64_t number) {
    const std::uint64_t page = number >> Bits;
    if (page < first_ || page - first_ >= pages_.size()) return nullptr;
    Page* found = pages_[page - first_].get();
    if (!found) return nullptr;
    Value& value = found->values[number & mask];
    return value == Value{} ? nullptr : &value;
  }
  const Value* find(std::uint64_t number) const {
    return const_cast<PagedWindow*>(this)->find(number);
  }

  bool empty() const { return pages_.empty(); }

  /// REQUIRES: nothing is kept under the number, and `value` is not empty. Costs memory for the
  /// whole distance to the numbers in use, 8 bytes a page.
  void insert(std::uint64_t number, const Value& value) {
    const std::uint64_t page = number >> Bits;
    if (pages_.empty()) first_ = page;
    while (page < first_) {
      pages_.emplace_front();
      --first_;
    }
    if (page - first_ >= pages_.size()) pages_.resize(page - first_ + 1);
    auto& at = pages_[page - first_];
    if (!at) at = spare_ ? std::move(spare_) : std::make_unique<Page>();
    Value& slot = at->values[number & mask];
    RIALTO_ASSERT(slot == Value{});
    slot = value;
    ++at->used;
  }

  /// REQUIRES: something is kept under the number.
  void erase(std::uint64_t number) {
    auto& page = pages_[(number >> Bits) - first_];
    Value& slot = page->values[number & mask];
    RIALTO_ASSERT(slot != Value{});
    slot = {};
    // One emptied page is kept for the next to come, so that a steady flow allocates nothing.
    if (--page->used == 0) spare_ = std::move(page);
    while (!pages_.empty() && !pages_.front()) {
      pages_.pop_front();
      ++first_;
    }
  }

 private:
  static constexpr std::uint64_t mask = (std::uint64_t{1} << Bits) - 1;
  struct Page {
    std::array<Value, std::size_t{1} << Bits> values{};
    std::uint32_t used = 0;
  };
  std::deque<std::unique_ptr<Page>> pages_;
  std::uint64_t first_ = 0;  // number of the first page
  std::unique_ptr<Page> spare_;
};

}  // namespace rialto::ouch
