// The market's history and statistics: /api/instruments/{symbol}/trades, /candles, /ticker and
// /api/tickers. Public and anonymous.
//
// Owned by RestGateway; handlers run on the server's thread, answers are made on the replica's.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "platform/net/router.hpp"
#include "projections/market/market_data.hpp"

namespace rialto::rest {

class MarketRoutes {
 public:
  MarketRoutes(FrontDesk& desk, projections::MarketData& market) : desk_(desk), market_(market) {}
  void add_to(net::Router&);

 private:
  void trades(const net::Request&, net::Responder);
  void candles(const net::Request&, net::Responder);
  void ticker(const net::Request&, net::Responder);
  void tickers(const net::Request&, net::Responder);

  /// The instrument of the path; none, and the request answered, where there is no such.
  std::optional<InstrumentId> instrument(const net::Request&, net::Responder&);

  FrontDesk& desk_;
  projections::MarketData& market_;  // inside VenuePort::read only
};

}  // namespace rialto::rest
