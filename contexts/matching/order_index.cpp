#include "contexts/matching/order_index.hpp"

#include <utility>

namespace rialto::matching {

OrderIndex::Page& OrderIndex::open_page(OrderId order) {
  const std::size_t shard = order.value >> shard_shift;
  while (shards_.size() <= shard) shards_.push_back(std::make_unique<Directory>());
  Directory& directory = *shards_[shard];
  const std::size_t number = local_number(order) >> page_bits;
  if (number >= directory.size()) directory.resize(number + 1);
  if (spares_.empty()) spares_.push_back(std::make_unique<Page>());
  directory[number] = std::move(spares_.back());
  spares_.pop_back();
  ++pages_in_use_;
  return *directory[number];
}

void OrderIndex::close_page(OrderId order) {
  std::unique_ptr<Page>& page =
      (*shards_[order.value >> shard_shift])[local_number(order) >> page_bits];
  --pages_in_use_;
  if (spares_.size() < most_spares) spares_.push_back(std::move(page));
  page.reset();
}

}  // namespace rialto::matching
