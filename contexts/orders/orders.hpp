// The open orders of every account: validation, holds, idempotency, limits, expiry and mass
// cancels. Owned by the venue's state; single writer. Knows nothing of books: matching answers, the
// flows carry.
#pragma once

#include <deque>
#include <expected>
#include <optional>
#include <set>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "contexts/corrections/contract.hpp"
#include "contexts/instruments/contract.hpp"
#include "contexts/orders/contract.hpp"
#include "core/codec.hpp"
#include "core/growing_array.hpp"
#include "core/idempotency.hpp"
#include "core/paged_index.hpp"

namespace rialto::orders {

/// What an order needs of its instrument; kept by the flows, from the instruments context.
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

/// An open order: three cache lines. A cancel changes the first, a fill the second too; the
/// third is for reads.
struct alignas(64) Order {
  OrderId id;
  AccountId account;
  Fingerprint key;
  Amount hold;
  Quantity remaining;
  InstrumentId instrument;
  Side side{};
  OrderType type{};
  bool waiting{};  // a stop, not yet triggered
  bool expires{};  // has an expire_time
  // Neighbours among the account's open orders; Orders keeps them.
  std::uint32_t older = 0xffffffff;
  std::uint32_t newer = 0xffffffff;

  Price worst_price;
  Quantity filled;
  FeeRate maker_fee;
  FeeRate taker_fee;
  std::uint32_t fee_slack{};
  AssetId hold_asset;
  i128 filled_notional{};  // quote minor units
  i128 fees{};             // quote minor units charged so far

  Price price;
  Price stop_price;
  Quantity display;
  Timestamp expire_time;
  Timestamp created;
  UserId user;
  SessionId session;
  std::uint32_t user_ref{};  // the session's own number of this order
  TimeInForce time_in_force{};
  SelfTradePrevention self_trade_prevention{};
  bool post_only{};

  /// The total, filled part included.
  Quantity quantity() const { return remaining + filled; }
};
static_assert(sizeof(Order) == 192);
BOOST_DESCRIBE_STRUCT(Order, (),
                      (id, account, key, hold, remaining, instrument, side, type, waiting, expires,
                       worst_price, filled, maker_fee, taker_fee, fee_slack, hold_asset,
                       filled_notional, fees, price, stop_price, display, expire_time, created,
                       user, session, user_ref, time_in_force, self_trade_prevention, post_only))

/// On what terms a new order is let in.
struct Admission {
  Price worst_price;
  AssetId hold_asset;
  Amount hold;
};

/// What one fill costs one side; part of TradeExecuted.
struct FillCost {
  Amount fee;
  std::uint32_t fee_slack{};
  Amount hold_released;
};

/// No limit may be set higher.
inline constexpr std::size_t largest_open_orders = 64'000'000;

/// How much the state may hold. Intake is refused beyond it, nothing is dropped.
struct Limits {
  std::size_t open_orders = largest_open_orders;
  std::size_t keys = 32'000'000;  // of client order ids, remembered
};

class Orders {
 public:
  Orders() : Orders(Limits{}) {}
  explicit Orders(Limits);

  // Decide. `terms` is null for an unknown instrument.
  /// An earlier order of the same key: its id if the content is the same, a reject if not.
  std::optional<std::expected<OrderId, Reject>> earlier(const PlaceOrder&) const;
  /// REQUIRES: earlier() found nothing. Funds are the ledger's to check: the admission names the
  /// hold.
  std::expected<Admission, Reject> decide(const PlaceOrder&, const Terms* terms, const Market&,
                                          Timestamp now) const;
  /// The event of an admitted order; large, and so made only where it is needed. `day_end` is when
  /// an order of today expires.
  OrderCreated created(const PlaceOrder&, const Terms&, const Admission&, UserId,
                       Timestamp day_end) const;
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
  /// What the book gets to see of an order on its re-entry. A stop-market order's collar may only
  /// tighten.
  matching::EnterOrder entry(const Order&, const Terms&, const Market&) const;
  /// The same on its first entry.
  static matching::EnterOrder entry(const OrderCreated&);

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
  void evolve(const corrections::TradeEntered&);

  /// Null unless the order is open. O(1).
  const Order* order(OrderId) const;
  /// An order that the event folded last has closed, as it ended. Null for an open one; asked about
  /// any other, null or how it ended. O(1).
  const Order* just_closed(OrderId) const;
  /// An open order by the key of its client order id. O(1).
  const Order* order_by_key(const Fingerprint&) const;
  /// The text its owner gave an open order; empty if none.
  ClientOrderId client_order_id(OrderId) const;
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

  // For batches: each asks for lines ahead of their use, and what it needs itself was asked for by
  // the one before.
  void prefetch(const Fingerprint& key) const { keys_.prefetch(key); }
  void prefetch(AccountId id) const { prefetch_line(&accounts_[local_number(id)]); }
  void prefetch_slot(OrderId id) const { slots_.prefetch(local_number(id)); }
  void prefetch_order(OrderId id) const;
  void prefetch_neighbours(OrderId id) const;
  void prefetch_newest(AccountId id) const;

 private:
  using Slot = std::uint32_t;
  static constexpr Slot no_slot = 0xffffffff;
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
  Order& insert(const Order&);
  Order& take_slot(OrderId, AccountId);
  void close(Order&, Timestamp now);
  void pass_over_closed();
  AccountOrders& account(AccountId);

  GrowingArray<Order> orders_;  // free ones are reused, last in, first out
  std::vector<Slot> free_;
  PagedIndex slots_;                                           // order number -> slot
  GrowingArray<AccountOrders> accounts_;                       // by account number
  std::set<std::pair<std::int64_t, std::uint64_t>> expiries_;  // (time, order)
  boost::unordered_flat_map<OrderId, ClientOrderId, std::hash<OrderId>> client_order_ids_;
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
  for (Slot slot = accounts_[index].oldest; slot != no_slot; slot = orders_[slot].newer)
    visit(orders_[slot]);
}

}  // namespace rialto::orders
