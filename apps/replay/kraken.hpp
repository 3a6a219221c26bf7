// The order book exercise in which crossing and market orders are rejected: every order is
// post-only. Format: docs/protocols/replay.md.
#pragma once

#include <string>
#include <vector>

#include "apps/replay/golden.hpp"

namespace rialto::replay {

/// Acknowledgements, rejects and changes of the best prices, one line each.
using Scenario = std::vector<std::string>;

/// The venue's output of each scenario (they end with F) in the file.
Read<std::vector<Scenario>> kraken_outputs(const std::string& input);

struct KrakenReport {
  std::uint64_t scenarios{};
  std::uint64_t equal{};
  std::uint64_t without_input{};  // scenarios only the expected file has
  std::uint64_t first_unequal{};  // from 1; 0: none
  std::optional<Difference> difference;
  bool passed() const { return scenarios > 0 && equal == scenarios; }
};

/// Compares with the scenarios of `expected`, which start with "#name:" lines.
Read<KrakenReport> check_kraken(const std::string& input, const std::string& expected);

}  // namespace rialto::replay
