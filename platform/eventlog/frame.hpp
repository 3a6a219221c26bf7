// The bytes of one step: a header, then its events. Layout: docs/protocols/log.md.
//
// Views point into memory owned by whoever made them (a StepWriter, a LogReader, a received batch)
// and live as long as it. Frames from a StepWriter are unstamped: identity, durable position and
// checksum are filled in by the Log on their way to the disk, so only the reader of files checks
// them.
#pragma once

#include <cstddef>
#include <cstring>
#include <iterator>

#include <boost/describe/enum.hpp>

#include "core/codec.hpp"
#include "core/event_sink.hpp"
#include "core/types.hpp"
#include "platform/eventlog/errors.hpp"

namespace rialto::eventlog {

/// Ties the steps of one longer process together; its meaning is the caller's.
using Correlation = StrongId<struct CorrelationTag, std::uint64_t>;

BOOST_DEFINE_FIXED_ENUM_CLASS(
    FrameKind, std::uint8_t,
    none,  // never written
    step,  // one atomic step: one event or more
    seal)  // no events: everything before it is durable; carries the chain head

/// As it lies on disk, little endian.
struct FrameHeader {
  std::uint32_t checksum{};  // CRC32C of everything after the magic, padding included
  std::uint32_t magic{};
  std::uint32_t frame_bytes{};  // header, events and padding; a multiple of 8
  std::uint32_t event_count{};
  std::uint64_t log_tag{};  // low half of the log's id
  SegmentNumber segment{};
  FrameKind kind{};
  std::uint8_t reserved[3]{};  // zero
  Sequence first{};            // number of the first event; of a seal: of the next event
  Sequence durable{};          // everything up to here was durable when this frame was written
  Timestamp time{};
  UserId actor{};
  SessionId session{};
  Fingerprint command{};
  Correlation correlation{};
};
static_assert(sizeof(FrameHeader) == 96 && std::is_trivially_copyable_v<FrameHeader>);

/// Before each event's payload.
struct EventHeader {
  std::uint32_t size{};  // of the payload, in bytes
  EventType type{};
  std::uint16_t reserved{};  // zero
};
static_assert(sizeof(EventHeader) == 8);

inline constexpr std::uint32_t frame_magic = 0x31465452;  // "RTF1"
inline constexpr std::size_t frame_alignment = 8;
inline constexpr std::size_t seal_bytes = sizeof(FrameHeader) + 32;

struct EventView {
  Sequence sequence{};
  EventType type{};
  ByteView payload;
};

/// The events of one frame, in order: for (const EventView& event : frame.events()).
class EventRange {
 public:
  class Iterator {
   public:
    using value_type = EventView;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(ByteView rest, Sequence next, std::uint32_t left);
    const EventView& operator*() const { return event_; }
    const EventView* operator->() const { return &event_; }
    Iterator& operator++();
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& a, std::default_sentinel_t) { return a.left_ == 0; }

   private:
    void load();
    ByteView rest_;
    std::uint32_t left_ = 0;
    EventView event_;
  };
  EventRange(ByteView events, Sequence first, std::uint32_t count)
      : events_(events), first_(first), count_(count) {}
  Iterator begin() const { return {events_, first_, count_}; }
  std::default_sentinel_t end() const { return {}; }

 private:
  ByteView events_;
  Sequence first_;
  std::uint32_t count_;
};

/// One whole frame whose shape was checked.
class FrameView {
 public:
  FrameView() = default;
  /// REQUIRES: `bytes` is one frame, as a StepWriter or check_frame() left it.
  explicit FrameView(ByteView bytes) : bytes_(bytes) {
    std::memcpy(&header_, bytes.data(), sizeof header_);
  }
  const FrameHeader& header() const { return header_; }
  /// Number of its last event; of a seal: of the last event before it.
  Sequence last() const { return {header_.first.value + header_.event_count - 1}; }
  ByteView bytes() const { return bytes_; }
  ByteView body() const { return bytes_.subspan(sizeof header_); }
  EventRange events() const { return {body(), header_.first, header_.event_count}; }

 private:
  ByteView bytes_;
  FrameHeader header_;
};

/// The frames in a batch of unstamped or stamped frames: for (const FrameView& frame :
/// frames_in(bytes)).
class FrameRange {
 public:
  class Iterator {
   public:
    using value_type = FrameView;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    explicit Iterator(ByteView rest) : rest_(rest) { load(); }
    const FrameView& operator*() const { return frame_; }
    const FrameView* operator->() const { return &frame_; }
    Iterator& operator++() {
      rest_ = rest_.subspan(frame_.bytes().size());
      load();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& a, std::default_sentinel_t) { return a.rest_.empty(); }

   private:
    void load();
    ByteView rest_;
    FrameView frame_;
  };
  explicit FrameRange(ByteView bytes) : bytes_(bytes) {}
  Iterator begin() const { return Iterator(bytes_); }
  std::default_sentinel_t end() const { return {}; }

 private:
  ByteView bytes_;
};
/// REQUIRES: whole frames, made by this program in memory; a malformed one is a bug and stops it.
inline FrameRange frames_in(ByteView bytes) {
  return FrameRange(bytes);
}

/// CRC32C (Castagnoli), as in iSCSI and ext4; 10 GB/s and more.
std::uint32_t crc32c(ByteView bytes);

/// What the checksum of a frame or of a segment's header covers: all but itself and the magic,
/// which is compared exactly. It begins at a word, which is how the bytes were stored just before.
inline ByteView checksummed(ByteView bytes) {
  return bytes.subspan(8);
}

/// Which file a frame belongs to: stale bytes of another one never pass.
struct FrameIdentity {
  std::uint64_t log_tag{};
  SegmentNumber segment{};
};

/// Completes a frame for the disk: identity, durable position, checksum.
void stamp_frame(storage::MutableByteView frame, FrameIdentity identity, Sequence durable);

enum class FrameFault : std::uint8_t {
  none,
  empty,
  not_a_frame,
  cut_short,
  wrong_identity,
  checksum,
  shape
};
std::string_view phrase(FrameFault fault);

/// Is there a frame of that file at the start of `bytes`? On FrameFault::none `frame` views exactly
/// it. cut_short: its header asks for more bytes than there are (the header is plausible, nothing
/// more).
FrameFault check_frame(ByteView bytes, FrameIdentity identity, FrameView& frame);

/// What the header at the start of `bytes` claims as the frame's size; 0 when it is no header.
std::size_t claimed_frame_bytes(ByteView bytes);

}  // namespace rialto::eventlog
