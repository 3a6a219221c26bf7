// Where a follower of the log is, and how it gets what comes next: from the recent frames in
// memory, or, once they have gone on without it, from closed segments until it has caught up.
//
// One thread. A segment that is still written to is never read from its file (DESIGN section 3):
// the recent frames hold all of it.
#pragma once

#include <optional>
#include <string>

#include "platform/eventlog/log.hpp"

namespace rialto::apps {

class LogFollower {
 public:
  /// Begins behind `position`, which is the log's end. REQUIRES: nothing was appended since.
  LogFollower(const eventlog::Log& log, std::string directory, Sequence position)
      : recent_(log.recent()), directory_(std::move(directory)), position_(position) {}

  /// The next frames, whole and in order: about `wanted` bytes, nothing when all that is
  /// acknowledged was seen. They live until the next call. The error is of the files: nothing was
  /// skipped, and the next call tries again.
  eventlog::Result<ByteView> next(std::size_t wanted);
  /// Behind the frames returned last.
  Sequence position() const { return position_; }
  /// No frame lies between here and that offset of the recent frames.
  bool at(std::uint64_t recent_offset) const { return !detour_ && offset_ >= recent_offset; }
  bool on_detour() const { return detour_; }

 private:
  eventlog::Result<ByteView> next_from_files(std::size_t wanted);
  bool back_in_memory();

  const eventlog::RecentFrames& recent_;
  std::string directory_;
  Sequence position_;
  std::uint64_t offset_ = 0;  // in the recent frames, unless on a detour
  bool detour_ = false;
  std::optional<eventlog::LogReader> reader_;
  Bytes frames_;
};

}  // namespace rialto::apps
