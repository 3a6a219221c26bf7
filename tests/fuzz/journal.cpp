// Bytes of a damaged disk: a frame is refused or whole, an event is refused or decoded.
#include "flows/registry.hpp"
#include "platform/eventlog/frame.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rialto;
  const ByteView bytes(reinterpret_cast<const std::byte*>(data), size);
  // Frames are 8-aligned wherever they lie.
  const Bytes copy(bytes.begin(), bytes.end());
  eventlog::FrameView frame;
  if (eventlog::check_frame(copy, {0, {1}}, frame) == eventlog::FrameFault::none)
    for (const eventlog::EventView& event : frame.events())
      (void)flows::decode_event(event.type, event.payload, [](const auto&) {});
  // The checksum stops nearly everything above, so the decoders are also asked directly.
  if (size >= 2) {
    const EventType type{static_cast<std::uint16_t>(data[0] % 64)};
    (void)flows::decode_event(type, bytes.subspan(1), [](const auto&) {});
  }
  return 0;
}
