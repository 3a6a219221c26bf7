// /api/ouch-sessions: who may enter orders over OUCH. A session is opened over HTTP, used over
// SoupBinTCP (gateways/ouch), and revoked here.
//
// Owned by RestGateway; handlers run on the server's thread, secrets are made and removed on the
// replica's, because each takes a disk sync.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "platform/net/router.hpp"
#include "platform/security/session_passwords.hpp"

namespace rialto::rest {

class OuchSessionRoutes {
 public:
  OuchSessionRoutes(FrontDesk& desk, security::SessionPasswords& passwords)
      : desk_(desk), passwords_(passwords) {}
  void add_to(net::Router&);

 private:
  void list(const net::Request&, net::Responder);
  void open(const net::Request&, net::Responder);
  void revoke(const net::Request&, net::Responder);

  FrontDesk& desk_;
  security::SessionPasswords& passwords_;
};

}  // namespace rialto::rest
