// What matching is asked and what it answers: the vocabulary shared with orders, ledger and the
// flows.
#pragma once

#include <cstdint>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "core/types.hpp"

namespace rialto::matching {

BOOST_DEFINE_FIXED_ENUM_CLASS(TimeInForce, std::uint8_t,
                              gtc,  // good till cancelled
                              ioc,  // immediate or cancel
                              fok,  // fill or kill
                              day,  // till the end of the business day
                              gtd)  // good till a date

/// What happens when an order meets one of its own account; the incoming order's choice decides.
BOOST_DEFINE_FIXED_ENUM_CLASS(SelfTradePrevention, std::uint8_t, none, cancel_newest, cancel_oldest,
                              cancel_both, decrement)

BOOST_DEFINE_FIXED_ENUM_CLASS(CancelReason, std::uint8_t,
                              user,                 // asked by its owner
                              mass_cancel,          // asked by its owner, as one of many
                              administrator,        // asked by an administrator
                              immediate_or_cancel,  // the rest of an IOC order
                              fill_or_kill,         // not wholly executable at once
                              no_liquidity,  // a market order found nothing within its collar
                              post_only_would_take,   // reported as status "rejected"
                              self_trade_prevention,  //
                              expired,                // DAY or GTD
                              kill_switch)            //

/// An order as the book sees it: everything is decided, only price-time priority is left.
struct EnterOrder {
  OrderId order;
  AccountId account;
  InstrumentId instrument;
  Side side{};
  Price limit;        // the worst price it may trade at; a market order's collar
  Quantity quantity;  // what is still to be done, > 0
  Quantity display;   // iceberg: most that is shown at once; 0 shows everything
  TimeInForce time_in_force{};
  bool market = false;  // an unfilled rest is cancelled as no_liquidity
  bool post_only = false;
  SelfTradePrevention self_trade_prevention{};
};

// Answers of decide, in the order they happen. The flow completes each with fees and holds, and
// makes it an event before the next one is computed.
struct Fill {
  InstrumentId instrument;
  OrderId taker;
  OrderId maker;
  AccountId taker_account;
  AccountId maker_account;
  Side taker_side{};
  Price price;  // the maker's
  Quantity quantity;
};
/// `remaining` is the part of the order that is cancelled (0 after a decrement that used it up).
struct Cancellation {
  OrderId order;
  InstrumentId instrument;
  Quantity remaining;
  CancelReason reason{};
};
/// Self-trade prevention by decrement: the order shrinks without trading.
struct Reduction {
  OrderId order;
  InstrumentId instrument;
  Quantity by;
};

// Events.

/// One trade, with every number that clearing needs: replaying it is plain addition.
struct TradeExecuted {
  TradeId trade;
  InstrumentId instrument;
  Side taker_side{};
  OrderId buy_order;
  OrderId sell_order;
  AccountId buyer;
  AccountId seller;
  Price price;
  Quantity quantity;
  AssetId base;
  AssetId quote;
  Amount base_amount;               // quantity in minor units of base
  Amount notional;                  // price × quantity in minor units of quote
  Amount buyer_fee;                 // quote; negative is a rebate
  Amount seller_fee;                // quote
  Amount buyer_hold_released;       // quote
  Amount seller_hold_released;      // base
  std::uint32_t buyer_fee_slack{};  // see core/wide.hpp
  std::uint32_t seller_fee_slack{};
};
BOOST_DESCRIBE_STRUCT(TradeExecuted, (),
                      (trade, instrument, taker_side, buy_order, sell_order, buyer, seller, price,
                       quantity, base, quote, base_amount, notional, buyer_fee, seller_fee,
                       buyer_hold_released, seller_hold_released, buyer_fee_slack,
                       seller_fee_slack))

/// An order ends with `remaining` undone; its whole hold is released.
struct OrderCancelled {
  OrderId order;
  AccountId account;
  InstrumentId instrument;
  Quantity remaining;
  CancelReason reason{};
  AssetId hold_asset;
  Amount hold_released;
};
BOOST_DESCRIBE_STRUCT(OrderCancelled, (),
                      (order, account, instrument, remaining, reason, hold_asset, hold_released))

/// Self-trade prevention shrank an order by `by` lots.
struct OrderReduced {
  OrderId order;
  AccountId account;
  InstrumentId instrument;
  Quantity by;
  AssetId hold_asset;
  Amount hold_released;
};
BOOST_DESCRIBE_STRUCT(OrderReduced, (), (order, account, instrument, by, hold_asset, hold_released))

BOOST_DEFINE_FIXED_ENUM_CLASS(Outcome, std::uint8_t,
                              resting,  // in the book, at the end of its level's queue
                              waiting,  // a stop, not yet triggered
                              done)     // filled or cancelled

/// Matching's last word on an entered order; exactly one for each entry.
struct OrderProcessed {
  OrderId order;
  AccountId account;
  InstrumentId instrument;
  Outcome outcome{};
  Side side{};
  Price price;         // resting: limit; waiting: stop price
  Quantity remaining;  // shown and hidden together
  Quantity display;    // iceberg peak, 0 = all shown
};
BOOST_DESCRIBE_STRUCT(OrderProcessed, (),
                      (order, account, instrument, outcome, side, price, remaining, display))

/// A waiting stop order was set off by a trade at its stop price or beyond; its entry follows.
struct OrderTriggered {
  OrderId order;
  InstrumentId instrument;
};
BOOST_DESCRIBE_STRUCT(OrderTriggered, (), (order, instrument))

}  // namespace rialto::matching
