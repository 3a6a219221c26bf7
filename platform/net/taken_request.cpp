#include "platform/net/taken_request.hpp"

#include "core/assert.hpp"

namespace rialto::net {

TakenRequest::TakenRequest(std::string received) : received_(std::move(received)) {
  // What may come in at all was the server's to limit.
  ServerLimits limits;
  limits.header_bytes_max = 1 << 30;
  limits.body_bytes_max = 1 << 30;
  RequestParser parser(limits, storage_);
  std::size_t parsed = 0;
  const auto outcome = parser.put(received_, parsed);
  RIALTO_ASSERT(outcome == RequestParser::Outcome::complete);
  parser.fill(request_, received_);
  rest_ = std::string_view(received_).substr(parsed);
}

}  // namespace rialto::net
