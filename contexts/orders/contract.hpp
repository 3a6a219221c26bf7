// Orders as their owners know them: placed, amended, cancelled, limited, blocked.
#pragma once

#include <cstdint>
#include <optional>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "contexts/matching/contract.hpp"
#include "core/rejection.hpp"
#include "core/text.hpp"
#include "core/types.hpp"

namespace rialto::orders {

using matching::CancelReason;
using matching::SelfTradePrevention;
using matching::TimeInForce;
using ClientOrderId = InlineText<64>;

BOOST_DEFINE_FIXED_ENUM_CLASS(OrderType, std::uint8_t, limit, market, stop, stop_limit)

// Commands.
struct PlaceOrder {
  AccountId account;
  InstrumentId instrument;
  Side side{};
  OrderType type{};
  TimeInForce time_in_force{};
  SelfTradePrevention self_trade_prevention = SelfTradePrevention::cancel_newest;
  bool post_only = false;
  Price price;       // limit, stop_limit
  Price stop_price;  // stop, stop_limit
  Quantity quantity;
  Quantity display;       // iceberg peak; 0 shows everything
  Timestamp expire_time;  // GTD; the flow sets it for DAY
  ClientOrderId client_order_id;
  Fingerprint key;           // of (account, client order id); empty without one
  std::uint64_t content{};   // digest of everything above but the account
  SessionId session{};       // of sequenced order entry; none: any other way in
  std::uint32_t user_ref{};  // the session's own number of this order
};
/// Absent fields stay as they are. `quantity` is the new total, the filled part included.
struct AmendOrder {
  AccountId account;
  OrderId order;
  std::optional<Quantity> quantity;
  std::optional<Price> price;
  std::optional<Price> stop_price;
  SessionId session{};       // none: any other way in
  std::uint32_t user_ref{};  // the order's new number in its session; 0 keeps the one it has
};
/// By order, or by the key of a client order id where `order` is none.
struct CancelOrder {
  AccountId account;
  OrderId order;
  Fingerprint key;
  CancelReason reason = CancelReason::user;
};
struct CancelAllOrders {
  AccountId account;
  InstrumentId instrument;  // none: on every instrument
  CancelReason reason = CancelReason::mass_cancel;
  SessionId session{};  // none: however they were entered
};
/// The kill switch: no new orders, and all open ones are cancelled. `account` none: the whole
/// venue.
struct BlockTrading {
  AccountId account;
};
struct UnblockTrading {
  AccountId account;
};

// Events.

/// An order was accepted and its hold taken. Fee rates and worst price are frozen here.
struct OrderCreated {
  OrderId order;
  AccountId account;
  UserId user;
  InstrumentId instrument;
  Side side{};
  OrderType type{};
  TimeInForce time_in_force{};
  SelfTradePrevention self_trade_prevention{};
  bool post_only{};
  Price price;
  Price worst_price;  // the hold covers every price up to here; a seller accepts none below
  Price stop_price;
  Quantity quantity;
  Quantity display;
  Timestamp expire_time;  // 0: never
  FeeRate maker_fee;
  FeeRate taker_fee;
  AssetId hold_asset;
  Amount hold;
  Fingerprint key;
  std::uint64_t content{};
  ClientOrderId client_order_id;
  SessionId session{};  // none: not entered through a sequenced session
  std::uint32_t user_ref{};
};
BOOST_DESCRIBE_STRUCT(OrderCreated, (),
                      (order, account, user, instrument, side, type, time_in_force,
                       self_trade_prevention, post_only, price, worst_price, stop_price, quantity,
                       display, expire_time, maker_fee, taker_fee, hold_asset, hold, key, content,
                       client_order_id, session, user_ref))
struct OrderUpdated {
  OrderId order;
  AccountId account;
  InstrumentId instrument;
  Price price;
  Price worst_price;
  Price stop_price;
  Quantity quantity;   // new total
  Quantity shrunk_by;  // when priority is kept: how much smaller
  bool priority_kept{};
  AssetId hold_asset;
  Amount hold_change;        // signed
  std::uint32_t user_ref{};  // the order's number in its session from now on
  SessionId session{};
};
BOOST_DESCRIBE_STRUCT(OrderUpdated, (),
                      (order, account, instrument, price, worst_price, stop_price, quantity,
                       shrunk_by, priority_kept, hold_asset, hold_change, user_ref, session))
/// Every open order named by the filter is going to be cancelled, in bounded steps.
struct MassCancelRequested {
  AccountId account;
  InstrumentId instrument;
  CancelReason reason{};
  SessionId session{};  // none: however they were entered
};
BOOST_DESCRIBE_STRUCT(MassCancelRequested, (), (account, instrument, reason, session))
struct TradingBlocked {
  AccountId account;
};
BOOST_DESCRIBE_STRUCT(TradingBlocked, (), (account))
struct TradingUnblocked {
  AccountId account;
};
BOOST_DESCRIBE_STRUCT(TradingUnblocked, (), (account))
/// A venue-wide kill switch has reached every account below `account`.
struct KillSwitchAdvanced {
  AccountId next_account;  // none: finished
};
BOOST_DESCRIBE_STRUCT(KillSwitchAdvanced, (), (next_account))

BOOST_DEFINE_FIXED_ENUM_CLASS(
    Reject, std::uint8_t, instrument_not_found, order_not_found, client_order_id_reused,
    client_order_id_capacity_exhausted, venue_blocked, account_blocked, account_not_blocked,
    account_already_blocked, instrument_halted, quantity_must_be_positive, quantity_must_be_on_lot,
    price_required, price_must_be_positive, price_must_be_on_tick, price_not_allowed,
    stop_price_required, stop_price_must_be_positive, stop_price_must_be_on_tick,
    stop_price_not_allowed, display_quantity_out_of_range, display_quantity_not_allowed,
    post_only_not_allowed, time_in_force_not_allowed, expire_time_required, expire_time_not_allowed,
    expire_time_in_the_past, quantity_not_above_filled, nothing_to_change, number_too_large,
    price_outside_band, stop_price_would_trigger_immediately, quantity_above_maximum,
    notional_above_maximum, too_many_open_orders, order_capacity_exhausted, hold_too_large)

constexpr RejectKind kind(Reject reject) {
  switch (reject) {
    case Reject::instrument_not_found:
    case Reject::order_not_found:
      return RejectKind::not_found;
    case Reject::client_order_id_reused:
    case Reject::account_not_blocked:
    case Reject::account_already_blocked:
      return RejectKind::conflict;
    case Reject::client_order_id_capacity_exhausted:
    case Reject::order_capacity_exhausted:
      return RejectKind::unavailable;
    default:
      return RejectKind::business;
  }
}

}  // namespace rialto::orders
