#include "platform/eventlog/recent_frames.hpp"

#include <algorithm>
#include <bit>

#include "core/assert.hpp"

namespace rialto::eventlog {

static_assert(frame_alignment == sizeof(std::uint64_t), "frames are copied as words");

RecentFrames::RecentFrames(std::uint64_t segment_bytes)
    : mask_(std::bit_ceil(segment_bytes) - 1),
      // Not touched before it is needed: an idle venue does not pay for the room.
      words_(std::make_unique_for_overwrite<Word[]>((mask_ + 1) / sizeof(Word))) {}

void RecentFrames::push(ByteView frames, Sequence last) {
  RIALTO_ASSERT(frames.size() <= capacity() && frames.size() % sizeof(Word) == 0);
  const std::uint64_t from = end_.load(std::memory_order_relaxed);
  const std::uint64_t to = from + frames.size();
  // Told before the first byte is overwritten: a reader that saw any of the new bytes also sees
  // this.
  if (to > capacity()) begin_.store(to - capacity(), std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  const std::byte* source = frames.data();
  for (std::uint64_t at = from; at != to; at += sizeof(Word), source += sizeof(Word)) {
    Word word;
    std::memcpy(&word, source, sizeof word);
    std::atomic_ref(words_[(at & mask_) / sizeof(Word)]).store(word, std::memory_order_relaxed);
  }
  last_.store(last.value, std::memory_order_relaxed);
  end_.store(to, std::memory_order_release);
}

void RecentFrames::begin_segment(SegmentNumber number, Sequence first) {
  const std::uint32_t version = version_.load(std::memory_order_relaxed);
  version_.store(version + 1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  segment_.store(number.value, std::memory_order_relaxed);
  segment_first_.store(first.value, std::memory_order_relaxed);
  segment_offset_.store(end_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  version_.store(version + 2, std::memory_order_release);
}

SegmentBegin RecentFrames::newest_segment() const {
  for (;;) {
    const std::uint32_t before = version_.load(std::memory_order_acquire);
    const SegmentBegin begin{{segment_.load(std::memory_order_relaxed)},
                             {segment_first_.load(std::memory_order_relaxed)},
                             segment_offset_.load(std::memory_order_relaxed)};
    std::atomic_thread_fence(std::memory_order_acquire);
    if (before % 2 == 0 && version_.load(std::memory_order_relaxed) == before) return begin;
  }
}

bool RecentFrames::copy_bytes(std::uint64_t from, std::uint64_t to, Bytes& into) const {
  into.resize(to - from);
  std::byte* target = into.data();
  for (std::uint64_t at = from; at != to; at += sizeof(Word), target += sizeof(Word)) {
    const Word word =
        std::atomic_ref(words_[(at & mask_) / sizeof(Word)]).load(std::memory_order_relaxed);
    std::memcpy(target, &word, sizeof word);
  }
  std::atomic_thread_fence(std::memory_order_acquire);
  return begin_.load(std::memory_order_relaxed) <= from;
}

bool RecentFrames::copy(std::uint64_t from, std::size_t wanted, Bytes& into) const {
  const std::uint64_t end = this->end();
  RIALTO_ASSERT(from <= end);
  if (from < begin()) return false;
  if (!copy_bytes(from, std::min(end, from + std::max(wanted, sizeof(FrameHeader))), into))
    return false;
  std::size_t whole = 0;
  while (whole < into.size()) {
    const std::size_t next = claimed_frame_bytes(ByteView(into).subspan(whole));
    if (next == 0 || next > into.size() - whole) break;
    whole += next;
  }
  if (whole != 0 || into.empty()) {
    into.resize(whole);
    return true;
  }
  // One that is larger than was wanted.
  return copy_bytes(from, from + claimed_frame_bytes(into), into);
}

}  // namespace rialto::eventlog
