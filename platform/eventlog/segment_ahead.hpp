// Makes the next segment while the present one is still being filled, so that changing over costs
// no more than one write, and so that a full disk is noticed a whole segment early (LOG-6).
//
// prepare() may be called from any thread, or in slices by the thread that appends; take() is the
// appending thread's. The preparation of one segment is never done twice at once.
#pragma once

#include <atomic>
#include <mutex>

#include "platform/eventlog/segment.hpp"
#include "platform/eventlog/segment_writer.hpp"

namespace rialto::eventlog {

class SegmentAhead {
 public:
  struct Settings {
    std::string directory;
    std::uint64_t segment_bytes{};
    std::uint64_t min_free_bytes{};  // left on the disk for everyone else
    bool direct{};
  };
  /// `next` is prepared first. `spare`: it exists already, whole and zero.
  SegmentAhead(storage::FileSystem& files, Settings settings, SegmentNumber next, bool spare);

  /// Fills up to `budget` more bytes with zeros (about 2 GB/s); true once the segment is ready.
  /// disk_full gives back what was taken; a later call tries again.
  Result<bool> prepare(std::uint64_t budget);
  /// The next segment's file, prepared here and now if it is not; the one after it becomes next.
  Result<std::unique_ptr<storage::File>> take();

  bool ready() const { return ready_.load(std::memory_order_acquire); }
  bool disk_full() const { return disk_full_.load(std::memory_order_acquire); }

 private:
  Result<bool> prepare_locked(std::uint64_t budget);
  storage::Result<void> fill(std::uint64_t budget);
  storage::Result<void> create();
  std::string path() const;

  storage::FileSystem& files_;
  const Settings settings_;
  std::mutex mutex_;
  SegmentNumber next_;
  std::unique_ptr<storage::File> file_;
  std::uint64_t filled_ = 0;
  std::atomic<bool> ready_ = false;
  std::atomic<bool> disk_full_ = false;
};

}  // namespace rialto::eventlog
