// The events of one step as bytes: each is its type (u16), its size (u32) and its encoded fields. This is
// what a journal frame carries behind its header; layout: docs/protocols/encoding.md.
#pragma once

#include <cstdint>
#include <cstring>

#include "core/codec.hpp"

namespace rialto {

/// The permanent number of an event type in the journal; never reused (flows/registry.hpp).
using EventType = std::uint16_t;

inline constexpr std::size_t event_header_bytes = sizeof(EventType) + sizeof(std::uint32_t);

template <class Event>
void append_event(Bytes& block, EventType type, const Event& event) {
  BinaryWriter writer(block);
  writer.write(type);
  const std::size_t size_at = block.size();
  writer.write(std::uint32_t{0});
  writer.write(event);
  const auto size = static_cast<std::uint32_t>(block.size() - size_at - sizeof(std::uint32_t));
  std::memcpy(block.data() + size_at, &size, sizeof size);
}

/// Calls visit(EventType, ByteView payload) for each event. False where the block does not parse.
template <class Visit>
bool each_event(ByteView block, Visit visit) {
  BinaryReader reader(block);
  while (!reader.at_end()) {
    const auto type = reader.read<EventType>();
    const ByteView payload = reader.take(reader.read<std::uint32_t>());
    if (reader.failed()) return false;
    visit(type, payload);
  }
  return true;
}

}  // namespace rialto
