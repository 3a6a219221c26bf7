// Reads the log's files in order, checking every byte it passes: checksums, numbering, the chain.
//
// For recovery, replay, dump, statistics and verification. One thread. It never writes and takes no
// lock. While another process appends with direct access, pages it read may be stale: the end it
// finds is then an end the log once had, never a wrong frame; within the process that appends,
// followers get batches through memory instead.
#pragma once

#include <deque>
#include <functional>

#include "platform/eventlog/chain.hpp"
#include "platform/eventlog/file_window.hpp"
#include "platform/eventlog/segment.hpp"

namespace rialto::eventlog {

BOOST_DEFINE_FIXED_ENUM_CLASS(ChainCheck, std::uint8_t,
                              none,          // checksums only: fastest
                              last_segment,  // recompute the chain where appending will go on
                              all)           // recompute it from the first segment read

/// Bytes read and bytes to read in all; the last call has both equal.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct ReadOptions {
  /// Frames that end at or before this event are checked but not returned.
  Sequence after{};
  ChainCheck chain = ChainCheck::none;
  bool seals = false;  // return seal frames too
  /// Files from this one on are not touched: a follower in the process that appends reads closed
  /// segments only, and ends where this one begins.
  SegmentNumber before{~std::uint32_t{0}};
  Progress progress{};
};

/// Where the valid frames end, and what lies behind.
struct Ending {
  Place place;                // the first byte after the last frame; the next event's number
  Sequence proven{};          // stated durable by something written later
  std::uint64_t unproven{};   // offset of the first frame in this segment that is not
  bool sealed{};              // the last frame is a seal, or there is no frame at all
  Timestamp time{};           // of the last frame
  SegmentHeader header;       // of the last segment in use
  std::uint64_t file_size{};  // of its file
  std::uint64_t dirty_end{};  // past the last byte that is not zero: remains of an unfinished write
  std::vector<SegmentNumber> unused;   // prepared segments after it
  std::optional<SegmentNumber> spare;  // the one right after it, if it is whole and all zeros
  bool torn() const { return dirty_end > place.offset; }
};

class LogReader {
 public:
  /// Finds the segment that holds event after + 1. Errors: no_log, corrupt, unknown_format,
  /// io_failed; ends_early if the oldest segment begins later than after + 1.
  static Result<LogReader> open(storage::FileSystem& files, std::string directory,
                                ReadOptions options);

  /// The next frame, or nothing at the end. The view lives until the next call. After an error or
  /// the end it must not be called again.
  Result<std::optional<FrameView>> next();

  /// Where the frame returned last begins.
  const Place& frame_place() const { return frame_place_; }
  /// REQUIRES: next() returned nothing.
  const Ending& ending() const { return ending_; }
  Fingerprint log_id() const { return segments_.front().header->log_id; }
  Sequence first() const { return segments_.front().header->first; }
  /// The head after the frame returned last, or at the end. REQUIRES: the chain is checked there.
  ChainHead chain_head() const {
    return offset_ == frames_begin ? header().previous : chain_.head();
  }
  Chain take_chain() { return std::move(chain_); }

 private:
  LogReader(storage::FileSystem& files, std::string directory, ReadOptions options)
      : files_(&files), directory_(std::move(directory)), options_(std::move(options)) {}

  const SegmentHeader& header() const { return *segments_[index_].header; }
  FrameIdentity identity() const { return {header().log_id.low, header().number}; }
  Place here() const { return {header().number, offset_, expected_}; }
  Result<FileWindow> open_window(SegmentNumber number, std::uint64_t size) const;
  Result<void> enter(std::size_t index);
  Result<FrameFault> look(FrameView& frame);
  Result<void> accept(const FrameView& frame);
  Result<void> leave(FrameFault fault);
  Result<void> finish(FrameFault fault);
  void report_progress(bool at_end);

  storage::FileSystem* files_;
  std::string directory_;
  ReadOptions options_;
  std::vector<SegmentInfo> segments_;  // in use, from the first one read
  std::vector<SegmentInfo> unused_;
  std::size_t index_ = 0;
  FileWindow window_;
  std::uint64_t offset_ = 0;
  Sequence expected_{};
  Place frame_place_;
  Chain chain_;
  bool chaining_ = false;
  Ending ending_;
  std::deque<std::pair<std::uint64_t, Sequence>>
      unproven_;                    // offset and first event of such frames
  std::uint64_t bytes_before_ = 0;  // in segments already left
  std::uint64_t bytes_total_ = 0;
  std::uint64_t bytes_reported_ = 0;
};

}  // namespace rialto::eventlog
