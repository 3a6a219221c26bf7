// Every portfolio's positions, computed from trades, deposits and withdrawals: a read model that
// hangs on the replica (projections/follower.hpp).
//
// Positions live in memory; what sales have realised and which orders were assigned goes to
// portfolios.db as it happens, positions go there before each snapshot of the venue, since a
// restart begins at one anyway. The replica's thread only.
#pragma once

#include <deque>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "projections/follower.hpp"
#include "projections/portfolio/holdings_store.hpp"
#include "projections/portfolio/marks.hpp"
#include "projections/portfolio/position.hpp"

namespace rialto::projections {

/// Deposits of an asset become lots of the instrument that was listed first with it as base; none
/// where there is none: such an asset is money only. O(instruments).
InstrumentId home_of(AssetId, const instruments::Instruments&);

class Holdings final : public Follower {
 public:
  /// Opens or makes the database; the error is SQLite's text. Loads every position.
  static std::expected<std::unique_ptr<Holdings>, std::string> open(const std::string& path);

  std::string_view name() const override { return "portfolios"; }
  Sequence kept() const override { return store_->kept(); }
  void restore(const flows::Venue&, Sequence) override;
  void follow(const flows::AnyEvent&, Moment, const flows::Venue& after) override;
  std::size_t pending() const override { return store_->pending(); }
  std::expected<void, std::string> store(Sequence, bool durably) override;
  void clear() override;

  /// Null where the portfolio never had the instrument. O(1).
  const Position* position(portfolio::PortfolioId, InstrumentId) const;
  /// What the portfolio has of an asset as money: paid in and out, and moved by its trades in
  /// instruments quoted in it. Minor units; below zero: other portfolios of the account paid.
  /// O(instruments). HOLDINGS-1: with all positions in the asset, over all portfolios of an
  /// account, it is what the ledger says the account owns.
  i128 cash(portfolio::PortfolioId, AssetId, const instruments::Instruments&) const;
  /// Where an order that named something was to go; nothing named: all zero.
  portfolio::Assignment assignment(OrderId order) const { return store_->assignment(order); }
  /// The portfolio's closings, newest first, until the visitor says false. O(visited ×
  /// log closings).
  void each_realized(portfolio::PortfolioId, const instruments::Instruments&,
                     const std::function<bool(const RealizedRow&)>& visit) const;

  std::size_t position_count() const { return positions_.size(); }
  /// Memory that grows with portfolios, without the allocator's share.
  std::size_t bytes() const;

 private:
  struct Key {
    portfolio::PortfolioId portfolio;
    std::uint32_t part{};  // an instrument's or an asset's number
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept {
      return (key.portfolio.value ^ static_cast<std::uint64_t>(key.part) << 40) *
             0x9e3779b97f4a7c15U;
    }
  };
  struct Held {
    Key key;
    Position position;
    ClosingId last_closing;
    bool changed = false;  // since it was kept
  };

  explicit Holdings(std::unique_ptr<HoldingsStore>);
  std::expected<void, std::string> load();
  Held& change(portfolio::PortfolioId, InstrumentId);
  void note(const Closing&, const Deal&, Held&, Moment, TradeId, bool undoes = false);
  void trade(const matching::TradeExecuted&, Side, Moment, const flows::Venue&);
  void settle(TradeId, const corrections::Parties&, const corrections::Terms&, bool undoes, Moment,
              const flows::Venue&);
  void transfer(AccountId, AssetId, Amount, Side, Moment, const flows::Venue&);
  void list(const instruments::InstrumentListed&, Moment, const flows::Venue&);

  std::unique_ptr<HoldingsStore> store_;
  std::deque<Held> positions_;
  boost::unordered_flat_map<Key, std::uint32_t, KeyHash> places_;  // in positions_
  boost::unordered_flat_map<Key, i128, KeyHash> money_;  // paid in less paid out, of no instrument
  std::vector<Key> changed_money_;
  bool ahead_ = false;  // has been told more than is kept
};

}  // namespace rialto::projections
