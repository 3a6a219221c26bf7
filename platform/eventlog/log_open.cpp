// How a log comes to life: made new, or recovered from its files.
#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "platform/eventlog/log.hpp"

namespace rialto::eventlog {
namespace {

constexpr std::string_view lock_name = "LOCK";
constexpr std::uint64_t smallest_segment = 64 << 10;
constexpr std::uint64_t block = storage::direct_alignment;
constexpr std::uint64_t block_begin(std::uint64_t offset) {
  return offset / block * block;
}
constexpr std::uint64_t block_end(std::uint64_t offset) {
  return block_begin(offset + block - 1);
}

/// Follows the log to its end, showing frames to the visitor.
Result<void> follow(LogReader& reader, const Recovery& recovery) {
  const auto refused = [&] {
    return std::unexpected(
        Failure{LogError::refused_by_reader, reader.frame_place(), "recovery was refused"});
  };
  while (true) {
    const auto frame = reader.next();
    if (!frame) return std::unexpected(frame.error());
    if (!*frame) break;
    if (recovery.visitor && !recovery.visitor(**frame)) return refused();
  }
  const Place& end = reader.ending().place;
  if (end.sequence.value <= recovery.after.value)
    return std::unexpected(
        Failure{LogError::ends_early, end, fmt::format("event {} is known", recovery.after.value)});
  if (recovery.complete && !recovery.complete()) return refused();
  return {};
}

/// LOG-3: writes everything not proven durable once more, and zeros over the remains of an
/// unfinished write, and syncs. What was read may have come from the page cache alone, and remains
/// must never be taken for frames later. Returns the bytes of the last, partly filled block.
Result<Bytes> rewrite_tail(storage::FileSystem& files, const std::string& path, storage::File& file,
                           const Ending& ending) {
  const auto failed = [&](storage::Error error, std::string doing) {
    return storage_failure(error, ending.place, std::move(doing));
  };
  const bool header_proven = ending.proven >= ending.header.first;
  const std::uint64_t from = header_proven ? block_begin(ending.unproven) : 0;
  const std::uint64_t end = ending.place.offset;
  const std::uint64_t to = block_end(std::max(end, ending.dirty_end));
  if (ending.file_size < ending.header.file_bytes) {
    const std::uint64_t missing = std::max(to, block_begin(ending.file_size));
    if (auto done = file.allocate(missing, ending.header.file_bytes - missing); !done)
      return failed(done.error(), "extend segment");
  }
  auto reading = files.open(path, storage::Access::read_only);
  if (!reading) return failed(reading.error(), "open segment");
  storage::AlignedBuffer piece(1 << 20);
  Bytes tail;
  for (std::uint64_t offset = from; offset < to; offset += piece.capacity()) {
    const auto size = std::min<std::uint64_t>(piece.capacity(), to - offset);
    const auto valid = std::min<std::uint64_t>(size, end - std::min(end, offset));
    std::memset(piece.data(), 0, size);
    const auto count = storage::read_fully(**reading, offset, {piece.data(), valid});
    if (!count) return failed(count.error(), "read tail");
    if (*count != valid) return failed(storage::Error::io_failed, "read tail");
    if (auto done = file.write_at(offset, {piece.data(), size}); !done)
      return failed(done.error(), "rewrite tail");
    const std::uint64_t tail_begin = block_begin(end);
    if (tail_begin >= offset && tail_begin < offset + size)
      tail.assign(piece.data() + (tail_begin - offset), piece.data() + (end - offset));
  }
  if (auto synced = file.datasync(); !synced) return failed(synced.error(), "sync tail");
  return tail;
}

}  // namespace

Log::Log(storage::FileSystem& files, std::string directory, Options options,
         std::unique_ptr<storage::FileLock> lock, SegmentNumber next, bool spare,
         std::uint64_t open_segment_bytes)
    : directory_(std::move(directory)),
      options_(options),
      lock_(std::move(lock)),
      ahead_(files,
             {directory_, options.segment_bytes, options.min_free_bytes, past_cache(options)}, next,
             spare),
      recent_(std::max(options.segment_bytes, open_segment_bytes)) {}

bool Log::past_cache(const Options& options) {
  // Without a sync per commit the page cache is what makes a commit cheap.
  return options.direct && options.durability.mode == DurabilityMode::sync;
}

Result<std::unique_ptr<Log>> Log::open(storage::FileSystem& files, std::string directory,
                                       Options options, const Recovery& recovery) {
  RIALTO_ASSERT(options.segment_bytes >= smallest_segment && options.segment_bytes % block == 0 &&
                options.segment_bytes <= std::uint64_t{1} << 30 && !options.log_id.empty());
  options.reserve_bytes = std::min(options.reserve_bytes, options.segment_bytes / 2);
  if (auto made = files.make_directory(directory); !made)
    return storage_failure(made.error(), {}, "make " + directory);
  auto lock = files.lock(storage::join(directory, lock_name));
  if (!lock) return storage_failure(lock.error(), {}, "lock " + directory);
  auto reader = LogReader::open(
      files, directory,
      {.after = recovery.after, .chain = ChainCheck::last_segment, .progress = recovery.progress});
  if (!reader && reader.error().error == LogError::no_log && recovery.after == Sequence{})
    return create(files, std::move(directory), options, std::move(*lock));
  if (!reader && reader.error().error == LogError::no_log)
    return std::unexpected(Failure{LogError::ends_early, {}, "there is no log at all"});
  if (!reader) return std::unexpected(reader.error());
  if (auto followed = follow(*reader, recovery); !followed)
    return std::unexpected(followed.error());
  return resume(files, std::move(directory), options, std::move(*lock), *reader);
}

Result<std::unique_ptr<Log>> Log::create(storage::FileSystem& files, std::string directory,
                                         Options options, std::unique_ptr<storage::FileLock> lock) {
  constexpr SegmentNumber first{1};
  std::unique_ptr<Log> log(
      new Log(files, std::move(directory), options, std::move(lock), first, false, 0));
  auto file = log->ahead_.take();
  if (!file) return std::unexpected(file.error());
  log->header_.log_id = options.log_id;
  log->begin_segment(std::move(*file), first, {});
  if (auto written = log->writer_.write(); !written)
    return log->stop(written.error(), "write segment header");
  if (auto synced = log->writer_.sync(); !synced)
    return log->stop(synced.error(), "sync segment header");
  return log;
}

Result<std::unique_ptr<Log>> Log::resume(storage::FileSystem& files, std::string directory,
                                         Options options, std::unique_ptr<storage::FileLock> lock,
                                         LogReader& reader) {
  const Ending& ending = reader.ending();
  const std::string path = storage::join(directory, segment_name(ending.place.segment));
  auto file = open_for_append(files, path, storage::Access::read_write, past_cache(options));
  if (!file) return storage_failure(file.error(), ending.place, "open segment for appending");
  const auto tail = rewrite_tail(files, path, **file, ending);
  if (!tail) return std::unexpected(tail.error());
  const bool spare = ending.spare && options.segment_bytes == ending.header.file_bytes;
  // The last one first: whenever the power fails, no gap is left.
  for (const SegmentNumber number : std::views::reverse(ending.unused)) {
    if (spare && number == *ending.spare) continue;
    const std::string name = segment_name(number);
    if (auto removed = files.remove(storage::join(directory, name)); !removed)
      return storage_failure(removed.error(), {number, 0, {}}, "remove unused segment");
  }
  const SegmentNumber next{ending.place.segment.value + 1};
  std::unique_ptr<Log> log(new Log(files, std::move(directory), options, std::move(lock), next,
                                   spare, ending.header.file_bytes));
  log->header_ = ending.header;
  log->last_ = log->written_ = log->durable_ = {ending.place.sequence.value - 1};
  log->writer_ =
      SegmentWriter(std::move(*file), ending.header.file_bytes, ending.place.offset, *tail);
  log->chain_ = reader.take_chain();
  log->segment_empty_ = ending.place.offset == frames_begin;
  log->shown_ = ending.place.offset;
  log->recent_.begin_segment(ending.header.number, ending.header.first);
  log->sealed_ = ending.sealed;
  log->synced_at_ = ending.time;
  log->bytes_cut_ = ending.dirty_end - ending.place.offset;
  if (auto sealed = log->seal(ending.time); !sealed) return std::unexpected(sealed.error());
  // A log that was left with little room on a full disk must say so before its first append.
  log->watch_reserve();
  return log;
}

}  // namespace rialto::eventlog
