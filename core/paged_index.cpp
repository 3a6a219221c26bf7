#include "core/paged_index.hpp"

#include <algorithm>

namespace rialto {

constinit PagedIndex::Entries PagedIndex::nowhere{};

std::uint32_t* PagedIndex::take_page() {
  if (free_.empty()) {
    memory_.emplace_back(HugeMemory::page);
    auto* const pages = static_cast<Entries*>(memory_.back().data());
    constexpr std::size_t count = HugeMemory::page / sizeof(Entries);
    free_.reserve(memory_.size() * count);  // so that closing a page never allocates
    for (std::size_t i = count; i-- > 0;) free_.push_back(pages[i].data());
  }
  std::uint32_t* const page = free_.back();
  free_.pop_back();
  return page;
}

std::uint32_t PagedIndex::find_elsewhere(std::uint64_t number) const {
  const std::uint64_t shard = number >> shard_shift;
  if (shard == 0 || shard > shards_.size()) return none;
  return shards_[shard - 1]->find(local_number(OrderId{number}));
}

void PagedIndex::insert_elsewhere(std::uint64_t number, std::uint32_t slot) {
  const std::uint64_t shard = number >> shard_shift;
  if (shard != 0) {
    while (shards_.size() < shard) shards_.push_back(std::make_unique<PagedIndex>());
    return shards_[shard - 1]->insert(local_number(OrderId{number}), slot);
  }
  directory_.resize((number >> page_bits) + 1, Page{nowhere.data(), 0});
  // The vector grows by doubling: all of it is ready at once.
  directory_.resize(directory_.capacity(), Page{nowhere.data(), 0});
  limit_ = std::uint64_t{directory_.size()} << page_bits;
  insert(number, slot);
}

std::uint32_t PagedIndex::erase_elsewhere(std::uint64_t number) {
  const std::uint64_t shard = number >> shard_shift;
  RIALTO_ASSERT(shard != 0 && shard <= shards_.size());
  return shards_[shard - 1]->erase(local_number(OrderId{number}));
}

void PagedIndex::clear() {
  for (Page& page : directory_) {
    if (page.used == 0) continue;
    std::fill_n(page.entries, Entries{}.size(), 0u);
    free_.push_back(page.entries);
    page = {nowhere.data(), 0};
  }
  for (const auto& shard : shards_) shard->clear();
}

std::size_t PagedIndex::pages_in_use() const {
  std::size_t count = 0;
  for (const Page& page : directory_) count += page.used != 0;
  for (const auto& shard : shards_) count += shard->pages_in_use();
  return count;
}

}  // namespace rialto
