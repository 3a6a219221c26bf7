#include "platform/eventlog/log_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace rialto::eventlog {
namespace {

constexpr std::uint64_t progress_every_bytes = 8 << 20;

std::unexpected<Failure> corrupt(Place place, std::string detail) {
  return std::unexpected(Failure{LogError::corrupt, place, std::move(detail)});
}

}  // namespace

Result<LogReader> LogReader::open(storage::FileSystem& files, std::string directory,
                                  ReadOptions options) {
  auto segments = list_segments(files, directory, options.before);
  if (!segments) return std::unexpected(segments.error());
  LogReader reader(files, std::move(directory), std::move(options));
  for (SegmentInfo& info : *segments)
    (info.header ? reader.segments_ : reader.unused_).push_back(std::move(info));
  if (reader.segments_.empty()) {
    // Not a log yet. But if a frame survives that was once acknowledged, it was one.
    for (const SegmentInfo& info : reader.unused_) {
      auto window = reader.open_window(info.number, info.size);
      if (!window) return std::unexpected(window.error());
      const auto remains = search_remains(*window, 0, std::nullopt, Sequence{1});
      if (!remains) return storage_failure(remains.error(), {info.number, 0, {}}, "read segment");
      if (remains->proof) return corrupt({info.number, 0, {1}}, "the segment header is gone");
    }
    return std::unexpected(Failure{LogError::no_log, {}, reader.directory_});
  }
  const Sequence wanted{reader.options_.after.value + 1};
  if (reader.segments_.front().header->first > wanted)
    return std::unexpected(
        Failure{LogError::ends_early,
                {reader.segments_.front().number, 0, wanted},
                fmt::format("the oldest segment begins with event {}", reader.first().value)});
  std::size_t start = reader.segments_.size() - 1;
  while (start != 0 && reader.segments_[start].header->first > wanted) --start;
  for (std::size_t i = start; i < reader.segments_.size(); ++i)
    reader.bytes_total_ += reader.segments_[i].size;
  if (auto entered = reader.enter(start); !entered) return std::unexpected(entered.error());
  return reader;
}

Result<FileWindow> LogReader::open_window(SegmentNumber number, std::uint64_t size) const {
  auto file =
      files_->open(storage::join(directory_, segment_name(number)), storage::Access::read_only);
  if (!file) return storage_failure(file.error(), {number, 0, expected_}, "open segment");
  return FileWindow(std::move(*file), size);
}

Result<void> LogReader::enter(std::size_t index) {
  index_ = index;
  const SegmentInfo& info = segments_[index];
  auto window = open_window(info.number, std::min(info.size, info.header->file_bytes));
  if (!window) return std::unexpected(window.error());
  window_ = std::move(*window);
  offset_ = frames_begin;
  expected_ = header().first;
  unproven_.clear();
  ending_.proven = {header().first.value - 1};
  ending_.sealed = true;
  const bool last = index + 1 == segments_.size();
  chaining_ =
      options_.chain == ChainCheck::all || (options_.chain == ChainCheck::last_segment && last);
  if (chaining_) chain_.restart(header_bytes(header()));
  return {};
}

Result<std::optional<FrameView>> LogReader::next() {
  while (true) {
    FrameView frame;
    const auto fault = look(frame);
    if (!fault) return std::unexpected(fault.error());
    if (*fault == FrameFault::none) {
      if (auto accepted = accept(frame); !accepted) return std::unexpected(accepted.error());
      const bool wanted = frame.header().kind == FrameKind::steps
                              ? frame.last() > options_.after
                              : options_.seals && frame.last() >= options_.after;
      if (wanted) return frame;
    } else if (index_ + 1 < segments_.size()) {
      if (auto left = leave(*fault); !left) return std::unexpected(left.error());
    } else {
      if (auto finished = finish(*fault); !finished) return std::unexpected(finished.error());
      return std::nullopt;
    }
  }
}

/// What is at the present offset.
Result<FrameFault> LogReader::look(FrameView& frame) {
  auto bytes = window_.view(offset_, sizeof(FrameHeader));
  if (bytes)
    bytes = window_.view(offset_, std::max(claimed_frame_bytes(*bytes), sizeof(FrameHeader)));
  if (!bytes) return storage_failure(bytes.error(), here(), "read segment");
  return check_frame(*bytes, identity(), frame);
}

Result<void> LogReader::accept(const FrameView& frame) {
  const FrameHeader& head = frame.header();
  // LOG-1: a valid frame in the right place with the wrong number is no accident of a power cut.
  if (head.first != expected_)
    return corrupt(here(), fmt::format("a valid frame begins with event {}", head.first.value));
  if (chaining_ && head.kind == FrameKind::seal) {
    const ChainHead computed = chain_.head();
    if (std::memcmp(frame.body().data(), computed.bytes.data(), computed.bytes.size()) != 0)
      return corrupt(here(), "the seal's chain head differs: something before it was altered");
  } else if (chaining_) {
    chain_.extend(frame.bytes());
  }
  ending_.proven = std::max(ending_.proven, head.durable);
  unproven_.emplace_back(offset_, head.first);
  while (!unproven_.empty() && unproven_.front().second <= ending_.proven) unproven_.pop_front();
  ending_.sealed = head.kind == FrameKind::seal;
  ending_.time = head.time;
  frame_place_ = here();
  offset_ += frame.bytes().size();
  expected_.value += head.event_count;
  report_progress(false);
  return {};
}

/// The end of a closed segment. What follows must continue where it stops.
Result<void> LogReader::leave(FrameFault fault) {
  const SegmentHeader& following = *segments_[index_ + 1].header;
  if (following.first != expected_ || fault != FrameFault::empty)
    return corrupt(here(), fmt::format("{}; the next segment begins with event {}", phrase(fault),
                                       following.first.value));
  if (chaining_ && following.previous != chain_head())
    return corrupt(here(), "the next segment's chain head differs: this segment was altered");
  bytes_before_ += segments_[index_].size;
  return enter(index_ + 1);
}

/// LOG-4. The end of the last segment in use: is anything behind it that proves it should go on?
Result<void> LogReader::finish(FrameFault fault) {
  auto remains = search_remains(window_, offset_, identity(), expected_);
  if (!remains) return storage_failure(remains.error(), here(), "read segment");
  if (remains->proof)
    return corrupt(here(), fmt::format("{}; the valid frame at offset {} was written when this "
                                       "event was already durable",
                                       phrase(fault), *remains->proof));
  ending_.dirty_end = remains->dirty_end;
  for (const SegmentInfo& info : unused_) {
    auto window = open_window(info.number, info.size);
    if (!window) return std::unexpected(window.error());
    const FrameIdentity theirs{identity().log_tag, info.number};
    remains = search_remains(*window, 0, theirs, expected_);
    if (!remains) return storage_failure(remains.error(), {info.number, 0, {}}, "read segment");
    if (remains->proof)
      return corrupt({info.number, 0, expected_}, "the segment header is gone, frames remain");
    ending_.unused.push_back(info.number);
    if (info.number.value == header().number.value + 1 && remains->dirty_end == 0 &&
        info.size == header().file_bytes)
      ending_.spare = info.number;
  }
  ending_.place = here();
  ending_.header = header();
  ending_.file_size = segments_[index_].size;
  ending_.unproven = unproven_.empty() ? offset_ : unproven_.front().first;
  report_progress(true);
  return {};
}

void LogReader::report_progress(bool at_end) {
  if (!options_.progress) return;
  const std::uint64_t done = at_end ? bytes_total_ : bytes_before_ + offset_;
  if (!at_end && done < bytes_reported_ + progress_every_bytes) return;
  bytes_reported_ = done;
  options_.progress(done, bytes_total_);
}

}  // namespace rialto::eventlog
