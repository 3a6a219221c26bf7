// /openapi.json and /docs: what the API says of itself. The document is merged from schema/openapi
// at build time and lies in the binary, page and all: nothing is fetched from anywhere.
//
// Owned by RestGateway; handlers run on the server's thread.
#pragma once

#include <string_view>

#include "platform/net/router.hpp"

namespace rialto::rest {

/// OpenAPI 3.1.
extern const std::string_view openapi_json;
/// Lines "method path scope": what an API key needs for each route that asks who it is.
extern const std::string_view route_scopes;

class DocumentRoutes {
 public:
  void add_to(net::Router&);
};

}  // namespace rialto::rest
