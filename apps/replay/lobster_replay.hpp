// Replays a LOBSTER day through the venue's real order path and checks the venue against the
// record: every book row, and who was executed. What is checked, and what the data leaves open:
// docs/protocols/replay.md. One thread; everything lives as long as one call.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "apps/replay/source_file.hpp"

namespace rialto::replay {

struct LobsterOptions {
  std::string messages;
  std::optional<std::string> orderbook;
  std::uint32_t levels = 1;  // of the order book file, >= 1
};

struct LobsterReport {
  std::uint64_t rows{};
  std::uint64_t rows_checked{};  // all but the first, which is where the replay starts from
  std::uint64_t rows_equal{};
  std::uint64_t executions{};
  std::uint64_t executions_checked{};
  std::uint64_t executions_maker_equal{};
  std::uint64_t corrections{};  // rows after which queues had to be repaired
  double seconds{};
  std::uint64_t first_unequal_row{};              // line number; 0: none
  std::optional<std::string> broken_invariant{};  // of the venue, at the end

  bool passed() const { return rows_equal == rows_checked && !broken_invariant; }
};

/// `progress` gets fractions from 0 to 1. Errors: those of the files; malformed too when they
/// differ in length.
Read<LobsterReport> replay_lobster(const LobsterOptions&,
                                   const std::function<void(double)>& progress);

}  // namespace rialto::replay
