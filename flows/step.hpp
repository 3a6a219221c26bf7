// One atomic step under way: what it emits is encoded for the journal and evolved at once.
#pragma once

#include "core/event_sink.hpp"
#include "flows/commands.hpp"
#include "flows/registry.hpp"
#include "flows/venue.hpp"

namespace rialto::flows {

class Step {
 public:
  /// `events` takes what the step emits. `next` is the number of its first event.
  Step(Venue& state, EventSink& events, Sequence next, Timestamp time)
      : venue(state), now(time), events_(events), next_(next) {}

  template <class Event>
  void emit(const Event& event) {
    append_event(events_, event_type<Event>, event);
    ++emitted_;
    venue.evolve(event, now);
  }

  std::uint32_t emitted() const { return emitted_; }
  /// The last event emitted, or the last before the step.
  Sequence sequence() const { return {next_.value + emitted_ - 1}; }

  Venue& venue;
  const Timestamp now;

 private:
  EventSink& events_;
  Sequence next_;
  std::uint32_t emitted_ = 0;
};

/// The answer to a command that its context refused.
template <class Reject>
void refuse(Reply& reply, Reject reject) {
  reply.rejection = rejection_of(reject);
}
template <class Reject>
Reply refused(Reject reject) {
  Reply reply;
  refuse(reply, reject);
  return reply;
}

}  // namespace rialto::flows
