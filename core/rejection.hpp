// How a refused command is named, from the decider to the HTTP body.
//
// Each context declares its rejects as an enum in order of precedence, with `kind(Reject)` beside
// it; the enumerator's name is the stable code a client sees.
#pragma once

#include <cstdint>
#include <string_view>

#include <boost/describe/enum_to_string.hpp>

namespace rialto {

enum class RejectKind : std::uint8_t {
  malformed,    // HTTP 400: not understood
  forbidden,    // 403: understood, not allowed to this actor
  not_found,    // 404
  conflict,     // 409: against the present state
  business,     // 422: a rule of trading or money
  limited,      // 429: too many, try later
  unavailable,  // 503: intake stopped
};

struct Rejection {
  RejectKind kind{};
  std::string_view code;  // static storage: an enumerator's name
  friend constexpr bool operator==(const Rejection&, const Rejection&) = default;
};

/// The rejection a context's enumerator stands for.
template <class Reject>
Rejection rejection_of(Reject reject) {
  return {kind(reject), boost::describe::enum_to_string(reject, "unknown")};
}

}  // namespace rialto
