// The one place where an error becomes an HTTP answer: {"code":"…","message":"…","details":{…}}.
// Codes are stable names that clients may test; messages are for people and may change.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/rejection.hpp"
#include "platform/net/json_reader.hpp"
#include "platform/net/message.hpp"
#include "platform/net/rate_limiter.hpp"

namespace rialto::net {

/// `details_json` is a JSON object.
Response error_response(Status status, std::string_view code, std::string_view message,
                        std::string_view details_json = "{}");

/// A refused command: its kind gives the status, its code is kept. Without a message, the code's
/// words are it.
Response rejection_response(Rejection rejection, std::string_view message = {},
                            std::string_view details_json = "{}");
Status status_of(RejectKind kind);

/// 400 for a body that is no acceptable JSON, or whose field is missing or of the wrong type.
Response json_problem_response(JsonProblem problem);
Response field_problem_response(const FieldProblem& problem);

/// RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset as header lines.
std::string rate_limit_lines(const RateStanding& standing);

/// 429 with Retry-After in whole seconds, at least 1.
Response too_many_requests_response(std::chrono::nanoseconds retry_after);

}  // namespace rialto::net
