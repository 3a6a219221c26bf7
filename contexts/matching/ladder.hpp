// Owns the price levels of one side of one book, or of one kind of waiting stop, best first.
//
// Prices are turned into ranks (smaller is served first), so that bids, asks and both kinds of
// stops are the same structure. Levels near the best rank lie in one contiguous window with a
// two-step bitmap over it; whatever is farther away waits in ordered maps: any price works, memory
// stays bounded, and the window follows the market at a cost that earlier arrivals have paid for.
// Picture: docs/matching.md. Called by Book only. One thread.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <vector>

#include "contexts/matching/order_pool.hpp"

namespace rialto::matching {

/// Place of a price on its ladder: smaller is served first.
using Rank = StrongNumber<struct RankTag, std::int64_t>;

/// The queue of orders at one price.
struct Level {
  Slot first;
  Slot last;
  std::uint32_t orders = 0;
  std::uint32_t icebergs = 0;  // orders with a display size
  i128 total = 0;              // lots, shown and hidden: many orders of 18 digits exceed 64 bits
};
static_assert(sizeof(Level) == 32);

class Ladder {
 public:
  bool empty() const { return summary_ == 0; }

  /// REQUIRES: !empty(). O(1).
  Rank best() const {
    if (!ahead_.empty()) [[unlikely]]
      return ahead_.begin()->first;
    const auto word = static_cast<unsigned>(std::countr_zero(summary_));
    return {base_ + word * 64 + std::countr_zero(words_[word])};
  }

  /// The level of a rank, opened if need be: the caller puts an order there. O(1) in the window,
  /// O(log n) outside; opening may move or widen the window, paid for by the openings outside it
  /// before.
  Level& open(Rank rank) {
    const std::uint64_t offset = offset_of(rank);
    if (offset >= window_.size()) [[unlikely]]
      return open_outside(rank);
    mark(offset);
    return window_[offset];
  }

  /// REQUIRES: the level is open. O(1) in the window, O(log n) outside.
  Level& at(Rank rank) {
    const std::uint64_t offset = offset_of(rank);
    if (offset >= window_.size()) [[unlikely]]
      return at_outside(rank);
    return window_[offset];
  }
  const Level& at(Rank rank) const { return const_cast<Ladder*>(this)->at(rank); }

  /// Asks for the level's cache line, if the rank lies in the window. Changes nothing.
  void prefetch(Rank rank) const {
    const std::uint64_t offset = offset_of(rank);
    if (offset < window_.size()) __builtin_prefetch(&window_[offset], 1);
  }
  /// The order at the back of the rank's queue, if that is known without a search.
  Slot back_nearby(Rank rank) const {
    const std::uint64_t offset = offset_of(rank);
    return offset < window_.size() ? window_[offset].last : Slot{};
  }

  /// REQUIRES: the level is open and has no orders left.
  void close(Rank rank) {
    const std::uint64_t offset = offset_of(rank);
    if (offset >= window_.size()) [[unlikely]]
      return close_outside(rank);
    window_[offset] = {};
    words_[offset / 64] &= ~(std::uint64_t{1} << offset % 64);
    if (words_[offset / 64] != 0) return;
    summary_ &= ~(std::uint64_t{1} << offset / 64);
    if (summary_ == 0 && !(ahead_.empty() && behind_.empty())) [[unlikely]]
      follow();
  }

  /// visit(rank, level), best first, until it returns false. O(levels visited + width / 64).
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& [rank, level] : ahead_)
      if (!visit(rank, level)) return;
    for (std::uint64_t words = summary_; words != 0; words &= words - 1) {
      const auto word = static_cast<unsigned>(std::countr_zero(words));
      for (std::uint64_t bits = words_[word]; bits != 0; bits &= bits - 1) {
        const std::uint64_t offset = word * 64u + static_cast<unsigned>(std::countr_zero(bits));
        if (!visit(Rank{base_ + static_cast<std::int64_t>(offset)}, window_[offset])) return;
      }
    }
    for (const auto& [rank, level] : behind_)
      if (!visit(rank, level)) return;
  }

  static constexpr std::size_t narrowest = 64;
  static constexpr std::size_t widest = 64 * 64;  // what two steps of a 64-bit bitmap cover

 private:
  std::uint64_t offset_of(Rank rank) const {
    return static_cast<std::uint64_t>(rank.value) - static_cast<std::uint64_t>(base_);
  }
  void mark(std::uint64_t offset) {
    words_[offset / 64] |= std::uint64_t{1} << offset % 64;
    summary_ |= std::uint64_t{1} << offset / 64;
  }
  std::size_t occupied() const;
  Level& open_outside(Rank rank);
  Level& at_outside(Rank rank);
  void close_outside(Rank rank);
  void follow();
  void move_to(Rank best);
  void pull_in();

  // MATCHING-9: a level is open in exactly one place; ranks in ahead_ are below the
  // window, ranks in behind_ above it; the window is empty only when the whole ladder is.
  std::int64_t base_ = 0;         // rank of window_[0]
  std::uint64_t summary_ = 0;     // bit w: words_[w] != 0
  std::vector<Level> window_;     // 0 or 64..4096 levels
  std::map<Rank, Level> ahead_;   // better than the window
  std::map<Rank, Level> behind_;  // worse than the window
  std::size_t opened_ahead_ = 0;  // orders since the window last moved: they pay for the next move
  std::size_t misses_ = 0;  // orders outside the window since it last widened: they pay for that
  std::array<std::uint64_t, 64> words_{};  // bit o % 64 of word o / 64: window_[o] is open
};

}  // namespace rialto::matching
