// The write path as one stage over batches: commands in, one step each, one durable write, replies
// out.
//
// No thread of its own: a turn is a function call, made by the venue's thread or by the simulator.
// Nothing leaves before it is durable: replies and followers wait for the commit.
#pragma once

#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "flows/engine.hpp"
#include "gateways/venue_port.hpp"
#include "platform/eventlog/log.hpp"
#include "platform/eventlog/step_writer.hpp"
#include "platform/telemetry/code_counts.hpp"
#include "platform/telemetry/histogram.hpp"

namespace rialto::apps {

using gateways::OnReply;
using gateways::Submission;

/// Why no command is taken, as clients see it.
enum class IntakeReject : std::uint8_t {
  intake_queue_full,  // try again at once
  intake_recovering,  // not ready yet
  intake_disk_full,   // nothing was done; works again once there is room
  intake_failed,      // the journal failed; the venue must be restarted
  outcome_unknown,    // it failed while this very command was on its way to the disk
  intake_stopping,
};
flows::Reply intake_refusal(IntakeReject reject);

/// What the write path has counted since the start; written by its thread, read by any.
struct TurnCounts {
  telemetry::SizeHistogram commands{telemetry::size_bounds};      // in a turn
  telemetry::TimeHistogram steps{telemetry::time_bounds};         // of a turn, together, ns
  telemetry::TimeHistogram commit{telemetry::time_bounds};        // append and sync, ns
  telemetry::SizeHistogram commit_bytes{telemetry::size_bounds};  // of journal
  telemetry::CodeCounts rejects;
};

class Sequencer {
 public:
  /// Durable frames, in order, before any reply of theirs goes out.
  using Follower = std::function<void(ByteView frames)>;
  /// The state right after a commit, before its replies: for what other threads look up without
  /// waiting.
  using Publisher = std::function<void(const flows::Engine&, const std::vector<flows::Reply>&)>;

  /// A turn's journal is written at the latest when it has grown to `piece_bytes`, which is less
  /// than the log's reserve.
  Sequencer(flows::Engine& engine, eventlog::Log& log, Follower follower, Publisher publisher,
            std::size_t piece_bytes = 1 << 20);

  /// Runs what is queued: deferred commands, then `batch`, at most one bounded step of queued work
  /// between them; commits once; answers. Leaves `batch` empty.
  void turn(std::vector<Submission>& batch, Timestamp now);

  /// Whether a turn would do something even without new commands.
  bool has_work(Timestamp now) const {
    if (failed_) return false;
    // On a full disk what waits is refused, so that nobody waits for ever.
    return !deferred_.empty() || (log_.intake() == eventlog::Intake::open && engine_.has_work(now));
  }
  bool failed() const { return failed_; }
  const TurnCounts& counts() const { return counts_; }

 private:
  void prefetch(std::span<const Submission> coming) const;
  void run(Submission&& submission, Timestamp now);
  void answer(OnReply on_reply, const flows::Reply& reply);
  void drain(Timestamp now);
  void commit(Timestamp now);
  void refuse_all(std::vector<Submission>& batch, IntakeReject reject);

  flows::Engine& engine_;
  eventlog::Log& log_;
  Follower follower_;
  Publisher publisher_;
  std::size_t piece_bytes_;
  eventlog::StepWriter writer_;
  std::deque<Submission> deferred_;  // must wait for queued work, in order of arrival
  bool hold_trading_ = false;        // within a turn: a command for every book is waiting
  std::vector<OnReply> waiting_;     // for the commit, beside replies_
  std::vector<flows::Reply> replies_;
  bool failed_ = false;
  std::int64_t steps_since_ns_ = 0;  // steady clock: since when steps have been running
  TurnCounts counts_;
};

}  // namespace rialto::apps
