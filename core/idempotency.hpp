// What was answered to which key: a retried command gets its first answer and does nothing twice.
//
// Part of a context's state: changed only in evolve, evicted by log time. Bounded: when full, new
// keys are refused (never evicted early), so a retry within the promised time always finds its
// answer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "core/assert.hpp"
#include "core/codec.hpp"
#include "core/types.hpp"

namespace rialto {

/// What a key stands for: a digest of the command's content, and the number it was answered with.
struct Remembered {
  std::uint64_t content{};
  std::uint64_t answer{};
  friend bool operator==(const Remembered&, const Remembered&) = default;
};
BOOST_DESCRIBE_STRUCT(Remembered, (), (content, answer))

class IdempotencyTable {
 public:
  /// Closed keys live for `retention_ns` of log time; at most `capacity` keys in all.
  IdempotencyTable(std::int64_t retention_ns, std::size_t capacity)
      : retention_ns_(retention_ns), capacity_(capacity) {}

  /// O(1). Null where the key is unknown or expired.
  const Remembered* find(const Fingerprint& key) const {
    const auto at = entries_.find(key);
    return at == entries_.end() ? nullptr : &at->second;
  }
  /// Whether a new key must be refused at `now`. A key whose retention is over makes room: expire()
  /// comes before remember().
  bool full(Timestamp now) const {
    return entries_.size() >= capacity_ && (closed_.empty() || !over(closed_.front(), now));
  }
  std::size_t size() const { return entries_.size(); }

  /// REQUIRES: the key is unknown. It stays until close() and then for the retention.
  void remember(const Fingerprint& key, Remembered remembered) {
    const bool fresh = entries_.emplace(key, remembered).second;
    RIALTO_ASSERT(fresh);
  }
  /// Starts the key's retention at `now`.
  void close(const Fingerprint& key, Timestamp now) { closed_.push_back({now, key}); }

  /// Forgets what was closed longer ago than the retention; amortised O(1), at most two keys a
  /// call, so that an old backlog cannot stall one step.
  void expire(Timestamp now) {
    for (int i = 0; i < 2 && !closed_.empty(); ++i) {
      if (!over(closed_.front(), now)) return;
      entries_.erase(closed_.front().key);
      closed_.pop_front();
    }
  }

  void save(BinaryWriter& out) const {
    std::vector<std::pair<Fingerprint, Remembered>> sorted(entries_.begin(), entries_.end());
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
  void load(BinaryReader& in) {
    entries_.clear();
    closed_.clear();
    for (auto n = in.read<std::uint64_t>(); n > 0 && !in.failed(); --n) {
      const auto key = in.read<Fingerprint>();
      entries_.emplace(key, in.read<Remembered>());
    }
    for (auto n = in.read<std::uint64_t>(); n > 0 && !in.failed(); --n) {
      const auto at = in.read<Timestamp>();
      closed_.push_back({at, in.read<Fingerprint>()});
    }
  }

 private:
  struct Closed {
    Timestamp at;
    Fingerprint key;
  };
  bool over(const Closed& closed, Timestamp now) const {
    return now.value - closed.at.value > retention_ns_;
  }

  std::int64_t retention_ns_;
  std::size_t capacity_;
  boost::unordered_flat_map<Fingerprint, Remembered, std::hash<Fingerprint>> entries_;
  std::deque<Closed> closed_;
};

}  // namespace rialto
