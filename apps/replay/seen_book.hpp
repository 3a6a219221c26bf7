// The book as the messages tell it, order by order, and the venue's order that stands for each:
// what a replay wants the venue's queues to be. Owned by one replay; changes nothing in the venue
// itself.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "apps/replay/lobster_file.hpp"

namespace rialto::replay {

struct SeenOrder {
  SourceOrderId id;  // anonymous: what was at the level before any of its orders was seen
  Quantity wanted;   // left to do; 0: to be taken out of the venue
  OrderId order;     // the venue's
};

/// In order of priority: anonymous quantity is older than anything that was seen, then by id.
using SeenLevel = std::vector<SeenOrder>;

/// Null where there is none. O(log orders).
inline SeenOrder* find(SeenLevel& level, SourceOrderId id) {
  const auto at = std::ranges::lower_bound(level, id, {}, &SeenOrder::id);
  return at == level.end() || at->id != id ? nullptr : &*at;
}

class SeenBook {
 public:
  using Levels = std::map<Price, SeenLevel>;

  Levels& side(Side side) { return levels_[static_cast<std::size_t>(side)]; }
  SeenLevel* find_level(Side at_side, Price price) {
    const auto at = side(at_side).find(price);
    return at == side(at_side).end() ? nullptr : &at->second;
  }

 private:
  std::array<Levels, 2> levels_;
};

}  // namespace rialto::replay
