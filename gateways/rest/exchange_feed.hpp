// The exchange feed: reference system D's paths and words, spoken to the same venue. Order entry,
// what clearing holds for a client, prices, and an order's status and reports
// (docs/protocols/exchange-feed.md).
//
// Owned by RestGateway; handlers run on the server's thread, answers are made on the replica's.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "platform/net/router.hpp"
#include "projections/market/market_data.hpp"

namespace rialto::rest {

class ExchangeFeedRoutes {
 public:
  ExchangeFeedRoutes(FrontDesk& desk, projections::MarketData& market)
      : desk_(desk), market_(market) {}
  void add_to(net::Router&);

 private:
  void enter(const net::Request&, net::Responder);
  void holdings(const net::Request&, net::Responder);
  void balance(const net::Request&, net::Responder);
  void price(const net::Request&, net::Responder);
  void status(const net::Request&, net::Responder);
  void report(const net::Request&, net::Responder);

  void place(const net::Request&, net::Responder, const Caller&, UserId client,
             net::JsonFields& fields);
  void cancel(const net::Request&, net::Responder, const Caller&, UserId client,
              net::JsonFields& fields);
  void answer_with_report(net::Responder, OrderId, net::Status);

  FrontDesk& desk_;
  projections::MarketData& market_;  // inside VenuePort::read only
};

}  // namespace rialto::rest
