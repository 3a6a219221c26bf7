// /api/admin: the kill switch and house accounts.
//
// Owned by RestGateway; handlers run on the server's thread.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "platform/net/router.hpp"

namespace rialto::rest {

class AdminRoutes {
 public:
  explicit AdminRoutes(FrontDesk& desk) : desk_(desk) {}
  void add_to(net::Router&);

 private:
  void block(const net::Request&, net::Responder);
  void unblock(const net::Request&, net::Responder);
  void open_house(const net::Request&, net::Responder);
  void set_short_limit(const net::Request&, net::Responder);

  FrontDesk& desk_;
};

}  // namespace rialto::rest
