// The venue's write path without threads, clocks or files: one command in, one atomic step out.
//
// The caller owns time, the journal buffer and durability: it must not let a reply out before the
// step's events are durable. Used by the server's venue thread, the replay tools and the simulator
// alike.
#pragma once

#include "flows/commands.hpp"
#include "flows/step.hpp"
#include "flows/venue.hpp"

namespace rialto::flows {

class Engine {
 public:
  /// What a step appended to the journal buffer.
  struct Outcome {
    Reply reply;
    Sequence first;          // of its events
    std::uint32_t events{};  // 0: nothing to journal
  };

  /// Whose book a command touches; `trading` with no instrument: every book.
  struct Touched {
    InstrumentId instrument;
    bool trading = false;
  };
  Touched touches(const Command&) const;
  /// True while queued work (triggered stops, expiries, mass cancels, the kill switch) must be done
  /// before this command: the caller does drain() steps first and offers it again.
  bool must_wait(const Command&, Timestamp now) const;

  /// REQUIRES: !must_wait(command, now), and `now` never less than before.
  Outcome execute(const Command&, Timestamp now, EventSink& events);

  bool has_work(Timestamp now) const;
  /// One step of queued work, at most about `budget` events. REQUIRES: has_work(now).
  Outcome drain(Timestamp now, std::uint32_t budget, EventSink& events);
  /// When work will come up by itself, if nothing else happens: the next expiry or day.
  Timestamp next_work() const;

  /// Continues behind a recovered state whose last event is `last`.
  void resume_at(Sequence last) { next_ = {last.value + 1}; }
  Sequence last() const { return {next_.value - 1}; }

  Venue venue;

 private:
  Sequence next_{1};
};

}  // namespace rialto::flows
