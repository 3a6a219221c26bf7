// The REST gateway: translation only. A request is parsed, authorised, made a command or a read of
// the replica, and its outcome is printed; what is right is decided by the contexts alone.
//
// Owned by apps. Handlers run on the server's thread; replies are printed on the venue's thread,
// reads on the replica's, and nothing in either blocks. Lifetime: outlives every request; whatever
// it is given outlives it.
#pragma once

#include <memory>

#include "gateways/rest/read_models.hpp"
#include "gateways/rest/security.hpp"
#include "gateways/rest/settings.hpp"
#include "gateways/venue_port.hpp"
#include "platform/net/router.hpp"

namespace rialto::rest {

class RestGateway {
 public:
  RestGateway(gateways::VenuePort& venue, const Security& security, RestSettings settings,
              const ReadModels& models = {});
  ~RestGateway();
  RestGateway(const RestGateway&) = delete;
  RestGateway& operator=(const RestGateway&) = delete;

  /// Once, before requests come. The router must not outlive the gateway.
  void add_routes(net::Router& router);

 private:
  struct Routes;
  std::unique_ptr<Routes> routes_;
};

}  // namespace rialto::rest
