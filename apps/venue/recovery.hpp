// How a venue comes back from its directory: newest usable snapshot, then the log's tail.
//
// One call, before anything else runs. The caller's thread reads and checks the log; the engine's
// state and the replica are loaded and folded side by side, each on a thread of its own, which end
// before it returns.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "flows/venue.hpp"
#include "gateways/venue_port.hpp"
#include "platform/eventlog/log.hpp"
#include "platform/eventlog/snapshot_store.hpp"
#include "projections/replica/replica.hpp"

namespace rialto::apps {

struct RecoverySettings {
  std::string directory;
  std::string history = "history.db";  // in there; another while that one is being rebuilt
  eventlog::Durability durability;
  std::uint64_t segment_bytes{};
  std::function<void(const std::string&)> alarm;  // something an operator must see
  eventlog::Progress progress;                    // bytes of the log read, and to read in all
  std::vector<gateways::Line*> lines;             // told the log's tail, on the replica's thread
  std::vector<projections::Follower*> followers;  // likewise; they outlive the replica
};

/// What this machine made of it.
struct RecoveryPace {
  double snapshot_load_s{};    // 0: there was none
  double events_per_second{};  // both states; 0: too few to tell
};

struct Recovered {
  flows::Venue venue;
  std::unique_ptr<projections::Replica> replica;  // at the same position
  std::unique_ptr<eventlog::Log> log;
  std::unique_ptr<eventlog::SnapshotStore> snapshots;
  Sequence snapshot;  // what was not folded again; 0 where there was none
  RecoveryPace pace;
};

/// The error is a sentence for the operator. A damaged snapshot, or one of another version, is
/// passed over with an alarm: the log still has everything.
std::expected<Recovered, std::string> recover(const RecoverySettings& settings);

}  // namespace rialto::apps
