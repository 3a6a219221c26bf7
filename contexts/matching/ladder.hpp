// Owns the way from a price to its level on one side of one book, or for one kind of waiting stop,
// and which price is best.
//
// Prices are turned into ranks (smaller is served first), so that bids, asks and both kinds of
// stops are the same structure. Ranks near the best lie in a window: an array of shelves and a
// bitmap of open levels. Whatever is farther away waits in an ordered map of shelves: any price
// works, memory stays bounded, and the window follows the market at a cost that earlier arrivals
// have paid for. Picture: docs/matching.md. Called by Book only. One thread. Never moves: it points
// into itself.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>

#include "contexts/matching/level_pool.hpp"
#include "core/prefetch.hpp"

namespace rialto::matching {

class alignas(64) Ladder {
 public:
  explicit Ladder(const Queues& of) : of_(of) {
    open_ = near_.open.data();
    summary_ = near_.summary.data();
    shelves_ = near_.shelves.data();
  }
  Ladder(const Ladder&) = delete;
  Ladder& operator=(const Ladder&) = delete;

  static constexpr Rank none{std::numeric_limits<std::int64_t>::max()};

  /// The rank that is served first; none, which is behind every price, when no level is open. Three
  /// bit scans and no cached answer: orders that come to be the best and go again would keep
  /// missing it. O(1).
  Rank best() const {
    const Rank in_window = first_in_window();
    return nearest_far_ < in_window ? nearest_far_ : in_window;
  }

  /// The level of a rank, opened if need be: the caller puts an order there. O(1) in the window,
  /// O(log n) outside; opening may move or widen the window, paid for by the openings outside it
  /// before.
  [[gnu::always_inline]] LevelSlot open(Rank rank, LevelPool& levels) {
    const std::uint64_t at = offset_of(rank);
    if (at >= width_) [[unlikely]]
      return open_outside(rank, levels);
    ShelfSlot& shelf = shelves_[at >> shelf_bits];
    if (shelf.value == 0) shelf = levels.take(first_of_shelf(rank), of_);
    mark(at);
    return LevelPool::level(shelf, rank);
  }

  /// The open level of a rank, or none (0). O(1) in the window, O(log n) outside.
  LevelSlot find(Rank rank) const {
    const std::uint64_t at = offset_of(rank);
    if (at >= width_) [[unlikely]]
      return find_outside(rank);
    return (open_[at / 64] >> at % 64 & 1) == 0
               ? LevelSlot{}
               : LevelPool::level(shelves_[at >> shelf_bits], rank);
  }
  /// The same of a rank that is known to be open.
  LevelSlot level(Rank rank) const {
    const std::uint64_t at = offset_of(rank);
    if (at >= width_) [[unlikely]]
      return find_outside(rank);
    return LevelPool::level(shelves_[at >> shelf_bits], rank);
  }

  /// REQUIRES: the level is open and all zero again. O(1) in the window, O(log n) outside.
  [[gnu::always_inline]] void close(Rank rank, LevelPool& levels) {
    const std::uint64_t at = offset_of(rank);
    if (at >= width_) [[unlikely]]
      return close_outside(rank, levels);
    const std::uint64_t word = open_[at / 64] & ~(std::uint64_t{1} << at % 64);
    const std::uint64_t words =
        summary_[at / 4096] & ~(static_cast<std::uint64_t>(word == 0) << at / 64 % 64);
    open_[at / 64] = word;
    summary_[at / 4096] = words;
    top_ &= ~(static_cast<std::uint64_t>(words == 0) << at / 4096);
    if (top_ == 0 && nearest_far_ != none) [[unlikely]]
      return close_last(at, levels);
    if ((word >> (at & 48) & 0xffff) != 0) return;
    levels.give_back(shelves_[at >> shelf_bits]);
    shelves_[at >> shelf_bits] = {};
  }

  /// Asks for the cache lines that finding the best price needs; those that opening a level needs.
  /// Changes nothing.
  void prefetch_best() const {
    prefetch_line(this);
    prefetch_line(&near_.summary);
  }
  void prefetch() const {
    prefetch_best();
    prefetch_line(&near_.shelves.back());
  }
  /// The level, if it is known without a search; else one that is always closed.
  LevelSlot nearby(Rank rank) const {
    const std::uint64_t at = offset_of(rank);
    return at < width_ ? LevelPool::level(shelves_[at >> shelf_bits], rank) : LevelSlot{};
  }

  /// visit(rank, level slot), best first, until it returns false. O(levels visited + width / 4096).
  template <class Visit>
  void each(Visit visit) const;

  static constexpr std::uint32_t narrowest = 256;
  static constexpr std::uint32_t widest = 64 * 4096;

 private:
  /// A shelf outside the window: bit b of `open` says that its level b is open.
  struct FarShelf {
    ShelfSlot shelf;
    std::uint16_t open = 0;
  };
  using Far = std::map<Rank, FarShelf>;  // by the shelf's first rank

  std::uint64_t offset_of(Rank rank) const {
    return static_cast<std::uint64_t>(rank.value) - static_cast<std::uint64_t>(base_);
  }
  static Rank first_of_shelf(Rank rank) { return {rank.value & -shelf_width}; }
  void mark(std::uint64_t at) {
    open_[at / 64] |= std::uint64_t{1} << at % 64;
    summary_[at / 4096] |= std::uint64_t{1} << at / 64 % 64;
    top_ |= std::uint64_t{1} << at / 4096;
  }
  LevelSlot open_outside(Rank rank, LevelPool& levels);
  LevelSlot find_outside(Rank rank) const;
  void close_outside(Rank rank, LevelPool& levels);
  Rank first_in_window() const {
    if (top_ == 0) [[unlikely]]
      return none;
    const unsigned block = first_bit(top_);
    const unsigned word = block * 64 + first_bit(summary_[block]);
    return {base_ + std::int64_t{word} * 64 + first_bit(open_[word])};
  }
  /// REQUIRES: a bit is set. std::countr_zero would also ask about zero each time.
  static unsigned first_bit(std::uint64_t bits) {
    return static_cast<unsigned>(__builtin_ctzll(bits));
  }
  void look_outside();
  void close_last(std::uint64_t at, LevelPool& levels);
  void place(Rank best);
  void widen();
  void put(Rank first, FarShelf shelf);
  void pull_in();

  // MATCHING-9: a shelf is either in the window or in far_, never in both; no rank in far_ is
  // within the window; a shelf exists only while a level of it is open.
  std::uint64_t top_ = 0;            // bit b: summary_[b] is not zero
  Rank nearest_far_ = none;          // the best rank that is open in far_
  std::int64_t base_ = 0;            // rank of the window's first level; a multiple of 16
  std::uint32_t width_ = narrowest;  // levels in the window
  std::uint32_t misses_ = 0;  // openings outside it since it last moved: they pay for the next move
  std::uint64_t* open_;       // bit a % 64 of word a / 64: the level at offset a is open
  std::uint64_t* summary_;    // bit w % 64 of word w / 64: open_[w] is not zero
  ShelfSlot* shelves_;        // by offset / 16
  Queues of_;
  std::unique_ptr<Far> far_;
  std::unique_ptr<std::uint64_t[]> wide_;  // the three arrays of a window above 256 levels

  /// The three arrays of the narrowest window: most ladders never need more.
  struct Near {
    std::array<std::uint64_t, narrowest / 64> open{};
    std::array<std::uint64_t, 1> summary{};
    std::array<ShelfSlot, narrowest / shelf_width> shelves{};
  } near_;
};

template <class Visit>
void Ladder::each(Visit visit) const {
  const auto far = [&](const FarShelf& shelf, Rank first) {
    for (std::uint32_t bits = shelf.open; bits != 0; bits &= bits - 1) {
      const Rank rank{first.value + std::countr_zero(bits)};
      if (!visit(rank, LevelPool::level(shelf.shelf, rank))) return false;
    }
    return true;
  };
  Far::const_iterator at;
  if (far_ != nullptr) {
    for (at = far_->begin(); at != far_->end() && at->first.value < base_; ++at)
      if (!far(at->second, at->first)) return;
  }
  for (std::uint32_t word = 0; word < (width_ + 63) / 64; ++word) {
    if (word % 64 == 0 && summary_[word / 64] == 0) {
      word += 63;
      continue;
    }
    for (std::uint64_t bits = open_[word]; bits != 0; bits &= bits - 1) {
      const Rank rank{base_ + word * 64 + std::countr_zero(bits)};
      if (!visit(rank, LevelPool::level(shelves_[offset_of(rank) >> shelf_bits], rank))) return;
    }
  }
  if (far_ == nullptr) return;
  for (; at != far_->end(); ++at)
    if (!far(at->second, at->first)) return;
}

static_assert(sizeof(Ladder) == 192, "three cache lines, most ladders' windows included");

}  // namespace rialto::matching
