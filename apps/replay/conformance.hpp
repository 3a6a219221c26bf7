// The recorded markets and golden files that the venue is held against, one result for each. Used
// by the command line and by tests/conformance; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "apps/replay/bitstamp.hpp"
#include "apps/replay/source_file.hpp"

namespace rialto::replay {

struct ConformanceResult {
  std::string name;  // of the file, the pair or the scenario collection
  std::uint64_t checked{};
  std::uint64_t equal{};
  std::uint64_t required{};  // how many must be equal
  double seconds{};
  std::string remark;  // the first difference, or what else there is to say

  bool passed() const { return checked > 0 && equal >= required; }
};

using Progress = std::function<void(const std::string& name, double fraction)>;
using Results = Read<std::vector<ConformanceResult>>;

Results uchicago_pair(const std::string& orders, const std::string& expected);
Results kraken_pair(const std::string& input, const std::string& expected);
/// Of another file than the known day, the same share of the trades is required as of that day.
Results bitstamp_day(const std::string& feed, const Progress&);

// Everything of one kind below the data folder. Errors: cannot_open where it is absent.
Results all_uchicago(const std::string& data);
Results all_kraken(const std::string& data);
Results all_bitstamp(const std::string& data, const Progress&);
Results all_lobster(const std::string& data, const Progress&);

}  // namespace rialto::replay
