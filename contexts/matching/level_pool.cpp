#include "contexts/matching/level_pool.hpp"

namespace rialto::matching {

namespace {
// Shelves made usable at once; untouched, they take no memory.
constexpr std::size_t at_once = 256;
}  // namespace

LevelPool::LevelPool() {
  levels_.grow_zeroed_to(at_once << shelf_bits);
  shelves_.grow_zeroed_to(at_once);
}

ShelfSlot LevelPool::fresh() {
  if (used_ == shelves_.size()) {
    shelves_.grow_zeroed_to(used_ + at_once);
    levels_.grow_zeroed_to(shelves_.size() << shelf_bits);
  }
  return {used_++};
}

}  // namespace rialto::matching
