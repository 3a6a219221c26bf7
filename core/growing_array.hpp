// An array that grows in place: address space is reserved once, memory is taken as it is first
// written, in huge pages beyond the first two MiB. Elements never move, so growing costs the new
// part only, however long the array is, and pointers stay valid. For the tables of a venue, of
// which there are few; not for small things.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include "core/assert.hpp"
#include "core/prefetch.hpp"

namespace rialto {

/// Reserved address space, committed from its front; empty until first asked for more.
class GrowingMemory {
 public:
  /// At most `limit` bytes, ever.
  explicit GrowingMemory(std::size_t limit) : limit_(limit) {}
  ~GrowingMemory() { release(); }
  GrowingMemory(GrowingMemory&& other) noexcept { swap(other); }
  GrowingMemory& operator=(GrowingMemory&& other) noexcept {
    GrowingMemory(std::move(other)).swap(*this);
    return *this;
  }

  std::byte* data() const { return data_; }
  std::size_t committed() const { return committed_; }
  std::size_t limit() const { return limit_; }
  /// Zeroed memory up to at least `bytes`. Stops the program beyond the limit, or where the
  /// system has no memory left.
  void commit(std::size_t bytes);

 private:
  void release();
  void swap(GrowingMemory& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(mapping_, other.mapping_);
    std::swap(mapped_, other.mapped_);
    std::swap(committed_, other.committed_);
    std::swap(limit_, other.limit_);
  }

  std::byte* data_ = nullptr;
  std::byte* mapping_ = nullptr;
  std::size_t mapped_ = 0;
  std::size_t committed_ = 0;
  std::size_t limit_ = 0;
};

template <class T>
class GrowingArray {
 public:
  using value_type = T;

  /// At most `limit` elements, ever.
  explicit GrowingArray(std::size_t limit) : memory_(limit * sizeof(T)) {}
  ~GrowingArray() { clear(); }
  GrowingArray(GrowingArray&& other) noexcept
      : memory_(std::move(other.memory_)), size_(std::exchange(other.size_, 0)) {}
  GrowingArray& operator=(GrowingArray&& other) noexcept {
    clear();
    memory_ = std::move(other.memory_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t index) { return data()[index]; }
  const T& operator[](std::size_t index) const { return data()[index]; }
  T& back() { return data()[size_ - 1]; }
  T* begin() { return data(); }
  T* end() { return data() + size_; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }

  T& push_back(T value) {
    require(size_ + 1);
    return *std::construct_at(data() + size_++, std::move(value));
  }
  /// Grows with default elements up to `size`; never shrinks.
  void grow_to(std::size_t size) {
    if (size <= size_) return;
    require(size);
    std::uninitialized_value_construct(data() + size_, data() + size);
    size_ = size;
  }
  /// The same for elements whose default is all zero bytes: memory that was never used is not
  /// touched, so it takes no time.
  void grow_zeroed_to(std::size_t size)
    requires std::is_trivially_copyable_v<T>
  {
    RIALTO_ASSERT(size_ == 0);
    require(size);
    size_ = size;
  }
  void clear() {
    std::destroy(begin(), end());
    size_ = 0;
  }

 private:
  T* data() { return reinterpret_cast<T*>(memory_.data()); }
  const T* data() const { return reinterpret_cast<const T*>(memory_.data()); }
  void require(std::size_t size) {
    if (size * sizeof(T) > memory_.committed()) [[unlikely]]
      memory_.commit(size * sizeof(T));
  }

  GrowingMemory memory_;
  std::size_t size_ = 0;
};

}  // namespace rialto
