#include "gateways/rest/rest_gateway.hpp"

#include <optional>

#include "gateways/rest/accounts.hpp"
#include "gateways/rest/admin.hpp"
#include "gateways/rest/exchange_feed.hpp"
#include "gateways/rest/front_desk.hpp"
#include "gateways/rest/instruments.hpp"
#include "gateways/rest/market.hpp"
#include "gateways/rest/market_book.hpp"
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
  Routes(gateways::VenuePort& venue, const Security& security, const RestSettings& settings,
         const ReadModels& models)
      : desk(venue, security.tokens, security.names, settings),
        enrolment(venue, security),
        users(desk, enrolment, security),
        wallets(desk, security.vault),
        accounts(desk, security, settings, models),
        orders(desk, models.holdings),
        ouch_sessions(desk, security.session_passwords),
        trades(desk),
        instruments(desk),
        quotes(desk),
        books(desk),
        admin(desk),
        operations(desk, settings) {
    if (models.inbox) notifications.emplace(desk, security, *models.inbox);
    if (models.email_desk) outbox.emplace(desk, *models.email_desk);
    if (models.holdings) portfolios.emplace(desk, *models.holdings);
    if (models.market) {
      market.emplace(desk, *models.market);
      exchange_feed.emplace(desk, *models.market);
    }
  }

  FrontDesk desk;
  Enrolment enrolment;
  UserRoutes users;
  WalletRoutes wallets;
  AccountRoutes accounts;
  OrderRoutes orders;
  OuchSessionRoutes ouch_sessions;
  TradeRoutes trades;
  InstrumentRoutes instruments;
  QuoteRoutes quotes;
  BookRoutes books;
  std::optional<NotificationRoutes> notifications;
  std::optional<OutboxRoutes> outbox;
  std::optional<MarketRoutes> market;
  std::optional<ExchangeFeedRoutes> exchange_feed;
  AdminRoutes admin;
  OperationRoutes operations;
  std::optional<PortfolioRoutes> portfolios;
};

RestGateway::RestGateway(gateways::VenuePort& venue, const Security& security,
                         RestSettings settings, const ReadModels& models)
    : routes_(std::make_unique<Routes>(venue, security, settings, models)) {}

RestGateway::~RestGateway() = default;

void RestGateway::add_routes(net::Router& router) {
  routes_->users.add_to(router);
  routes_->wallets.add_to(router);
  routes_->accounts.add_to(router);
  if (routes_->notifications) routes_->notifications->add_to(router);
  if (routes_->outbox) routes_->outbox->add_to(router);
  routes_->orders.add_to(router);
  routes_->ouch_sessions.add_to(router);
  routes_->trades.add_to(router);
  routes_->instruments.add_to(router);
  routes_->quotes.add_to(router);
  routes_->books.add_to(router);
  if (routes_->market) routes_->market->add_to(router);
  if (routes_->exchange_feed) routes_->exchange_feed->add_to(router);
  routes_->admin.add_to(router);
  routes_->operations.add_to(router);
  if (routes_->portfolios) routes_->portfolios->add_to(router);
}

}  // namespace rialto::rest
