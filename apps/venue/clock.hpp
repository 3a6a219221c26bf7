// Venue time: the monotonic clock, anchored to the wall at start, never decreasing. One thread.
//
// The wall may be set while the venue runs. A difference above a second raises an alarm; every
// difference is slewed away at no more than 5 %, so business time neither jumps nor stands still
// (DESIGN section 5).
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>

#include "core/types.hpp"

namespace rialto::apps {

/// Where a clock's two sources come from; tests bring their own. Both in nanoseconds.
struct TimeSources {
  std::function<std::int64_t()> wall;       // since 1970
  std::function<std::int64_t()> monotonic;  // from any origin
};
TimeSources system_time();

class VenueClock {
 public:
  /// `last` is the time of the log's newest step. Refused where that lies more than a minute ahead
  /// of the wall: one of the two is wrong, and business time would stand still until the wall has
  /// caught up.
  static std::expected<VenueClock, std::string> start(TimeSources sources, Timestamp last);

  /// Never less than before.
  Timestamp now();
  /// Compares with the wall; call about once a second. True: they differ by more than a second, and
  /// this is the first time since they last agreed.
  bool discipline();
  /// How far the wall is ahead of venue time.
  std::int64_t offset_ns();

 private:
  VenueClock(TimeSources sources, std::int64_t anchor);

  TimeSources sources_;
  std::int64_t venue_at_anchor_;
  std::int64_t monotonic_at_anchor_;
  std::int64_t slew_ppm_ = 0;
  bool alarmed_ = false;
};

}  // namespace rialto::apps
