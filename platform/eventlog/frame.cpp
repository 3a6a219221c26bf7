#include "platform/eventlog/frame.hpp"

#include <algorithm>

#include <isa-l/crc.h>
#include <nmmintrin.h>

#include "core/assert.hpp"

namespace rialto::eventlog {
namespace {

FrameHeader header_of(ByteView bytes) {
  FrameHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

/// The body's length is told twice, by the header and by the steps: they must agree.
bool shape_holds(const FrameHeader& header, ByteView body) {
  if (header.kind == FrameKind::seal) return header.event_count == 0 && body.size() == 32;
  StepCursor cursor(body, header.time);
  EventView event;
  std::uint64_t events = 0;
  while (events < header.event_count) {
    cursor.read_step();
    if (!cursor.good() || cursor.events_left() == 0) return false;
    events += cursor.events_left();
    while (cursor.events_left() != 0 && cursor.good()) cursor.read_event(event);
    if (!cursor.good()) return false;
  }
  const ByteView padding = cursor.rest();
  return events != 0 && events == header.event_count && padding.size() < frame_alignment &&
         std::all_of(padding.begin(), padding.end(), [](std::byte b) { return b == std::byte{}; });
}

}  // namespace

StepRange::Iterator& StepRange::Iterator::operator++() {
  left_ -= step_.event_count();
  EventView event;
  while (cursor_.events_left() != 0) cursor_.read_event(event);
  load({step_.last().value + 1});
  return *this;
}

void FrameRange::Iterator::load() {
  if (rest_.empty()) return;
  const std::size_t size = claimed_frame_bytes(rest_);
  RIALTO_ASSERT(size != 0 && size <= rest_.size());
  frame_ = FrameView(rest_.first(size));
}

std::uint32_t crc32c(ByteView bytes, std::uint32_t before) {
  // The library's wide loads win on long input only: right behind the stores that wrote a short
  // frame they wait for every one of them (220 ns for 400 bytes, against 30 here).
  constexpr std::size_t short_input = 1024;
  constexpr std::size_t most_at_once = 1 << 30;  // it counts in int
  while (bytes.size() > short_input) {
    const ByteView piece = bytes.first(std::min(bytes.size(), most_at_once));
    // Its signature forgot const; it only reads.
    auto* data = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(piece.data()));
    before = ~crc32_iscsi(data, static_cast<int>(piece.size()), ~before);
    bytes = bytes.subspan(piece.size());
    if (bytes.empty()) return before;
  }
  std::uint64_t sum = ~before;
  while (bytes.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), sizeof word);
    sum = _mm_crc32_u64(sum, word);
    bytes = bytes.subspan(sizeof word);
  }
  auto rest = static_cast<std::uint32_t>(sum);
  for (const std::byte byte : bytes)
    rest = _mm_crc32_u8(rest, std::to_integer<unsigned char>(byte));
  return ~rest;
}

void stamp_frame(storage::MutableByteView frame, FrameIdentity identity, Sequence durable) {
  FrameHeader header = header_of(frame);
  header.log_tag = identity.log_tag;
  header.segment = identity.segment;
  header.durable = durable;
  std::memcpy(frame.data(), &header, sizeof header);
  const std::uint32_t checksum = crc32c(checksummed(frame));
  std::memcpy(frame.data(), &checksum, sizeof checksum);
}

std::string_view phrase(FrameFault fault) {
  switch (fault) {
    case FrameFault::none:
      return "a valid frame";
    case FrameFault::empty:
      return "zeros where a frame should be";
    case FrameFault::not_a_frame:
      return "not a frame";
    case FrameFault::cut_short:
      return "the file ends within the frame";
    case FrameFault::wrong_identity:
      return "a frame of another log or segment";
    case FrameFault::checksum:
      return "the frame's checksum differs";
    case FrameFault::shape:
      return "the frame's events do not fill it";
  }
  return "unknown fault";
}

std::size_t claimed_frame_bytes(ByteView bytes) {
  if (bytes.size() < sizeof(FrameHeader)) return 0;
  const FrameHeader header = header_of(bytes);
  const bool plausible = header.magic == frame_magic && header.frame_bytes >= sizeof header &&
                         header.frame_bytes % frame_alignment == 0 &&
                         header.frame_bytes <= std::uint32_t{1} << 31;
  return plausible ? header.frame_bytes : 0;
}

FrameFault check_frame(ByteView bytes, FrameIdentity identity, FrameView& frame) {
  const std::size_t size = claimed_frame_bytes(bytes);
  if (size == 0) {
    const ByteView start = bytes.first(std::min(bytes.size(), sizeof(FrameHeader)));
    const bool zero =
        std::all_of(start.begin(), start.end(), [](std::byte b) { return b == std::byte{}; });
    return zero ? FrameFault::empty : FrameFault::not_a_frame;
  }
  if (size > bytes.size()) return FrameFault::cut_short;
  const FrameHeader header = header_of(bytes);
  bytes = bytes.first(size);
  if (header.checksum != crc32c(checksummed(bytes))) return FrameFault::checksum;
  // LOG-2: stale bytes of another file may be a perfect frame of that file.
  if (header.log_tag != identity.log_tag || header.segment != identity.segment)
    return FrameFault::wrong_identity;
  const bool kind_known = header.kind == FrameKind::steps || header.kind == FrameKind::seal;
  if (!kind_known || header.first.value == 0 || header.durable >= header.first ||
      !shape_holds(header, bytes.subspan(sizeof header)))
    return FrameFault::shape;
  frame = FrameView(bytes);
  return FrameFault::none;
}

}  // namespace rialto::eventlog
