#include "apps/venue/sequencer.hpp"

#include <chrono>
#include <iterator>

#include <boost/describe/enum.hpp>
#include <boost/describe/enum_to_string.hpp>

#include "flows/prefetch.hpp"

namespace rialto::apps {

BOOST_DESCRIBE_ENUM(IntakeReject, intake_queue_full, intake_recovering, intake_disk_full,
                    intake_failed, outcome_unknown, intake_stopping)
constexpr RejectKind kind(IntakeReject) {
  return RejectKind::unavailable;
}

namespace {
// Events of one step of queued work: about half a millisecond (docs/performance.md).
constexpr std::uint32_t drain_events = 1'000;
// Commands that may wait behind queued work before new ones are refused.
constexpr std::size_t most_deferred = 100'000;
// Enough for the misses to overlap, few enough to be still there when their turn comes.
constexpr std::size_t prefetched_at_once = 64;

// For the counts only: no decision reads it.
std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}
}  // namespace

flows::Reply intake_refusal(IntakeReject reject) {
  return flows::refused(reject);
}

Sequencer::Sequencer(flows::Engine& engine, eventlog::Log& log, Follower follower,
                     Publisher publisher, std::size_t piece_bytes)
    : engine_(engine),
      log_(log),
      follower_(std::move(follower)),
      publisher_(std::move(publisher)),
      piece_bytes_(piece_bytes),
      writer_({log.last().value + 1}) {}

void Sequencer::turn(std::vector<Submission>& batch, Timestamp now) {
  // A seal or a timer's sync may have failed since the last turn.
  if (log_.intake() == eventlog::Intake::stopped) failed_ = true;
  if (failed_) return refuse_all(batch, IntakeReject::intake_failed);
  // Asked before anything is decided: what was decided must still fit.
  if (log_.intake() == eventlog::Intake::disk_full)
    return refuse_all(batch, IntakeReject::intake_disk_full);

  steps_since_ns_ = now_ns();
  if (engine_.has_work(now)) drain(now);
  hold_trading_ = false;
  batch.insert(batch.begin(), std::move_iterator(deferred_.begin()),
               std::move_iterator(deferred_.end()));
  deferred_.clear();
  counts_.commands.record(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (i % prefetched_at_once == 0) prefetch(std::span(batch).subspan(i));
    run(std::move(batch[i]), now);
    if (writer_.bytes() < piece_bytes_) continue;
    // A long turn is committed in pieces: all of it might not fit into a segment, or into what is
    // kept in reserve when the disk is full.
    commit(now);
    const bool full = log_.intake() == eventlog::Intake::disk_full;
    if (!failed_ && !full) continue;
    batch.erase(batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    return refuse_all(batch,
                      failed_ ? IntakeReject::intake_failed : IntakeReject::intake_disk_full);
  }
  batch.clear();
  commit(now);
}

void Sequencer::prefetch(std::span<const Submission> coming) const {
  coming = coming.first(std::min(coming.size(), prefetched_at_once));
  for (int pass = 0; pass < flows::prefetch_passes; ++pass)
    for (const Submission& submission : coming)
      flows::prefetch(engine_.venue, submission.command, pass);
}

void Sequencer::run(Submission&& submission, Timestamp now) {
  const auto touched = engine_.touches(submission.command);
  // A command for every book keeps its place before later ones (a cancel-all, then a new order).
  if (touched.trading && (hold_trading_ || engine_.must_wait(submission.command, now))) {
    hold_trading_ = hold_trading_ || touched.instrument.value == 0;
    if (deferred_.size() < most_deferred) return deferred_.push_back(std::move(submission));
    return answer(std::move(submission.on_reply), intake_refusal(IntakeReject::intake_queue_full));
  }
  writer_.begin_step({now,
                      submission.origin.actor,
                      submission.origin.session,
                      submission.origin.command,
                      {submission.origin.correlation}});
  auto outcome = engine_.execute(submission.command, now, writer_);
  writer_.end_step();
  if (outcome.reply.rejection) counts_.rejects.count(outcome.reply.rejection->code);
  answer(std::move(submission.on_reply), outcome.reply);
}

void Sequencer::answer(OnReply on_reply, const flows::Reply& reply) {
  // Order entry over a line reads the events themselves: nobody wants these replies.
  const bool published = reply.user.value != 0 || reply.account.value != 0 ||
                         reply.asset.value != 0 || reply.instrument.value != 0;
  if (!on_reply && !published) return;
  waiting_.push_back(std::move(on_reply));
  replies_.push_back(reply);
}

void Sequencer::drain(Timestamp now) {
  writer_.begin_step({.time = now});
  engine_.drain(now, drain_events, writer_);
  writer_.end_step();
}

void Sequencer::commit(Timestamp now) {
  const ByteView frames = writer_.frames();
  const std::int64_t decided = now_ns();
  counts_.steps.record(static_cast<std::uint64_t>(decided - steps_since_ns_));
  steps_since_ns_ = decided;
  if (!frames.empty()) {
    const bool durable = log_.append(frames) && log_.commit(now);
    steps_since_ns_ = now_ns();
    counts_.commit.record(static_cast<std::uint64_t>(steps_since_ns_ - decided));
    counts_.commit_bytes.record(frames.size());
    if (!durable) {
      failed_ = true;
      for (flows::Reply& reply : replies_) reply = intake_refusal(IntakeReject::outcome_unknown);
    } else {
      follower_(frames);
      publisher_(engine_, replies_);
    }
  }
  for (std::size_t i = 0; i < waiting_.size(); ++i)
    if (waiting_[i]) waiting_[i](replies_[i]);
  waiting_.clear();
  replies_.clear();
  writer_.clear();
  if (!failed_) return;
  // What still waited behind queued work was never run, and never will be.
  std::vector<Submission> none;
  refuse_all(none, IntakeReject::intake_failed);
}

void Sequencer::refuse_all(std::vector<Submission>& batch, IntakeReject reject) {
  for (Submission& submission : deferred_) batch.push_back(std::move(submission));
  deferred_.clear();
  for (Submission& submission : batch) {
    const flows::Reply refusal = intake_refusal(reject);
    counts_.rejects.count(refusal.rejection->code);
    if (submission.on_reply) submission.on_reply(refusal);
  }
  batch.clear();
}

}  // namespace rialto::apps
