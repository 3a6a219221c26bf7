// Latencies in nanoseconds, counted with three significant digits: the layout of an HdrHistogram
// (Gil Tene), without its library, which Debian 12 does not have. One thread; recording is O(1) and
// allocates nothing.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace rialto::load {

class Histogram {
 public:
  void record(std::int64_t ns) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0));
    ++counts_[index_of(value)];
    ++count_;
    largest_ = std::max(largest_, value);
  }
  std::uint64_t count() const { return count_; }
  std::uint64_t largest() const { return largest_; }
  /// The value below which `share` of all lie, within 0.1 %; 0 where there are none.
  std::uint64_t percentile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > wanted) return std::min(upper_end(i), largest_);
    }
    return largest_;
  }
  void clear() {
    std::fill(counts_.begin(), counts_.end(), 0);
    count_ = largest_ = 0;
  }

 private:
  // Values below 2^11 have a count each; above, each power of two is split into 2^10.
  static constexpr int digits = 10;
  static std::size_t index_of(std::uint64_t value) {
    if (value < 2u << digits) return static_cast<std::size_t>(value);
    const int shift = static_cast<int>(std::bit_width(value)) - digits - 1;
    return (static_cast<std::size_t>(shift) << digits) + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t upper_end(std::size_t index) {
    if (index < 2u << digits) return index;
    const std::size_t shift = (index >> digits) - 1;
    const std::uint64_t top = index - (shift << digits);
    return ((top + 1) << shift) - 1;
  }

  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(std::size_t{64} << digits);
  std::uint64_t count_ = 0;
  std::uint64_t largest_ = 0;
};

}  // namespace rialto::load
