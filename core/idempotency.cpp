#include "core/idempotency.hpp"

#include <algorithm>
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
  for (auto n = in.read<std::uint64_t>(); n > 0 && !in.failed(); --n) {
    const auto key = in.read<Fingerprint>();
    const auto remembered = in.read<Remembered>();
    if (!in.failed() && !key.empty() && !entries_.find(key)) entries_.insert(key, remembered);
  }
  for (auto n = in.read<std::uint64_t>(); n > 0 && !in.failed(); --n) {
    const auto at = in.read<Timestamp>();
    closed_.push_back({at, in.read<Fingerprint>()});
  }
}

}  // namespace rialto
