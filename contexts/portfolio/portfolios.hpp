// What decisions need to know of portfolios: which there are, which open orders belong to one, and
// what the further ones hold. Owned by the venue's state; single writer.
//
// Orders that name no portfolio cost nothing here: a fill or a cancel looks one hash up, and only
// while any open order is assigned. Lots and their cost are projections/portfolio's.
#pragma once

#include <expected>
#include <map>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "contexts/matching/contract.hpp"
#include "contexts/orders/contract.hpp"
#include "contexts/portfolio/contract.hpp"
#include "core/codec.hpp"

namespace rialto::portfolio {

/// A portfolio as its owner knows it.
struct Portfolio {
  PortfolioId id;
  AccountId account;
  std::string name;
  ReliefMethod method{};
  bool deleted = false;
};
BOOST_DESCRIBE_STRUCT(Portfolio, (), (id, account, name, method, deleted))

/// What a further portfolio has of one instrument, in lots.
struct Position {
  Quantity owned;   // below zero: short, house accounts only
  Quantity buying;  // still to be done of its open orders
  Quantity selling;
};

/// An open order that names a portfolio or a lot.
struct AssignedOrder {
  PortfolioId portfolio;
  LotId lot;
  InstrumentId instrument;
  Side side{};
  Quantity remaining;
  Quantity filled;
};
BOOST_DESCRIBE_STRUCT(AssignedOrder, (), (portfolio, lot, instrument, side, remaining, filled))

class Portfolios {
 public:
  static constexpr std::size_t most_portfolios = 10'000'000;
  static constexpr std::size_t longest_name = 64;
  static constexpr std::string_view default_name = "default";

  std::expected<PortfolioCreated, Reject> decide(const CreatePortfolio&) const;
  std::expected<PortfolioChanged, Reject> decide(const ChangePortfolio&,
                                                 AccountId of_default) const;
  std::expected<PortfolioDeleted, Reject> decide(const DeletePortfolio&) const;
  /// Whether the account's order may go there. `may_be_short`: of a house account.
  std::optional<Reject> refuse(const Assignment&, const orders::PlaceOrder&,
                               bool may_be_short) const;
  /// Whether an assigned order may become as large as that. Nothing for any other order.
  std::optional<Reject> refuse(const orders::OrderUpdated&, bool may_be_short) const;

  void evolve(const PortfolioCreated&);
  void evolve(const PortfolioChanged&);
  void evolve(const PortfolioDeleted&);
  void evolve(const OrderAssigned&);
  void evolve(const matching::TradeExecuted& trade) {
    if (assigned_.empty()) [[likely]]
      return;
    fill(trade.buy_order, trade.quantity, filled_[0]);
    fill(trade.sell_order, trade.quantity, filled_[1]);
  }
  void evolve(const matching::OrderCancelled& cancelled) {
    if (!assigned_.empty()) [[unlikely]]
      end(cancelled.order);
  }
  void evolve(const matching::OrderReduced& reduced) {
    if (!assigned_.empty()) [[unlikely]]
      resize(reduced.order, -reduced.by);
  }
  void evolve(const orders::OrderUpdated&);

  /// The account's default one, or a further one that is not deleted. `account` is whose default a
  /// default id means; it must exist.
  Portfolio default_of(AccountId) const;
  /// Null for a default, an unknown or a deleted one. O(1).
  const Portfolio* further(PortfolioId) const;
  /// Deleted ones included, in order of their numbers.
  const std::vector<Portfolio>& further() const { return further_; }
  /// The account's further ones, oldest first; deleted ones included. O(1).
  std::span<const PortfolioId> further_of(AccountId) const;
  /// The method of any portfolio, deleted or not. O(log changed defaults).
  ReliefMethod method(PortfolioId) const;
  /// Of a further portfolio. O(log its instruments).
  Position position(PortfolioId, InstrumentId) const;
  /// Calls visit(InstrumentId, Position) for every instrument a further portfolio ever had, in
  /// order of their numbers.
  template <class Visit>
  void each_position(PortfolioId, Visit) const;
  /// Null for an order that is not open or names neither portfolio nor lot. O(1).
  const AssignedOrder* assigned(OrderId) const;
  /// The same, and an order that the trade folded last has filled: for those who follow trades.
  const AssignedOrder* assigned_to_last(OrderId) const;

  void save(BinaryWriter&) const;
  void load(BinaryReader&);

 private:
  std::optional<Reject> refuse(PortfolioId, InstrumentId, Side, Quantity more,
                               bool may_be_short) const;
  /// The order that was filled last on its side. Not part of the state: a convenience for reads.
  struct Filled {
    OrderId id;
    AssignedOrder order;
  };
  Position& at(const AssignedOrder&);
  Quantity& open(const AssignedOrder&);
  void fill(OrderId, Quantity, Filled&);
  void end(OrderId);
  void resize(OrderId, Quantity change);

  std::vector<Portfolio> further_;  // index = number - first
  boost::unordered_flat_map<AccountId, std::vector<PortfolioId>, std::hash<AccountId>> further_of_;
  std::map<AccountId, Portfolio> changed_defaults_;
  std::map<std::pair<PortfolioId, InstrumentId>, Position> positions_;  // of further ones
  boost::unordered_flat_map<OrderId, AssignedOrder, std::hash<OrderId>> assigned_;
  Filled filled_[2];
};

template <class Visit>
void Portfolios::each_position(PortfolioId id, Visit visit) const {
  for (auto at = positions_.lower_bound({id, {}}); at != positions_.end() && at->first.first == id;
       ++at)
    visit(at->first.second, at->second);
}

}  // namespace rialto::portfolio
