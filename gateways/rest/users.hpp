// /api/users: register, log in, tokens, profiles; administration of users.
//
// Owned by RestGateway; handlers run on the server's thread.
#pragma once

#include "gateways/rest/enrolment.hpp"
#include "gateways/rest/front_desk.hpp"
#include "platform/net/router.hpp"

namespace rialto::rest {

class UserRoutes {
 public:
  UserRoutes(FrontDesk& desk, Enrolment& enrolment, const Security& security)
      : desk_(desk), enrolment_(enrolment), security_(security) {}
  void add_to(net::Router&);

 private:
  void enrol(const net::Request&, net::Responder);
  void login(const net::Request&, net::Responder);
  void validate(const net::Request&, net::Responder);
  void refresh(const net::Request&, net::Responder);
  void show_own(const net::Request&, net::Responder);
  void change_own(const net::Request&, net::Responder);
  void remove_own(const net::Request&, net::Responder);
  void list(const net::Request&, net::Responder);
  void show(const net::Request&, net::Responder);
  void change(const net::Request&, net::Responder);
  void remove(const net::Request&, net::Responder);

  void show_user(UserId, net::Responder);
  void change_user(UserId, const Caller&, const net::Request&, net::Responder);
  void remove_user(UserId, const Caller&, const net::Request&, net::Responder);

  FrontDesk& desk_;
  Enrolment& enrolment_;
  const Security security_;
};

}  // namespace rialto::rest
