#include "apps/venue/host.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

#include <fmt/format.h>

#include "apps/venue/recovery.hpp"

namespace rialto::apps {
namespace {

// Idle for this long, the log is sealed: from then on a damaged last frame is known to be damage.
constexpr std::int64_t seal_after_ns = 2'000'000;
constexpr std::int64_t discipline_every_ns = 1'000'000'000;
// Of the log, by the thread that hashes and prepares; well below a millisecond.
constexpr std::uint64_t hash_at_once = 128 << 10;
constexpr std::uint64_t zeros_at_once = 1 << 20;
constexpr std::size_t lone_commands = 2;  // in a turn
constexpr std::int64_t idle_lines_every_ns = 100'000'000;

}  // namespace

Host::Host(HostSettings settings) : settings_(std::move(settings)) {
  if (!settings_.alarm) settings_.alarm = [](const std::string&) {};
}

Host::~Host() {
  stop();
}

std::expected<std::unique_ptr<Host>, std::string> Host::open(HostSettings settings,
                                                             TimeSources time) {
  std::unique_ptr<Host> host(new Host(std::move(settings)));
  if (auto recovered = host->recover(); !recovered) return std::unexpected(recovered.error());
  auto clock = VenueClock::start(std::move(time), host->recovered_replica_->now());
  if (!clock) return std::unexpected(clock.error());
  host->clock_ = std::move(*clock);
  return host;
}

std::expected<void, std::string> Host::recover() {
  auto recovered = apps::recover({.directory = settings_.directory,
                                  .durability = settings_.durability,
                                  .segment_bytes = settings_.segment_bytes,
                                  .alarm = settings_.alarm,
                                  .progress = settings_.progress,
                                  .lines = settings_.lines,
                                  .followers = settings_.followers});
  if (!recovered) return std::unexpected(recovered.error());
  engine_.venue = std::move(recovered->venue);
  recovered_replica_ = std::move(recovered->replica);
  log_ = std::move(recovered->log);
  snapshots_ = std::move(recovered->snapshots);
  // Counted from here, so that a venue that is often restarted comes to a new snapshot too.
  last_checkpoint_ = recovered->snapshot;
  snapshot_ = recovered->snapshot.value;
  pace_ = recovered->pace;
  engine_.resume_at(log_->last());
  directory_.publish_all(engine_.venue);
  return {};
}

void Host::start() {
  for (const gateways::Line* line : settings_.lines) wakeup_.watch(line->descriptor());
  replica_ = std::make_unique<ReplicaThread>(
      std::move(*recovered_replica_), *log_, storage::join(settings_.directory, "log"),
      [this](const eventlog::ChainPoint& point, ByteView state) {
        if (!keep_lines(point.sequence)) return;  // they have raised their own alarm
        if (const auto stored = snapshots_->write(point, state); !stored)
          settings_.alarm("no snapshot: " + eventlog::describe(stored.error()));
        else
          snapshot_.store(point.sequence.value, std::memory_order_relaxed);
      },
      settings_.alarm);
  sequencer_ = std::make_unique<Sequencer>(
      engine_, *log_,
      [this](ByteView frames) {
        replica_->notice();
        for (gateways::Line* line : settings_.lines) line->durable(frames);
      },
      [this](const flows::Engine& engine, const std::vector<flows::Reply>& replies) {
        directory_.publish(engine.venue, replies);
      },
      // Well within a segment and the reserve.
      static_cast<std::size_t>(std::min<std::uint64_t>(1 << 20, settings_.segment_bytes / 8)));
  intake_ = gateways::Intake::open;
  thread_ = std::thread([this] { run(); });
  preparer_ = std::jthread([this](std::stop_token stop) { prepare_segments(stop); });
}

void Host::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    attention_ = true;
    intake_ = gateways::Intake::stopping;
  }
  wakeup_.ring();
  thread_.join();
  preparer_.request_stop();
  preparer_.join();
  replica_->stop();  // not destroyed: a read may ask for another one
  if (!sequencer_->failed() && log_->durable() != last_checkpoint_) {
    last_checkpoint_ = log_->durable();
    checkpoint_lines();
    log_->mark_chain_point();
    replica_->snapshot();
  }
}

void Host::submit(flows::Command command, const flows::Origin& origin, gateways::OnReply on_reply) {
  Submission submission{std::move(command), origin, std::move(on_reply)};
  IntakeReject why_not{};
  if (enqueue({&submission, 1}, why_not) == 0 && submission.on_reply)
    submission.on_reply(intake_refusal(why_not));
}

void Host::submit_all(std::vector<Submission>& batch) {
  IntakeReject why_not{};
  for (std::size_t i = enqueue(batch, why_not); i < batch.size(); ++i)
    if (batch[i].on_reply) batch[i].on_reply(intake_refusal(why_not));
  batch.clear();
}

std::size_t Host::enqueue(std::span<Submission> batch, IntakeReject& why_not) {
  std::size_t taken = 0;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    const gateways::Intake intake = intake_.load(std::memory_order_relaxed);
    const std::size_t room = settings_.queue_max - std::min(queue_.size(), settings_.queue_max);
    if (intake == gateways::Intake::open || intake == gateways::Intake::disk_full)
      taken = std::min(batch.size(), room);
    if (taken != 0) {
      queue_.insert(queue_.end(), std::move_iterator(batch.begin()),
                    std::move_iterator(batch.begin() + static_cast<std::ptrdiff_t>(taken)));
      attention_.store(true, std::memory_order_release);
      wake = sleeping_;
      sleeping_ = false;
    }
    why_not = intake == gateways::Intake::recovering ? IntakeReject::intake_recovering
              : intake == gateways::Intake::stopping ? IntakeReject::intake_stopping
              : intake == gateways::Intake::failed   ? IntakeReject::intake_failed
                                                     : IntakeReject::intake_queue_full;
  }
  if (wake) wakeup_.ring();
  return taken;
}

gateways::Standing Host::standing() const {
  return {.acknowledged = log_->recent().last(),
          .replica = replica_->position(),
          .snapshot = {snapshot_.load(std::memory_order_relaxed)},
          .replay_per_second = pace_.events_per_second,
          .snapshot_load_s = pace_.snapshot_load_s,
          .replica_per_second = replica_->events_per_second(),
          .replica_detours = replica_->detours()};
}

void Host::write_metrics(telemetry::MetricsText& text) const {
  const TurnCounts& counts = sequencer_->counts();
  text.histogram("rialto_turn_commands", "commands taken in a turn of the venue's thread",
                 counts.commands);
  text.histogram_seconds("rialto_turn_steps_seconds", "what a turn's steps took together",
                         counts.steps);
  text.histogram_seconds("rialto_commit_seconds", "append to the log and sync", counts.commit);
  text.histogram("rialto_commit_bytes", "of log in a commit", counts.commit_bytes);
  text.counters("rialto_rejects_total", "commands refused, by code", "code", counts.rejects);
}

void Host::run() {
  std::vector<Submission> batch;
  std::int64_t worked_at = clock_->now().value;
  std::int64_t spin_ns = settings_.spin_ns;
  for (;;) {
    const Timestamp now = clock_->now();
    const bool stopping = take(batch);
    const bool over_line = !stopping && receive(batch, now);
    if (!batch.empty() || sequencer_->has_work(now)) {
      // Spinning answers a lone client sooner; a crowd's next commands come through a thread that
      // needs this core.
      const bool crowd = batch.size() > lone_commands;
      if (settings_.trace) trace(batch);
      sequencer_->turn(batch, now);
      if (after_turn_) after_turn_();
      note_intake();
      checkpoint_if_due();
      if (!log_->next_ready() || log_->hash_backlog() > hash_at_once) segment_taken_.notify_one();
      sealed_ = false;
      worked_at = now.value;
      spin_ns = over_line ? settings_.line_spin_ns : crowd ? 0 : settings_.spin_ns;
    } else if (stopping) {
      break;
    } else if (now.value - worked_at > spin_ns) {
      rest(now, worked_at);
    }
  }
  if (sequencer_->failed()) return;
  if (log_->sync(clock_->now())) (void)log_->seal(clock_->now());
}

void Host::trace(std::vector<Submission>& batch) {
  for (Submission& submission : batch)
    submission.on_reply = [this, origin = submission.origin, next = std::move(submission.on_reply)](
                              const flows::Reply& reply) mutable {
      settings_.trace(origin, reply);
      if (next) next(reply);
    };
}

bool Host::take(std::vector<Submission>& batch) {
  if (!attention_.load(std::memory_order_acquire)) return false;
  const std::lock_guard lock(mutex_);
  batch.swap(queue_);
  attention_.store(stopping_, std::memory_order_release);
  return stopping_;
}

bool Host::receive(std::vector<Submission>& batch, Timestamp now) {
  if (settings_.lines.empty()) return false;
  if (now.value - lines_idled_at_ >= idle_lines_every_ns) {
    lines_idled_at_ = now.value;
    for (gateways::Line* line : settings_.lines) line->idle(now);
  }
  bool any = false;
  if (!sequencer_->failed() && log_->intake() == eventlog::Intake::open)
    for (gateways::Line* line : settings_.lines) any = line->receive(batch, now) || any;
  return any;
}

void Host::rest(Timestamp now, std::int64_t worked_at) {
  if (now.value - disciplined_at_ >= discipline_every_ns) {
    disciplined_at_ = now.value;
    if (clock_->discipline())
      settings_.alarm(fmt::format("the wall clock is {:.3f} s from venue time; slewing",
                                  static_cast<double>(clock_->offset_ns()) / 1e9));
  }
  std::int64_t wake_at = now.value + discipline_every_ns;
  wake_at = std::min(wake_at, engine_.next_work().value);
  if (!sealed_ && !sequencer_->failed()) {
    if (now.value - worked_at >= seal_after_ns)
      sealed_ = log_->seal(now).has_value();
    else
      wake_at = std::min(wake_at, worked_at + seal_after_ns);
  }
  if (!settings_.lines.empty()) wake_at = std::min(wake_at, lines_idled_at_ + idle_lines_every_ns);
  sleep_until(now, wake_at);
}

void Host::sleep_until(Timestamp now, std::int64_t wake_at) {
  {
    const std::lock_guard lock(mutex_);
    sleeping_ = queue_.empty() && !stopping_;
    if (!sleeping_) return;
  }
  wakeup_.wait(std::chrono::nanoseconds(std::max<std::int64_t>(wake_at - now.value, 1'000)));
  const std::lock_guard lock(mutex_);
  sleeping_ = false;
}

void Host::note_intake() {
  gateways::Intake intake = gateways::Intake::open;
  if (sequencer_->failed())
    intake = gateways::Intake::failed;
  else if (log_->intake() == eventlog::Intake::disk_full)
    intake = gateways::Intake::disk_full;
  if (intake == intake_.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  intake_.store(intake, std::memory_order_release);
  if (intake == gateways::Intake::failed)
    settings_.alarm("the journal failed: no command is taken any more");
  if (intake == gateways::Intake::disk_full)
    settings_.alarm("the disk is full: commands are refused");
}

void Host::checkpoint_if_due() {
  if (sequencer_->failed() || replica_->checkpoint_pending() ||
      log_->last().value - last_checkpoint_.value < settings_.snapshot_events)
    return;
  last_checkpoint_ = log_->last();
  checkpoint_lines();
  log_->mark_chain_point();
  replica_->checkpoint(last_checkpoint_);
}

void Host::checkpoint_lines() {
  for (gateways::Line* line : settings_.lines) {
    auto keep = line->checkpoint(last_checkpoint_);
    const std::lock_guard lock(line_checkpoints_mutex_);
    line_checkpoints_.push_back({last_checkpoint_, std::move(keep)});
  }
}

bool Host::keep_lines(Sequence position) {
  std::vector<LineCheckpoint> due;
  {
    const std::lock_guard lock(line_checkpoints_mutex_);
    const auto later = std::stable_partition(
        line_checkpoints_.begin(), line_checkpoints_.end(),
        [&](const LineCheckpoint& checkpoint) { return checkpoint.position > position; });
    std::move(later, line_checkpoints_.end(), std::back_inserter(due));
    line_checkpoints_.erase(later, line_checkpoints_.end());
  }
  bool kept = true;
  for (LineCheckpoint& checkpoint : due) kept = checkpoint.keep() && kept;
  return kept;
}

/// What the journal needs beside the path of an order: the next segment's zeros, and the chain.
void Host::prepare_segments(std::stop_token stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    bool more = log_->hash_backlog() > hash_at_once;
    if (more) log_->hash_pending(hash_at_once);
    if (!log_->next_ready()) {
      const auto prepared = log_->prepare_next(zeros_at_once);
      more = more || (prepared && !*prepared);
    }
    if (more) continue;
    // Woken by the venue's thread; the second is for a full disk, and for a wake-up that came too
    // early.
    segment_taken_.wait_for(lock, stop, std::chrono::seconds(1), [&] {
      return log_->hash_backlog() > hash_at_once ||
             (!log_->next_ready() && log_->intake() != eventlog::Intake::disk_full);
    });
  }
}

}  // namespace rialto::apps
