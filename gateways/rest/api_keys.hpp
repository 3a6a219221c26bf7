// /api/api-keys: keys with which a user's programs sign their requests.
//
// Owned by RestGateway; handlers run on the server's thread, secrets are made and removed on the
// replica's, because each takes a disk sync.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "gateways/rest/key_ring.hpp"
#include "platform/net/router.hpp"
#include "platform/security/api_key_secrets.hpp"

namespace rialto::rest {

class ApiKeyRoutes {
 public:
  ApiKeyRoutes(FrontDesk& desk, security::ApiKeySecrets& secrets, KeyRing& ring)
      : desk_(desk), secrets_(secrets), ring_(ring) {}
  void add_to(net::Router&);

 private:
  void list(const net::Request&, net::Responder);
  void create(const net::Request&, net::Responder);
  void revoke(const net::Request&, net::Responder);

  FrontDesk& desk_;
  security::ApiKeySecrets& secrets_;
  KeyRing& ring_;
};

}  // namespace rialto::rest
