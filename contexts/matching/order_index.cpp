#include "contexts/matching/order_index.hpp"

#include <utility>

namespace rialto::matching {

OrderIndex::Page& OrderIndex::open_page(std::size_t shard, std::size_t number) {
  if (shard >= shards_.size()) shards_.resize(shard + 1);
  Directory& directory = shards_[shard];
  if (number >= directory.size()) directory.resize(number + 1);
  if (spares_.empty()) {
    directory[number] = std::make_unique<Page>();
  } else {
    directory[number] = std::move(spares_.back());
    spares_.pop_back();
  }
  ++pages_in_use_;
  return *directory[number];
}

void OrderIndex::recycle(std::unique_ptr<Page>& page) {
  --pages_in_use_;
  if (spares_.size() < most_spares) {
    spares_.push_back(std::move(page));
  } else {
    page.reset();
  }
}

}  // namespace rialto::matching
