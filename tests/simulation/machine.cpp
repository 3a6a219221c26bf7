#include "tests/simulation/machine.hpp"

#include "core/assert.hpp"

namespace rialto::simulation {

Machine::Machine(std::uint64_t seed, const Sabotage& sabotage, OnFrame on_durable)
    : disk(seed), sabotage_(sabotage), on_durable_(std::move(on_durable)), files_(&disk) {
  if (sabotage_.disk) {
    broken_files_ = sabotage_.disk(disk);
    files_ = broken_files_.get();
  }
  options_.segment_bytes = (seed % 2 == 0 ? 128 : 256) << 10;
  options_.reserve_bytes = options_.segment_bytes / 2;
  options_.min_free_bytes = 64 << 10;
  options_.log_id = {7, seed + 1};
  options_.direct = seed % 3 != 0;
}

std::expected<void, StartRefusal> Machine::start(const OnFrame& on_recovered) {
  RIALTO_ASSERT(!running());
  engine_ = std::make_unique<flows::Engine>();
  replica_ = std::make_unique<projections::Replica>(nullptr);
  const auto after = adopt_snapshot();
  if (!after) return std::unexpected(after.error());
  started_from_ = *after;
  const auto visit = [&](const eventlog::FrameView& frame) {
    for (const eventlog::EventView& event : frame.events())
      if (!engine_->venue.replay(event.type, event.payload, event.time)) return false;
    if (!fold(frame)) return false;
    on_recovered(frame);
    return true;
  };
  auto log = eventlog::Log::open(*files_, log_directory_, options_, {*after, visit, {}});
  if (!log) return std::unexpected(StartRefusal{log.error(), eventlog::describe(log.error())});
  log_ = std::move(*log);
  engine_->resume_at(log_->last());
  auto clock = apps::VenueClock::start(time.sources(), replica_->now());
  if (!clock) {
    log_.reset();
    return std::unexpected(StartRefusal{{}, clock.error()});
  }
  clock_.emplace(std::move(*clock));
  const auto follow = [this](ByteView frames) {
    Bytes copy(frames.begin(), frames.end());
    if (sabotage_.to_the_replica) sabotage_.to_the_replica(copy);
    for (const eventlog::FrameView& frame : eventlog::frames_in(copy)) {
      const bool known = fold(frame);
      RIALTO_ASSERT(known);
    }
    for (const eventlog::FrameView& frame : eventlog::frames_in(frames)) on_durable_(frame);
  };
  sequencer_ = std::make_unique<apps::Sequencer>(
      *engine_, *log_, follow, [](const flows::Engine&, const std::vector<flows::Reply>&) {},
      16 << 10);
  return {};
}

std::expected<Sequence, StartRefusal> Machine::adopt_snapshot() {
  const auto refuse = [](const eventlog::Failure& failure) {
    return std::unexpected(StartRefusal{failure, eventlog::describe(failure)});
  };
  auto store = eventlog::SnapshotStore::open(*files_, snapshot_directory_, options_.log_id, 3);
  if (!store) return refuse(store.error());
  store_ = std::make_unique<eventlog::SnapshotStore>(std::move(*store));
  auto newest = store_->newest();
  if (!newest) return refuse(newest.error());
  passed_over_ = newest->passed_over.size();
  if (!newest->snapshot) return Sequence{};
  BinaryReader reader(newest->snapshot->payload());
  const auto at = reader.read<Timestamp>();
  const ByteView state = newest->snapshot->payload().subspan(sizeof at);
  flows::Venue replica_state;
  const bool loaded = engine_->venue.load(state) && replica_state.load(state);
  RIALTO_ASSERT(loaded);
  const Sequence sequence = newest->snapshot->point.sequence;
  replica_->adopt(std::move(replica_state), sequence, at);
  return sequence;
}

bool Machine::fold(const eventlog::FrameView& frame) {
  for (const eventlog::EventView& event : frame.events())
    if (!replica_->fold(event.type, event.payload, event.sequence, event.time)) return false;
  return true;
}

void Machine::turn(std::vector<apps::Submission>& batch) {
  sequencer_->turn(batch, clock_->now());
  if (sabotage_.in_the_engine) sabotage_.in_the_engine(*engine_);
}

bool Machine::take_snapshot() {
  Bytes state;
  BinaryWriter writer(state);
  writer.write(replica_->now());
  replica_->venue().save(writer);
  return store_->write(log_->chain_point(), state).has_value();
}

void Machine::stop_dead() {
  sequencer_.reset();
  log_.reset();
  clock_.reset();
  store_.reset();
}

void Machine::stop_orderly() {
  std::vector<apps::Submission> none;
  while (sequencer_->has_work(clock_->now())) turn(none);
  if (!sequencer_->failed() && log_->sync(clock_->now()) && log_->seal(clock_->now()) &&
      log_->last().value != 0)
    take_snapshot();
  stop_dead();
}

}  // namespace rialto::simulation
