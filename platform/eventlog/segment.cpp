#include "platform/eventlog/segment.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace rialto::eventlog {
namespace {

constexpr std::string_view name_prefix = "segment-";
constexpr std::string_view name_suffix = ".log";

std::optional<SegmentNumber> number_in(std::string_view name) {
  if (!name.starts_with(name_prefix) || !name.ends_with(name_suffix)) return std::nullopt;
  name.remove_prefix(name_prefix.size());
  name.remove_suffix(name_suffix.size());
  SegmentNumber number;
  const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), number.value);
  if (code != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

std::unexpected<Failure> bad_segment(LogError error, SegmentNumber number, std::string detail) {
  return std::unexpected(Failure{error, {number, 0, {}}, std::move(detail)});
}

Result<SegmentInfo> inspect(storage::FileSystem& files, const std::string& directory,
                            SegmentNumber number) {
  const Place place{number, 0, {}};
  auto file =
      files.open(storage::join(directory, segment_name(number)), storage::Access::read_only);
  if (!file) return storage_failure(file.error(), place, "open segment");
  const auto size = (*file)->size();
  if (!size) return storage_failure(size.error(), place, "size of segment");
  SegmentHeader header;
  const auto into = std::as_writable_bytes(std::span(&header, 1));
  const auto count = storage::read_fully(**file, 0, into);
  if (!count) return storage_failure(count.error(), place, "read segment header");
  if (std::all_of(into.begin(), into.begin() + static_cast<std::ptrdiff_t>(*count),
                  [](std::byte b) { return b == std::byte{}; }))
    return SegmentInfo{number, *size, std::nullopt};
  if (header.magic != segment_magic)
    return bad_segment(LogError::corrupt, number, "not a segment header");
  if (header.format > segment_format)
    return bad_segment(
        LogError::unknown_format, number,
        fmt::format("format {}, this program knows {}", header.format, segment_format));
  if (header.checksum != crc32c(checksummed(header_bytes(header))))
    return bad_segment(LogError::corrupt, number, "the segment header's checksum differs");
  if (header.number != number)
    return bad_segment(LogError::corrupt, number,
                       fmt::format("the header names segment {}", header.number.value));
  return SegmentInfo{number, *size, header};
}

/// The list as a whole: one log, numbers without gaps, unused segments last.
Result<void> check_neighbours(const std::vector<SegmentInfo>& segments) {
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const SegmentInfo& before = segments[i - 1];
    const SegmentInfo& here = segments[i];
    if (here.number.value != before.number.value + 1)
      return bad_segment(LogError::corrupt, {before.number.value + 1}, "the segment is missing");
    if (!here.header) continue;
    if (!before.header)
      return bad_segment(LogError::corrupt, before.number,
                         "the header is empty, but a later segment is in use");
    if (here.header->log_id != before.header->log_id)
      return bad_segment(LogError::corrupt, here.number, "the segment is of another log");
  }
  return {};
}

}  // namespace

std::string segment_name(SegmentNumber number) {
  return fmt::format("{}{:010}{}", name_prefix, number.value, name_suffix);
}

void finish_header(SegmentHeader& header) {
  header.magic = segment_magic;
  header.format = segment_format;
  header.checksum = crc32c(checksummed(header_bytes(header)));
}

Result<std::vector<SegmentInfo>> list_segments(storage::FileSystem& files,
                                               const std::string& directory, SegmentNumber before) {
  const auto names = files.list(directory);
  if (!names) return storage_failure(names.error(), {}, "list " + directory);
  std::vector<SegmentInfo> segments;
  for (const std::string& name : *names) {
    const auto number = number_in(name);
    if (!number || *number >= before) continue;
    auto info = inspect(files, directory, *number);
    if (!info) return std::unexpected(info.error());
    segments.push_back(std::move(*info));
  }
  if (auto checked = check_neighbours(segments); !checked) return std::unexpected(checked.error());
  return segments;
}

}  // namespace rialto::eventlog
