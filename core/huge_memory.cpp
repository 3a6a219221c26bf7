#include "core/huge_memory.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cstdint>

#include "core/assert.hpp"

namespace rialto {
namespace {
std::atomic<std::size_t> held{0};

std::size_t whole_pages(std::size_t bytes) {
  return (bytes + HugeMemory::page - 1) / HugeMemory::page * HugeMemory::page;
}
}  // namespace

HugeMemory::HugeMemory(std::size_t reserved, std::size_t usable)
    : reserved_(whole_pages(reserved)) {
  // The kernel aligns to 4 KiB only: take a page too much and give back both ends.
  void* const got = mmap(nullptr, reserved_ + page, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  RIALTO_ASSERT(got != MAP_FAILED);
  auto* const start = static_cast<std::byte*>(got);
  const std::size_t before = (page - reinterpret_cast<std::uintptr_t>(start) % page) % page;
  if (before != 0) munmap(start, before);
  munmap(start + before + reserved_, page - before);
  data_ = start + before;
  extend(usable);
}

HugeMemory::~HugeMemory() {
  if (data_ == nullptr) return;
  munmap(data_, reserved_);
  held -= size_;
}

void HugeMemory::extend(std::size_t bytes) {
  const std::size_t size = whole_pages(bytes);
  if (size <= size_) return;
  RIALTO_ASSERT(size <= reserved_);
  auto* const from = static_cast<std::byte*>(data_) + size_;
  RIALTO_ASSERT(mprotect(from, size - size_, PROT_READ | PROT_WRITE) == 0);
  madvise(from, size - size_, MADV_HUGEPAGE);  // a wish: without it everything works, only slower
  held += size - size_;
  size_ = size;
}

std::size_t HugeMemory::in_use() {
  return held;
}

}  // namespace rialto
