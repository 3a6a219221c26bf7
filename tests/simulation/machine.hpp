// One machine that runs a venue on a faulty disk: start, turns, snapshots, power cuts. The same
// parts that apps/venue wires to threads and a real disk, here as function calls in one thread.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "apps/venue/clock.hpp"
#include "apps/venue/sequencer.hpp"
#include "platform/eventlog/snapshot_store.hpp"
#include "platform/storage/faulty_files.hpp"
#include "projections/replica/replica.hpp"

namespace rialto::simulation {

/// Broken parts, for the tests that prove that the simulator notices them. Empty: everything works.
struct Sabotage {
  std::function<std::unique_ptr<storage::FileSystem>(storage::FileSystem&)> disk;
  std::function<void(flows::Command&)> on_the_way_in;
  std::function<void(const flows::Command&, flows::Reply&)> on_the_way_out;
  std::function<void(Bytes& frames)> to_the_replica;
  std::function<void(flows::Engine&)> in_the_engine;  // after each turn
};

/// The world's clocks. The wall may be set; the monotonic one only goes on.
struct VirtualTime {
  std::int64_t monotonic_ns = 1'000'000'000;
  std::int64_t wall_ahead_ns = 1'750'000'000'000'000'000;

  std::int64_t wall() const { return monotonic_ns + wall_ahead_ns; }
  apps::TimeSources sources() const {
    return {[this] { return wall(); }, [this] { return monotonic_ns; }};
  }
};

/// Why the venue would not start.
struct StartRefusal {
  std::optional<eventlog::Failure> log;  // else: the clock
  std::string text;
};

class Machine {
 public:
  using OnFrame = std::function<void(const eventlog::FrameView&)>;

  /// `on_durable` sees each durable frame once it is shown to the world, in order.
  Machine(std::uint64_t seed, const Sabotage& sabotage, OnFrame on_durable);

  /// Recovers and starts; `on_recovered` sees every frame of the tail behind the snapshot.
  std::expected<void, StartRefusal> start(const OnFrame& on_recovered);
  /// What a client's program would be cut off by: nothing is finished, nothing sealed.
  void stop_dead();
  /// Queued commands, seal, snapshot.
  void stop_orderly();
  bool running() const { return sequencer_ != nullptr; }

  void turn(std::vector<apps::Submission>& batch);
  /// Stores the replica's state; false where the disk would not take it.
  bool take_snapshot();
  bool discipline_clock() { return clock_->discipline(); }

  Timestamp now() { return clock_->now(); }
  const flows::Engine& engine() const { return *engine_; }
  const projections::Replica& replica() const { return *replica_; }
  apps::Sequencer& sequencer() { return *sequencer_; }
  eventlog::Log& log() { return *log_; }
  eventlog::SnapshotStore& snapshots() { return *store_; }
  storage::FileSystem& files() { return *files_; }
  const std::string& log_directory() const { return log_directory_; }
  const std::string& snapshot_directory() const { return snapshot_directory_; }
  /// How many snapshots the last start passed over as damaged.
  std::size_t passed_over() const { return passed_over_; }
  Sequence started_from() const { return started_from_; }

  storage::FaultyFileSystem disk;
  VirtualTime time;

 private:
  std::expected<Sequence, StartRefusal> adopt_snapshot();
  bool fold(const eventlog::FrameView& frame);

  const Sabotage& sabotage_;
  OnFrame on_durable_;
  std::unique_ptr<storage::FileSystem> broken_files_;
  storage::FileSystem* files_;
  std::string log_directory_ = "venue/log";
  std::string snapshot_directory_ = "venue/snapshots";
  eventlog::Options options_;
  std::size_t passed_over_ = 0;
  Sequence started_from_;

  std::unique_ptr<eventlog::SnapshotStore> store_;
  std::unique_ptr<flows::Engine> engine_;
  std::unique_ptr<projections::Replica> replica_;
  std::unique_ptr<eventlog::Log> log_;
  std::optional<apps::VenueClock> clock_;
  std::unique_ptr<apps::Sequencer> sequencer_;
};

}  // namespace rialto::simulation
