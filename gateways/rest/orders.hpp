// /api/orders: place, amend, cancel, read.
//
// Owned by RestGateway; handlers run on the server's thread, answers are made on the venue's or the
// replica's.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "platform/net/router.hpp"
#include "projections/portfolio/holdings.hpp"

namespace rialto::rest {

class OrderRoutes {
 public:
  /// `holdings` may be null: orders then belong to default portfolios as far as is known.
  OrderRoutes(FrontDesk& desk, const projections::Holdings* holdings)
      : desk_(desk), holdings_(holdings) {}
  void add_to(net::Router&);

 private:
  void place(const net::Request&, net::Responder);
  void amend(const net::Request&, net::Responder);
  void cancel(const net::Request&, net::Responder);
  /// By client order id, by symbol, or all.
  void cancel_many(const net::Request&, net::Responder);
  void show(const net::Request&, net::Responder);
  void list(const net::Request&, net::Responder);
  void status(const net::Request&, net::Responder);
  void summary(const net::Request&, net::Responder);

  /// Answers write(JsonWriter&, const Replica&, const OrderRecord&) of an order the caller may see.
  template <class Write>
  void tell(const net::Request&, net::Responder, Write write);

  FrontDesk& desk_;
  const projections::Holdings* holdings_;
};

}  // namespace rialto::rest
