#include "core/growing_array.hpp"

#include <sys/mman.h>

namespace rialto {
namespace {
constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr std::size_t first_step = std::size_t{64} << 10;
constexpr std::size_t largest_step = std::size_t{64} << 20;

std::size_t round_up(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}
}  // namespace

void GrowingMemory::commit(std::size_t bytes) {
  RIALTO_ASSERT(bytes <= limit_);
  if (!mapping_) {
    // Inaccessible address space costs nothing and counts against no limit of committed memory.
    mapped_ = round_up(limit_, huge_page) + huge_page;
    void* mapping =
        ::mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    RIALTO_ASSERT(mapping != MAP_FAILED);
    mapping_ = static_cast<std::byte*>(mapping);
    const auto address = reinterpret_cast<std::uintptr_t>(mapping_);
    data_ = mapping_ + (round_up(address, huge_page) - address);
  }
  // By half as much again, so that few calls are needed, within bounds.
  const std::size_t step = std::clamp(committed_ / 2, first_step, largest_step);
  const std::size_t unit = bytes > huge_page ? huge_page : first_step;
  const std::size_t wanted =
      std::min(round_up(std::max(bytes, committed_ + step), unit), round_up(limit_, huge_page));
  const int made = ::mprotect(data_ + committed_, wanted - committed_, PROT_READ | PROT_WRITE);
  RIALTO_ASSERT(made == 0);
  // Small tables stay small; the rest in huge pages, which spares a walk through the page tables
  // at almost every access. Only a wish: without it everything works.
  if (wanted > huge_page) {
    const std::size_t from = std::max(committed_ / huge_page * huge_page, huge_page);
    (void)::madvise(data_ + from, wanted - from, MADV_HUGEPAGE);
  }
  committed_ = wanted;
}

void GrowingMemory::release() {
  if (mapping_) ::munmap(mapping_, mapped_);
}

}  // namespace rialto
