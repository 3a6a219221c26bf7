// How the log says what went wrong, and where. Values; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <expected>
#include <string>

#include <boost/describe/enum.hpp>

#include "core/types.hpp"
#include "platform/storage/file_system.hpp"

namespace rialto::eventlog {

/// Number of a segment file, from 1, without gaps.
using SegmentNumber = StrongId<struct SegmentNumberTag, std::uint32_t>;

/// Where in the log: a byte of a segment, and the number of the event expected there.
struct Place {
  SegmentNumber segment{};
  std::uint64_t offset{};
  Sequence sequence{};
  friend constexpr bool operator==(const Place&, const Place&) = default;
};

BOOST_DEFINE_FIXED_ENUM_CLASS(LogError, std::uint8_t,
                              io_failed,       // the device or a system call
                              access_denied,   // permissions, read-only file system
                              disk_full,       // nothing was appended; what is there stays
                              locked,          // another process has this log open
                              no_log,          // no such directory, or it holds no log
                              corrupt,         // acknowledged bytes are damaged or missing
                              unknown_format,  // written by a newer version
                              ends_early,      // the log ends before a position known to be in it
                              altered,         // the chain differs from the head it is held against
                              refused_by_reader,  // the visitor would not take a frame
                              too_large,          // the batch does not fit into one segment
                              stopped)  // an earlier write or sync failed: no more appends
/// A sentence for people.
std::string_view phrase(LogError error);

struct Failure {
  LogError error{};
  Place place{};
  std::string detail;
};
/// "corrupt at segment 3, offset 81920, event 4711: checksum differs".
std::string describe(const Failure& failure);

template <class T>
using Result = std::expected<T, Failure>;

/// A failure of the file system, as one of the log.
std::unexpected<Failure> storage_failure(storage::Error error, Place place, std::string doing);

}  // namespace rialto::eventlog
