// What one portfolio has of one instrument, as lots, with its cost, its realised profit and the
// cash that went in and out: the arithmetic of docs/portfolio.md, and nothing else.
//
// A lot is a run of fills of one order at one price. Long and short lots never stand side by side:
// what comes from the other side first closes what is open. Integers only; whatever is split is
// split so that the parts add up. Owned by Holdings; one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <boost/describe/class.hpp>

#include "contexts/portfolio/contract.hpp"
#include "core/codec.hpp"
#include "core/types.hpp"

namespace rialto::projections {

/// A price in halves of a tick: the middle of a book may lie between two.
using HalfTicks = StrongNumber<struct HalfTicksTag, std::int64_t>;

struct Lot {
  portfolio::LotId id;
  OrderId order;     // that opened it; none: a deposit or withdrawal
  Timestamp opened;  // its first fill
  HalfTicks price;   // 0: a deposit when there was no price
  Amount quantity;   // base minor units, > 0, short or long
  Amount fees;       // quote minor units; part of the cost
  i128 cost{};       // quote: paid with fees; of a short lot: received less fees
};
BOOST_DESCRIBE_STRUCT(Lot, (), (id, order, opened, price, quantity, fees, cost))

/// One side of a trade, or a deposit (buy) or withdrawal (sell).
struct Deal {
  Side side{};
  Amount quantity;  // base minor units, > 0
  i128 value{};     // quote minor units, fees not included
  Amount fee;       // quote; negative is a rebate
  HalfTicks price;
  portfolio::LotId id;  // what a lot it opens is called
  OrderId order;
  Timestamp time;
};

/// What a deal has closed.
struct Closing {
  i128 quantity{};  // base; 0: nothing, it only opened
  i128 value{};     // quote: received less fees; of a purchase that covers: paid with fees
  i128 fees{};      // quote; part of the value
  i128 cost{};      // quote: of what was closed, as its lots had it
  i128 realized{};  // quote: value - cost of a sale, cost - value of a cover
};

/// amount × part ÷ whole, rounded half up; what is left is amount - share, so nothing is lost.
/// REQUIRES: 0 <= part <= whole, whole > 0. Beyond 2^62, `whole` and `part` lose their last bits.
i128 share(i128 amount, i128 part, i128 whole);

class Position {
 public:
  /// A fill: cash moves, and what it closes is profit or loss. `first` names the lot to use up
  /// first; where it is gone or too small, `method` goes on. O(1) and O(lots closed); O(lots) with
  /// a named lot and on a change to or from average cost.
  Closing trade(const Deal&, portfolio::ReliefMethod, portfolio::LotId first = {});
  /// As a purchase at the deal's value, but no cash moves: the value is contributed.
  Closing deposit(const Deal&, portfolio::ReliefMethod);
  /// What is there leaves at its cost, without profit; what is not is a short lot at the deal's
  /// value.
  void withdraw(const Deal&, portfolio::ReliefMethod);

  bool is_short() const { return short_; }
  /// Base minor units; below zero: short.
  i128 quantity() const { return short_ ? -quantity_ : quantity_; }
  /// Of the open lots, in quote minor units; below zero: received for short ones.
  i128 open_cost() const { return short_ ? -cost_ : cost_; }
  i128 realized() const { return realized_; }
  /// Of all trades so far; also part of cost and profit.
  i128 fees() const { return fees_; }
  /// What trading has brought in, less what it took; fees included.
  i128 cash() const { return cash_; }
  /// Value of deposits; cost of withdrawals. HOLDINGS-2: realized - open_cost = cash - contributed
  /// + withdrawn, always.
  i128 contributed() const { return contributed_; }
  i128 withdrawn() const { return withdrawn_; }

  std::size_t lot_count() const { return lots_.size() - first_; }
  /// The oldest is 0. With average cost, lots share the cost by their quantity.
  const Lot& lot(std::size_t index) const { return lots_[first_ + index]; }
  /// As its cost stands now. O(lots) with average cost.
  i128 cost_of(std::size_t index) const;
  /// Null where there is none (any more). O(log lots).
  const Lot* find(portfolio::LotId) const;
  /// Memory beyond the object itself.
  std::size_t bytes() const { return lots_.capacity() * sizeof(Lot); }

  void save(BinaryWriter&) const;
  void load(BinaryReader&);

 private:
  bool opens(Side side) const { return quantity_ == 0 || (side == Side::sell) == short_; }
  Closing apply(const Deal&, portfolio::ReliefMethod, portfolio::LotId first);
  void open(const Deal&, i128 quantity, i128 cost, i128 fees);
  i128 relieve(i128 quantity, portfolio::ReliefMethod, portfolio::LotId first);
  i128 take(std::size_t index, i128 at_most, i128& left);
  void erase(std::size_t index);
  void pool(bool pooled);
  std::size_t index_of(portfolio::LotId) const;

  std::vector<Lot> lots_;  // by id, ascending
  std::size_t first_ = 0;  // what lies before it is used up
  bool short_ = false;     // meaningful while there is anything
  bool pooled_ = false;    // average cost: cost_ counts, the lots' own do not
  i128 quantity_{};        // of all lots
  i128 cost_{};            // likewise
  i128 realized_{};
  i128 fees_{};
  i128 cash_{};
  i128 contributed_{};
  i128 withdrawn_{};
};

}  // namespace rialto::projections
