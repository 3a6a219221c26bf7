// Engine, replica, log and auditor held against each other.
#include "platform/eventlog/verify.hpp"
#include "tests/simulation/checks.hpp"
#include "tests/simulation/simulator.hpp"

namespace rialto::simulation {

/// Between two turns: the engine's state, the replica's state, the auditor's books.
void Simulator::compare() {
  check_state(findings_, machine_.engine().venue, "engine");
  findings_.expect(machine_.engine().last() == machine_.replica().position(),
                   "the replica is at event {}, the engine at {}",
                   machine_.replica().position().value, machine_.engine().last().value);
  findings_.expect(state_bytes(machine_.engine().venue) == state_bytes(machine_.replica().venue()),
                   "engine and replica differ at event {}", machine_.engine().last().value);
  auditor_.compare(show(machine_.replica()));
}

void Simulator::compare_recovered() {
  const Sequence last = machine_.log().last();
  findings_.expect(last.value >= digests_.size(),
                   "event {} was shown and is lost: the log ends at {}", digests_.size(),
                   last.value);
  if (findings_.none()) compare();
  if (findings_.none()) compare_with_replay();
  if (findings_.none()) verify_log();
}

/// From the first event on: the same events, the same state as from the snapshot.
void Simulator::compare_with_replay() {
  flows::Venue venue;
  if (!replay({}, venue)) return;
  findings_.expect(state_bytes(venue) == state_bytes(machine_.engine().venue),
                   "a replay of the whole log gives another state");
}

void Simulator::compare_with_every_snapshot() {
  const auto found = machine_.snapshots().list();
  if (!findings_.expect(found.has_value(), "snapshots cannot be listed")) return;
  for (const Sequence at : *found) {
    const auto snapshot = machine_.snapshots().read(at);
    if (!findings_.expect(snapshot.has_value(), "snapshot {} cannot be read", at.value)) return;
    flows::Venue venue;
    const bool loaded = venue.load(snapshot->payload().subspan(sizeof(Timestamp)));
    if (!findings_.expect(loaded, "snapshot {} does not load", at.value)) return;
    if (!replay(at, venue)) return;
    findings_.expect(state_bytes(venue) == state_bytes(machine_.engine().venue),
                     "snapshot {} and the log behind it give another state", at.value);
    count("snapshots replayed");
  }
}

/// Folds every event behind `after` into `venue`.
bool Simulator::replay(Sequence after, flows::Venue& venue) {
  auto reader =
      eventlog::LogReader::open(machine_.files(), machine_.log_directory(), {.after = after});
  if (!findings_.expect(reader.has_value(), "the log cannot be read")) return false;
  Sequence expected{after.value + 1};
  while (true) {
    const auto frame = reader->next();
    if (!findings_.expect(frame.has_value(), "the log cannot be read")) return false;
    if (!*frame) break;
    for (const eventlog::EventView& event : (*frame)->events()) {
      findings_.expect(event.sequence == expected, "event {} follows event {}",
                       event.sequence.value, expected.value - 1);
      ++expected.value;
      findings_.expect(digest(event) == digests_.at(event.sequence.value - 1),
                       "event {} is different", event.sequence.value);
      findings_.expect(venue.replay(event.type, event.payload, event.time), "event {} is unknown",
                       event.sequence.value);
    }
  }
  return findings_.expect(expected.value == digests_.size() + 1, "a replay ends at event {} of {}",
                          expected.value - 1, digests_.size());
}

/// What was exported once must still be in the chain.
void Simulator::verify_log() {
  eventlog::VerifyOptions options;
  if (!exported_.empty()) options.exported = exported_.back();
  const auto report = eventlog::verify(machine_.files(), machine_.log_directory(), options);
  findings_.expect(report.has_value(), "the log does not verify: {}",
                   report ? "" : eventlog::describe(report.error()));
}

}  // namespace rialto::simulation
