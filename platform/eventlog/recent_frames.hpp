// The newest acknowledged frames of the log, in memory, as they lie on the disk: what followers in
// the same process read, and what the chain is computed from. A ring as large as a segment, so that
// the segment being written is always in it whole: who falls out of the ring finds all that is
// missing in closed segments.
//
// The Log's owner pushes; any thread reads. Neither takes a lock or waits for the other: a reader
// copies, and is told when the bytes were overwritten meanwhile. Seals are left out. Offsets count
// bytes since the log was opened. Lives as long as the Log.
#pragma once

#include <atomic>
#include <memory>

#include "platform/eventlog/frame.hpp"

namespace rialto::eventlog {

/// Where a segment begins: its first event, and where its first frame lies in the ring.
struct SegmentBegin {
  SegmentNumber number{};
  Sequence first{};
  std::uint64_t offset{};
};

class RecentFrames {
 public:
  /// Room for the frames of a segment of `segment_bytes`, rounded up to a power of two.
  explicit RecentFrames(std::uint64_t segment_bytes);

  std::uint64_t capacity() const { return mask_ + 1; }
  /// Behind the newest frame. What is before it may be shown to the world.
  std::uint64_t end() const { return end_.load(std::memory_order_acquire); }
  /// The newest event in it; 0 before the first push.
  Sequence last() const { return {last_.load(std::memory_order_relaxed)}; }
  /// The oldest byte that is still there.
  std::uint64_t begin() const { return begin_.load(std::memory_order_acquire); }

  // The owner.
  /// Whole frames, at most capacity() bytes; the last event in them.
  void push(ByteView frames, Sequence last);
  /// The frames that follow are of this segment.
  void begin_segment(SegmentNumber number, Sequence first);
  /// Calls visit(ByteView) for [from, to), in one or two pieces. REQUIRES: nothing of it is
  /// overwritten while this runs: by the owner, or by one whom the owner waits for.
  template <class Visit>
  void each_piece(std::uint64_t from, std::uint64_t to, Visit visit) const {
    while (from < to) {
      const std::uint64_t at = from & mask_;
      const std::uint64_t size = std::min(to - from, capacity() - at);
      visit(ByteView(reinterpret_cast<const std::byte*>(words_.get()) + at, size));
      from += size;
    }
  }

  // Any thread.
  /// Replaces `into` by whole frames from `from` on: about `wanted` bytes, one frame at least,
  /// nothing at the end. False: some of it is overwritten already. REQUIRES: a frame begins there.
  bool copy(std::uint64_t from, std::size_t wanted, Bytes& into) const;
  /// The segment now being written. Before the first change of segments, offset 0 stands for what
  /// was there when the log was opened.
  SegmentBegin newest_segment() const;

 private:
  using Word = std::uint64_t;
  bool copy_bytes(std::uint64_t from, std::uint64_t to, Bytes& into) const;

  std::uint64_t mask_;
  std::unique_ptr<Word[]> words_;
  std::atomic<std::uint64_t> begin_{0};
  std::atomic<std::uint64_t> end_{0};
  std::atomic<std::uint64_t> last_{0};
  std::atomic<std::uint32_t> version_{0};  // of the next three; odd while they change
  std::atomic<std::uint32_t> segment_{0};
  std::atomic<std::uint64_t> segment_first_{0};
  std::atomic<std::uint64_t> segment_offset_{0};
};

}  // namespace rialto::eventlog
