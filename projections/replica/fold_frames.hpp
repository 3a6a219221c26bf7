// Folds durable frames, a window of events at a time: what the coming events will touch is asked
// for while the ones before them are folded, so that cache misses overlap.
//
// Used by recovery and by the replica's thread, on whichever thread owns the target.
#pragma once

#include <array>
#include <optional>

#include "platform/eventlog/frame.hpp"

namespace rialto::projections {

/// A state that can fetch ahead what an event will touch; pass by pass, as the one before has made
/// it findable.
template <class Target>
concept FetchesAhead = requires(const Target& target, EventType type, ByteView payload) {
  target.prefetch(type, payload, 0);
};

/// Calls fold(const EventView&) for every event of whole frames, in order, until it returns false:
/// then the event it refused. `state` is what the events change.
template <class State, class Fold>
std::optional<Sequence> fold_frames(ByteView frames, const State& state, Fold&& fold) {
  constexpr std::size_t window = 32;
  constexpr int passes = 3;
  std::array<eventlog::EventView, window> events;
  std::size_t count = 0;
  const auto flush = [&]() -> std::optional<Sequence> {
    if constexpr (FetchesAhead<State>)
      for (int pass = 0; pass < passes; ++pass)
        for (std::size_t i = 0; i < count; ++i)
          state.prefetch(events[i].type, events[i].payload, pass);
    for (std::size_t i = 0; i < count; ++i)
      if (!fold(events[i])) return events[i].sequence;
    count = 0;
    return std::nullopt;
  };
  for (const eventlog::FrameView& frame : eventlog::frames_in(frames)) {
    for (const eventlog::EventView& event : frame.events()) {
      events[count++] = event;
      if (count != window) continue;
      if (const auto refused = flush()) return refused;
    }
  }
  return flush();
}

}  // namespace rialto::projections
