// The thread on which the replica lives: folds what is acknowledged and runs reads, so that a read
// sees everything acknowledged before it (PROJECTIONS-3). Also takes the snapshots.
//
// It follows the log's recent frames; where it falls too far behind, closed segments, until it is
// back (VENUE-5). It runs when nobody else wants the core, reads excepted: the venue's thread never
// waits for it, takes no lock of its, and wakes it only from a long sleep.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "apps/venue/log_follower.hpp"
#include "gateways/venue_port.hpp"
#include "projections/replica/replica.hpp"

namespace rialto::apps {

class ReplicaThread {
 public:
  /// Stores the canonical state at the log's mark; runs on the replica's thread.
  using StoreSnapshot = std::function<void(const eventlog::ChainPoint&, ByteView state)>;
  using Alarm = std::function<void(const std::string&)>;

  /// REQUIRES: the replica is at the log's end; the log outlives the thread.
  ReplicaThread(projections::Replica replica, eventlog::Log& log, std::string log_directory,
                StoreSnapshot store, Alarm alarm);
  ~ReplicaThread() { stop(); }
  ReplicaThread(const ReplicaThread&) = delete;
  ReplicaThread& operator=(const ReplicaThread&) = delete;

  // The venue's thread.
  /// Something was committed. A load and a fence, but for the first time after a long silence.
  void notice();
  /// Take a snapshot right here. REQUIRES: nothing was committed since the log's chain was marked,
  /// and !checkpoint_pending().
  void checkpoint(Sequence marked);
  bool checkpoint_pending() const { return checkpoint_.load(std::memory_order_acquire) != 0; }

  /// Folds and answers what is there, then stores the read models. Reads that come later are
  /// dropped.
  void stop();
  /// Takes one more snapshot, on the calling thread. REQUIRES: stopped, at the log's mark.
  void snapshot();
  /// Any thread.
  void read(gateways::VenuePort::Read read);
  Sequence position() const { return {position_.load(std::memory_order_acquire)}; }
  /// What it folds in a second of work; 0 before it has folded anything.
  double events_per_second() const;
  /// How often it fell out of the recent frames and came back by way of the files.
  std::uint64_t detours() const { return detours_.load(std::memory_order_relaxed); }

 private:
  enum class Sleep : std::uint8_t { awake, short_nap, until_called };

  void run();
  void rest();
  void call(bool even_from_a_nap);
  void catch_up(std::uint64_t until, bool for_reads);
  void fold(ByteView frames);
  void flush_if_due();
  void store(bool durably);
  void take_snapshot();

  projections::Replica replica_;
  eventlog::Log& log_;
  LogFollower follower_;
  StoreSnapshot store_;
  Alarm alarm_;
  std::int64_t flushed_at_ns_ = 0;
  std::int64_t folded_at_ns_ = 0;
  std::atomic<std::uint64_t> position_;
  std::atomic<std::uint64_t> checkpoint_{0};
  std::atomic<std::uint64_t> events_folded_{0};
  std::atomic<std::uint64_t> fold_ns_{0};
  std::atomic<std::uint64_t> detours_{0};

  std::atomic<Sleep> sleep_{Sleep::awake};
  std::counting_semaphore<> bell_{0};
  std::mutex mutex_;                              // of readers only
  std::vector<gateways::VenuePort::Read> reads_;  // guarded by mutex_
  std::atomic<bool> reads_waiting_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace rialto::apps
