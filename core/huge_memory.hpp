// Owns memory for tables that are read at random: zeroed, aligned to 2 MiB and, where the kernel
// grants it, in huge pages, so that a look-up misses the cache at most, never the TLB as well.
//
// HugeMemory is a block; HugeArray grows in place, so that nothing ever moves and an element's
// address is its number: its whole range is reserved at once, which costs address space only. Given
// back when the owner goes. One thread per owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace rialto {

class HugeMemory {
 public:
  static constexpr std::size_t page = std::size_t{1} << 21;

  HugeMemory() = default;
  /// At least `bytes` zero bytes. Stops the program when the kernel has none left.
  explicit HugeMemory(std::size_t bytes) : HugeMemory(bytes, bytes) {}
  /// `reserved` bytes of address space, of which the first `usable` may be touched.
  HugeMemory(std::size_t reserved, std::size_t usable);
  ~HugeMemory();
  HugeMemory(HugeMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        reserved_(std::exchange(other.reserved_, 0)),
        size_(std::exchange(other.size_, 0)) {}
  HugeMemory& operator=(HugeMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(reserved_, other.reserved_);
    std::swap(size_, other.size_);
    return *this;
  }

  /// Makes at least `bytes` usable. Stops the program when that is more than was reserved.
  void extend(std::size_t bytes);

  void* data() const { return data_; }
  std::size_t size() const { return size_; }

  /// Bytes that all owners hold together: a gauge, and what a test of steady memory looks at.
  static std::size_t in_use();

 private:
  void* data_ = nullptr;
  std::size_t reserved_ = 0;
  std::size_t size_ = 0;
};

/// Elements named by a number, all zero bytes at first, that never move.
template <class T>
class HugeArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  /// Room for `most` elements, none of them usable yet.
  explicit HugeArray(std::size_t most) : memory_(most * sizeof(T), 0) {}

  /// REQUIRES: number < size().
  T& operator[](std::size_t number) { return static_cast<T*>(memory_.data())[number]; }
  const T& operator[](std::size_t number) const {
    return static_cast<const T*>(memory_.data())[number];
  }
  std::size_t size() const { return memory_.size() / sizeof(T); }
  /// Makes at least `count` elements usable.
  void extend(std::size_t count) { memory_.extend(count * sizeof(T)); }

 private:
  HugeMemory memory_;
};

}  // namespace rialto
