// /api/accounts: the people behind accounts, and what their accounts hold and did. An account's id
// is its wallet's.
//
// Owned by RestGateway; handlers run on the server's thread. Personal fields are sealed before they
// become a command, and opened only to be shown to their owner and to administrators.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "gateways/rest/front_desk.hpp"
#include "gateways/rest/read_models.hpp"
#include "gateways/rest/security.hpp"
#include "gateways/rest/settings.hpp"
#include "gateways/rest/transfers.hpp"
#include "platform/net/router.hpp"

namespace rialto::rest {

class AccountRoutes {
 public:
  AccountRoutes(FrontDesk& desk, const Security& security, const RestSettings& settings,
                const ReadModels& models)
      : desk_(desk),
        security_(security),
        demo_users_(settings.demo_users),
        statements_(models.statements) {}
  void add_to(net::Router&);

 private:
  void list(const net::Request&, net::Responder);
  void open(const net::Request&, net::Responder);
  void show(const net::Request&, net::Responder);
  void show_balance(const net::Request&, net::Responder);
  void show_profile(const net::Request&, net::Responder);
  void show_statement(const net::Request&, net::Responder);
  void deposit(const net::Request&, net::Responder);
  void withdraw(const net::Request&, net::Responder);
  void change_contact(const net::Request&, net::Responder);
  void change_address(const net::Request&, net::Responder);
  void close(const net::Request&, net::Responder);

  struct Application;
  void submit(Application, net::Responder);
  std::optional<accounts::SealedDetails> seal(Fingerprint person, const Application&) const;
  void transfer(const net::Request&, net::Responder, Direction);
  enum class Field : std::uint8_t { contact, address };
  void change(const net::Request&, net::Responder, Field);
  /// Reads the account that the path names, if the caller may see it; 404 otherwise.
  using Show =
      std::move_only_function<net::Response(const projections::Replica&, const ledger::Account&)>;
  void with_account(const net::Request&, net::Responder, const Caller&, Show);
  bool holds_play_money(const Caller& caller) const { return demo_users_.contains(caller.user); }

  FrontDesk& desk_;
  const Security security_;
  const std::set<UserId> demo_users_;
  const projections::Statements* statements_;  // null: none are kept
};

/// Closes an account that is empty, and erases the person behind it who has no login.
void close_account(gateways::VenuePort&, security::PersonVault&, AccountId, const flows::Origin&,
                   net::Responder);

}  // namespace rialto::rest
