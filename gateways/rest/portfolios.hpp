// /api/portfolios (and /api/Portfolios): read, create, change, delete; buy and sell into and out of
// one.
//
// Owned by RestGateway; handlers run on the server's thread, answers are made on the venue's or the
// replica's.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "platform/net/router.hpp"
#include "projections/portfolio/holdings.hpp"

namespace rialto::rest {

class PortfolioRoutes {
 public:
  PortfolioRoutes(FrontDesk& desk, const projections::Holdings& holdings)
      : desk_(desk), holdings_(holdings) {}
  void add_to(net::Router&);

 private:
  void list(const net::Request&, net::Responder);
  void list_of_user(const net::Request&, net::Responder);
  void show(const net::Request&, net::Responder);
  void lots(const net::Request&, net::Responder);
  void profit(const net::Request&, net::Responder);
  void create(const net::Request&, net::Responder);
  void change(const net::Request&, net::Responder);
  void remove(const net::Request&, net::Responder);
  void buy(const net::Request&, net::Responder);
  void sell(const net::Request&, net::Responder);

  void trade(const net::Request&, net::Responder, Side);
  void list_account(net::Responder, AccountId);
  /// Answers a command with the portfolio it concerned.
  gateways::OnReply answer(net::Responder, net::Status);

  FrontDesk& desk_;
  const projections::Holdings& holdings_;
};

}  // namespace rialto::rest
