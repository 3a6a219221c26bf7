#include "gateways/rest/rest_gateway.hpp"

#include "gateways/rest/front_desk.hpp"
#include "gateways/rest/orders.hpp"

namespace rialto::rest {

struct RestGateway::Routes {
  Routes(gateways::VenuePort& venue, const Security& security, const RestSettings& settings)
      : desk(venue, security.tokens, security.names, settings), orders(desk) {}

  FrontDesk desk;
  OrderRoutes orders;
};

RestGateway::RestGateway(gateways::VenuePort& venue, const Security& security,
                         RestSettings settings)
    : routes_(std::make_unique<Routes>(venue, security, settings)) {}

RestGateway::~RestGateway() = default;

void RestGateway::add_routes(net::Router& router) {
  routes_->orders.add_to(router);
}

}  // namespace rialto::rest
