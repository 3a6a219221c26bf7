// /api/instruments: what can be traded, and by which rules. Reading is public, changing an
// administrator's.
//
// Owned by RestGateway; handlers run on the server's thread.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "platform/net/router.hpp"

namespace rialto::rest {

class InstrumentRoutes {
 public:
  explicit InstrumentRoutes(FrontDesk& desk) : desk_(desk) {}
  void add_to(net::Router&);

 private:
  void list(const net::Request&, net::Responder);
  void show(const net::Request&, net::Responder);
  void list_new(const net::Request&, net::Responder);
  void change_rules(const net::Request&, net::Responder);
  void halt(const net::Request&, net::Responder);
  void resume(const net::Request&, net::Responder);

  template <class Command>
  void switch_trading(const net::Request&, net::Responder);

  FrontDesk& desk_;
};

}  // namespace rialto::rest
