// The open orders of every account: validation, holds, idempotency, limits, expiry and mass
// cancels. Owned by the venue's state; single writer. Knows nothing of books: matching answers, the
// flows carry.
#pragma once

#include <deque>
#include <expected>
#include <optional>
#include <set>
#include <vector>

#include "contexts/instruments/contract.hpp"
#include "contexts/orders/contract.hpp"
#include "core/codec.hpp"
#include "core/idempotency.hpp"
#include "core/paged_index.hpp"

namespace rialto::orders {

/// What an order needs of its instrument; copied from the instruments context by the flow.
struct Terms {
  InstrumentId instrument;
  AssetId base;
  AssetId quote;
  Amount quote_per_tick_lot;
  Amount base_per_lot;
  bool halted{};
  instruments::Rules rules;
};

/// Prices around an order at its entry, gathered by the flow.
struct Market {
  std::optional<Price> best_opposite;  // what a market order would meet first
  std::optional<Price> last;           // reference of price bands and stops
};

struct Order {
  OrderId id;
  AccountId account;
  UserId user;
  InstrumentId instrument;
  Side side{};
  OrderType type{};
  TimeInForce time_in_force{};
  SelfTradePrevention self_trade_prevention{};
  bool post_only{};
  bool waiting{};  // a stop, not yet triggered
  Price price;
  Price worst_price;
  Price stop_price;
  Quantity quantity;  // total, filled part included
  Quantity filled;
  Quantity display;
  Timestamp expire_time;
  Timestamp created;
  FeeRate maker_fee;
  FeeRate taker_fee;
  AssetId hold_asset;
  Amount hold;
  std::uint32_t fee_slack{};
  i128 filled_notional{};  // quote minor units
  i128 fees{};             // quote minor units charged so far
  Fingerprint key;
  ClientOrderId client_order_id;
  SessionId session{};
  std::uint32_t user_ref{};

  Quantity remaining() const { return quantity - filled; }
};
BOOST_DESCRIBE_STRUCT(Order, (),
                      (id, account, user, instrument, side, type, time_in_force,
                       self_trade_prevention, post_only, waiting, price, worst_price, stop_price,
                       quantity, filled, display, expire_time, created, maker_fee, taker_fee,
                       hold_asset, hold, fee_slack, filled_notional, fees, key, client_order_id,
                       session, user_ref))

/// What one fill costs one side; part of TradeExecuted.
struct FillCost {
  Amount fee;
  std::uint32_t fee_slack{};
  Amount hold_released;
};

/// How much the state may hold. Intake is refused beyond it, nothing is dropped.
struct Limits {
  std::size_t open_orders = 100'000'000;
  std::size_t keys = 32'000'000;  // of client order ids, remembered
};

class Orders {
 public:
  Orders() : Orders(Limits{}) {}
  explicit Orders(Limits);

  // Decide. `terms` is null for an unknown instrument.
  /// An earlier order of the same key: its id if the content is the same, a reject if not.
  std::optional<std::expected<OrderId, Reject>> earlier(const PlaceOrder&) const;
  /// REQUIRES: earlier() found nothing. Funds are the ledger's to check: the event names the hold.
  std::expected<OrderCreated, Reject> decide(const PlaceOrder&, const Terms* terms, const Market&,
                                             UserId, Timestamp now) const;
  std::expected<OrderUpdated, Reject> decide(const AmendOrder&, const Terms&, const Market&) const;
  /// The live order a cancel means, if it is the account's own.
  std::expected<const Order*, Reject> decide(const CancelOrder&) const;
  std::expected<TradingBlocked, Reject> decide(const BlockTrading&) const;
  std::expected<TradingUnblocked, Reject> decide(const UnblockTrading&) const;
  /// ORDERS-4: what a fill releases leaves exactly the worst case of the rest on hold.
  FillCost cost_of_fill(OrderId, Quantity, Amount notional, Amount base_amount, bool taker,
                        Amount quote_per_tick_lot) const;
  /// Hold released when an order shrinks by `by` lots without trading.
  Amount hold_released_by(OrderId, Quantity by, const Terms&) const;
  /// What the book gets to see of an order on its entry or re-entry. A stop-market order's collar
  /// may only tighten.
  matching::EnterOrder entry(const Order&, const Terms&, const Market&) const;

  void evolve(const OrderCreated&, Timestamp now);
  void evolve(const OrderUpdated&);
  void evolve(const MassCancelRequested&);
  void evolve(const TradingBlocked&);
  void evolve(const TradingUnblocked&);
  void evolve(const KillSwitchAdvanced&);
  void evolve(const matching::TradeExecuted&, Timestamp now);
  void evolve(const matching::OrderCancelled&, Timestamp now);
  void evolve(const matching::OrderReduced&);
  void evolve(const matching::OrderProcessed&);
  void evolve(const matching::OrderTriggered&);

  /// Null unless the order is open. O(1).
  const Order* order(OrderId) const;
  /// An open order by the key of its client order id. O(1).
  const Order* order_by_key(const Fingerprint&) const;
  std::uint32_t open_orders(AccountId) const;
  /// The account's open orders, oldest first.
  template <class Visit>
  void each_open(AccountId, Visit) const;
  std::size_t open_count() const { return open_count_; }
  OrderId last_order() const { return {next_order_ - 1}; }
  TradeId next_trade() const { return {next_trade_}; }
  bool blocked(AccountId) const;

  // Work that is queued in the state and done in bounded steps.
  std::optional<OrderId> next_mass_cancelled() const;
  CancelReason mass_cancel_reason() const { return mass_cancels_.front().reason; }
  std::optional<OrderId> next_expired(Timestamp now) const;
  /// When the next order expires, if any.
  std::optional<Timestamp> next_expiry() const;
  /// The next account the venue's kill switch has to sweep; none: nothing left to do.
  std::optional<AccountId> kill_switch_at() const;

  void save(BinaryWriter&) const;
  void load(BinaryReader&);

 private:
  using Slot = std::uint32_t;
  static constexpr Slot no_slot = 0xffffffff;
  struct Entry {
    Order order;
    Slot older = no_slot;  // of the same account
    Slot newer = no_slot;
  };
  struct AccountOrders {
    Slot oldest = no_slot;
    Slot newest = no_slot;
    std::uint32_t count = 0;
    bool blocked = false;
  };
  struct MassCancel {
    CancelReason reason{};
    std::deque<OrderId> orders;
  };

  Order& at(OrderId);
  Slot insert(const Order&);
  void close(OrderId, Timestamp now);
  AccountOrders& account(AccountId);

  std::vector<Entry> entries_;  // pooled; free slots are reused last-in first-out
  std::vector<Slot> free_;
  PagedIndex slots_;                                           // order number -> slot
  std::vector<AccountOrders> accounts_;                        // by account number
  std::set<std::pair<std::int64_t, std::uint64_t>> expiries_;  // (time, order)
  std::deque<MassCancel> mass_cancels_;
  Limits limits_;
  // ORDERS-7: keys of open orders, and of closed ones for five minutes of log time.
  IdempotencyTable keys_;
  std::uint64_t next_order_ = 1;
  std::uint64_t next_trade_ = 1;
  std::size_t open_count_ = 0;
  bool venue_blocked_ = false;
  AccountId kill_switch_at_;  // none: no sweep under way
};

template <class Visit>
void Orders::each_open(AccountId id, Visit visit) const {
  const auto index = local_number(id);
  if (index >= accounts_.size()) return;
  for (Slot slot = accounts_[index].oldest; slot != no_slot; slot = entries_[slot].newer)
    visit(entries_[slot].order);
}

}  // namespace rialto::orders
