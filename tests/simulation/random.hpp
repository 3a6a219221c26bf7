// The one source of chance: everything a run does follows from its seed.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace rialto::simulation {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// 0 ≤ result < bound. Not std::uniform_int_distribution: its results differ between libraries.
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  /// Both ends included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace rialto::simulation
