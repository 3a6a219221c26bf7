// Memory that direct file access accepts: aligned, grown by doubling, never zeroed needlessly.
// Owned by one thread; views into it end when it grows.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

#include "platform/storage/file_system.hpp"

namespace rialto::storage {

class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(std::size_t capacity) { reserve(capacity, 0); }

  std::byte* data() { return bytes_.get(); }
  const std::byte* data() const { return bytes_.get(); }
  std::size_t capacity() const { return capacity_; }

  /// Room for at least `capacity` bytes; the first `kept` bytes survive. Amortised constant per
  /// byte.
  void reserve(std::size_t capacity, std::size_t kept) {
    if (capacity <= capacity_) return;
    std::size_t grown = capacity_ == 0 ? direct_alignment : capacity_;
    while (grown < capacity) grown *= 2;
    Memory fresh(static_cast<std::byte*>(::operator new(grown, alignment)));
    if (kept != 0) std::memcpy(fresh.get(), bytes_.get(), kept);
    bytes_ = std::move(fresh);
    capacity_ = grown;
  }

 private:
  static constexpr std::align_val_t alignment{direct_alignment};
  struct Release {
    void operator()(std::byte* bytes) const { ::operator delete(bytes, alignment); }
  };
  using Memory = std::unique_ptr<std::byte, Release>;

  Memory bytes_;
  std::size_t capacity_ = 0;
};

}  // namespace rialto::storage
