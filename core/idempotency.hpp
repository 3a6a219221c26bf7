// What was answered to which key: a retried command gets its first answer and does nothing twice.
//
// Part of a context's state: changed only in evolve, evicted by log time. Bounded: when full, new
// keys are refused (never evicted early), so a retry within the promised time always finds its
// answer.
#pragma once

#include <cstdint>
#include <deque>

#include "core/assert.hpp"
#include "core/codec.hpp"
#include "core/key_table.hpp"
#include "core/types.hpp"

namespace rialto {

class IdempotencyTable {
 public:
  /// Closed keys live for `retention_ns` of log time; at most `capacity` keys in all.
  IdempotencyTable(std::int64_t retention_ns, std::size_t capacity)
      : retention_ns_(retention_ns), capacity_(capacity), entries_(capacity) {}

  /// O(1). Null where the key is unknown or expired.
  const Remembered* find(const Fingerprint& key) const { return entries_.find(key); }
  /// Asks for the memory that find() and remember() will read.
  void prefetch(const Fingerprint& key) const { entries_.prefetch(key); }
  /// Whether a new key must be refused at `now`. A key whose retention is over makes room: expire()
  /// comes before remember().
  bool full(Timestamp now) const {
    return entries_.size() >= capacity_ && (closed_.empty() || !over(closed_.front(), now));
  }
  std::size_t size() const { return entries_.size(); }

  /// REQUIRES: the key is unknown. It stays until close() and then for the retention.
  void remember(const Fingerprint& key, Remembered remembered) { entries_.insert(key, remembered); }
  /// Starts the key's retention at `now`.
  void close(const Fingerprint& key, Timestamp now) { closed_.push_back({now, key}); }

  /// Forgets what was closed longer ago than the retention; amortised O(1), at most two keys a
  /// call, so that an old backlog cannot stall one step.
  void expire(Timestamp now) {
    for (int i = 0; i < 2 && !closed_.empty(); ++i) {
      if (!over(closed_.front(), now)) return;
      entries_.erase(closed_.front().key);
      closed_.pop_front();
      // Whose turn comes soon was put in long ago: its bucket has left the cache.
      if (closed_.size() > soon) entries_.prefetch(closed_[soon].key);
    }
  }

  void save(BinaryWriter&) const;
  void load(BinaryReader&);

 private:
  static constexpr std::size_t soon = 12;
  struct Closed {
    Timestamp at;
    Fingerprint key;
  };
  bool over(const Closed& closed, Timestamp now) const {
    return now.value - closed.at.value > retention_ns_;
  }

  std::int64_t retention_ns_;
  std::size_t capacity_;
  KeyTable entries_;
  std::deque<Closed> closed_;
};

}  // namespace rialto
