// What the market's history keeps, as rows of two databases: market_data (prices, candles, trades,
// reports) and clearing_data (balances, settlement reports; the depository is a view of them). In
// SQLite both lie in one file. Numbers are the venue's own: ticks, lots, minor units, nanoseconds.
//
// Every row says by `sequence` which event it was last changed by: that is how a copy catches up.
#pragma once

#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "contexts/instruments/contract.hpp"
#include "contexts/matching/contract.hpp"
#include "contexts/orders/contract.hpp"
#include "core/types.hpp"
#include "projections/market/interval.hpp"

namespace rialto::projections {

/// How far a database has come; one row for each. `origin` is the time of the log's first event:
/// two venues' rows are never mixed.
struct PositionRow {
  std::string store;
  Sequence sequence;
  std::int64_t version{};  // 0: nothing was ever stored
  Timestamp origin;
  static constexpr std::string_view table = "position";
  static constexpr std::size_t key_columns = 1;
  static std::vector<std::string> indexes() { return {}; }
};
BOOST_DESCRIBE_STRUCT(PositionRow, (), (store, sequence, version, origin))

struct AssetRow {
  AssetId asset_id;
  std::string code;
  std::int32_t scale{};
  Sequence sequence;
  static constexpr std::string_view table = "assets";
  static constexpr std::size_t key_columns = 1;
  static std::vector<std::string> indexes() { return {}; }
};
BOOST_DESCRIBE_STRUCT(AssetRow, (), (asset_id, code, scale, sequence))

struct InstrumentRow {
  InstrumentId instrument_id;
  std::string symbol;
  AssetId base_id;
  AssetId quote_id;
  std::int64_t tick_units{};
  std::int32_t tick_scale{};
  std::int64_t lot_units{};
  std::int32_t lot_scale{};
  bool halted{};
  Sequence sequence;
  static constexpr std::string_view table = "instruments";
  static constexpr std::size_t key_columns = 1;
  static std::vector<std::string> indexes() { return {}; }
};
BOOST_DESCRIBE_STRUCT(InstrumentRow, (),
                      (instrument_id, symbol, base_id, quote_id, tick_units, tick_scale, lot_units,
                       lot_scale, halted, sequence))

/// One line of the tape: anonymous.
struct TradeRow {
  Sequence sequence;
  TradeId trade_id;
  InstrumentId instrument_id;
  Timestamp time;
  Price price;
  Quantity quantity;
  Amount notional;
  Side taker_side{};
  static constexpr std::string_view table = "trades";
  static constexpr std::size_t key_columns = 1;
  static std::vector<std::string> indexes() { return {"instrument_id, \"time\""}; }
  friend bool operator==(const TradeRow&, const TradeRow&) = default;
};
BOOST_DESCRIBE_STRUCT(TradeRow, (),
                      (sequence, trade_id, instrument_id, time, price, quantity, notional,
                       taker_side))

struct CandleRow {
  InstrumentId instrument_id;
  Interval interval{};
  Timestamp start;
  Price open;
  Price high;
  Price low;
  Price close;
  i128 volume{};        // lots
  i128 quote_volume{};  // quote minor units
  std::uint64_t trades{};
  Sequence sequence;
  static constexpr std::string_view table = "candles";
  static constexpr std::size_t key_columns = 3;
  static std::vector<std::string> indexes() { return {"sequence"}; }
  friend bool operator==(const CandleRow&, const CandleRow&) = default;
};
BOOST_DESCRIBE_STRUCT(CandleRow, (),
                      (instrument_id, interval, start, open, high, low, close, volume, quote_volume,
                       trades, sequence))

/// The last trade of an instrument, and the best prices right behind it (0: none).
struct PriceRow {
  InstrumentId instrument_id;
  Price last;
  Price bid;
  Price ask;
  Timestamp time;
  Sequence sequence;
  static constexpr std::string_view table = "prices";
  static constexpr std::size_t key_columns = 1;
  static std::vector<std::string> indexes() { return {}; }
};
BOOST_DESCRIBE_STRUCT(PriceRow, (), (instrument_id, last, bid, ask, time, sequence))

BOOST_DEFINE_FIXED_ENUM_CLASS(ReportKind, std::uint8_t, accepted, updated, executed, cancelled,
                              rejected, expired)

/// What an order's owner is told of one thing that happened to it. A trade is two of them.
struct ReportRow {
  std::int64_t report_id{};  // 2 × sequence, and 1 more for the seller of a trade
  Sequence sequence;
  OrderId order_id;
  InstrumentId instrument_id;
  AccountId account_id;
  UserId user_id;
  ReportKind kind{};
  Side side{};
  orders::OrderType order_type{};
  Price price;         // the order's limit; 0 for none
  Quantity quantity;   // the order's, filled part included
  Quantity remaining;  // behind this; what is cancelled, where it is
  TradeId trade_id;    // 0 unless executed
  Price trade_price;
  Quantity trade_quantity;
  std::int32_t reason = -1;  // orders::CancelReason where it ended unfilled
  Timestamp time;
  static constexpr std::string_view table = "reports";
  static constexpr std::size_t key_columns = 1;
  static std::vector<std::string> indexes() { return {"order_id"}; }
  friend bool operator==(const ReportRow&, const ReportRow&) = default;
};
BOOST_DESCRIBE_STRUCT(ReportRow, (),
                      (report_id, sequence, order_id, instrument_id, account_id, user_id, kind,
                       side, order_type, price, quantity, remaining, trade_id, trade_price,
                       trade_quantity, reason, time))

/// What an account owns of an asset, holds included; the venue's own accounts are left out.
struct BalanceRow {
  AccountId account_id;
  AssetId asset_id;
  UserId user_id;
  Amount owned;
  Sequence sequence;
  static constexpr std::string_view table = "balances";
  static constexpr std::size_t key_columns = 2;
  static std::vector<std::string> indexes() { return {"sequence"}; }
  friend bool operator==(const BalanceRow&, const BalanceRow&) = default;
};
BOOST_DESCRIBE_STRUCT(BalanceRow, (), (account_id, asset_id, user_id, owned, sequence))

/// TradeSettled: both legs of a trade, its fees, and what both sides own right behind it. An
/// administrator's entry, correction or bust of a trade is a row too, without orders: amounts and
/// fees are what it moved, price and quantity what stands since.
struct SettlementRow {
  Sequence sequence;
  TradeId trade_id;
  InstrumentId instrument_id;
  Timestamp time;
  OrderId buy_order_id;
  OrderId sell_order_id;
  AccountId buyer_id;
  AccountId seller_id;
  UserId buyer_user_id;
  UserId seller_user_id;
  Price price;
  Quantity quantity;
  Amount base_amount;
  Amount notional;
  Amount buyer_fee;
  Amount seller_fee;
  Amount buyer_base_after;
  Amount buyer_quote_after;
  Amount seller_base_after;
  Amount seller_quote_after;
  static constexpr std::string_view table = "settlements";
  static constexpr std::size_t key_columns = 1;
  static std::vector<std::string> indexes() { return {}; }
  friend bool operator==(const SettlementRow&, const SettlementRow&) = default;
};
BOOST_DESCRIBE_STRUCT(SettlementRow, (),
                      (sequence, trade_id, instrument_id, time, buy_order_id, sell_order_id,
                       buyer_id, seller_id, buyer_user_id, seller_user_id, price, quantity,
                       base_amount, notional, buyer_fee, seller_fee, buyer_base_after,
                       buyer_quote_after, seller_base_after, seller_quote_after))

}  // namespace rialto::projections
