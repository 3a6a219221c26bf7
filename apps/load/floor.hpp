// What the machine itself allows: one round trip over TCP between two threads, with an append and
// an fdatasync in the middle. Measured in the same run as the venue, as the yardstick for it.
#pragma once

#include <expected>
#include <string>

#include "apps/load/histogram.hpp"

namespace rialto::load {

/// Appends `bytes` a time to a file in `directory`, `rounds` times; the file is removed again.
std::expected<Histogram, std::string> measure_floor(const std::string& directory, std::size_t bytes,
                                                    std::size_t rounds);

}  // namespace rialto::load
