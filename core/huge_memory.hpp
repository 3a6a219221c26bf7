// Owns memory for tables that are read at random: zeroed, aligned to 2 MiB and, where the kernel
// grants it, in huge pages, so that a look-up misses the cache at most, never the TLB as well.
//
// Taken from the kernel in blocks of at least 2 MiB, given back when the owner goes. One thread per
// owner.
#pragma once

#include <cstddef>
#include <utility>

namespace rialto {

class HugeMemory {
 public:
  static constexpr std::size_t page = std::size_t{1} << 21;

  HugeMemory() = default;
  /// At least `bytes` zero bytes; untouched parts cost address space only. Stops the program when
  /// the kernel has none left.
  explicit HugeMemory(std::size_t bytes);
  ~HugeMemory();
  HugeMemory(HugeMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  HugeMemory& operator=(HugeMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }

  void* data() const { return data_; }
  std::size_t size() const { return size_; }

  /// Bytes that all owners hold together: a gauge, and what a test of steady memory looks at.
  static std::size_t in_use();

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace rialto
