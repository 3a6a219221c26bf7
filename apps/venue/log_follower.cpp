#include "apps/venue/log_follower.hpp"

#include "platform/storage/posix_files.hpp"

namespace rialto::apps {
namespace {

Sequence last_of(ByteView frames) {
  Sequence last;
  for (const eventlog::FrameView& frame : eventlog::frames_in(frames)) last = frame.last();
  return last;
}

}  // namespace

eventlog::Result<ByteView> LogFollower::next(std::size_t wanted) {
  if (!detour_ && recent_.copy(offset_, wanted, frames_)) {
    offset_ += frames_.size();
    if (!frames_.empty()) position_ = last_of(frames_);
    return frames_;
  }
  detour_ = true;
  while (!back_in_memory()) {
    const auto frames = next_from_files(wanted);
    if (!frames || !frames->empty()) return frames;
  }
  return next(wanted);
}

/// Whether everything before the segment that is being written was seen, and that segment is still
/// in memory from its beginning.
bool LogFollower::back_in_memory() {
  if (reader_) return false;
  const eventlog::SegmentBegin newest = recent_.newest_segment();
  if (newest.first.value != position_.value + 1 || newest.offset < recent_.begin()) return false;
  offset_ = newest.offset;
  detour_ = false;
  return true;
}

/// Nothing: all segments that were closed when reading began were seen.
eventlog::Result<ByteView> LogFollower::next_from_files(std::size_t wanted) {
  if (!reader_) {
    auto reader =
        eventlog::LogReader::open(storage::posix_files(), directory_,
                                  {.after = position_, .before = recent_.newest_segment().number});
    if (!reader) return std::unexpected(reader.error());
    reader_.emplace(std::move(*reader));
  }
  frames_.clear();
  while (frames_.size() < wanted) {
    const auto frame = reader_->next();
    if (!frame || !*frame) {
      reader_.reset();
      if (!frame && frames_.empty()) return std::unexpected(frame.error());
      break;
    }
    frames_.insert(frames_.end(), (*frame)->bytes().begin(), (*frame)->bytes().end());
    position_ = (*frame)->last();
  }
  return frames_;
}

}  // namespace rialto::apps
