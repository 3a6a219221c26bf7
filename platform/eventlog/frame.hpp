// The bytes of one batch of steps: a header, then each step's origin and events. Layout:
// docs/protocols/log.md.
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
    none,   // never written
    steps,  // one committed batch: one step or more, each atomic and of one event or more
    seal)   // no events: everything before it is durable; carries the chain head

/// As it lies on disk, little endian.
struct FrameHeader {
  std::uint32_t checksum{};  // CRC32C of everything after the magic, padding included
  std::uint32_t magic{};
  std::uint32_t frame_bytes{};  // header, steps and padding; a multiple of 8
  std::uint32_t event_count{};  // of all steps
  std::uint64_t log_tag{};      // low half of the log's id
  SegmentNumber segment{};
  FrameKind kind{};
  std::uint8_t reserved[3]{};  // zero
  Sequence first{};            // number of the first event; of a seal: of the next event
  Sequence durable{};          // everything up to here was durable when this frame was written
  Timestamp time{};            // of the first step
};
static_assert(sizeof(FrameHeader) == 56 && std::is_trivially_copyable_v<FrameHeader>);

inline constexpr std::uint32_t frame_magic = 0x31465452;  // "RTF1"
inline constexpr std::size_t frame_alignment = 8;
inline constexpr std::size_t seal_bytes = sizeof(FrameHeader) + 32;

/// Who caused a step, when, and how it is known.
struct Step {
  Timestamp time{};
  UserId actor{};
  SessionId session{};
  Fingerprint command{};
  Correlation correlation{};
};

/// Before each step's events, packed: which fields of the origin follow, and how many events; then
/// those fields. A field that is absent is zero; an absent time is the frame's.
inline constexpr std::size_t step_header_bytes = 5;
inline constexpr std::size_t largest_step_header_bytes = step_header_bytes + sizeof(Step);
enum StepFields : std::uint8_t {
  step_has_time = 1,
  step_has_actor = 2,
  step_has_session = 4,
  step_has_command = 8,
  step_has_correlation = 16,
  step_fields_end = 32
};
/// Before each event's payload, packed: its size in bytes (32 bits), its type (16 bits).
inline constexpr std::size_t event_header_bytes = 6;

struct EventView {
  Sequence sequence{};
  EventType type{};
  ByteView payload;
  Timestamp time{};  // of its step
};

/// Walks a frame's steps and events in order. Not checked here: the bytes are a StepWriter's, or
/// check_frame() has seen them.
class StepCursor {
 public:
  StepCursor() = default;
  StepCursor(ByteView body, Timestamp time) : rest_(body), frame_time_(time) {}
  void read_step();
  /// The step read last.
  const Step& step() const { return step_; }
  std::uint32_t events_left() const { return events_left_; }
  void read_event(EventView& event);
  /// False where the bytes do not hold what they say.
  bool good() const { return good_; }
  ByteView rest() const { return rest_; }

 private:
  template <class T>
  T take();
  ByteView rest_;
  Timestamp frame_time_;
  Step step_;
  std::uint32_t events_left_ = 0;
  bool good_ = true;
};

template <class T>
inline T StepCursor::take() {
  T value{};
  if (rest_.size() < sizeof value) [[unlikely]] {
    good_ = false;
    return value;
  }
  std::memcpy(&value, rest_.data(), sizeof value);
  rest_ = rest_.subspan(sizeof value);
  return value;
}

inline void StepCursor::read_step() {
  const auto fields = take<std::uint8_t>();
  events_left_ = take<std::uint32_t>();
  step_ = {};
  step_.time = (fields & step_has_time) != 0 ? take<Timestamp>() : frame_time_;
  if ((fields & step_has_actor) != 0) step_.actor = take<UserId>();
  if ((fields & step_has_session) != 0) step_.session = take<SessionId>();
  if ((fields & step_has_command) != 0) step_.command = take<Fingerprint>();
  if ((fields & step_has_correlation) != 0) step_.correlation = take<Correlation>();
  good_ = good_ && fields < step_fields_end;
}

inline void StepCursor::read_event(EventView& event) {
  const auto size = take<std::uint32_t>();
  event.type = take<EventType>();
  event.time = step_.time;
  if (size > rest_.size()) [[unlikely]]
    good_ = false;
  const std::size_t present = size <= rest_.size() ? size : rest_.size();
  event.payload = rest_.first(present);
  rest_ = rest_.subspan(present);
  --events_left_;
}

/// Events in order, of one step or of all: for (const EventView& event : frame.events()).
class EventRange {
 public:
  class Iterator {
   public:
    using value_type = EventView;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const StepCursor& cursor, Sequence first, std::uint32_t count)
        : cursor_(cursor), left_(count) {
      event_.sequence = first;
      load();
    }
    const EventView& operator*() const { return event_; }
    const EventView* operator->() const { return &event_; }
    Iterator& operator++() {
      ++event_.sequence.value;
      --left_;
      load();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& a, std::default_sentinel_t) { return a.left_ == 0; }

   private:
    void load() {
      if (left_ == 0) return;
      if (cursor_.events_left() == 0) cursor_.read_step();
      cursor_.read_event(event_);
    }
    StepCursor cursor_;
    std::uint32_t left_ = 0;
    EventView event_;
  };
  EventRange(const StepCursor& cursor, Sequence first, std::uint32_t count)
      : cursor_(cursor), first_(first), count_(count) {}
  Iterator begin() const { return {cursor_, first_, count_}; }
  std::default_sentinel_t end() const { return {}; }

 private:
  StepCursor cursor_;
  Sequence first_;
  std::uint32_t count_;
};

/// One atomic step of a frame.
class StepView {
 public:
  StepView() = default;
  StepView(const StepCursor& cursor, Sequence first)
      : cursor_(cursor), first_(first), event_count_(cursor.events_left()) {}
  const Step& origin() const { return cursor_.step(); }
  Sequence first() const { return first_; }
  Sequence last() const { return {first_.value + event_count_ - 1}; }
  std::uint32_t event_count() const { return event_count_; }
  EventRange events() const { return {cursor_, first_, event_count_}; }

 private:
  StepCursor cursor_;
  Sequence first_;
  std::uint32_t event_count_ = 0;
};

/// The steps of a frame, in order. Passing over a step walks its events.
class StepRange {
 public:
  class Iterator {
   public:
    using value_type = StepView;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const StepCursor& cursor, Sequence first, std::uint32_t events)
        : cursor_(cursor), left_(events) {
      load(first);
    }
    const StepView& operator*() const { return step_; }
    const StepView* operator->() const { return &step_; }
    Iterator& operator++();
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& a, std::default_sentinel_t) { return a.left_ == 0; }

   private:
    void load(Sequence first) {
      if (left_ == 0) return;
      cursor_.read_step();
      step_ = StepView(cursor_, first);
    }
    StepCursor cursor_;
    std::uint32_t left_ = 0;  // events, of this step and those behind it
    StepView step_;
  };
  StepRange(const StepCursor& cursor, Sequence first, std::uint32_t events)
      : cursor_(cursor), first_(first), events_(events) {}
  Iterator begin() const { return {cursor_, first_, events_}; }
  std::default_sentinel_t end() const { return {}; }

 private:
  StepCursor cursor_;
  Sequence first_;
  std::uint32_t events_;
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
  StepRange steps() const { return {cursor(), header_.first, header_.event_count}; }
  /// Of all steps.
  EventRange events() const { return {cursor(), header_.first, header_.event_count}; }

 private:
  StepCursor cursor() const { return {body(), header_.time}; }
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
/// `before`: the checksum of the bytes in front of these.
std::uint32_t crc32c(ByteView bytes, std::uint32_t before = 0);

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
