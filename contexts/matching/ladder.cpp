#include "contexts/matching/ladder.hpp"

#include <utility>

namespace rialto::matching {

LevelSlot Ladder::open_outside(Rank rank, LevelPool& levels) {
  if (top_ == 0) {
    place(rank);
    return open(rank, levels);
  }
  if (far_ == nullptr) far_ = std::make_unique<Far>();
  FarShelf& far = (*far_)[first_of_shelf(rank)];
  if (far.shelf.value == 0) far.shelf = levels.take(first_of_shelf(rank), of_);
  const LevelSlot level = LevelPool::level(far.shelf, rank);
  far.open |= static_cast<std::uint16_t>(1u << (rank.value & (shelf_width - 1)));
  nearest_far_ = std::min(nearest_far_, rank);
  if (++misses_ >= width_ / 256) widen();  // shelves do not move, so the level is where it was
  return level;
}

LevelSlot Ladder::find_outside(Rank rank) const {
  if (far_ == nullptr) return {};
  const auto far = far_->find(first_of_shelf(rank));
  if (far == far_->end() || (far->second.open >> (rank.value & (shelf_width - 1)) & 1) == 0)
    return {};
  return LevelPool::level(far->second.shelf, rank);
}

void Ladder::close_outside(Rank rank, LevelPool& levels) {
  RIALTO_ASSERT(find_outside(rank).value != 0);
  const auto far = far_->find(first_of_shelf(rank));
  far->second.open &= static_cast<std::uint16_t>(~(1u << (rank.value & (shelf_width - 1))));
  if (far->second.open == 0) {
    levels.give_back(far->second.shelf);
    far_->erase(far);
  }
  look_outside();
}

// The window has become empty: it goes where the next best price is.
void Ladder::close_last(std::uint64_t at, LevelPool& levels) {
  levels.give_back(shelves_[at >> shelf_bits]);
  shelves_[at >> shelf_bits] = {};
  place(nearest_far_);
}

void Ladder::look_outside() {
  nearest_far_ = none;
  if (far_ == nullptr || far_->empty()) return;
  const auto& [first, far] = *far_->begin();
  nearest_far_ = {first.value + std::countr_zero(far.open)};
}

// The window is empty: moving it is only pulling in what is near the new best price. A quarter of
// it is room for better prices, the rest is the book behind the best one.
void Ladder::place(Rank best) {
  misses_ = 0;
  base_ = first_of_shelf({best.value - width_ / 4}).value;
  pull_in();
}

// Cost: width / 16 shelves to move and width / 64 words, paid for by width / 256 orders outside.
void Ladder::widen() {
  const Rank nearest = best();
  const std::uint32_t old_width = std::exchange(width_, std::min(width_ * 2, widest));
  const Rank old_base{std::exchange(base_, first_of_shelf({nearest.value - width_ / 4}).value)};
  misses_ = 0;
  if (old_width == width_ && old_base.value == base_) return;
  const std::uint32_t words = width_ / 64;
  const std::uint32_t summaries = (words + 63) / 64;
  const auto old = std::exchange(
      wide_, std::make_unique<std::uint64_t[]>(words + summaries + width_ / shelf_width / 2));
  const std::uint64_t* const old_open = std::exchange(open_, wide_.get());
  summary_ = open_ + words;
  top_ = 0;
  const ShelfSlot* const old_shelves =
      std::exchange(shelves_, reinterpret_cast<ShelfSlot*>(summary_ + summaries));
  for (std::uint32_t at = 0; at < old_width; at += shelf_width) {
    const ShelfSlot shelf = old_shelves[at >> shelf_bits];
    if (shelf.value == 0) continue;
    put({old_base.value + at},
        {shelf, static_cast<std::uint16_t>(old_open[at / 64] >> at % 64 & 0xffff)});
  }
  pull_in();
}

void Ladder::put(Rank first, FarShelf shelf) {
  const std::uint64_t at = offset_of(first);
  if (at >= width_) {
    far_->emplace(first, shelf);
    return;
  }
  shelves_[at >> shelf_bits] = shelf.shelf;
  open_[at / 64] |= static_cast<std::uint64_t>(shelf.open) << at % 64;
  summary_[at / 4096] |= std::uint64_t{1} << at / 64 % 64;
  top_ |= std::uint64_t{1} << at / 4096;
}

void Ladder::pull_in() {
  if (far_ == nullptr) return;
  auto from = far_->lower_bound(Rank{base_});
  while (from != far_->end() && offset_of(from->first) < width_) {
    put(from->first, from->second);
    from = far_->erase(from);
  }
  look_outside();
}

}  // namespace rialto::matching
