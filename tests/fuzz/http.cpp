// Bytes on a connection, in pieces of any size: never a crash, never more than the limits allow.
#include <string_view>

#include "platform/net/request_parser.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using rialto::net::RequestParser;
  if (size < 2) return 0;
  const std::size_t piece = 1 + data[0];
  const std::string_view all(reinterpret_cast<const char*>(data + 1), size - 1);
  rialto::net::ServerLimits limits;
  limits.header_bytes_max = 512;
  limits.body_bytes_max = 512;
  RequestParser::Storage storage;
  RequestParser parser(limits, storage);
  std::size_t parsed = 0;
  for (std::size_t end = std::min(piece, all.size());; end = std::min(end + piece, all.size())) {
    const auto outcome = parser.put(all.substr(0, end), parsed);
    if (outcome == RequestParser::Outcome::complete) {
      rialto::net::Request request;
      parser.fill(request, all.substr(0, end));
      (void)request.query_parameter("a");
      (void)request.header("host");
    }
    if (outcome != RequestParser::Outcome::need_more || end == all.size()) return 0;
  }
}
