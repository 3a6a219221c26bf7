#include "core/reserved_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>

#include "core/assert.hpp"

namespace rialto {
namespace {
constexpr std::size_t first_step = std::size_t{64} << 10;
constexpr std::size_t largest_step = std::size_t{64} << 20;

std::atomic<std::size_t> held{0};

std::size_t round_up(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}
}  // namespace

ReservedMemory::~ReservedMemory() {
  if (!data_) return;
  ::munmap(data_, round_up(limit_, huge_page));
  held -= size_;
}

void ReservedMemory::reserve() {
  // Inaccessible address space costs nothing and counts against no limit of committed memory. The
  // kernel aligns to 4 KiB only: a page too much is taken and both ends are given back.
  const std::size_t whole = round_up(limit_, huge_page);
  void* const got = ::mmap(nullptr, whole + huge_page, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  RIALTO_ASSERT(got != MAP_FAILED);
  auto* const start = static_cast<std::byte*>(got);
  const auto address = reinterpret_cast<std::uintptr_t>(start);
  const std::size_t before = round_up(address, huge_page) - address;
  if (before != 0) ::munmap(start, before);
  ::munmap(start + before + whole, huge_page - before);
  data_ = start + before;
}

void ReservedMemory::commit(std::size_t bytes) {
  if (bytes <= size_) return;
  RIALTO_ASSERT(bytes <= limit_);
  if (!data_) reserve();
  // By half as much again, so that few calls are needed, within bounds.
  const std::size_t step = std::clamp(size_ / 2, first_step, largest_step);
  const bool huge = pages_ == Pages::huge || bytes > huge_page;
  const std::size_t wanted =
      std::min(round_up(std::max(bytes, size_ + step), huge ? huge_page : first_step),
               round_up(limit_, huge_page));
  RIALTO_ASSERT(::mprotect(data_ + size_, wanted - size_, PROT_READ | PROT_WRITE) == 0);
  // A huge page spares a walk through the page tables at almost every access. Only a wish: without
  // it everything works.
  const std::size_t from =
      std::max(size_ / huge_page * huge_page, pages_ == Pages::huge ? 0 : huge_page);
  if (wanted > from) (void)::madvise(data_ + from, wanted - from, MADV_HUGEPAGE);
  held += wanted - size_;
  size_ = wanted;
}

std::size_t ReservedMemory::in_use() {
  return held;
}

}  // namespace rialto
