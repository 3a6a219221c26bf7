#include "contexts/matching/order_pool.hpp"

namespace rialto::matching {

Slot OrderPool::fresh() {
  if (used_ == nodes_.size()) extend();
  return {used_++};
}

void OrderPool::extend() {
  nodes_.extend(used_ + std::size_t{1});
  accounts_.extend(nodes_.size());
  reserves_.extend(reserves_used_ + std::size_t{1});
}

void OrderPool::give_reserve(Node& node, const Reserve& reserve) {
  if (free_reserve_ == 0) {
    reserves_.extend(reserves_used_ + std::size_t{1});
    node.iceberg = reserves_used_++;
  } else {
    node.iceberg = free_reserve_;
    free_reserve_ = static_cast<std::uint32_t>(reserves_[free_reserve_].hidden.value);
  }
  reserves_[node.iceberg] = reserve;
}

void OrderPool::drop_reserve(Node& node) {
  reserves_[node.iceberg] = {.hidden = {free_reserve_}, .display = {}};
  free_reserve_ = node.iceberg;
  node.iceberg = 0;
}

}  // namespace rialto::matching
