// One file of the log: its name, its header, and which of them a directory holds. Values; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/eventlog/chain.hpp"
#include "platform/eventlog/frame.hpp"

namespace rialto::eventlog {

/// As it lies at the start of a segment, little endian. All zeros: the segment is prepared, not yet
/// used.
struct SegmentHeader {
  std::uint32_t checksum{};  // CRC32C of what follows the magic in this struct
  std::uint32_t magic{};
  std::uint32_t format{};
  SegmentNumber number{};
  Fingerprint log_id{};
  Sequence first{};            // of the first event in it; everything before is durable
  ChainHead previous{};        // chain head at the end of the segment before
  std::uint64_t file_bytes{};  // size of the file, a multiple of 4096
};
static_assert(sizeof(SegmentHeader) == 80 && std::is_trivially_copyable_v<SegmentHeader>);

inline constexpr std::uint32_t segment_magic = 0x31535452;  // "RTS1"
inline constexpr std::uint32_t segment_format = 1;
/// Frames begin here: the header has a block of its own, written once.
inline constexpr std::uint64_t frames_begin = 4096;

std::string segment_name(SegmentNumber number);

/// Sets magic, format and checksum.
void finish_header(SegmentHeader& header);
inline ByteView header_bytes(const SegmentHeader& header) {
  return std::as_bytes(std::span(&header, 1));
}

struct SegmentInfo {
  SegmentNumber number{};
  std::uint64_t size{};                 // of the file; less than file_bytes if it was cut
  std::optional<SegmentHeader> header;  // nothing: prepared, not yet used
};

/// Every segment in the directory, in order, headers checked. Unused ones can only come last. Files
/// from `before` on are not touched. Errors: corrupt (a damaged header, a missing segment),
/// unknown_format, io_failed, no_log (no directory).
Result<std::vector<SegmentInfo>> list_segments(storage::FileSystem& files,
                                               const std::string& directory,
                                               SegmentNumber before = {~std::uint32_t{0}});

}  // namespace rialto::eventlog
