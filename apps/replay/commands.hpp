// The commands `rialto replay` and `rialto conformance`. Exit codes: docs/protocols/replay.md.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "apps/replay/lobster_replay.hpp"

namespace rialto::replay {

/// What a command ends with.
enum ExitCode : int {
  all_equal = 0,
  different = 1,         // from the record, or from what was required
  unusable_input = 2,    // cannot be read, or is not of the format
  invariant_broken = 3,  // of the venue itself
};

struct ConformanceOptions {
  std::string data = "../shared/data";
  std::vector<std::string> files;  // none: all of their kind below `data`
  bool json = false;
};

/// Adds both; parsing one of them sets `chosen` to what runs it.
void add_commands(CLI::App& app, std::function<int()>& chosen);

// The commands themselves; reports go to standard output, complaints to standard error.
int run_replay_lobster(const LobsterOptions&, bool json);
/// `kind`: uchicago, kraken, bitstamp, lobster or all.
int run_conformance(const std::string& kind, const ConformanceOptions&);

}  // namespace rialto::replay
