#include "platform/eventlog/verify.hpp"

#include <fmt/format.h>

namespace rialto::eventlog {
namespace {

void count(VerifyReport& report, const FrameView& frame) {
  report.bytes += frame.bytes().size();
  if (frame.header().kind == FrameKind::seal) {
    ++report.seals;
    return;
  }
  if (report.frames++ == 0) report.first_time = frame.header().time;
  report.last_time = frame.header().time;
  report.events += frame.header().event_count;
}

/// Holds the log, read up to `last`, against the exported head. `before` is where the last frame
/// began.
Result<void> compare(const LogReader& reader, const ChainPoint& exported, Sequence before,
                     Sequence last) {
  if (exported.sequence == last && reader.chain_head() != exported.head)
    return std::unexpected(Failure{
        LogError::altered, reader.frame_place(),
        fmt::format("the chain head at event {} is {}", last.value, to_text(reader.chain_head()))});
  if (exported.sequence > before && exported.sequence < last)
    return std::unexpected(Failure{LogError::altered, reader.frame_place(),
                                   "the exported event is not the last of its batch any more"});
  return {};
}

}  // namespace

Result<VerifyReport> verify(storage::FileSystem& files, const std::string& directory,
                            const VerifyOptions& options) {
  ReadOptions reading;
  reading.chain = ChainCheck::all;
  reading.seals = true;
  reading.progress = options.progress;
  auto segments = list_segments(files, directory);
  if (!segments) return std::unexpected(segments.error());
  // Old segments may have been moved away: begin where the log begins.
  if (!segments->empty() && segments->front().header)
    reading.after = {segments->front().header->first.value - 1};
  auto reader = LogReader::open(files, directory, std::move(reading));
  if (!reader) return std::unexpected(reader.error());
  VerifyReport report;
  report.log_id = reader->log_id();
  report.first = reader->first();
  report.last = {reader->first().value - 1};
  while (true) {
    const auto frame = reader->next();
    if (!frame) return std::unexpected(frame.error());
    if (!*frame) break;
    count(report, **frame);
    if ((*frame)->header().kind != FrameKind::steps) continue;
    const Sequence before = report.last;
    report.last = (*frame)->last();
    if (options.exported) {
      auto compared = compare(*reader, *options.exported, before, report.last);
      if (!compared) return std::unexpected(compared.error());
    }
  }
  const Ending& ending = reader->ending();
  if (options.exported && options.exported->sequence > report.last)
    return std::unexpected(
        Failure{LogError::ends_early, ending.place,
                fmt::format("event {} was exported", options.exported->sequence.value)});
  report.segments = static_cast<std::uint32_t>(
      std::count_if(segments->begin(), segments->end(),
                    [](const SegmentInfo& info) { return info.header.has_value(); }));
  report.sealed = ending.sealed;
  report.torn_bytes = ending.dirty_end - ending.place.offset;
  report.head = {report.last, reader->chain_head()};
  return report;
}

}  // namespace rialto::eventlog
