// The venue as a running thing: recovered from its directory, with a venue thread (decide, journal,
// answer) and a replica thread (read, snapshot). The port through which every gateway reaches it.
//
//   DIR/log/        the journal            DIR/history.db   closed orders and trades, rebuilt at
//   will DIR/snapshots/  states beside the log
#pragma once

#include <atomic>
#include <condition_variable>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "apps/venue/clock.hpp"
#include "apps/venue/directory.hpp"
#include "apps/venue/recovery.hpp"
#include "apps/venue/replica_thread.hpp"
#include "apps/venue/sequencer.hpp"
#include "apps/venue/wakeup.hpp"
#include "gateways/venue_port.hpp"
#include "platform/eventlog/snapshot_store.hpp"

namespace rialto::apps {

struct HostSettings {
  std::string directory;
  eventlog::Durability durability;
  std::uint64_t snapshot_events = 2'000'000;  // between two snapshots
  std::uint64_t segment_bytes = 64 << 20;     // of new files of the log; twice that is kept on disk
  std::int64_t spin_ns = 50'000;  // how long the venue thread looks for work before it sleeps
  std::int64_t line_spin_ns = 1'000'000;          // the same after work that came over a line
  std::size_t queue_max = 65'536;                 // commands waiting; more are refused
  std::function<void(const std::string&)> alarm;  // something an operator must see
  std::vector<gateways::Line*> lines;             // served by the venue's thread; outlive stop()
  std::vector<projections::Follower*> followers;  // told by the replica's thread; outlive the host
  eventlog::Progress progress;                    // of recovery
  /// Told of every command and its reply, on the venue's thread, once it is durable. Costs time.
  std::function<void(const flows::Origin&, const flows::Reply&)> trace;
};

class Host final : public gateways::VenuePort {
 public:
  /// Recovers: newest valid snapshot, then the log's tail. The error is a sentence for the
  /// operator.
  static std::expected<std::unique_ptr<Host>, std::string> open(HostSettings settings,
                                                                TimeSources time = system_time());
  /// stop().
  ~Host() override;

  /// Called on the venue's thread when the replies of a turn were given; before start() only.
  void after_turns(std::function<void()> action) { after_turn_ = std::move(action); }
  /// Starts both threads; commands are taken from now on.
  void start();
  /// Refuses new commands, finishes the ones at hand, seals the log and takes a snapshot.
  void stop();

  void submit(flows::Command command, const flows::Origin& origin,
              gateways::OnReply on_reply) override;
  void submit_all(std::vector<Submission>& batch) override;
  void read(Read read) override { replica_->read(std::move(read)); }
  std::shared_ptr<const instruments::Instruments> instruments() const override {
    return directory_.instruments();
  }
  std::optional<gateways::LiveUser> live_user(UserId user) const override {
    return directory_.user(user);
  }
  gateways::Intake intake() const override { return intake_.load(std::memory_order_acquire); }
  gateways::Standing standing() const override;
  void write_metrics(telemetry::MetricsText&) const override;

  /// The recovered state; before start() only.
  const flows::Venue& recovered() const { return engine_.venue; }

 private:
  explicit Host(HostSettings settings);
  std::expected<void, std::string> recover();

  /// Queues as many of these as are taken at the moment; how many.
  std::size_t enqueue(std::span<Submission> batch, IntakeReject& why_not);

  void run();
  /// Has the trace told of each reply, besides whoever waits for it.
  void trace(std::vector<Submission>& batch);
  /// Moves what is queued into `batch`; true when the venue is to stop.
  bool take(std::vector<Submission>& batch);
  /// Adds what the lines have received; true if there was anything.
  bool receive(std::vector<Submission>& batch, Timestamp now);
  /// Seals when due, then sleeps until a command, the next queued work or the next look at the
  /// clock.
  void rest(Timestamp now, std::int64_t worked_at);
  void sleep_until(Timestamp now, std::int64_t wake_at);
  void note_intake();
  void checkpoint_if_due();
  /// What the lines were told so far is to be kept with the snapshot that comes next.
  void checkpoint_lines();
  /// What the lines were told up to there is kept; on the replica's thread.
  bool keep_lines(Sequence position);
  void prepare_segments(std::stop_token stop);

  HostSettings settings_;
  std::function<void()> after_turn_;
  std::optional<VenueClock> clock_;
  std::unique_ptr<eventlog::SnapshotStore> snapshots_;
  flows::Engine engine_;
  std::unique_ptr<eventlog::Log> log_;
  std::unique_ptr<projections::Replica> recovered_replica_;
  std::unique_ptr<ReplicaThread> replica_;
  std::unique_ptr<Sequencer> sequencer_;
  Directory directory_;
  Sequence last_checkpoint_;
  std::atomic<std::uint64_t> snapshot_{0};  // the newest one's last event
  RecoveryPace pace_;
  std::int64_t disciplined_at_ = 0;
  bool sealed_ = false;

  std::atomic<gateways::Intake> intake_{gateways::Intake::recovering};
  std::mutex mutex_;
  Wakeup wakeup_;
  struct LineCheckpoint {
    Sequence position;
    std::move_only_function<bool()> keep;
  };
  std::mutex line_checkpoints_mutex_;
  std::vector<LineCheckpoint> line_checkpoints_;  // guarded by line_checkpoints_mutex_
  std::int64_t lines_idled_at_ = 0;
  std::vector<Submission> queue_;       // guarded by mutex_
  bool sleeping_ = false;               // guarded by mutex_
  bool stopping_ = false;               // guarded by mutex_
  std::atomic<bool> attention_{false};  // something is queued, or the venue is to stop
  std::thread thread_;
  std::condition_variable_any segment_taken_;
  std::jthread preparer_;  // fills the next segment with zeros
};

}  // namespace rialto::apps
