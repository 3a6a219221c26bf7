// Turns steps into a frame, in one reused buffer: no allocation per event once the buffer has
// grown.
//
// Owned by the thread that decides. A step is begun, its events are appended as they are emitted,
// and it is ended; a batch of ended steps is one frame, which goes to Log::append and to whoever
// follows in memory, then clear(). Views returned live until the next change.
#pragma once

#include "core/assert.hpp"
#include "platform/eventlog/frame.hpp"
#include "platform/storage/aligned_buffer.hpp"

namespace rialto::eventlog {

class StepWriter final : public EventSink {
 public:
  /// `next`: number of the first event to come, Log::last() + 1.
  explicit StepWriter(Sequence next) : next_(next) {}

  /// REQUIRES: no step is open.
  void begin_step(const Step& step);
  /// Appends a described struct; its number in the log. REQUIRES: a step is open.
  template <class Event>
  Sequence append(EventType type, const Event& event) {
    const std::size_t size = encoded_size(event);
    encode_at(add_event(type, size), event);
    return {next_.value - 1};
  }
  /// Room for an event's encoded bytes, behind its header. REQUIRES: a step is open.
  std::byte* add_event(EventType type, std::size_t size) override {
    RIALTO_ASSERT(in_step_);
    std::byte* at = grow(event_header_bytes + size);
    const auto size_told = static_cast<std::uint32_t>(size);
    std::memcpy(at, &size_told, sizeof size_told);
    std::memcpy(at + sizeof size_told, &type, sizeof type);
    ++event_count_;
    ++next_.value;
    return at + event_header_bytes;
  }
  /// Appends an event that is encoded already.
  Sequence append_encoded(EventType type, ByteView payload);
  /// Closes the step; one without events leaves nothing.
  void end_step();
  /// Forgets the open step. REQUIRES: nothing was appended to it.
  void abandon_step();

  bool in_step() const { return in_step_; }
  /// Events in the open step so far.
  std::uint32_t events_in_step() const { return event_count_; }
  /// Number of the next event.
  Sequence next() const { return next_; }
  /// How large frames() would be, but for its padding.
  std::size_t bytes() const { return size_; }
  /// All steps since clear(), as one frame; empty if there are none. REQUIRES: no step is open.
  ByteView frames();
  /// REQUIRES: no step is open.
  void clear();

 private:
  std::byte* grow(std::size_t size) {
    // Room for the frame's padding is always kept.
    if (size_ + size + frame_alignment > buffer_.capacity()) [[unlikely]]
      buffer_.reserve(size_ + size + frame_alignment, size_);
    std::byte* at = buffer_.data() + size_;
    size_ += size;
    return at;
  }

  storage::AlignedBuffer buffer_{1 << 20};
  std::size_t size_ = 0;  // the frame's header included, once there is a step
  std::size_t step_begin_ = 0;
  std::uint32_t event_count_ = 0;  // of the open step
  bool in_step_ = false;
  Sequence first_;  // of the frame
  Sequence next_;
  Timestamp frame_time_;
};

}  // namespace rialto::eventlog
