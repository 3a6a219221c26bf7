#include "core/huge_memory.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cstdint>

#include "core/assert.hpp"

namespace rialto {
namespace {
std::atomic<std::size_t> held{0};
}

HugeMemory::HugeMemory(std::size_t bytes) : size_((bytes + page - 1) / page * page) {
  // The kernel aligns to 4 KiB only: take a page too much and give back both ends.
  void* const got = mmap(nullptr, size_ + page, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  RIALTO_ASSERT(got != MAP_FAILED);
  auto* const start = static_cast<std::byte*>(got);
  const std::size_t before = (page - reinterpret_cast<std::uintptr_t>(start) % page) % page;
  if (before != 0) munmap(start, before);
  if (before != page) munmap(start + before + size_, page - before);
  data_ = start + before;
  madvise(data_, size_, MADV_HUGEPAGE);  // a wish: without it everything works, only slower
  held += size_;
}

HugeMemory::~HugeMemory() {
  if (data_ == nullptr) return;
  munmap(data_, size_);
  held -= size_;
}

std::size_t HugeMemory::in_use() {
  return held;
}

}  // namespace rialto
