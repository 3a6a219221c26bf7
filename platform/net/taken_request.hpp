// What a taken connection asked for, owned: the request that made it leave HTTP, and what the
// client has sent behind it. Internal to platform/net and to those who take connections.
#pragma once

#include <string>
#include <string_view>

#include "platform/net/request_parser.hpp"

namespace rialto::net {

class TakenRequest {
 public:
  /// Of bytes that Server has parsed before: a request without a body.
  explicit TakenRequest(std::string received);
  TakenRequest(const TakenRequest&) = delete;
  TakenRequest& operator=(const TakenRequest&) = delete;

  /// Views into this object; no peer, no route parameters.
  const Request& request() const { return request_; }
  /// What came after it.
  std::string_view rest() const { return rest_; }

 private:
  const std::string received_;
  RequestParser::Storage storage_;
  Request request_;
  std::string_view rest_;
};

}  // namespace rialto::net
