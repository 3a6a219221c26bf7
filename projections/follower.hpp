// A read model that hangs on the replica: told every durable event once, in order, right after the
// replica has folded it.
//
// Everything happens on the replica's thread (during recovery on the one that stands in for it), so
// a follower needs no locks; reads of it run inside VenuePort::read. It must not block for long:
// reads and snapshots wait behind it. It keeps what it knows in a store of its own, or not at all;
// either way it can be made anew from the log (PROJECTIONS-2).
#pragma once

#include <cstddef>
#include <expected>
#include <limits>
#include <string>
#include <string_view>

#include "flows/registry.hpp"
#include "flows/venue.hpp"

namespace rialto::projections {

/// When and where in the log something happened.
struct Moment {
  Sequence sequence;
  Timestamp time;
};

class Follower {
 public:
  /// The position of one that keeps nothing: no event is told to it again.
  static constexpr Sequence nothing_to_keep{std::numeric_limits<std::uint64_t>::max()};

  virtual ~Follower() = default;

  /// For alarms, metrics and the command line.
  virtual std::string_view name() const = 0;
  /// What survives a kill of the program: everything up to this event. Recovery begins no later
  /// than the least of all followers' and tells each only what is new to it.
  virtual Sequence kept() const = 0;
  /// The state onto which the log's tail will be folded; before the first follow(). Called again,
  /// with an older one, where that snapshot proves damaged.
  virtual void restore(const flows::Venue& /*state*/, Sequence /*position*/) {}
  /// Right before the replica folds an event: what the event ends is still in `state`.
  virtual void before(const flows::AnyEvent&, Moment, const flows::Venue& /*state*/) {}
  /// Right after it.
  virtual void follow(const flows::AnyEvent&, Moment, const flows::Venue& after) = 0;

  /// What was at hand has all been told: what was gathered from it may be handed on.
  virtual void settle() {}

  /// Changes that wait for store().
  virtual std::size_t pending() const { return 0; }
  /// Keeps everything told so far, as of `position`; `durably`: also through a power cut, because a
  /// snapshot relies on it. After an error, a sentence for the operator, it is not asked again: the
  /// next start continues from kept().
  virtual std::expected<void, std::string> store(Sequence /*position*/, bool /*durably*/) {
    return {};
  }
  /// Forgets everything, what is kept included: it is going to be told all events anew.
  virtual void clear() {}
};

}  // namespace rialto::projections
