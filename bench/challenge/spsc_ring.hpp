// Owns a ring of fixed slots between two threads: one writes, one reads. No locks, no copies but
// the writer's and the reader's own.
//
// What the writer commits becomes visible in batches, because each publication costs the line that
// both threads share: it calls publish() before it waits for anything. Both sides only try; who
// waits and how is theirs. Lives as long as both threads use it.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>

#include "core/reserved_memory.hpp"

namespace rialto {

template <class T>
class SpscRing {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  /// So many slots committed are published when the next one is claimed.
  static constexpr std::size_t batch = 32;

  /// At least `slots` of them. Touches all its memory now, not in the first round.
  explicit SpscRing(std::size_t slots)
      : mask_(std::bit_ceil(std::max(slots, batch)) - 1),
        memory_((mask_ + 1) * sizeof(T), ReservedMemory::Pages::huge) {
    memory_.commit(memory_.limit());
    std::memset(memory_.data(), 0, (mask_ + 1) * sizeof(T));
  }
  std::size_t capacity() const { return mask_ + 1; }

  // The writer's side.

  /// The slot to fill next, or null while the ring is full: what was committed is published then.
  T* claim() {
    if (writer_.at == writer_.until) [[unlikely]]
      return claim_batch();
    return writer_.at;
  }
  /// The claimed slot is filled. REQUIRES: claim() gave one since the last commit().
  void commit() { ++writer_.at; }
  /// Makes visible what was committed.
  void publish() {
    writer_.next += static_cast<std::size_t>(writer_.at - writer_.from);
    writer_.from = writer_.at;
    written_.store(writer_.next, std::memory_order_release);
  }

  // The reader's side.

  /// The oldest slots not yet released, as many as lie together, up to `most`; empty when there are
  /// none. They stay as they are until they are released.
  std::span<const T> ready(std::size_t most) {
    if (reader_.next == reader_.written_seen) {
      reader_.written_seen = written_.load(std::memory_order_acquire);
    }
    const std::size_t to_the_end = mask_ + 1 - (reader_.next & mask_);
    const std::size_t count = std::min({most, reader_.written_seen - reader_.next, to_the_end});
    return {&slot(reader_.next), count};
  }
  /// REQUIRES: no more than the last ready() gave.
  void release(std::size_t count) {
    reader_.next += count;
    read_.store(reader_.next, std::memory_order_release);
  }

 private:
  /// The batch is full: publishes it and goes on with what is free of the next.
  T* claim_batch() {
    publish();
    std::size_t free = mask_ + 1 - (writer_.next - writer_.read_seen);
    if (free < batch) {
      writer_.read_seen = read_.load(std::memory_order_acquire);
      free = mask_ + 1 - (writer_.next - writer_.read_seen);
      if (free == 0) return nullptr;
    }
    writer_.at = writer_.from = &slot(writer_.next);
    writer_.until = writer_.at + std::min(free, batch - (writer_.next & (batch - 1)));
    return writer_.at;
  }

  T& slot(std::size_t number) const { return reinterpret_cast<T*>(memory_.data())[number & mask_]; }

  static constexpr std::size_t line = 128;  // two cache lines: the prefetcher fetches pairs
  const std::size_t mask_;
  ReservedMemory memory_;
  // Counts since the start, never reduced to the ring's size.
  struct alignas(line) {
    T* at = nullptr;     // the slot to fill next,
    T* until = nullptr;  // up to here without looking around
    T* from = nullptr;   // committed since the last publication: from here to `at`
    std::size_t next = 0;
    std::size_t read_seen = 0;
  } writer_;
  struct alignas(line) {
    std::size_t next = 0;
    std::size_t written_seen = 0;
  } reader_;
  alignas(line) std::atomic<std::size_t> written_{0};
  alignas(line) std::atomic<std::size_t> read_{0};
};

}  // namespace rialto
