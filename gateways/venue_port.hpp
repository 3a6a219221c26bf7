// What a gateway may do to the venue: submit commands, read the replica, and look up what every
// request needs without waiting. Implemented in apps/venue; a test may bring its own.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contexts/identity/contract.hpp"
#include "contexts/instruments/instruments.hpp"
#include "flows/commands.hpp"
#include "platform/telemetry/metrics_text.hpp"
#include "projections/replica/replica.hpp"

namespace rialto::gateways {

/// What a request's token is held against; current as of the last acknowledged step.
struct LiveUser {
  std::uint32_t version{};  // of credential and roles; a token of another version is refused
  AccountId account;        // none where the user has no wallet
  identity::Roles roles{};
};

/// Why the venue takes no commands at the moment.
enum class Intake : std::uint8_t { open, recovering, disk_full, failed, stopping };

/// Runs on the venue's thread, or on that of the server through which it came, once the step is
/// durable (rejects too); it must not block.
using OnReply = std::move_only_function<void(const flows::Reply&)>;

struct Submission {
  flows::Command command;
  flows::Origin origin;
  OnReply on_reply;  // empty: nobody waits for the reply
};

/// Connections that the venue's own thread serves between its turns, so that no command of theirs
/// changes threads. All calls come from that thread.
class Line {
 public:
  virtual ~Line() = default;
  /// Recovery, before anything else: the newest position from which this line can continue by what
  /// it has kept itself; a snapshot beyond it is of no use. 0: only from the log's first event.
  virtual Sequence continues_from() = 0;
  /// Recovery: the state from which the log's tail will be told to durable(). Called again, with an
  /// older one, where that snapshot proves damaged. The error is a sentence for the operator.
  virtual std::expected<void, std::string> restore(const flows::Venue& state,
                                                   Sequence position) = 0;
  /// Everything told up to `position` is to be kept, because a snapshot of it comes next. The job
  /// may block and runs on another thread; false: it failed, and no snapshot may rely on it.
  virtual std::move_only_function<bool()> checkpoint(Sequence position) = 0;
  /// Appends the commands that have arrived; never blocks. True if anything arrived. Not called
  /// while intake is closed: what the peers send waits with them.
  virtual bool receive(std::vector<Submission>& batch, Timestamp now) = 0;
  /// The frames of a turn, right after their commit: what follows from them may go out.
  virtual void durable(ByteView frames) = 0;
  /// Heartbeats and timeouts; called at least every 100 ms, by venue time.
  virtual void idle(Timestamp now) = 0;
  /// Readable (epoll) whenever receive() would find something: the sleeping thread waits for it.
  virtual int descriptor() const = 0;
};

/// How far each part of the venue has come, for those who watch it.
struct Standing {
  Sequence acknowledged;            // of this run; none before the first commit
  Sequence replica;                 // what reads see without waiting
  Sequence snapshot;                // a restart begins behind it
  double replay_per_second{};       // events a restart folds in a second; 0: not known yet
  double snapshot_load_s{};         // what loading the snapshot took at this start
  double replica_per_second{};      // events the replica folds in a second of its time; 0: none yet
  std::uint64_t replica_detours{};  // how often it had to catch up from files
};

class VenuePort {
 public:
  using Read = std::move_only_function<void(const projections::Replica&)>;

  virtual ~VenuePort() = default;

  /// Any thread. A full queue or a stopped intake answers at once, on the calling thread, with
  /// a rejection of kind unavailable; a step whose durability is unknown is answered
  /// outcome_unknown.
  virtual void submit(flows::Command command, const flows::Origin& origin, OnReply on_reply) = 0;
  /// Any thread. As submit for each, in order, at one hand-over; leaves `batch` empty.
  virtual void submit_all(std::vector<Submission>& batch) = 0;

  /// Any thread. `read` runs on the replica's thread and sees everything that was acknowledged
  /// before this call (PROJECTIONS-3).
  virtual void read(Read read) = 0;

  /// Any thread, no waiting; as of the last acknowledged step.
  virtual std::shared_ptr<const instruments::Instruments> instruments() const = 0;
  virtual std::optional<LiveUser> live_user(UserId) const = 0;
  virtual Intake intake() const = 0;
  virtual Standing standing() const = 0;
  /// Any thread, no waiting: what the write path has counted.
  virtual void write_metrics(telemetry::MetricsText&) const {}
};

}  // namespace rialto::gateways
