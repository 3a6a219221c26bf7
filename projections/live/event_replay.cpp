#include "projections/live/event_replay.hpp"

#include <chrono>
#include <thread>

#include "platform/eventlog/log_reader.hpp"
#include "platform/eventlog/snapshot_store.hpp"
#include "platform/storage/posix_files.hpp"
#include "projections/replica/fold_frames.hpp"

namespace rialto::projections {
namespace {

constexpr std::size_t chunk_events = 256;
// What has been acknowledged is in the file; what is read of the block that is being written right
// now may be older for a moment.
constexpr int tries_max = 200;
constexpr std::chrono::milliseconds between_tries{5};

std::unexpected<std::string> failure(const eventlog::Failure& failed) {
  return std::unexpected(eventlog::describe(failed));
}

/// One run: a state, and how far it is.
class Past {
 public:
  Past(const EventReplayPlaces& places, const EventReplay::Job& job) : places_(places), job_(job) {}

  std::expected<Sequence, std::string> run() {
    if (auto begun = begin(); !begun) return std::unexpected(begun.error());
    for (int tries = 0; at_ < job_.to(); ++tries) {
      const Sequence before = at_;
      const auto read = read_on();
      if (!read && tries >= tries_max) return std::unexpected(read.error());
      if (stopped_) return std::unexpected("stopped");
      if (at_ != before) tries = 0;
      if (tries >= tries_max) return std::unexpected("the log ends earlier than it should");
      if (at_ < job_.to()) std::this_thread::sleep_for(between_tries);
    }
    if (!hand_over()) return std::unexpected("stopped");
    return at_;
  }

 private:
  /// The newest snapshot before what is wanted, or nothing.
  std::expected<void, std::string> begin() {
    auto& files = storage::posix_files();
    const auto log = eventlog::LogReader::open(files, places_.log, {});
    if (!log) return failure(log.error());
    const auto store = eventlog::SnapshotStore::open(files, places_.snapshots, log->log_id());
    if (!store) return failure(store.error());
    const auto newest = store->newest({job_.from.value - 1});
    if (!newest) return failure(newest.error());
    if (!newest->snapshot) return {};
    const ByteView payload = newest->snapshot->payload();
    // As recovery reads it: the time of its last step, then the canonical state.
    if (!venue_.load(payload.subspan(sizeof(Timestamp))))
      return std::unexpected("the snapshot is of another version");
    at_ = newest->snapshot->point.sequence;
    return {};
  }

  std::expected<void, std::string> read_on() {
    auto reader = eventlog::LogReader::open(storage::posix_files(), places_.log, {.after = at_});
    if (!reader) return failure(reader.error());
    while (at_ < job_.to()) {
      const auto frame = reader->next();
      if (!frame) return failure(frame.error());
      if (!*frame) break;
      const auto refused = fold_frames((*frame)->bytes(), venue_,
                                       [&](const eventlog::EventView& view,
                                           const flows::AnyEvent& event) { fold(view, event); });
      if (refused) return std::unexpected("an event is unknown to this version");
      at_ = (*frame)->last();
      if ((chunk_.size() >= chunk_events && !hand_over()) || job_.cancelled()) {
        stopped_ = true;
        break;
      }
    }
    return {};
  }

  void fold(const eventlog::EventView& view, const flows::AnyEvent& any) {
    std::visit([&](const auto& event) { venue_.evolve(event, view.time); }, any);
    if (view.sequence < job_.from) return;
    for (PublishedEvent& event :
         published(any, {view.sequence, view.time}, venue_, places_.open_user_name))
      if (job_.wanted(event))
        chunk_.push_back(std::make_shared<const PublishedEvent>(std::move(event)));
  }

  bool hand_over() { return chunk_.empty() || job_.deliver(std::exchange(chunk_, {})); }

  const EventReplayPlaces& places_;
  const EventReplay::Job& job_;
  flows::Venue venue_;
  Sequence at_;
  EventReplay::Chunk chunk_;
  bool stopped_ = false;
};

}  // namespace

std::expected<Sequence, std::string> EventReplay::run(const Job& job) const {
  return Past(places_, job).run();
}

}  // namespace rialto::projections
