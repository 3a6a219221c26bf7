// How often each of a few words came up, such as the codes of refused commands. One thread counts;
// any thread reads.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace rialto::telemetry {

class CodeCounts {
 public:
  /// More words than this are counted as `other`.
  static constexpr std::size_t words_max = 256;
  static constexpr std::string_view other = "other";

  /// The one counting thread. `word` has static storage; it is known by its address first, so that
  /// a word seen before costs a short search at most. TELEMETRY-1.
  void count(std::string_view word) {
    const std::size_t used = used_.load(std::memory_order_relaxed);
    std::size_t at = 0;
    while (at < used && words_[at].data() != word.data()) ++at;
    if (at == used) at = place(word, used);
    counts_[at].store(counts_[at].load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  /// Calls visit(word, count).
  template <class Visit>
  void each(Visit visit) const {
    const std::size_t used = used_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < used; ++i)
      visit(words_[i], counts_[i].load(std::memory_order_relaxed));
  }

 private:
  std::size_t place(std::string_view word, std::size_t used) {
    for (std::size_t i = 0; i < used; ++i)
      if (words_[i] == word) return i;
    if (used == words_max) return words_max - 1;
    words_[used] = used == words_max - 1 ? other : word;
    used_.store(used + 1, std::memory_order_release);
    return used;
  }

  std::array<std::string_view, words_max> words_;
  std::array<std::atomic<std::uint64_t>, words_max> counts_{};
  std::atomic<std::size_t> used_{0};
};

}  // namespace rialto::telemetry
