#include "platform/eventlog/step_writer.hpp"

namespace rialto::eventlog {

void StepWriter::begin_step(const Step& step) {
  RIALTO_ASSERT(!in_step_);
  if (size_ == 0) {
    // Filled in by frames(), once it is known.
    grow(sizeof(FrameHeader));
    first_ = next_;
    frame_time_ = step.time;
  }
  step_begin_ = size_;
  event_count_ = 0;
  in_step_ = true;
  std::byte* const header = grow(largest_step_header_bytes);
  std::byte* at = header + step_header_bytes;
  std::uint8_t fields = 0;
  const auto put = [&](StepFields field, const auto& value, const auto& usual) {
    if (value == usual) return;
    fields |= field;
    std::memcpy(at, &value, sizeof value);
    at += sizeof value;
  };
  put(step_has_time, step.time, frame_time_);
  put(step_has_actor, step.actor, UserId{});
  put(step_has_session, step.session, SessionId{});
  put(step_has_command, step.command, Fingerprint{});
  put(step_has_correlation, step.correlation, Correlation{});
  std::memcpy(header, &fields, sizeof fields);
  size_ = static_cast<std::size_t>(at - buffer_.data());
}

Sequence StepWriter::append_encoded(EventType type, ByteView payload) {
  std::byte* at = add_event(type, payload.size());
  if (!payload.empty()) std::memcpy(at, payload.data(), payload.size());
  return {next_.value - 1};
}

void StepWriter::end_step() {
  RIALTO_ASSERT(in_step_);
  if (event_count_ == 0) return abandon_step();
  in_step_ = false;
  std::memcpy(buffer_.data() + step_begin_ + 1, &event_count_, sizeof event_count_);
}

void StepWriter::abandon_step() {
  RIALTO_ASSERT(in_step_ && event_count_ == 0);
  in_step_ = false;
  size_ = step_begin_ == sizeof(FrameHeader) ? 0 : step_begin_;
}

ByteView StepWriter::frames() {
  RIALTO_ASSERT(!in_step_);
  if (size_ == 0) return {};
  const std::size_t bytes = (size_ + frame_alignment - 1) / frame_alignment * frame_alignment;
  RIALTO_ASSERT(bytes <= std::size_t{1} << 31);
  FrameHeader header;
  header.magic = frame_magic;
  header.frame_bytes = static_cast<std::uint32_t>(bytes);
  header.event_count = static_cast<std::uint32_t>(next_.value - first_.value);
  header.kind = FrameKind::steps;
  header.first = first_;
  header.time = frame_time_;
  std::memcpy(buffer_.data(), &header, sizeof header);
  // Not counted in size_: another step may still follow the last one.
  std::memset(buffer_.data() + size_, 0, bytes - size_);
  return {buffer_.data(), bytes};
}

void StepWriter::clear() {
  RIALTO_ASSERT(!in_step_);
  size_ = 0;
}

}  // namespace rialto::eventlog
