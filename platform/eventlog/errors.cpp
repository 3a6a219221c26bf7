#include "platform/eventlog/errors.hpp"

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

namespace rialto::eventlog {

std::string_view phrase(LogError error) {
  switch (error) {
    case LogError::io_failed:
      return "the disk failed";
    case LogError::access_denied:
      return "permission denied";
    case LogError::disk_full:
      return "the disk is full";
    case LogError::locked:
      return "another process has the log open";
    case LogError::no_log:
      return "there is no log here";
    case LogError::corrupt:
      return "acknowledged data is damaged or missing";
    case LogError::unknown_format:
      return "the log was written by a newer version";
    case LogError::ends_early:
      return "the log ends before a position known to be in it";
    case LogError::altered:
      return "the log differs from the exported chain head";
    case LogError::refused_by_reader:
      return "the reader refused a frame";
    case LogError::too_large:
      return "the batch does not fit into one segment";
    case LogError::stopped:
      return "the log stopped after a failed write";
  }
  return "unknown log error";
}

std::string describe(const Failure& failure) {
  return fmt::format("{} at segment {}, offset {}, event {}: {}",
                     boost::describe::enum_to_string(failure.error, "unknown"),
                     failure.place.segment.value, failure.place.offset,
                     failure.place.sequence.value, failure.detail);
}

std::unexpected<Failure> storage_failure(storage::Error error, Place place, std::string doing) {
  const auto of = [error] {
    switch (error) {
      case storage::Error::disk_full:
        return LogError::disk_full;
      case storage::Error::locked:
        return LogError::locked;
      case storage::Error::access_denied:
        return LogError::access_denied;
      case storage::Error::not_found:
        return LogError::no_log;
      default:
        return LogError::io_failed;
    }
  };
  return std::unexpected(
      Failure{of(), place, fmt::format("{}: {}", doing, storage::phrase(error))});
}

}  // namespace rialto::eventlog
