// The stores of the read models: where each lies, how far it has come, and how it is made anew from
// the log. The one list of them that `rialto projections` works on.
//
// One thread. Rebuilding needs the venue's directory for itself; looking does not.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/types.hpp"
#include "platform/eventlog/log_reader.hpp"
#include "projections/follower.hpp"

namespace rialto::apps {

/// Where a venue's store of that name lies.
std::string history_path(const std::string& directory);
std::string projections_directory(const std::string& directory);
std::string market_path(const std::string& directory);
std::string holdings_path(const std::string& directory);
std::string statements_path(const std::string& directory);
std::string inbox_path(const std::string& directory);

/// Every name there is.
std::vector<std::string> projection_names();

struct ProjectionStatus {
  std::string name;
  std::string path;
  std::optional<Sequence> position;  // nothing: there is no store, or it cannot be read
  std::uint64_t bytes = 0;
  std::string problem;  // why it cannot be read
};
/// Reads only; a running venue is not disturbed.
std::vector<ProjectionStatus> projection_status(const std::string& directory);

struct Rebuilt {
  std::string name;
  Sequence position;
  double seconds{};  // of all that were rebuilt together
};
/// Makes these stores anew, one pass through the log for all. Each is made beside the old one and
/// takes its place when it is whole: until then, and after a crash, the old one is there. The
/// error is a sentence: an unknown name, a venue that runs, a damaged log.
std::expected<std::vector<Rebuilt>, std::string> rebuild_projections(
    const std::string& directory, const std::vector<std::string>& names,
    const eventlog::Progress& progress);

}  // namespace rialto::apps
