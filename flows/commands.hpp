// Everything the venue can be asked, and what it answers. Gateways translate into these and nothing
// else.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "contexts/accounts/contract.hpp"
#include "contexts/apikeys/contract.hpp"
#include "contexts/corrections/contract.hpp"
#include "contexts/identity/contract.hpp"
#include "contexts/instruments/contract.hpp"
#include "contexts/ledger/contract.hpp"
#include "contexts/notifications/contract.hpp"
#include "contexts/orders/contract.hpp"
#include "contexts/portfolio/contract.hpp"
#include "contexts/sessions/contract.hpp"
#include "core/rejection.hpp"

namespace rialto::flows {

/// Opens the wallet of a user who has none.
struct OpenWallet {
  UserId user;
};
/// Posts the difference to a target balance; idempotent by nature.
struct SetBalance {
  AccountId account;
  AssetId asset;
  Amount balance;
};
/// An order that names a portfolio or a lot. A command of its own, so that all others carry nothing
/// of it. REQUIRES: no session.
struct PlaceAssignedOrder {
  orders::PlaceOrder order;
  portfolio::Assignment assignment;
};
/// Venue time has come this far: days pass and orders expire.
struct AdvanceClock {};

using Command = std::variant<
    orders::PlaceOrder, orders::AmendOrder, orders::CancelOrder, orders::CancelAllOrders,
    orders::BlockTrading, orders::UnblockTrading, ledger::CreditAccount, ledger::DebitAccount,
    SetBalance, ledger::OpenAccount, OpenWallet, ledger::CloseAccount, ledger::SetShortLimit,
    identity::RegisterUser, identity::UpdateUser, identity::DeleteUser, instruments::RegisterAsset,
    instruments::ListInstrument, instruments::ChangeRules, instruments::HaltInstrument,
    instruments::ResumeInstrument, AdvanceClock, sessions::OpenSession, sessions::RevokeSession,
    sessions::RefuseOrder, sessions::CancelSessionOrders, sessions::SwitchOrderEntry,
    PlaceAssignedOrder, portfolio::CreatePortfolio, portfolio::ChangePortfolio,
    portfolio::DeletePortfolio, accounts::RegisterAccount, accounts::ChangeContact,
    accounts::ChangeAddress, corrections::EnterTrade, corrections::CorrectTrade,
    corrections::BustTrade, notifications::SetPreferences, notifications::PostMessage,
    notifications::MarkRead, apikeys::CreateApiKey, apikeys::RevokeApiKey>;

/// Who asked, through what; kept in the journal with the step.
struct Origin {
  UserId actor;  // none: the venue itself
  SessionId session;
  Fingerprint command;
  std::uint64_t correlation{};
};

BOOST_DEFINE_FIXED_ENUM_CLASS(OrderStatus, std::uint8_t, pending, partially_filled, filled,
                              cancelled, rejected, expired)

/// What the owner of an order sees as its status when it ends for `reason`.
constexpr OrderStatus status_of(orders::CancelReason reason) {
  switch (reason) {
    case orders::CancelReason::post_only_would_take:
      return OrderStatus::rejected;
    case orders::CancelReason::expired:
      return OrderStatus::expired;
    default:
      return OrderStatus::cancelled;
  }
}

/// An order right after a step that touched it.
struct OrderReport {
  OrderId order;
  InstrumentId instrument;
  OrderStatus status{};
  Quantity quantity;
  Quantity filled;
  i128 filled_notional{};                      // quote minor units
  std::optional<orders::CancelReason> reason;  // why it ended unfilled
  i128 fees{};                                 // quote minor units charged so far

  Quantity remaining() const { return quantity - filled; }
};

struct Reply {
  std::optional<Rejection> rejection;
  Sequence sequence;  // the last event of the step; for a repeated command, the venue's present one
  bool repeated = false;  // an earlier command with the same key did it already
  OrderReport order;      // place, amend, cancel
  std::uint64_t count{};  // orders a mass cancel reaches
  UserId user;
  AccountId account;
  AssetId asset;
  InstrumentId instrument;
  SessionId session;
  TradeId trade;
  portfolio::PortfolioId portfolio;
  apikeys::ApiKeyId api_key;
  Timestamp time;  // of the step
};

}  // namespace rialto::flows
