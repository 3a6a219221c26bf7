// Owns memory that grows in place, for tables that are read at random: a stretch of address space
// is reserved once and becomes usable from its front. Zeroed, aligned to 2 MiB and, where the
// kernel grants it, in huge pages, so that a look-up misses the cache at most, never the TLB as
// well.
//
// Given back when the owner goes. One thread per owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace rialto {

class ReservedMemory {
 public:
  static constexpr std::size_t huge_page = std::size_t{1} << 21;

  /// A table that stays small takes no more than it needs in the first 2 MiB, or is huge from its
  /// first byte.
  enum class Pages : std::uint8_t { small_first, huge };

  /// At most `limit` bytes, ever; nothing is usable, or taken, before the first commit().
  explicit ReservedMemory(std::size_t limit, Pages pages = Pages::small_first)
      : limit_(limit), pages_(pages) {}
  ~ReservedMemory();
  ReservedMemory(ReservedMemory&& other) noexcept { swap(other); }
  ReservedMemory& operator=(ReservedMemory&& other) noexcept {
    ReservedMemory(std::move(other)).swap(*this);
    return *this;
  }

  std::byte* data() const { return data_; }
  /// Bytes that may be touched.
  std::size_t size() const { return size_; }
  std::size_t limit() const { return limit_; }
  /// Makes at least `bytes` usable, all zero where they are new. Stops the program beyond the
  /// limit, or where the system has no memory left.
  void commit(std::size_t bytes);

  /// Bytes that are usable in all of them together: what a test of steady memory looks at.
  static std::size_t in_use();

 private:
  void reserve();
  void swap(ReservedMemory& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(limit_, other.limit_);
    std::swap(pages_, other.pages_);
  }

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t limit_ = 0;
  Pages pages_{};
};

}  // namespace rialto
