// The durable log of one machine: frames in, durable when commit() says so, back after any crash.
//
// Owned by the thread that journals; only prepare_next(), intake(), hash_pending(), marked_point()
// and recent() may be called from other ones. Lives as long as the process; the directory is locked
// while it does. Invariants: README.md.
#pragma once

#include "platform/eventlog/log_reader.hpp"
#include "platform/eventlog/recent_frames.hpp"
#include "platform/eventlog/segment_ahead.hpp"

namespace rialto::eventlog {

BOOST_DEFINE_FIXED_ENUM_CLASS(
    DurabilityMode, std::uint8_t,
    sync,      // every commit is on the disk when it returns
    interval,  // synced at most every so often; a power cut may lose that much
    none)      // synced at segment ends only; survives a crash of the program

struct Durability {
  DurabilityMode mode = DurabilityMode::sync;
  std::int64_t interval_ns = 0;  // of interval
};

struct Options {
  Durability durability;
  std::uint64_t segment_bytes = 64 << 20;   // of new segments; a multiple of 4096, from 64 KiB
  std::uint64_t reserve_bytes = 8 << 20;    // intake closes when less is left and the disk is full
  std::uint64_t min_free_bytes = 16 << 20;  // never taken from the disk: snapshots need room too
  Fingerprint log_id{};  // of a new log: unique, not empty; an existing one keeps its own
  bool direct = true;    // past the page cache in mode sync, where the file system can
};

/// Whether new work may be taken in.
BOOST_DEFINE_FIXED_ENUM_CLASS(Intake, std::uint8_t, open,
                              disk_full,  // only what is decided already should still be appended
                              stopped)  // a write or sync failed: nothing can be appended any more

/// Takes one recovered frame; false refuses it (an unknown event, say) and with it the opening.
using FrameVisitor = std::function<bool(const FrameView&)>;

/// From where recovery reads, and who listens.
struct Recovery {
  Sequence after{};        // frames up to here are in the caller's snapshot already
  FrameVisitor visitor{};  // called for each later step frame, in order
  /// Called behind the last frame, before anything is written; false refuses as the visitor does.
  std::function<bool()> complete{};
  Progress progress{};
};

class Log {
 public:
  /// Locks, recovers and, if there is none, creates the log. When it returns well, everything the
  /// visitor saw is durable. Errors: locked, corrupt, unknown_format, ends_early,
  /// refused_by_reader, disk_full, access_denied, io_failed. Reads all segments from the one that
  /// holds after + 1.
  static Result<std::unique_ptr<Log>> open(storage::FileSystem& files, std::string directory,
                                           Options options, const Recovery& recovery = {});

  /// Takes whole frames, numbered on from last(), to be written by the next commit(). All or none:
  /// errors stopped, too_large, disk_full (the reserve is used up; the log goes on once there is
  /// room). May write and sync when the segment changes.
  Result<void> append(ByteView frames);

  /// One write and, as the durability mode has it, one sync. Returns acknowledged(). After a
  /// failure the log is stopped: what was appended since the last success may or may not survive.
  Result<Sequence> commit(Timestamp now);

  /// commit() with a sync, whatever the mode: at shutdown, and by the timer of mode interval.
  Result<Sequence> sync(Timestamp now);

  /// When idle: syncs and writes a seal, so that a later flaw in the last frames is known to be one
  /// (LOG-4). Nothing if sealed already.
  Result<void> seal(Timestamp now);

  /// Works on the next segment: at most `budget` bytes of zeros, all of it by default; true when it
  /// is ready. From any thread, or by the owner in slices when idle; again after disk_full, to try
  /// again.
  Result<bool> prepare_next(std::uint64_t budget = ~std::uint64_t{0});
  bool next_ready() const { return ahead_.ready(); }
  Intake intake() const;

  /// Number of the last event appended, committed or not.
  Sequence last() const { return last_; }
  /// Everything up to here is on the disk.
  Sequence durable() const { return durable_; }
  /// Everything up to here may be shown to the world, by the chosen durability.
  Sequence acknowledged() const;
  /// What is acknowledged, for those who follow in memory.
  const RecentFrames& recent() const { return recent_; }

  /// The chain at the last acknowledged event. Hashes what is missing first (see hash_pending).
  ChainPoint chain_point();
  /// Remembers where the chain is now, for marked_point(); the mark before is forgotten. Hashes
  /// nothing.
  void mark_chain_point();
  /// The chain at the mark. From any thread; hashes what is missing up to there.
  ChainPoint marked_point();
  /// Hashes at most `budget` bytes (1 GB/s) of what was acknowledged; true when some is left. From
  /// any thread, beside the path of an order: when nobody calls it, the owner does it itself once
  /// more than hash_backlog_max is left, at a change of segments, and before a seal.
  bool hash_pending(std::uint64_t budget = ~std::uint64_t{0});
  /// Bytes not hashed yet.
  std::uint64_t hash_backlog() const {
    return recent_.end() - hashed_.load(std::memory_order_acquire);
  }
  /// Few enough that a change of segments waits no longer than milliseconds.
  static constexpr std::uint64_t hash_backlog_max = 4 << 20;

  Fingerprint log_id() const { return header_.log_id; }
  SegmentNumber segment() const { return header_.number; }
  /// Events that were cut at opening can not be named; the bytes of an unfinished write that were
  /// can.
  std::uint64_t bytes_cut_at_open() const { return bytes_cut_; }

 private:
  Log(storage::FileSystem& files, std::string directory, Options options,
      std::unique_ptr<storage::FileLock> lock, SegmentNumber next, bool spare,
      std::uint64_t open_segment_bytes);
  static Result<std::unique_ptr<Log>> create(storage::FileSystem& files, std::string directory,
                                             Options options,
                                             std::unique_ptr<storage::FileLock> lock);
  static Result<std::unique_ptr<Log>> resume(storage::FileSystem& files, std::string directory,
                                             Options options,
                                             std::unique_ptr<storage::FileLock> lock,
                                             LogReader& reader);
  void begin_segment(std::unique_ptr<storage::File> file, SegmentNumber number,
                     const ChainHead& previous);
  Result<void> change_segment();
  void watch_reserve();
  void show(std::uint64_t to);
  void extend_chain(std::uint64_t to);
  ChainHead head() const;
  Result<void> write_and_sync(bool with_sync, Timestamp now);
  std::unexpected<Failure> stop(storage::Error error, std::string doing);
  std::unexpected<Failure> refuse(LogError error, std::string detail) const;
  std::uint64_t usable() const { return writer_.room() - std::min(writer_.room(), seal_room); }
  static bool past_cache(const Options& options);

  /// Always left in a segment, for the seal that follows its last frame.
  static constexpr std::uint64_t seal_room = seal_bytes;

  std::string directory_;
  Options options_;
  std::unique_ptr<storage::FileLock> lock_;
  SegmentAhead ahead_;
  SegmentHeader header_;
  SegmentWriter writer_;
  RecentFrames recent_;
  std::uint64_t shown_ = 0;  // offset in the segment up to which frames are in recent_
  std::mutex chain_mutex_;   // guards the chain, hashed_ and the mark
  Chain chain_;
  std::atomic<std::uint64_t> hashed_ = 0;  // offset in recent_ up to which it is in the chain
  bool segment_empty_ = true;              // no frame of it is in the chain
  struct Mark {
    ChainPoint point;
    std::uint64_t offset{};
    bool hashed{};
  };
  Mark mark_;
  Sequence last_{};
  Sequence written_{};
  Sequence durable_{};
  Timestamp synced_at_{};
  bool sealed_ = true;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> in_reserve_ = false;
  std::uint64_t bytes_cut_ = 0;
};

}  // namespace rialto::eventlog
