// Brings clients events that are older than what is kept in memory: one client at a time, on a
// thread of its own, no faster than the client reads.
//
// Owned by StreamGateway. start() and the hooks on the server's thread; the thread ends with this
// object.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "gateways/stream/event_channel.hpp"
#include "platform/net/responder.hpp"
#include "projections/live/event_replay.hpp"

namespace rialto::stream {

/// One client's way through the past. Shared by both threads.
class PastReading {
 public:
  using Chunk = projections::EventReplay::Chunk;

  /// The server's thread: the next chunk may come.
  void want_more();
  /// The server's thread: nobody is interested any more.
  void cancel();
  /// The server's thread: everything behind it is kept; the reading has to come that far.
  void meet_at(Sequence sequence) { target_.store(sequence.value, std::memory_order_relaxed); }

 private:
  friend class PastEvents;
  bool wait_for_room();

  std::atomic<std::uint64_t> target_{0};
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool room_ = false;  // guarded by mutex_
};

class PastEvents {
 public:
  /// Called on the server's thread.
  struct Hooks {
    std::function<void(PastReading::Chunk)> take;
    /// Everything up to there has been given; or why not.
    std::function<void(std::expected<Sequence, std::string>)> done;
  };

  PastEvents(projections::EventReplayPlaces places, net::ServerThread thread)
      : replay_(std::move(places)), thread_(std::move(thread)) {}
  ~PastEvents();
  PastEvents(const PastEvents&) = delete;
  PastEvents& operator=(const PastEvents&) = delete;

  /// Null where it is busy with somebody else.
  std::shared_ptr<PastReading> start(const EventPosition& behind, Sequence to, const EventFilter&,
                                     Hooks);

 private:
  void run(const EventPosition& behind, const EventFilter&, const std::shared_ptr<PastReading>&,
           const std::shared_ptr<Hooks>&);

  const projections::EventReplay replay_;
  const net::ServerThread thread_;
  std::shared_ptr<PastReading> reading_;  // null: free
  std::atomic<bool> finished_{true};      // the worker has nothing more to do
  std::thread worker_;
};

}  // namespace rialto::stream
