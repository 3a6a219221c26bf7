// A whole venue in memory, for recorded orders: the real engine and nothing in its place. Every
// rule that could refuse recorded flow is off: no bands, no fees, no self-trade prevention, the
// largest limits.
//
// Every order gets an owner of its own: a customer account that is funded by a credit and has no
// other live order. Owners of closed orders are used again. Used by the replay's drivers; one
// thread.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "flows/engine.hpp"

namespace rialto::replay {

/// A recorded order as it is sent to the venue.
struct RecordedOrder {
  InstrumentId instrument;
  Side side{};
  Price price;  // 0 for a market order
  Quantity quantity;
  orders::TimeInForce time_in_force = orders::TimeInForce::gtc;
  bool post_only = false;
};

class TrialVenue {
 public:
  TrialVenue();

  /// Lists an instrument whose prices have `price_scale` decimals and whose quantities have
  /// `quantity_scale`.
  std::expected<InstrumentId, Rejection> list(const std::string& symbol, std::int32_t price_scale,
                                              std::int32_t quantity_scale);
  /// Venue time for what follows; earlier times than before change nothing.
  void advance_to(Timestamp time);

  // Public commands of the engine, each behind the work it has to wait for.
  std::expected<flows::OrderReport, Rejection> place(const RecordedOrder&);
  /// Shrinks an open order in place by less than it has left.
  std::expected<flows::OrderReport, Rejection> reduce(OrderId, Quantity by);
  std::expected<flows::OrderReport, Rejection> cancel(OrderId);

  /// The trades of the last command, in their order.
  const std::vector<matching::TradeExecuted>& trades() const { return trades_; }
  const flows::Venue& state() const { return engine_.venue; }
  /// What is left to do of an order; 0 once it is closed.
  Quantity remaining(OrderId order) const { return engine_.venue.matching.remaining(order); }

  /// REPLAY-6. Recomputes what must hold at any time: the ledger's sums, and that exactly the holds
  /// of the open orders are held. Says what is wrong; nothing when all is well. Linear in accounts
  /// and orders.
  std::optional<std::string> broken_invariant() const;

 private:
  flows::Reply run(const flows::Command&);
  std::expected<AccountId, Rejection> owner_for(const RecordedOrder&);
  std::optional<Rejection> fund(AccountId, AssetId, Amount needed);
  void take_back_idle_funds();
  void release_owner(AccountId);

  flows::Engine engine_;
  EventBlock events_;
  Timestamp now_;
  std::vector<matching::TradeExecuted> trades_;
  std::vector<AccountId> idle_;  // owners without a live order
  std::vector<bool> engaged_;    // by account number: has, or is about to have, a live order
};

}  // namespace rialto::replay
