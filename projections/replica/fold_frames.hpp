// Folds durable frames, a window of events at a time: what the coming events will touch is asked
// for while the ones before them are folded, so that cache misses overlap.
//
// Used by recovery and by the replica's thread, on whichever thread owns the target.
#pragma once

#include <array>
#include <optional>
#include <variant>

#include "flows/prefetch.hpp"
#include "flows/registry.hpp"
#include "platform/eventlog/frame.hpp"

namespace rialto::projections {

/// Calls fold(const EventView&, const AnyEvent&) for every event of whole frames, in order. An
/// event that is unknown or malformed is not folded, nor what follows it: its number. `venue` is
/// the state that the events change.
template <class Fold>
std::optional<Sequence> fold_frames(ByteView frames, const flows::Venue& venue, Fold&& fold) {
  constexpr std::size_t window = 32;
  std::array<eventlog::EventView, window> views;
  std::array<flows::AnyEvent, window> events;
  std::size_t count = 0;
  const auto flush = [&] {
    for (int pass = 0; pass < flows::prefetch_passes; ++pass)
      for (std::size_t i = 0; i < count; ++i)
        std::visit([&](const auto& event) { flows::prefetch(venue, event, pass); }, events[i]);
    for (std::size_t i = 0; i < count; ++i) fold(views[i], events[i]);
    count = 0;
  };
  for (const eventlog::FrameView& frame : eventlog::frames_in(frames)) {
    for (const eventlog::EventView& view : frame.events()) {
      const bool known = flows::decode_event(view.type, view.payload, [&](const auto& event) {
        events[count].emplace<std::remove_cvref_t<decltype(event)>>(event);
      });
      if (!known) {
        flush();
        return view.sequence;
      }
      views[count++] = view;
      if (count == window) flush();
    }
  }
  flush();
  return std::nullopt;
}

}  // namespace rialto::projections
