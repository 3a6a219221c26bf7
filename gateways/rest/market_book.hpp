// /api/instruments/{symbol}/book and /status: what an instrument's book looks like, at three levels
// of detail. Public.
//
// Owned by RestGateway; handlers run on the server's thread.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "platform/net/router.hpp"

namespace rialto::rest {

class BookRoutes {
 public:
  explicit BookRoutes(FrontDesk& desk) : desk_(desk) {}
  void add_to(net::Router&);

 private:
  void book(const net::Request&, net::Responder);
  void status(const net::Request&, net::Responder);

  FrontDesk& desk_;
};

}  // namespace rialto::rest
