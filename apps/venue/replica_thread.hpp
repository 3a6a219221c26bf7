// The thread on which the replica lives: folds durable batches and runs reads, in one queue and in
// order, so that a read sees everything acknowledged before it (PROJECTIONS-3). Also takes the
// snapshots.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "gateways/venue_port.hpp"
#include "platform/eventlog/chain.hpp"
#include "projections/replica/replica.hpp"

namespace rialto::apps {

class ReplicaThread {
 public:
  /// Stores the canonical state at a point of the log; runs on the replica's thread.
  using StoreSnapshot = std::function<void(const eventlog::ChainPoint&, ByteView state)>;
  using Alarm = std::function<void(const std::string&)>;

  ReplicaThread(projections::Replica replica, StoreSnapshot store, Alarm alarm);
  ~ReplicaThread() { stop(); }
  ReplicaThread(const ReplicaThread&) = delete;
  ReplicaThread& operator=(const ReplicaThread&) = delete;

  /// The venue's thread: durable frames, in order.
  void follow(ByteView frames);
  /// The venue's thread: take a snapshot right behind the frames given so far, whose chain ends
  /// there.
  void checkpoint(const eventlog::ChainPoint&);
  /// Folds and answers what is queued, then flushes the history. Reads that come later are dropped.
  void stop();
  /// Any thread.
  void read(gateways::VenuePort::Read read);
  Sequence position() const { return {position_.load(std::memory_order_acquire)}; }

 private:
  using Item = std::variant<Bytes, eventlog::ChainPoint, gateways::VenuePort::Read>;

  void push(Item item);
  void run();
  void fold(const Bytes& frames);
  void flush();
  void snapshot(const eventlog::ChainPoint&);

  projections::Replica replica_;
  StoreSnapshot store_;
  Alarm alarm_;
  bool history_failed_ = false;
  std::atomic<std::uint64_t> position_;

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Item> queue_;  // guarded by mutex_
  bool stopping_ = false;    // guarded by mutex_
  std::thread thread_;
};

}  // namespace rialto::apps
