#include "core/paged_index.hpp"

#include <algorithm>

namespace rialto {

constinit PagedIndex::Entries PagedIndex::nowhere{};

std::uint32_t* PagedIndex::take_page() {
  constexpr std::size_t block = ReservedMemory::huge_page;
  constexpr std::size_t count = block / sizeof(Entries);
  if (free_.empty()) {
    // Collecting looks at the whole directory and its pages may be wanted again: it must serve many
    // numbers, so there are at least four blocks first, and half a block to be had.
    if (memory_.size() >= blocks_before_collecting) collect();
    if (free_.size() < count / 2) {
      memory_.emplace_back(block, ReservedMemory::Pages::huge).commit(block);
      auto* const pages = reinterpret_cast<Entries*>(memory_.back().data());
      free_.reserve(memory_.size() * count);  // so that collecting never allocates
      for (std::size_t i = count; i-- > 0;) free_.push_back(pages[i].data());
    }
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
  directory_.resize((number >> page_bits) + 1, nowhere.data());
  // The vector grows by doubling: all of it is ready at once.
  directory_.resize(directory_.capacity(), nowhere.data());
  used_.resize(directory_.size());
  limit_ = std::uint64_t{directory_.size()} << page_bits;
  insert(number, slot);
}

std::uint32_t PagedIndex::erase_elsewhere(std::uint64_t number) {
  const std::uint64_t shard = number >> shard_shift;
  RIALTO_ASSERT(shard != 0 && shard <= shards_.size());
  return shards_[shard - 1]->erase(local_number(OrderId{number}));
}

// Pages that became empty: they stayed in the directory, because ids often come back to them.
void PagedIndex::collect() {
  for (std::size_t page = 0; page < used_.size(); ++page) {
    if (used_[page] != 0 || directory_[page] == nowhere.data()) continue;
    free_.push_back(directory_[page]);
    directory_[page] = nowhere.data();
  }
}

void PagedIndex::clear() {
  for (std::size_t page = 0; page < used_.size(); ++page)
    if (std::exchange(used_[page], 0) != 0) std::fill_n(directory_[page], Entries{}.size(), 0u);
  collect();
  for (const auto& shard : shards_) shard->clear();
}

std::size_t PagedIndex::pages_in_use() const {
  std::size_t count = used_.size() - static_cast<std::size_t>(std::ranges::count(used_, 0u));
  for (const auto& shard : shards_) count += shard->pages_in_use();
  return count;
}

}  // namespace rialto
