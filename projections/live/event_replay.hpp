// Published events of the past, computed again from the log: from the nearest snapshot on, a state
// of its own is folded and what each event published is told once more (LIVE-5).
//
// For one who has been away for longer than events are kept. Blocks the calling thread, which must
// be nobody else's; takes the memory of a second state and, of the disk, a reading of the log's
// tail. Reads files only; takes no lock.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "projections/published/events.hpp"

namespace rialto::projections {

struct EventReplayPlaces {
  std::string log;  // directories
  std::string snapshots;
  OpenUserName open_user_name{};
};

class EventReplay {
 public:
  using Chunk = std::vector<std::shared_ptr<const PublishedEvent>>;

  struct Job {
    Sequence from;  // the first event wanted
    /// The last event that has to be told; asked again when it is reached. Acknowledged ones only.
    std::function<Sequence()> to;
    std::function<bool(const PublishedEvent&)> wanted;
    /// Takes some events, in order, and returns when there is room for more; false: stop.
    std::function<bool(Chunk)> deliver;
    /// Asked now and then, in between.
    std::function<bool()> cancelled;
  };

  explicit EventReplay(EventReplayPlaces places) : places_(std::move(places)) {}

  /// Behind which event it ended: `to()` or later; or, where it could not be done, a sentence.
  std::expected<Sequence, std::string> run(const Job&) const;

 private:
  const EventReplayPlaces places_;
};

}  // namespace rialto::projections
