// /api/trades: what was traded. A party to a trade and administrators may see it; administrators
// enter, correct and bust trades by events that compensate, never by changing what was written.
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
  void enter(const net::Request&, net::Responder);
  void correct(const net::Request&, net::Responder);
  void bust(const net::Request&, net::Responder);

  FrontDesk& desk_;
};

}  // namespace rialto::rest
