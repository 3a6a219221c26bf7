// /api/quotes: the best bid and ask of an instrument, with their sizes, and its last price.
//
// Owned by RestGateway; handlers run on the server's thread, answers are made on the replica's.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "platform/net/router.hpp"

namespace rialto::rest {

class QuoteRoutes {
 public:
  explicit QuoteRoutes(FrontDesk& desk) : desk_(desk) {}
  void add_to(net::Router&);

 private:
  void show(const net::Request&, net::Responder);
  /// Of ?symbols=A,B, in that order, or of all instruments.
  void list(const net::Request&, net::Responder);

  FrontDesk& desk_;
};

}  // namespace rialto::rest
