// /api/notifications: what a user was told, what was read, and what the user wants to be told.
//
// Owned by RestGateway; handlers run on the server's thread. Messages are sealed under the
// recipient's key before they become a command.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "gateways/rest/read_models.hpp"
#include "gateways/rest/security.hpp"
#include "platform/net/router.hpp"

namespace rialto::rest {

class NotificationRoutes {
 public:
  NotificationRoutes(FrontDesk& desk, const Security& security, const projections::Inbox& inbox)
      : desk_(desk), vault_(security.vault), inbox_(&inbox) {}
  void add_to(net::Router&);

 private:
  void list(const net::Request&, net::Responder);
  void post(const net::Request&, net::Responder);
  void show(const net::Request&, net::Responder);
  void mark(const net::Request&, net::Responder);
  void show_preferences(const net::Request&, net::Responder);
  void set_preferences(const net::Request&, net::Responder);

  FrontDesk& desk_;
  security::PersonVault& vault_;
  const projections::Inbox* inbox_;
};

}  // namespace rialto::rest
