// What goes wrong, and what must come of it.
#include "platform/eventlog/verify.hpp"
#include "tests/simulation/checks.hpp"
#include "tests/simulation/simulator.hpp"

namespace rialto::simulation {
namespace {
constexpr std::int64_t second_ns = 1'000'000'000;
}  // namespace

void Simulator::maybe_fault() {
  // One at a time: what may fail is then known, and everything else must not.
  if (expects_failure_ || full_for_ != 0 || !random_.one_in(14)) return;
  switch (random_.below(12)) {
    case 0:
    case 1:
    case 2:
      return power_cut_soon();
    case 3:
      return restart(true);
    case 4:
      return restart(false);
    case 5:
    case 6:
      return failing_disk();
    case 7:
      return fill_disk();
    case 8:
      return set_wall();
    case 9:
      return damage_snapshots();
    case 10:
      return damage_log();
    default:
      return restart_with_wrong_clock();
  }
}

void Simulator::power_cut_soon() {
  const std::uint64_t operations = 1 + random_.below(10);
  note(fmt::format("the power fails during write or sync {} from now", operations));
  count("fault: power cut in a write or sync");
  machine_.disk.lose_power_after(operations);
  expects_failure_ = true;
}

void Simulator::failing_disk() {
  expects_failure_ = true;
  if (random_.one_in(2)) {
    note("the next sync fails");
    count("fault: failing sync");
    machine_.disk.fail_datasyncs(1);
  } else {
    note("the next write fails");
    count("fault: failing write");
    machine_.disk.fail_writes(1);
  }
}

void Simulator::fill_disk() {
  const std::uint64_t left = random_.below(200'000);
  note(fmt::format("the disk is full but for {} bytes", left));
  count("fault: full disk");
  machine_.disk.set_capacity(machine_.disk.used() + left);
  full_for_ = 20 + random_.below(400);
}

void Simulator::free_disk() {
  full_for_ = 0;
  machine_.disk.set_capacity(~std::uint64_t{0});
  if (!machine_.running() || machine_.sequencer().failed()) return;
  // A seal that failed stops the log before the sequencer hears of it.
  if (machine_.log().intake() == eventlog::Intake::stopped) return;
  note("the disk has room again");
  // A fault that still waits for its write would hit the one below, which must succeed.
  machine_.disk.fail_writes(0);
  machine_.disk.fail_datasyncs(0);
  if (machine_.log().intake() == eventlog::Intake::disk_full) count("intake reopened");
  const bool prepared = machine_.log().prepare_next().has_value();
  findings_.expect(prepared && machine_.log().intake() == eventlog::Intake::open,
                   "intake does not reopen on a disk with room");
}

void Simulator::set_wall() {
  const std::int64_t by =
      random_.between(-4'000, 4'000) * second_ns / (random_.one_in(2) ? 1 : 1'000);
  note(fmt::format("the wall clock is set by {} ns", by));
  count(by < 0 ? "fault: wall set back" : "fault: wall set forward");
  machine_.time.wall_ahead_ns += by;
}

/// A damaged snapshot is passed over for the one before it, or for the whole log.
void Simulator::damage_snapshots() {
  const auto found = machine_.snapshots().list();
  if (!found || found->empty()) return snapshot();
  machine_.stop_dead();
  machine_.disk.kill();
  const auto names = machine_.disk.list(machine_.snapshot_directory());
  const bool all = random_.one_in(3);
  std::vector<std::string> damaged;
  for (auto name = names->rbegin(); name != names->rend(); ++name) {
    if (!name->ends_with(".state")) continue;
    damaged.push_back(storage::join(machine_.snapshot_directory(), *name));
    if (!all) break;
  }
  for (const std::string& path : damaged) {
    const auto size = storage::read_file(machine_.disk, path)->size();
    // Not the format number: one from the future is refused, not passed over.
    machine_.disk.flip_bit(path, 8 + random_.below(size - 8), static_cast<int>(random_.below(8)));
  }
  note(fmt::format("{} of {} snapshots are damaged", damaged.size(), found->size()));
  count("fault: damaged snapshot");
  lose_answers();
  recover();
  findings_.expect(machine_.passed_over() >= damaged.size(), "a damaged snapshot was believed");
  for (const std::string& path : damaged) (void)machine_.disk.remove(path);
  (void)machine_.disk.sync_directory(machine_.snapshot_directory());
}

/// A flipped bit in what was acknowledged: refused, with its place; whole again, all is there.
void Simulator::damage_log() {
  if (!machine_.log().seal(machine_.now())) return;
  machine_.stop_dead();
  machine_.disk.kill();
  lose_answers();
  const auto segments = eventlog::list_segments(machine_.disk, machine_.log_directory());
  std::vector<eventlog::SegmentInfo> used;
  for (const auto& info : *segments)
    if (info.header) used.push_back(info);
  const auto& segment = used[random_.below(used.size())];
  const std::string path =
      storage::join(machine_.log_directory(), eventlog::segment_name(segment.number));
  const Bytes content = *storage::read_file(machine_.disk, path);
  std::vector<std::uint64_t> begins{eventlog::frames_begin};
  while (begins.back() + sizeof(eventlog::FrameHeader) < content.size()) {
    const auto size = eventlog::claimed_frame_bytes(ByteView(content).subspan(begins.back()));
    if (size == 0) break;
    begins.push_back(begins.back() + size);
  }
  // The very last frame is the seal, which proves the others and not itself.
  const std::size_t frames = begins.size() - (segment.number == used.back().number ? 2 : 1);
  if (frames == 0) return recover();
  const std::size_t which = random_.below(frames);
  const std::uint64_t offset = begins[which] + random_.below(begins[which + 1] - begins[which]);
  const int bit = static_cast<int>(random_.below(8));
  machine_.disk.flip_bit(path, offset, bit);
  note(fmt::format("bit {} at {} of segment {} flips", bit, offset, segment.number.value));
  count("fault: flipped bit");
  const auto report = eventlog::verify(machine_.disk, machine_.log_directory());
  findings_.expect(!report && report.error().error == eventlog::LogError::corrupt &&
                       report.error().place.segment == segment.number &&
                       report.error().place.offset == begins[which],
                   "verification misses the flipped bit, or its place: {}",
                   report ? "nothing found" : eventlog::describe(report.error()));
  if (machine_.start([](const auto&) {})) {
    // Only what the snapshot covers already is not read again.
    findings_.expect(machine_.started_from().value + 1 > segment.header->first.value &&
                         segment.number != used.back().number,
                     "the venue starts on a damaged log");
    machine_.stop_dead();
  } else {
    count("damaged log refused");
  }
  machine_.disk.flip_bit(path, offset, bit);
  recover();
}

void Simulator::restart_with_wrong_clock() {
  note("restart with the wall clock two hours behind");
  count("fault: clock behind the log");
  machine_.stop_orderly();
  hand_out_answers();
  machine_.time.wall_ahead_ns =
      machine_.replica().now().value - machine_.time.monotonic_ns - 7'200 * second_ns;
  lose_answers();
  machine_.disk.kill();
  const auto started = machine_.start([](const auto&) {});
  findings_.expect(!started && !started.error().log,
                   "the venue starts two hours before its own log");
  if (started) machine_.stop_dead();
  recover();
}

/// The journal has failed, or the power. No more commands, reads as before; then a restart.
void Simulator::after_failure() {
  const bool power_lost = !machine_.disk.powered();
  count("journal failures");
  if (machine_.sequencer().failed()) {
    findings_.expect(outstanding_.empty(), "{} requests are never answered", outstanding_.size());
    const Bytes before = state_bytes(machine_.replica().venue());
    submit(clients_.next(machine_.now()));
    const std::uint64_t probe = next_id_;
    machine_.turn(batch_);
    findings_.expect(answers_.size() == 1 && answers_[0].id == probe &&
                         answers_[0].reply.rejection &&
                         answers_[0].reply.rejection->code == "intake_failed",
                     "a command was taken after the journal failed");
    hand_out_answers();
    findings_.expect(before == state_bytes(machine_.replica().venue()),
                     "reads changed after the journal failed");
  }
  restart(power_lost || random_.one_in(2));
}

/// Clients are cut off; those who can will ask again.
void Simulator::lose_answers() {
  for (const auto& [id, request] : outstanding_) {
    note(fmt::format("#{} gets no answer", id));
    std::visit(
        [&](const auto& command) {
          if constexpr (requires {
                          command.key;
                          command.content;
                        })
            if (!command.key.empty()) clients_.left_in_doubt(request);
        },
        request.command);
  }
  outstanding_.clear();
  batch_.clear();
  answers_.clear();
}

void Simulator::restart(bool power_cut) {
  note(power_cut ? "power cut" : "killed");
  count(power_cut ? "power cuts" : "kills");
  machine_.stop_dead();
  power_cut ? machine_.disk.crash() : machine_.disk.kill();
  lose_answers();
  recover();
}

void Simulator::recover() {
  machine_.disk.set_capacity(~std::uint64_t{0});
  full_for_ = 0;
  // The power may fail again while the venue recovers.
  for (int more = random_.one_in(6) ? 2 : 0; more > 0; --more) {
    machine_.disk.lose_power_after(1 + random_.below(6));
    const bool started = try_start();
    if (started) machine_.stop_dead();
    if (!findings_.none()) return;
    count("power cuts during recovery");
    machine_.disk.crash();
  }
  machine_.disk.set_short_reads(random_.one_in(3));
  for (int attempt = 0; attempt < 2 && !machine_.running() && findings_.none(); ++attempt) {
    if (try_start()) break;
  }
  machine_.disk.set_short_reads(false);
  if (!findings_.none() || !findings_.expect(machine_.running(), "the venue does not come back"))
    return;
  expects_failure_ = false;
  clock_alarmed_ = false;
  last_now_ = machine_.now();
  last_monotonic_ns_ = machine_.time.monotonic_ns;
  count("recoveries");
  note(fmt::format("recovered to event {}", machine_.log().last().value));
  compare_recovered();
}

bool Simulator::try_start() {
  // What recovery reads is durable only once it has come to its end.
  std::vector<Bytes> frames;
  const auto started = machine_.start([&](const eventlog::FrameView& frame) {
    frames.emplace_back(frame.bytes().begin(), frame.bytes().end());
  });
  if (started) {
    for (const Bytes& frame : frames)
      for (const eventlog::StepView& step : eventlog::FrameView(frame).steps()) on_recovered(step);
    return true;
  }
  const bool clock = !started.error().log;
  if (clock) {
    findings_.expect(machine_.replica().now().value > machine_.time.wall() + 60 * second_ns,
                     "the clock is refused without a reason");
    // The operator sets the clock right.
    machine_.time.wall_ahead_ns = machine_.replica().now().value - machine_.time.monotonic_ns +
                                  random_.between(0, 5) * second_ns;
    return false;
  }
  findings_.expect(!machine_.disk.powered(), "recovery failed: {}", started.error().text);
  return false;
}

/// What was shown must come back as it was; what nobody saw may have survived, whole.
void Simulator::on_recovered(const eventlog::StepView& recovered) {
  const bool seen = recovered.last().value <= digests_.size();
  findings_.expect(seen || recovered.first().value == digests_.size() + 1,
                   "a step came back longer than it was: events {} to {}", recovered.first().value,
                   recovered.last().value);
  if (seen) {
    for (const eventlog::EventView& event : recovered.events())
      findings_.expect(digest(event) == digests_[event.sequence.value - 1],
                       "event {} came back different", event.sequence.value);
  } else {
    note(fmt::format("events {} to {} survived unacknowledged", recovered.first().value,
                     recovered.last().value));
    count("steps survived unacknowledged");
    on_durable(recovered);
  }
}

}  // namespace rialto::simulation
