// /api/wallets: what users own. A wallet is a ledger account; its id is the account's.
//
// Owned by RestGateway; handlers run on the server's thread.
#pragma once

#include "contexts/ledger/ledger.hpp"
#include "gateways/rest/front_desk.hpp"
#include "gateways/rest/transfers.hpp"
#include "platform/net/json_writer.hpp"
#include "platform/net/router.hpp"
#include "platform/security/person_vault.hpp"

namespace rialto::rest {

class WalletRoutes {
 public:
  WalletRoutes(FrontDesk& desk, security::PersonVault& vault) : desk_(desk), vault_(vault) {}
  void add_to(net::Router&);

 private:
  void list(const net::Request&, net::Responder);
  void show(const net::Request&, net::Responder);
  void open(const net::Request&, net::Responder);
  void credit(const net::Request&, net::Responder);
  void debit(const net::Request&, net::Responder);
  void set_balance(const net::Request&, net::Responder);
  void close(const net::Request&, net::Responder);

  void transfer(const net::Request&, net::Responder, Direction);

  FrontDesk& desk_;
  security::PersonVault& vault_;
};

/// {walletId, userId, kind, balance:{USD:…}, held:{USD:…}}, sequence where it is not none.
void write_wallet(net::JsonWriter&, const ledger::Ledger&, const ledger::Account&,
                  const instruments::Instruments&, Sequence sequence = {});
/// The wallet as it is behind `sequence`, or 404.
void answer_with_wallet(gateways::VenuePort&, net::Responder, AccountId, net::Status,
                        Sequence sequence);

}  // namespace rialto::rest
