#include "platform/eventlog/step_writer.hpp"

namespace rialto::eventlog {

void StepWriter::begin_step(const Step& step) {
  RIALTO_ASSERT(!in_step_);
  frame_begin_ = size_;
  event_count_ = 0;
  in_step_ = true;
  FrameHeader header;
  header.magic = frame_magic;
  header.kind = FrameKind::step;
  header.first = next_;
  header.time = step.time;
  header.actor = step.actor;
  header.session = step.session;
  header.command = step.command;
  header.correlation = step.correlation;
  std::memcpy(grow(sizeof header), &header, sizeof header);
}

Sequence StepWriter::append_encoded(EventType type, ByteView payload) {
  std::byte* at = add_event(type, payload.size());
  if (!payload.empty()) std::memcpy(at, payload.data(), payload.size());
  return {next_.value - 1};
}

ByteView StepWriter::end_step() {
  RIALTO_ASSERT(in_step_);
  in_step_ = false;
  if (event_count_ == 0) {
    size_ = frame_begin_;
    return {};
  }
  const std::size_t padding = (frame_alignment - size_ % frame_alignment) % frame_alignment;
  if (padding != 0) std::memset(grow(padding), 0, padding);
  RIALTO_ASSERT(size_ - frame_begin_ <= std::size_t{1} << 31);
  const auto frame_bytes = static_cast<std::uint32_t>(size_ - frame_begin_);
  std::byte* frame = buffer_.data() + frame_begin_;
  std::memcpy(frame + offsetof(FrameHeader, frame_bytes), &frame_bytes, sizeof frame_bytes);
  std::memcpy(frame + offsetof(FrameHeader, event_count), &event_count_, sizeof event_count_);
  return {frame, frame_bytes};
}

void StepWriter::abandon_step() {
  RIALTO_ASSERT(in_step_ && event_count_ == 0);
  in_step_ = false;
  size_ = frame_begin_;
}

void StepWriter::clear() {
  RIALTO_ASSERT(!in_step_);
  size_ = 0;
}

}  // namespace rialto::eventlog
