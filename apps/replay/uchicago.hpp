// Order files of a university course: limit orders and cancels, with the actions an exchange must
// report. Format: docs/protocols/replay.md.
#pragma once

#include <string>
#include <vector>

#include "apps/replay/golden.hpp"

namespace rialto::replay {

/// The actions of the venue, one line each.
Read<std::vector<std::string>> uchicago_actions(const std::string& orders);

/// Runs `orders` and compares the actions with the file `expected`.
Read<GoldenReport> check_uchicago(const std::string& orders, const std::string& expected);

}  // namespace rialto::replay
