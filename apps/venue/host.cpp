#include "apps/venue/host.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <openssl/rand.h>

#include "core/assert.hpp"
#include "platform/eventlog/log_reader.hpp"
#include "platform/storage/posix_files.hpp"

namespace rialto::apps {
namespace {

// Idle for this long, the log is sealed: from then on a damaged last frame is known to be damage.
constexpr std::int64_t seal_after_ns = 2'000'000;
constexpr std::int64_t discipline_every_ns = 1'000'000'000;
constexpr std::int64_t idle_lines_every_ns = 100'000'000;

std::unexpected<std::string> failure(std::string_view doing, const eventlog::Failure& failed) {
  return std::unexpected(fmt::format("{}: {}", doing, eventlog::describe(failed)));
}

Fingerprint random_id() {
  Fingerprint id;
  const bool random = RAND_bytes(reinterpret_cast<unsigned char*>(&id), sizeof id) == 1;
  RIALTO_ASSERT(random);
  return id;
}

std::string sub(const std::string& directory, std::string_view name) {
  return storage::join(directory, name);
}

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

std::expected<Fingerprint, std::string> Host::log_id() const {
  auto reader =
      eventlog::LogReader::open(storage::posix_files(), sub(settings_.directory, "log"), {});
  if (reader) return reader->log_id();
  if (reader.error().error == eventlog::LogError::no_log) return random_id();
  return failure("the log cannot be read", reader.error());
}

std::expected<void, std::string> Host::recover() {
  auto& files = storage::posix_files();
  for (const auto& directory : {settings_.directory, sub(settings_.directory, "log")})
    if (auto made = files.make_directory(directory); !made)
      return std::unexpected(fmt::format("{}: {}", directory, storage::phrase(made.error())));
  const auto id = log_id();
  if (!id) return std::unexpected(id.error());
  auto store = eventlog::SnapshotStore::open(files, sub(settings_.directory, "snapshots"), *id);
  if (!store) return failure("snapshots", store.error());
  snapshots_ = std::make_unique<eventlog::SnapshotStore>(std::move(*store));
  auto history = projections::History::open(sub(settings_.directory, "history.db"));
  if (!history) return std::unexpected("history.db: " + history.error());

  // A snapshot is of use only if the history reaches at least as far; otherwise the history is
  // rebuilt from the whole log.
  const Sequence flushed = (*history)->flushed();
  recovered_replica_ = std::make_unique<projections::Replica>(std::move(*history));
  if (auto adopted = adopt_snapshot(flushed); !adopted) return adopted;

  // Counted from here, so that a venue that is often restarted comes to a new snapshot too.
  last_checkpoint_ = recovered_replica_->position();

  const auto visit = [&](const eventlog::FrameView& frame) {
    for (const eventlog::EventView& event : frame.events()) {
      const Timestamp time = frame.header().time;
      if (!engine_.venue.replay(event.type, event.payload, time) ||
          !recovered_replica_->fold(event.type, event.payload, event.sequence, time))
        return false;
    }
    return true;
  };
  auto log = eventlog::Log::open(
      files, sub(settings_.directory, "log"),
      {.durability = settings_.durability, .segment_bytes = settings_.segment_bytes, .log_id = *id},
      {recovered_replica_->position(), visit, settings_.progress});
  if (!log) return failure("the log cannot be recovered", log.error());
  log_ = std::move(*log);
  engine_.resume_at(log_->last());
  directory_.publish_all(engine_.venue);
  return {};
}

std::expected<void, std::string> Host::adopt_snapshot(Sequence at_most) {
  auto newest = snapshots_->newest(at_most);
  if (!newest) return failure("snapshots", newest.error());
  for (const auto& passed : newest->passed_over)
    settings_.alarm("a snapshot was passed over: " + eventlog::describe(passed));
  if (!newest->snapshot) return {};
  BinaryReader reader(newest->snapshot->payload());
  const auto time = reader.read<Timestamp>();
  const ByteView state = newest->snapshot->payload().subspan(sizeof time);
  flows::Venue replica_state;
  if (!engine_.venue.load(state) || !replica_state.load(state)) {
    // Its checksum is right, so another version wrote it: the log still has everything.
    settings_.alarm("a snapshot of another version was passed over");
    engine_.venue = flows::Venue();
    return {};
  }
  recovered_replica_->adopt(std::move(replica_state), newest->snapshot->point.sequence, time);
  return {};
}

void Host::add_line(gateways::Line& line) {
  lines_.push_back(&line);
  wakeup_.watch(line.descriptor());
}

void Host::start() {
  replica_ = std::make_unique<ReplicaThread>(
      std::move(*recovered_replica_),
      [this](const eventlog::ChainPoint& point, ByteView state) {
        if (const auto stored = snapshots_->write(point, state); !stored)
          settings_.alarm("no snapshot: " + eventlog::describe(stored.error()));
      },
      settings_.alarm);
  sequencer_ = std::make_unique<Sequencer>(
      engine_, *log_,
      [this](ByteView frames) {
        replica_->follow(frames);
        for (gateways::Line* line : lines_) line->durable(frames);
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
}

void Host::submit(flows::Command command, const flows::Origin& origin, gateways::OnReply on_reply) {
  IntakeReject reject = IntakeReject::intake_queue_full;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    const gateways::Intake intake = intake_.load(std::memory_order_relaxed);
    const bool taken =
        (intake == gateways::Intake::open || intake == gateways::Intake::disk_full) &&
        queue_.size() < settings_.queue_max;
    if (taken) {
      queue_.push_back({std::move(command), origin, std::move(on_reply)});
      attention_.store(true, std::memory_order_release);
      wake = sleeping_;
      sleeping_ = false;
    } else if (intake == gateways::Intake::recovering) {
      reject = IntakeReject::intake_recovering;
    } else if (intake == gateways::Intake::stopping) {
      reject = IntakeReject::intake_stopping;
    } else if (intake == gateways::Intake::failed) {
      reject = IntakeReject::intake_failed;
    }
  }
  if (wake) wakeup_.ring();
  if (on_reply) on_reply(intake_refusal(reject));
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
      sequencer_->turn(batch, now);
      note_intake();
      checkpoint_if_due();
      if (!log_->next_ready()) segment_taken_.notify_one();
      sealed_ = false;
      worked_at = now.value;
      spin_ns = over_line ? settings_.line_spin_ns : settings_.spin_ns;
    } else if (stopping) {
      break;
    } else if (now.value - worked_at > spin_ns) {
      rest(now, worked_at);
    }
  }
  if (sequencer_->failed()) return;
  if (log_->sync(clock_->now()) && log_->seal(clock_->now()) && log_->last() != last_checkpoint_)
    replica_->checkpoint(log_->chain_point());
}

bool Host::take(std::vector<Submission>& batch) {
  if (!attention_.load(std::memory_order_acquire)) return false;
  const std::lock_guard lock(mutex_);
  batch.swap(queue_);
  attention_.store(stopping_, std::memory_order_release);
  return stopping_;
}

bool Host::receive(std::vector<Submission>& batch, Timestamp now) {
  if (lines_.empty()) return false;
  if (now.value - lines_idled_at_ >= idle_lines_every_ns) {
    lines_idled_at_ = now.value;
    for (gateways::Line* line : lines_) line->idle(now);
  }
  bool any = false;
  if (!sequencer_->failed() && log_->intake() == eventlog::Intake::open)
    for (gateways::Line* line : lines_) any = line->receive(batch, now) || any;
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
  if (!lines_.empty()) wake_at = std::min(wake_at, lines_idled_at_ + idle_lines_every_ns);
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
  if (sequencer_->failed() ||
      log_->last().value - last_checkpoint_.value < settings_.snapshot_events)
    return;
  last_checkpoint_ = log_->last();
  replica_->checkpoint(log_->chain_point());
}

void Host::prepare_segments(std::stop_token stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    if (!log_->next_ready()) (void)log_->prepare_next();
    // Woken by the venue's thread; the second is for a full disk, and for a wake-up that came too
    // early.
    segment_taken_.wait_for(lock, stop, std::chrono::seconds(1), [&] {
      return !log_->next_ready() && log_->intake() != eventlog::Intake::disk_full;
    });
  }
}

}  // namespace rialto::apps
