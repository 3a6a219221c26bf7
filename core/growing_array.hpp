// An array that grows in place: address space is reserved once, memory is taken as it is first
// written. Elements never move, so growing costs the new part only, however long the array is, and
// pointers stay valid. For the tables of a venue, of which there are few; not for small things.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include "core/prefetch.hpp"
#include "core/reserved_memory.hpp"

namespace rialto {

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

  /// Of an element of another array, or of none.
  T& push_back(const T& value) {
    require(size_ + 1);
    return *std::construct_at(data() + size_++, value);
  }
  /// Grows with default elements up to `size`; never shrinks.
  void grow_to(std::size_t size) {
    if (size <= size_) return;
    require(size);
    std::uninitialized_value_construct(data() + size_, data() + size);
    size_ = size;
  }
  /// The same for elements whose default is all zero bytes: the new memory is so already and is not
  /// touched, so it takes no time.
  void grow_zeroed_to(std::size_t size)
    requires std::is_trivially_copyable_v<T>
  {
    if (size <= size_) return;
    require(size);
    size_ = size;
  }
  /// Gives the memory back too.
  void clear() {
    std::destroy(begin(), end());
    size_ = 0;
    memory_ = ReservedMemory(memory_.limit());
  }

 private:
  T* data() { return reinterpret_cast<T*>(memory_.data()); }
  const T* data() const { return reinterpret_cast<const T*>(memory_.data()); }
  void require(std::size_t size) {
    if (size * sizeof(T) > memory_.size()) [[unlikely]]
      memory_.commit(size * sizeof(T));
  }

  ReservedMemory memory_;
  std::size_t size_ = 0;
};

}  // namespace rialto
