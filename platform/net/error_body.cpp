#include "platform/net/error_body.hpp"

#include <algorithm>
#include <boost/describe/enum_to_string.hpp>

#include "platform/net/json_writer.hpp"

namespace rialto::net {

Response error_response(Status status, std::string_view code, std::string_view message,
                        std::string_view details_json) {
  Response response{.status = status};
  JsonWriter(response.body)
      .begin_object()
      .field("code", code)
      .field("message", message)
      .key("details")
      .raw(details_json)
      .end_object();
  return response;
}

Status status_of(RejectKind kind) {
  switch (kind) {
    case RejectKind::malformed:
      return Status::bad_request;
    case RejectKind::forbidden:
      return Status::forbidden;
    case RejectKind::not_found:
      return Status::not_found;
    case RejectKind::conflict:
      return Status::conflict;
    case RejectKind::business:
      return Status::unprocessable;
    case RejectKind::limited:
      return Status::too_many_requests;
    case RejectKind::unavailable:
      return Status::unavailable;
  }
  return Status::internal_error;
}

Response rejection_response(Rejection rejection, std::string_view message,
                            std::string_view details_json) {
  std::string words{message.empty() ? rejection.code : message};
  if (message.empty()) std::replace(words.begin(), words.end(), '_', ' ');
  return error_response(status_of(rejection.kind), rejection.code, words, details_json);
}

Response json_problem_response(JsonProblem problem) {
  const std::string_view code = boost::describe::enum_to_string(problem, "malformed_json");
  return rejection_response({RejectKind::malformed, code});
}

Response field_problem_response(const FieldProblem& problem) {
  std::string details;
  JsonWriter(details).begin_object().field("field", problem.field).end_object();
  const std::string_view code = boost::describe::enum_to_string(problem.kind, "field_missing");
  return rejection_response({RejectKind::malformed, code}, {}, details);
}

std::string rate_limit_lines(const RateStanding& standing) {
  Response lines;
  lines.add_header("RateLimit-Limit", std::to_string(standing.limit));
  lines.add_header("RateLimit-Remaining", std::to_string(standing.remaining));
  lines.add_header("RateLimit-Reset", std::to_string(standing.reset.count()));
  return std::move(lines.header_lines);
}

Response too_many_requests_response(std::chrono::nanoseconds retry_after) {
  const auto seconds =
      std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(retry_after).count());
  Response response = error_response(Status::too_many_requests, "rate_limited",
                                     "too many requests; try again later");
  response.add_header("Retry-After", std::to_string(seconds));
  return response;
}

}  // namespace rialto::net
