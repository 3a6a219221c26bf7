#include "core/idempotency.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace rialto {

void IdempotencyTable::save(BinaryWriter& out) const {
  std::vector<std::pair<Fingerprint, Remembered>> sorted;
  sorted.reserve(entries_.size());
  entries_.each([&](const Fingerprint& key, const Remembered& remembered) {
    sorted.emplace_back(key, remembered);
  });
  std::sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.first < b.first; });
  out.write(static_cast<std::uint64_t>(sorted.size()));
  for (const auto& [key, remembered] : sorted) {
    out.write(key);
    out.write(remembered);
  }
  out.write(static_cast<std::uint64_t>(closed_.size()));
  for (const auto& closed : closed_) {
    out.write(closed.at);
    out.write(closed.key);
  }
}

void IdempotencyTable::load(BinaryReader& in) {
  entries_.clear();
  closed_.clear();
  // Read a few ahead of their insertion: each would wait for its bucket otherwise.
  std::array<std::pair<Fingerprint, Remembered>, 16> window;
  auto left = in.read<std::uint64_t>();
  if (left <= in.remaining() / sizeof window[0]) entries_.reserve(left);
  while (left > 0 && !in.failed()) {
    const auto count = std::min<std::uint64_t>(left, window.size());
    for (std::size_t i = 0; i < count; ++i) {
      in.read_into(window[i].first);
      in.read_into(window[i].second);
      entries_.prefetch(window[i].first);
    }
    for (std::size_t i = 0; i < count && !in.failed(); ++i)
      if (const auto& [key, remembered] = window[i]; !key.empty() && !entries_.find(key))
        entries_.insert(key, remembered);
    left -= count;
  }
  for (auto n = in.read<std::uint64_t>(); n > 0 && !in.failed(); --n) {
    const auto at = in.read<Timestamp>();
    closed_.push_back({at, in.read<Fingerprint>()});
  }
}

}  // namespace rialto
