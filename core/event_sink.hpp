// Where a step's events go as they are emitted, and how they come back: the seam between the flows,
// which emit, and the journal, which frames.
#pragma once

#include <cstdint>
#include <cstring>

#include "core/codec.hpp"

namespace rialto {

/// The permanent number of an event type in the journal; never reused (flows/registry.hpp).
using EventType = StrongId<struct EventTypeTag, std::uint16_t>;

class EventSink {
 public:
  virtual ~EventSink() = default;
  /// Room for the `size` encoded bytes of the step's next event; valid until the next call.
  virtual std::byte* add_event(EventType type, std::size_t size) = 0;
};

template <class Event>
void append_event(EventSink& sink, EventType type, const Event& event) {
  encode_at(sink.add_event(type, encoded_size(event)), event);
}

/// Events in plain memory, for tools and tests that keep no journal.
class EventBlock final : public EventSink {
 public:
  std::byte* add_event(EventType type, std::size_t size) override {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + sizeof(Header) + size);
    const Header header{static_cast<std::uint32_t>(size), type};
    std::memcpy(bytes_.data() + at, &header, sizeof header);
    return bytes_.data() + at + sizeof header;
  }
  /// Calls visit(EventType, ByteView payload) for each event, in order.
  template <class Visit>
  void each(Visit visit) const {
    for (ByteView rest = bytes_; !rest.empty();) {
      Header header;
      std::memcpy(&header, rest.data(), sizeof header);
      visit(header.type, rest.subspan(sizeof header, header.size));
      rest = rest.subspan(sizeof header + header.size);
    }
  }
  ByteView bytes() const { return bytes_; }
  void clear() { bytes_.clear(); }

 private:
  struct Header {
    std::uint32_t size;
    EventType type;
  };
  Bytes bytes_;
};

}  // namespace rialto
