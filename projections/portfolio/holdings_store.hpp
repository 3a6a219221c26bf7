// What Holdings keeps in SQLite: what was realised, where orders were assigned, and, as of one log
// position, every position. A read model's store: made anew from the log when deleted.
//
// Owned by Holdings, used on its thread only; reads see everything recorded before, kept or not.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "projections/follower.hpp"
#include "projections/portfolio/position.hpp"

namespace rialto::projections {

/// One closing: a sale out of lots, or a purchase that covers short ones.
struct RealizedRow {
  portfolio::PortfolioId portfolio;
  InstrumentId instrument;
  Moment moment;
  Side side{};    // of the deal that closed
  TradeId trade;  // none: a deposit that covered short lots
  OrderId order;
  HalfTicks price;
  Closing closing;
};

/// Names a closing: twice the sequence, and one more for a purchase's. Grows with the log, so that
/// rows are only ever added at the end.
using ClosingId = StrongId<struct ClosingIdTag, std::uint64_t>;

/// A position as it is kept.
struct KeptPosition {
  std::uint32_t place{};  // its number, from 0, in order of first use
  portfolio::PortfolioId portfolio;
  InstrumentId instrument;
  ClosingId last_closing;  // none: there was none yet
};

class HoldingsStore {
 public:
  static std::expected<std::unique_ptr<HoldingsStore>, std::string> open(const std::string& path);
  ~HoldingsStore();

  Sequence kept() const { return kept_; }
  /// Rows that no transaction has ended yet.
  std::size_t pending() const { return pending_; }

  /// `previous` is the same position's closing before it. Returns the row's name.
  ClosingId record(const RealizedRow&, ClosingId previous);
  void record(OrderId, const portfolio::Assignment&);
  void keep(const KeptPosition&, ByteView position);
  void keep_money(portfolio::PortfolioId, AssetId, i128 amount);
  /// Ends the transaction. With a position, what was kept is all there is to know as of it.
  std::expected<void, std::string> commit(std::optional<Sequence> position, bool durably);
  /// Forgets what was recorded since the last commit.
  void roll_back();
  void clear();

  /// In order of their places.
  void each_position(const std::function<void(const KeptPosition&, ByteView)>&) const;
  void each_money(const std::function<void(portfolio::PortfolioId, AssetId, i128)>&) const;
  struct Recalled {
    RealizedRow row;
    ClosingId previous;
  };
  /// Nothing for one that is not there. O(log closings).
  std::optional<Recalled> realized(ClosingId) const;
  portfolio::Assignment assignment(OrderId) const;

 private:
  struct Database;
  explicit HoldingsStore(std::unique_ptr<Database>);
  void note(int result);

  std::unique_ptr<Database> database_;
  Sequence kept_;
  std::size_t pending_ = 0;
  bool any_assigned_ = true;  // false: no order ever was, so that reads of orders need not ask
  std::optional<std::string> failure_;
};

}  // namespace rialto::projections
