#include "contexts/matching/level_pool.hpp"

namespace rialto::matching {

ShelfSlot LevelPool::fresh() {
  if ((used_ + std::size_t{1}) << shelf_bits > levels_.size()) extend();
  return {used_++};
}

void LevelPool::extend() {
  levels_.extend((used_ + std::size_t{1}) << shelf_bits);
  shelves_.extend(levels_.size() >> shelf_bits);
}

}  // namespace rialto::matching
