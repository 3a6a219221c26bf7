#include "gateways/rest/rest_gateway.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "core/assert.hpp"
#include "gateways/rest/accounts.hpp"
#include "gateways/rest/admin.hpp"
#include "gateways/rest/api_key_requests.hpp"
#include "gateways/rest/api_keys.hpp"
#include "gateways/rest/documents.hpp"
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
namespace {

/// What each route needs of an API key, as the document says it. One that the document forgot needs
/// everything.
std::vector<apikeys::Scopes> scopes_of(const net::Router& router) {
  std::map<std::string, apikeys::Scopes, std::less<>> documented;
  for (std::string_view rest = route_scopes; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::size_t space = line.rfind(' ');
    const auto scope = parse_scope(line.substr(space + 1));
    RIALTO_ASSERT(scope);
    documented.emplace(line.substr(0, space), *scope);
  }
  std::vector<apikeys::Scopes> scopes;
  for (const auto& route : router.routes()) {
    std::string name(net::method_text(route.method));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    const auto at = documented.find(name.append(" ").append(route.pattern));
    scopes.push_back(at == documented.end() ? apikeys::Scopes::all : at->second);
  }
  return scopes;
}

}  // namespace

struct RestGateway::Routes {
  Routes(gateways::VenuePort& venue, const Security& security, const RestSettings& settings,
         const ReadModels& models)
      : desk(venue, security.tokens, security.names, security.keys, settings),
        enrolment(venue, security),
        users(desk, enrolment, security),
        wallets(desk, security.vault),
        accounts(desk, security, settings, models),
        orders(desk, models.holdings),
        ouch_sessions(desk, security.session_passwords),
        api_keys(desk, security.api_key_secrets, security.keys),
        trades(desk),
        instruments(desk),
        quotes(desk),
        books(desk),
        admin(desk),
        operations(desk, settings),
        cors_origins(settings.cors_origins) {
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
  ApiKeyRoutes api_keys;
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
  DocumentRoutes documents;
  std::vector<std::string> cors_origins;
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
  routes_->api_keys.add_to(router);
  routes_->trades.add_to(router);
  routes_->instruments.add_to(router);
  routes_->quotes.add_to(router);
  routes_->books.add_to(router);
  if (routes_->market) routes_->market->add_to(router);
  if (routes_->exchange_feed) routes_->exchange_feed->add_to(router);
  routes_->admin.add_to(router);
  routes_->operations.add_to(router);
  if (routes_->portfolios) routes_->portfolios->add_to(router);
  routes_->documents.add_to(router);
  routes_->desk.set_scopes(scopes_of(router));
  router.allow_origins(routes_->cors_origins);
}

}  // namespace rialto::rest
