#include "platform/eventlog/log.hpp"

#include <fmt/format.h>

#include "core/assert.hpp"

namespace rialto::eventlog {

std::unexpected<Failure> Log::refuse(LogError error, std::string detail) const {
  const Place place{header_.number, writer_.end(), {last_.value + 1}};
  return std::unexpected(Failure{error, place, std::move(detail)});
}

/// LOG-5: after a failed write or sync nothing is known about the disk, so nothing is tried again.
std::unexpected<Failure> Log::stop(storage::Error error, std::string doing) {
  stopped_.store(true, std::memory_order_release);
  return storage_failure(error, {header_.number, writer_.written(), {durable_.value + 1}},
                         std::move(doing));
}

Result<void> Log::append(ByteView frames) {
  if (stopped_) return refuse(LogError::stopped, "an earlier write or sync failed");
  if (frames.empty()) return {};
  if (writer_.written() == writer_.end()) writer_.drop_written();
  if (frames.size() > options_.segment_bytes - frames_begin - seal_room)
    return refuse(LogError::too_large, fmt::format("a batch of {} bytes", frames.size()));
  // LOG-6: what the next segment needs is on the disk before the first byte of the batch is taken.
  if (frames.size() > usable() && !ahead_.ready()) {
    if (auto prepared = prepare_next(); !prepared) return std::unexpected(prepared.error());
  }
  for (const FrameView& frame : frames_in(frames)) {
    RIALTO_ASSERT(frame.header().first.value == last_.value + 1);
    if (frame.bytes().size() > usable()) {
      if (auto changed = change_segment(); !changed) return changed;
    }
    stamp_frame(writer_.stage(frame.bytes()), {header_.log_id.low, header_.number}, durable_);
    last_ = frame.last();
  }
  sealed_ = false;
  watch_reserve();
  return {};
}

void Log::watch_reserve() {
  const bool in_reserve = usable() < options_.reserve_bytes;
  in_reserve_.store(in_reserve, std::memory_order_release);
  // Nobody prepared the next segment in time: do it now, late but before it is needed. A full disk
  // shows in intake(); what is appended already is safe.
  if (in_reserve && !ahead_.ready() && !ahead_.disk_full()) (void)prepare_next();
}

Result<void> Log::write_and_sync(bool with_sync, Timestamp now) {
  if (stopped_) return refuse(LogError::stopped, "an earlier write or sync failed");
  if (writer_.written() != writer_.end()) {
    if (auto written = writer_.write(); !written) return stop(written.error(), "write frames");
    written_ = last_;
  }
  if (with_sync && durable_ != written_) {
    if (auto synced = writer_.sync(); !synced) return stop(synced.error(), "sync frames");
    durable_ = written_;
    synced_at_ = now;
  }
  if (acknowledged() == written_) show(writer_.written());
  return {};
}

/// Hands what has become visible to the followers. The chain is never so far behind that it would
/// be overwritten, nor so far that catching up would be felt.
void Log::show(std::uint64_t to) {
  if (shown_ >= to) return;
  const std::uint64_t size = to - shown_;
  if (hash_backlog() + size > std::min(hash_backlog_max, recent_.capacity())) hash_pending(size);
  recent_.push(writer_.bytes(shown_, to), acknowledged());
  shown_ = to;
}

Result<Sequence> Log::commit(Timestamp now) {
  const Durability& wanted = options_.durability;
  const bool due =
      wanted.mode == DurabilityMode::interval && (now - synced_at_).value >= wanted.interval_ns;
  if (auto done = write_and_sync(wanted.mode == DurabilityMode::sync || due, now); !done)
    return std::unexpected(done.error());
  return acknowledged();
}

Result<Sequence> Log::sync(Timestamp now) {
  if (auto done = write_and_sync(true, now); !done) return std::unexpected(done.error());
  return acknowledged();
}

Sequence Log::acknowledged() const {
  return options_.durability.mode == DurabilityMode::sync ? durable_ : written_;
}

Result<void> Log::seal(Timestamp now) {
  if (auto done = write_and_sync(true, now); !done) return done;
  if (sealed_) return {};
  hash_pending();
  FrameHeader header;
  header.magic = frame_magic;
  header.frame_bytes = seal_bytes;
  header.kind = FrameKind::seal;
  header.first = {last_.value + 1};
  header.time = now;
  std::array<std::byte, seal_bytes> frame;
  std::memcpy(frame.data(), &header, sizeof header);
  const ChainHead head = chain_.head();
  std::memcpy(frame.data() + sizeof header, head.bytes.data(), head.bytes.size());
  stamp_frame(writer_.stage(frame), {header_.log_id.low, header_.number}, durable_);
  shown_ = writer_.end();  // LOG-7: no seal is in the chain, also not one that fails to be written
  if (auto written = writer_.write(); !written) return stop(written.error(), "write seal");
  if (auto synced = writer_.sync(); !synced) return stop(synced.error(), "sync seal");
  sealed_ = true;
  return {};
}

bool Log::hash_pending(std::uint64_t budget) {
  const std::lock_guard held(chain_mutex_);
  const std::uint64_t end = recent_.end();
  const std::uint64_t from = hashed_.load(std::memory_order_relaxed);
  extend_chain(from + std::min(budget, end - from));
  return hashed_.load(std::memory_order_relaxed) != end;
}

/// REQUIRES: chain_mutex_ is held.
void Log::extend_chain(std::uint64_t to) {
  const auto extend = [&](std::uint64_t until) {
    const std::uint64_t from = hashed_.load(std::memory_order_relaxed);
    if (from >= until) return;
    recent_.each_piece(from, until, [&](ByteView piece) { chain_.extend(piece); });
    segment_empty_ = false;
    hashed_.store(until, std::memory_order_release);
  };
  if (!mark_.hashed && mark_.offset <= to) {
    extend(mark_.offset);
    mark_.point.head = head();
    mark_.hashed = true;
  }
  extend(to);
}

ChainPoint Log::chain_point() {
  hash_pending();
  const std::lock_guard held(chain_mutex_);
  return {acknowledged(), head()};
}

void Log::mark_chain_point() {
  const std::lock_guard held(chain_mutex_);
  mark_ = {{acknowledged(), {}}, recent_.end(), false};
}

ChainPoint Log::marked_point() {
  const std::lock_guard held(chain_mutex_);
  if (!mark_.hashed) extend_chain(mark_.offset);
  return mark_.point;
}

/// A segment without frames adds nothing yet: its header counts with its first frame.
ChainHead Log::head() const {
  return segment_empty_ ? header_.previous : chain_.head();
}

/// Whatever the durability mode, a segment is on the disk before the next one says so in its
/// header.
Result<void> Log::change_segment() {
  if (auto done = write_and_sync(true, synced_at_); !done) return done;
  const ChainHead previous = chain_point().head;
  auto file = ahead_.take();
  if (!file) {
    stopped_.store(true, std::memory_order_release);
    return std::unexpected(file.error());
  }
  begin_segment(std::move(*file), {header_.number.value + 1}, previous);
  return {};
}

/// Stages the header; it reaches the disk in one write with the frames that follow.
void Log::begin_segment(std::unique_ptr<storage::File> file, SegmentNumber number,
                        const ChainHead& previous) {
  const std::lock_guard held(chain_mutex_);
  header_.number = number;
  header_.first = {last_.value + 1};
  header_.previous = previous;
  header_.file_bytes = options_.segment_bytes;
  finish_header(header_);
  std::array<std::byte, frames_begin> block{};
  std::memcpy(block.data(), &header_, sizeof header_);
  writer_ = SegmentWriter(std::move(file), header_.file_bytes, 0, {});
  writer_.stage(block);
  shown_ = frames_begin;
  recent_.begin_segment(number, header_.first);
  chain_.restart(header_bytes(header_));
  segment_empty_ = true;
}

Result<bool> Log::prepare_next(std::uint64_t budget) {
  return ahead_.prepare(budget);
}

Intake Log::intake() const {
  if (stopped_.load(std::memory_order_acquire)) return Intake::stopped;
  const bool short_of_room = in_reserve_.load(std::memory_order_acquire) && !ahead_.ready();
  return short_of_room && ahead_.disk_full() ? Intake::disk_full : Intake::open;
}

}  // namespace rialto::eventlog
