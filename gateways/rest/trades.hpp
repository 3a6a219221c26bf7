// /api/trades: what was traded. A party to a trade and administrators may see it.
//
// Owned by RestGateway; handlers run on the server's thread.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "platform/net/router.hpp"

namespace rialto::rest {

class TradeRoutes {
 public:
  explicit TradeRoutes(FrontDesk& desk) : desk_(desk) {}
  void add_to(net::Router&);

 private:
  void list(const net::Request&, net::Responder);
  void show(const net::Request&, net::Responder);

  FrontDesk& desk_;
};

}  // namespace rialto::rest
