// Business days. No business decision reads the wall clock: days pass by events.
#pragma once

#include <cstdint>

#include <boost/describe/class.hpp>

#include "core/types.hpp"

namespace rialto::calendar {

/// Days since 1970-01-01 (UTC by default).
using Date = StrongId<struct DateTag, std::int32_t>;

/// The business day `date` has begun.
struct DayHasPassed {
  Date date;
};
BOOST_DESCRIBE_STRUCT(DayHasPassed, (), (date))

}  // namespace rialto::calendar
