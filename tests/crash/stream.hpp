// Load as a pure function of its number: whoever knows a request's number knows the request, so the
// process that judges needs nothing from the one that was killed but the log and the answers.
#pragma once

#include <vector>

#include "flows/commands.hpp"

namespace rialto::crash {

/// What opens the venue: requests 1, 2, …; accounts 4 to 9 are customers with funds.
std::vector<flows::Command> opening();

/// Set in a number: the same request once more, as a client asks again that got no answer.
inline constexpr std::uint64_t again = std::uint64_t{1} << 62;
/// Numbers of load begin here.
inline constexpr std::uint64_t first_load = 1'000;

/// The request of that number. Orders and transfers carry a key made of it.
flows::Command request(std::uint64_t number);

}  // namespace rialto::crash
