#include "platform/eventlog/segment_ahead.hpp"

#include <algorithm>

#include "core/assert.hpp"

namespace rialto::eventlog {

SegmentAhead::SegmentAhead(storage::FileSystem& files, Settings settings, SegmentNumber next,
                           bool spare)
    : files_(files), settings_(std::move(settings)), next_(next) {
  if (!spare) return;
  auto file = open_for_append(files_, path(), storage::Access::read_write, settings_.direct);
  // A spare that cannot be opened is made anew by prepare().
  if (!file) return;
  file_ = std::move(*file);
  filled_ = settings_.segment_bytes;
}

std::string SegmentAhead::path() const {
  return storage::join(settings_.directory, segment_name(next_));
}

Result<bool> SegmentAhead::prepare(std::uint64_t budget) {
  const std::lock_guard held(mutex_);
  return prepare_locked(budget);
}

Result<bool> SegmentAhead::prepare_locked(std::uint64_t budget) {
  if (ready()) return true;
  auto filled = fill(budget);
  if (filled) {
    disk_full_.store(false, std::memory_order_release);
    return ready();
  }
  if (file_) {
    file_.reset();
    filled_ = 0;
    // The error that matters is the one that brought us here.
    (void)files_.remove(path());
  }
  if (filled.error() == storage::Error::disk_full)
    disk_full_.store(true, std::memory_order_release);
  return storage_failure(filled.error(), {next_, 0, {}}, "prepare segment");
}

storage::Result<void> SegmentAhead::fill(std::uint64_t budget) {
  if (!file_) {
    if (auto created = create(); !created) return created;
  }
  const std::uint64_t part =
      std::min(budget / storage::direct_alignment * storage::direct_alignment,
               settings_.segment_bytes - filled_);
  if (part != 0) {
    if (auto allocated = file_->allocate(filled_, part); !allocated) return allocated;
    filled_ += part;
  }
  if (filled_ != settings_.segment_bytes) return {};
  if (auto synced = file_->datasync(); !synced) return synced;
  if (auto synced = files_.sync_directory(settings_.directory); !synced) return synced;
  ready_.store(true, std::memory_order_release);
  return {};
}

storage::Result<void> SegmentAhead::create() {
  const auto free = files_.free_space(settings_.directory);
  if (!free) return std::unexpected(free.error());
  if (*free < settings_.segment_bytes + settings_.min_free_bytes)
    return std::unexpected(storage::Error::disk_full);
  if (auto removed = files_.remove(path());
      !removed && removed.error() != storage::Error::not_found)
    return removed;
  auto file = open_for_append(files_, path(), storage::Access::create_new, settings_.direct);
  if (!file) return std::unexpected(file.error());
  file_ = std::move(*file);
  filled_ = 0;
  return {};
}

Result<std::unique_ptr<storage::File>> SegmentAhead::take() {
  const std::lock_guard held(mutex_);
  if (auto prepared = prepare_locked(~std::uint64_t{0}); !prepared)
    return std::unexpected(prepared.error());
  RIALTO_ASSERT(ready() && file_ != nullptr);
  ready_.store(false, std::memory_order_release);
  ++next_.value;
  filled_ = 0;
  return std::move(file_);
}

}  // namespace rialto::eventlog
