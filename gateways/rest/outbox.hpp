// /api/admin/outbox: letters that wait, have left, or never will. For administrators.
//
// Owned by RestGateway; handlers run on the server's thread.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "gateways/rest/read_models.hpp"
#include "platform/net/router.hpp"

namespace rialto::rest {

class OutboxRoutes {
 public:
  OutboxRoutes(FrontDesk& desk, const projections::EmailDesk& email)
      : desk_(desk), email_(&email) {}
  void add_to(net::Router&);

 private:
  void list(const net::Request&, net::Responder);

  FrontDesk& desk_;
  const projections::EmailDesk* email_;
};

}  // namespace rialto::rest
