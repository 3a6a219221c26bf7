#include "gateways/rest/rest_gateway.hpp"

#include "gateways/rest/accounts.hpp"
#include "gateways/rest/admin.hpp"
#include "gateways/rest/front_desk.hpp"
#include "gateways/rest/instruments.hpp"
#include "gateways/rest/notifications.hpp"
#include "gateways/rest/operations.hpp"
#include "gateways/rest/orders.hpp"
#include "gateways/rest/ouch_sessions.hpp"
#include "gateways/rest/outbox.hpp"
#include "gateways/rest/portfolios.hpp"
#include "gateways/rest/quotes.hpp"
#include "gateways/rest/trades.hpp"
#include "gateways/rest/users.hpp"
#include "gateways/rest/wallets.hpp"

namespace rialto::rest {

struct RestGateway::Routes {
  Routes(gateways::VenuePort& venue, const Security& security, const RestSettings& settings)
      : desk(venue, security.tokens, security.names, settings),
        enrolment(venue, security),
        users(desk, enrolment, security),
        wallets(desk, security.vault),
        accounts(desk, security, settings),
        notifications(desk, security, settings),
        outbox(desk, settings),
        orders(desk, settings.holdings),
        ouch_sessions(desk, security.session_passwords),
        trades(desk),
        instruments(desk),
        quotes(desk),
        admin(desk),
        operations(desk, settings) {
    if (settings.holdings) portfolios.emplace(desk, *settings.holdings);
  }

  FrontDesk desk;
  Enrolment enrolment;
  UserRoutes users;
  WalletRoutes wallets;
  AccountRoutes accounts;
  NotificationRoutes notifications;
  OutboxRoutes outbox;
  OrderRoutes orders;
  OuchSessionRoutes ouch_sessions;
  TradeRoutes trades;
  InstrumentRoutes instruments;
  QuoteRoutes quotes;
  AdminRoutes admin;
  OperationRoutes operations;
  std::optional<PortfolioRoutes> portfolios;
};

RestGateway::RestGateway(gateways::VenuePort& venue, const Security& security,
                         RestSettings settings)
    : routes_(std::make_unique<Routes>(venue, security, settings)) {}

RestGateway::~RestGateway() = default;

void RestGateway::add_routes(net::Router& router) {
  routes_->users.add_to(router);
  routes_->wallets.add_to(router);
  routes_->accounts.add_to(router);
  routes_->notifications.add_to(router);
  routes_->outbox.add_to(router);
  routes_->orders.add_to(router);
  routes_->ouch_sessions.add_to(router);
  routes_->trades.add_to(router);
  routes_->instruments.add_to(router);
  routes_->quotes.add_to(router);
  routes_->admin.add_to(router);
  routes_->operations.add_to(router);
  if (routes_->portfolios) routes_->portfolios->add_to(router);
}

}  // namespace rialto::rest
