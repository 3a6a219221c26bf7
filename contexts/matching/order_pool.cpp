#include "contexts/matching/order_pool.hpp"

namespace rialto::matching {

namespace {
// Elements made usable at once; untouched, they take no memory.
constexpr std::size_t at_once = 4'096;
}  // namespace

OrderPool::OrderPool() {
  nodes_.grow_zeroed_to(at_once);
  accounts_.grow_zeroed_to(at_once);
  reserves_.grow_zeroed_to(1);
}

Slot OrderPool::fresh() {
  if (used_ == nodes_.size()) {
    nodes_.grow_zeroed_to(used_ + at_once);
    accounts_.grow_zeroed_to(used_ + at_once);
  }
  return {used_++};
}

void OrderPool::give_reserve(Node& node, const Reserve& reserve) {
  if (free_reserve_ == 0) {
    node.iceberg = static_cast<std::uint32_t>(reserves_.size());
    reserves_.grow_zeroed_to(reserves_.size() + 1);
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
