#include "apps/venue/replica_thread.hpp"

#include <chrono>

#include "core/assert.hpp"
#include "platform/eventlog/frame.hpp"

namespace rialto::apps {

using Clock = std::chrono::steady_clock;
namespace {
// History is made durable this often.
constexpr std::chrono::seconds flush_interval{1};
}  // namespace

ReplicaThread::ReplicaThread(projections::Replica replica, StoreSnapshot store, Alarm alarm)
    : replica_(std::move(replica)),
      store_(std::move(store)),
      alarm_(std::move(alarm)),
      position_(replica_.position().value),
      thread_([this] { run(); }) {}

void ReplicaThread::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

void ReplicaThread::follow(ByteView frames) {
  push(Bytes(frames.begin(), frames.end()));
}

void ReplicaThread::checkpoint(const eventlog::ChainPoint& point) {
  push(point);
}

void ReplicaThread::read(gateways::VenuePort::Read read) {
  push(std::move(read));
}

void ReplicaThread::push(Item item) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = queue_.empty();
    queue_.push_back(std::move(item));
  }
  if (was_empty) arrived_.notify_one();
}

void ReplicaThread::run() {
  std::vector<Item> items;
  auto last_flush = Clock::now();
  for (;;) {
    bool stopping = false;
    {
      std::unique_lock lock(mutex_);
      const auto ready = [&] { return stopping_ || !queue_.empty(); };
      // Waits without end while there is nothing to flush: an idle venue wakes nobody.
      if (replica_.history()->pending() == 0)
        arrived_.wait(lock, ready);
      else
        arrived_.wait_for(lock, flush_interval, ready);
      items.swap(queue_);
      stopping = stopping_;
    }
    for (Item& item : items) {
      if (const auto* frames = std::get_if<Bytes>(&item))
        fold(*frames);
      else if (const auto* point = std::get_if<eventlog::ChainPoint>(&item))
        snapshot(*point);
      else
        std::get<gateways::VenuePort::Read>(item)(replica_);
    }
    items.clear();
    if (replica_.history()->pending() != 0 && Clock::now() - last_flush >= flush_interval) {
      flush();
      last_flush = Clock::now();
    }
    if (stopping) break;
  }
  flush();
}

void ReplicaThread::fold(const Bytes& frames) {
  for (const eventlog::FrameView& frame : eventlog::frames_in(frames))
    for (const eventlog::EventView& event : frame.events()) {
      const bool known = replica_.fold(event.type, event.payload, event.sequence, event.time);
      RIALTO_ASSERT(known);  // this very process wrote it
    }
  position_.store(replica_.position().value, std::memory_order_release);
}

void ReplicaThread::flush() {
  if (history_failed_) return;
  if (const auto flushed = replica_.history()->flush(replica_.position()); !flushed) {
    // The log has everything; the next start continues the history from where it is.
    history_failed_ = true;
    alarm_("history is not being stored: " + flushed.error());
  }
}

void ReplicaThread::snapshot(const eventlog::ChainPoint& point) {
  RIALTO_ASSERT(point.sequence == replica_.position());
  // A snapshot is only of use with a history that reaches at least as far.
  flush();
  if (history_failed_) return;
  Bytes state;
  BinaryWriter writer(state);
  writer.write(replica_.now());
  replica_.venue().save(writer);
  store_(point, state);
}

}  // namespace rialto::apps
