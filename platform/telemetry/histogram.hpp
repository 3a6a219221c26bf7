// A distribution counted into fixed buckets. One thread records; any thread reads, and sees each
// count at some moment of late.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <span>

namespace rialto::telemetry {

/// Upper bounds of the buckets, rising; what is above the last is counted too.
template <std::size_t Count>
using Bounds = std::array<std::uint64_t, Count>;

/// For times in nanoseconds: 1 µs to 10 s, three a decade.
inline constexpr Bounds<22> time_bounds{
    1'000,         2'000,         5'000,         10'000,        20'000,      50'000,
    100'000,       200'000,       500'000,       1'000'000,     2'000'000,   5'000'000,
    10'000'000,    20'000'000,    50'000'000,    100'000'000,   200'000'000, 500'000'000,
    1'000'000'000, 2'000'000'000, 5'000'000'000, 10'000'000'000};
/// For sizes and counts: powers of four up to 16 Mi.
inline constexpr Bounds<13> size_bounds{
    1, 4, 16, 64, 256, 1'024, 4'096, 16'384, 65'536, 262'144, 1'048'576, 4'194'304, 16'777'216};

template <std::size_t Count>
class Histogram {
 public:
  explicit constexpr Histogram(const Bounds<Count>& bounds) : bounds_(bounds) {}

  /// The one recording thread. TELEMETRY-1.
  void record(std::uint64_t value) {
    const auto bucket =
        static_cast<std::size_t>(std::ranges::lower_bound(bounds_, value) - bounds_.begin());
    add(counts_[bucket], 1);
    add(sum_, value);
  }
  std::span<const std::uint64_t> bounds() const { return bounds_; }
  /// Of the values above the bound before and up to this one; `index` = bounds().size() for those
  /// above all.
  std::uint64_t count(std::size_t index) const {
    return counts_[index].load(std::memory_order_relaxed);
  }
  std::uint64_t sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  // One writer: a plain addition, which no reader sees half of.
  static void add(std::atomic<std::uint64_t>& to, std::uint64_t more) {
    to.store(to.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }

  const Bounds<Count>& bounds_;
  std::array<std::atomic<std::uint64_t>, Count + 1> counts_{};
  std::atomic<std::uint64_t> sum_{0};
};

using TimeHistogram = Histogram<time_bounds.size()>;
using SizeHistogram = Histogram<size_bounds.size()>;

}  // namespace rialto::telemetry
