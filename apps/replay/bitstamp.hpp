// A day of one exchange's order-level feed: its orders are entered into the venue as they were
// created, and the venue's trades are compared with those that really happened. Format:
// docs/protocols/replay.md.
#pragma once

#include <functional>
#include <string>

#include "apps/replay/source_file.hpp"

namespace rialto::replay {

struct BitstampReport {
  std::uint64_t created{};
  std::uint64_t changed{};
  std::uint64_t deleted{};
  std::uint64_t seeded_levels{};  // of the first book in the feed: what was there before it began
  std::uint64_t real_trades{};
  std::uint64_t trades{};      // the venue's
  std::uint64_t reproduced{};  // of the real ones, by price and amount
  double seconds{};
};

Read<BitstampReport> replay_bitstamp(const std::string& feed,
                                     const std::function<void(double)>& progress);

}  // namespace rialto::replay
