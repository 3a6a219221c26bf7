#include "contexts/matching/ladder.hpp"

#include <utility>

namespace rialto::matching {

std::size_t Ladder::occupied() const {
  std::size_t count = 0;
  for (const std::uint64_t word : words_) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}

Level& Ladder::open_outside(Rank rank) {
  if (empty()) {
    move_to(rank);
    return open(rank);
  }
  const bool better = rank.value < base_;
  Level& level = (better ? ahead_ : behind_)[rank];
  opened_ahead_ += better;
  if (++misses_ >= window_.size() && window_.size() < widest) {
    misses_ = 0;
    window_.resize(window_.size() * 2);
  } else if (!better || opened_ahead_ < occupied()) {
    return level;
  }
  move_to(best());
  return at(rank);  // where it is now, in the window or behind it
}

Level& Ladder::at_outside(Rank rank) {
  auto& levels = rank.value < base_ ? ahead_ : behind_;
  const auto found = levels.find(rank);
  RIALTO_ASSERT(found != levels.end());
  return found->second;
}

void Ladder::close_outside(Rank rank) {
  const std::size_t closed = (rank.value < base_ ? ahead_ : behind_).erase(rank);
  RIALTO_ASSERT(closed == 1);
}

void Ladder::follow() {
  move_to(ahead_.empty() ? behind_.begin()->first : ahead_.begin()->first);
}

// Cost: the levels that were in the window or ahead of it, covered by opened_ahead_ (or there are
// none), and those that enter it from behind, each of which was once opened or moved there.
void Ladder::move_to(Rank best) {
  behind_.merge(ahead_);  // nothing is better than the best
  for (std::uint64_t words = summary_; words != 0; words &= words - 1) {
    const auto word = static_cast<unsigned>(std::countr_zero(words));
    for (std::uint64_t bits = words_[word]; bits != 0; bits &= bits - 1) {
      const std::uint64_t offset = word * 64u + static_cast<unsigned>(std::countr_zero(bits));
      behind_.emplace(Rank{base_ + static_cast<std::int64_t>(offset)},
                      std::exchange(window_[offset], {}));
    }
    words_[word] = 0;
  }
  summary_ = 0;
  opened_ahead_ = 0;
  if (window_.empty()) window_.resize(narrowest);
  // A quarter of the window is room for better prices, the rest is the book behind the best one.
  base_ = best.value - static_cast<std::int64_t>(window_.size() / 4);
  pull_in();
}

void Ladder::pull_in() {
  auto from = behind_.begin();
  while (from != behind_.end() && offset_of(from->first) < window_.size()) {
    mark(offset_of(from->first));
    window_[offset_of(from->first)] = from->second;
    from = behind_.erase(from);
  }
}

}  // namespace rialto::matching
