#include "apps/venue/replica_thread.hpp"

#include <sched.h>

#include <chrono>

#include "core/assert.hpp"

namespace rialto::apps {

using Clock = std::chrono::steady_clock;
namespace {
// Read models are stored this often, or when so many rows wait.
constexpr std::int64_t flush_interval_ns = 1'000'000'000;
constexpr std::size_t most_pending_rows = 50'000;
// What is folded before anything else gets a look; fits the second-level cache.
constexpr std::size_t piece_bytes = 256 << 10;
// While events keep coming it looks for them this often, and need not be called.
constexpr std::chrono::microseconds nap{500};
constexpr std::int64_t awake_for_ns = 20'000'000;
// After an error of the files.
constexpr std::chrono::seconds try_again_after{1};

std::int64_t now_ns() {
  return Clock::now().time_since_epoch().count();
}

/// On Linux: only what nobody else wants. Back to normal where the system permits it; without that
/// right a read may wait for the load to pass.
void give_way(bool yield) {
  const sched_param none{};
  (void)::sched_setscheduler(0, yield ? SCHED_IDLE : SCHED_OTHER, &none);
}

/// While reads wait, their client does: they are served like any other work.
class Urgent {
 public:
  Urgent() { give_way(false); }
  ~Urgent() { give_way(true); }
  Urgent(const Urgent&) = delete;
};
}  // namespace

ReplicaThread::ReplicaThread(projections::Replica replica, eventlog::Log& log,
                             std::string log_directory, StoreSnapshot store, Alarm alarm)
    : replica_(std::move(replica)),
      log_(log),
      follower_(log, std::move(log_directory), replica_.position()),
      store_(std::move(store)),
      alarm_(std::move(alarm)),
      position_(replica_.position().value) {
  RIALTO_ASSERT(replica_.position() == log.last());
  thread_ = std::thread([this] { run(); });
}

void ReplicaThread::stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true);
  call(true);
  thread_.join();
}

void ReplicaThread::notice() {
  // Against the fence in rest(): either this sees it asleep, or it sees what was committed.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (sleep_.load(std::memory_order_relaxed) == Sleep::until_called) call(false);
}

void ReplicaThread::checkpoint(Sequence marked) {
  checkpoint_.store(marked.value, std::memory_order_release);
  notice();
}

double ReplicaThread::events_per_second() const {
  const auto ns = fold_ns_.load(std::memory_order_relaxed);
  const auto events = events_folded_.load(std::memory_order_relaxed);
  return ns == 0 ? 0 : static_cast<double>(events) * 1e9 / static_cast<double>(ns);
}

void ReplicaThread::read(gateways::VenuePort::Read read) {
  {
    const std::lock_guard lock(mutex_);
    reads_.push_back(std::move(read));
  }
  reads_waiting_.store(true);
  call(true);
}

void ReplicaThread::call(bool even_from_a_nap) {
  Sleep sleep = sleep_.load();
  while (sleep == Sleep::until_called || (even_from_a_nap && sleep == Sleep::short_nap)) {
    if (!sleep_.compare_exchange_weak(sleep, Sleep::awake)) continue;
    bell_.release();
    return;
  }
}

/// Until there is something to do. Once it has been quiet for a while, somebody must call.
void ReplicaThread::rest() {
  const bool quiet = now_ns() - folded_at_ns_ > awake_for_ns;
  sleep_.store(quiet ? Sleep::until_called : Sleep::short_nap);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const bool work = reads_waiting_.load() || stopping_.load() || checkpoint_pending() ||
                    !follower_.at(log_.recent().end());
  if (!work) {
    if (!quiet)
      (void)bell_.try_acquire_for(nap);
    else if (replica_.pending() != 0)
      (void)bell_.try_acquire_for(std::chrono::nanoseconds(flush_interval_ns));
    else
      bell_.acquire();
  }
  sleep_.store(Sleep::awake);
  // A call that came at the last moment is answered by what follows.
  while (bell_.try_acquire()) {
  }
}

void ReplicaThread::run() {
  give_way(true);
  flushed_at_ns_ = now_ns();
  std::vector<gateways::VenuePort::Read> reads;
  for (;;) {
    rest();
    // Taken first: what is asked from here on waits for the next round.
    const bool stopping = stopping_.load();
    if (reads_waiting_.exchange(false)) {
      const std::lock_guard lock(mutex_);
      reads.swap(reads_);
    }
    const std::uint64_t until = log_.recent().end();
    if (reads.empty()) {
      catch_up(until, stopping);
    } else {
      const Urgent urgent;
      catch_up(until, true);
      for (auto& read : reads) read(replica_);
      reads.clear();
    }
    flush_if_due();
    if (stopping) break;
  }
  store(true);
}

/// Folds up to that offset of the recent frames, at least. With no reads to answer it makes way for
/// those that arrive.
void ReplicaThread::catch_up(std::uint64_t until, bool for_reads) {
  if (checkpoint_pending() && checkpoint_.load() == replica_.position().value) take_snapshot();
  while (!follower_.at(until) && (for_reads || !reads_waiting_.load(std::memory_order_relaxed))) {
    const bool was_on_detour = follower_.on_detour();
    const auto frames = follower_.next(piece_bytes);
    if (!was_on_detour && follower_.on_detour()) detours_.fetch_add(1, std::memory_order_relaxed);
    if (frames) {
      fold(*frames);
      flush_if_due();
      continue;
    }
    alarm_("the replica cannot follow: " + eventlog::describe(frames.error()));
    if (stopping_.load()) return;
    std::this_thread::sleep_for(try_again_after);
  }
}

/// Whole frames; one that a snapshot is due behind is followed by it.
void ReplicaThread::fold(ByteView frames) {
  while (!frames.empty()) {
    // Read after the frames: who sees frames behind a checkpoint sees the checkpoint.
    const std::uint64_t checkpoint = checkpoint_.load(std::memory_order_acquire);
    std::size_t size = 0;
    for (const eventlog::FrameView& frame : eventlog::frames_in(frames)) {
      size += frame.bytes().size();
      if (frame.last().value == checkpoint) break;
    }
    const std::uint64_t before = replica_.position().value;
    const std::int64_t started = now_ns();
    const auto refused = replica_.fold_frames(frames.first(size));
    RIALTO_ASSERT(!refused);  // this very process wrote it
    folded_at_ns_ = now_ns();
    const std::uint64_t position = replica_.position().value;
    fold_ns_.fetch_add(static_cast<std::uint64_t>(folded_at_ns_ - started),
                       std::memory_order_relaxed);
    events_folded_.fetch_add(position - before, std::memory_order_relaxed);
    position_.store(position, std::memory_order_release);
    if (position == checkpoint) take_snapshot();
    frames = frames.subspan(size);
  }
}

void ReplicaThread::flush_if_due() {
  const std::size_t pending = replica_.pending();
  if (pending == 0) return;
  if (pending < most_pending_rows && now_ns() - flushed_at_ns_ < flush_interval_ns) return;
  store(false);
  flushed_at_ns_ = now_ns();
}

/// Where that fails the log has everything: the next start continues the read models from where
/// they are.
void ReplicaThread::store(bool durably) {
  if (const auto stored = replica_.store(durably); !stored) alarm_(stored.error());
}

void ReplicaThread::take_snapshot() {
  snapshot();
  checkpoint_.store(0, std::memory_order_release);
}

void ReplicaThread::snapshot() {
  const eventlog::ChainPoint point = log_.marked_point();
  RIALTO_ASSERT(point.sequence == replica_.position());
  // A snapshot is only of use with read models that reach at least as far.
  store(true);
  if (replica_.kept() < replica_.position()) return;
  Bytes state;
  BinaryWriter writer(state);
  writer.write(replica_.now());
  replica_.venue().save(writer);
  store_(point, state);
}

}  // namespace rialto::apps
