// The read model of the market: the tape, candles, 24-hour statistics, order and settlement
// reports, balances. A follower of the replica: everything on its thread, reads included.
//
// Running candles and the minutes of a day are in memory; all the rest is rows of one SQLite file,
// written in bulk when they are stored or asked for, with the position in the same transaction
// (MARKET-1).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "platform/sql/connection.hpp"
#include "projections/follower.hpp"
#include "projections/market/candle.hpp"
#include "projections/market/rows.hpp"

namespace rialto::projections {

/// Newest first: trades of [from, to) older than the event `before` (0: from the newest).
struct TapeQuery {
  Timestamp from{};
  Timestamp to{INT64_MAX};
  Sequence before{};
  std::size_t limit = 100;
};
/// Oldest first. With `from`: the first `limit` candles that begin in [from, to); without: the
/// last ones.
struct CandleQuery {
  Interval interval = Interval::minute;
  std::optional<Timestamp> from{};
  Timestamp to{INT64_MAX};
  std::size_t limit = 100;
  bool fill = false;  // intervals without trades get a candle at the close before them
};

class MarketData final : public Follower {
 public:
  struct Settings {
    std::string path;                                        // of the SQLite file
    std::function<void(Sequence)> stored = [](Sequence) {};  // after each commit, on any thread
  };

  static std::expected<std::unique_ptr<MarketData>, std::string> open(Settings);
  ~MarketData() override;

  std::string_view name() const override { return "market"; }
  Sequence kept() const override { return kept_; }
  void restore(const flows::Venue& state, Sequence position) override;
  void before(const flows::AnyEvent&, Moment, const flows::Venue& state) override;
  void follow(const flows::AnyEvent&, Moment, const flows::Venue& after) override;
  std::size_t pending() const override;
  std::expected<void, std::string> store(Sequence position, bool durably) override;
  void clear() override;

  // Reads. Those of rows are empty where the database fails; healthy() tells.
  std::vector<TradeRow> trades(InstrumentId, const TapeQuery&);
  /// `now`: where filling ends.
  std::vector<Candle> candles(InstrumentId, const CandleQuery&, Timestamp now);
  Statistics statistics(InstrumentId, Timestamp now);
  /// The last trade and what was best right behind it; nothing before the first.
  std::optional<PriceRow> price(InstrumentId) const;
  /// Oldest first.
  std::vector<ReportRow> reports(OrderId);
  /// Of the trade that this event executed.
  std::optional<SettlementRow> settlement(Sequence);
  bool healthy() const { return !failure_; }

 private:
  /// What is kept in memory of one instrument.
  struct Market {
    CandleMaker candles;
    PriceRow price;
    bool changed = false;  // since its candles were written
  };
  explicit MarketData(Settings settings) : settings_(std::move(settings)) {}

  std::expected<void, std::string> open_store();
  void load();
  Market& market(InstrumentId);
  void note(const sql::Done&);
  void write_rows();
  void write_candles(InstrumentId, Market&);
  std::optional<CandleRow> candle_at_or_before(InstrumentId, Interval, Timestamp);

  void on(const instruments::AssetRegistered&, Moment, const flows::Venue&);
  void on(const instruments::InstrumentListed&, Moment, const flows::Venue&);
  void on(const instruments::InstrumentHalted&, Moment, const flows::Venue&);
  void on(const instruments::InstrumentResumed&, Moment, const flows::Venue&);
  void on(const orders::OrderCreated&, Moment, const flows::Venue&);
  void on(const orders::OrderUpdated&, Moment, const flows::Venue&);
  void on(const matching::OrderReduced&, Moment, const flows::Venue&);
  void on(const matching::TradeExecuted&, Moment, const flows::Venue&);
  void on(const corrections::TradeEntered&, Moment, const flows::Venue&);
  void on(const corrections::TradeCorrected&, Moment, const flows::Venue&);
  void on(const corrections::TradeBusted&, Moment, const flows::Venue&);
  void on(const ledger::AccountCredited&, Moment, const flows::Venue&);
  void on(const ledger::AccountDebited&, Moment, const flows::Venue&);
  void keep_instrument(InstrumentId, Moment, const flows::Venue&);
  void keep_balance(AccountId, AssetId, Moment, const flows::Venue&);
  /// Of the row, what both sides own and when is filled in here.
  void settle(SettlementRow, AssetId base, AssetId quote, Moment, const flows::Venue&);
  void settle_change(TradeId, const corrections::Parties&, const corrections::Terms& before,
                     const corrections::Terms& stands, Moment, const flows::Venue&);
  void report_fill(const matching::TradeExecuted&, Side, Moment, const flows::Venue&);

  Settings settings_;
  std::unique_ptr<sql::Connection> database_;
  std::optional<std::string> failure_;  // the first one; nothing is committed behind it
  Sequence kept_;
  Timestamp origin_;             // of the log: the time of its first event
  std::vector<Market> markets_;  // by instrument number
  std::vector<InstrumentId> changed_;

  // Rows that wait for write_rows().
  std::vector<TradeRow> trades_;
  std::vector<SettlementRow> settlements_;
  std::vector<ReportRow> reports_;
  std::vector<CandleRow> candles_;
  std::vector<AssetRow> assets_;
  boost::unordered_flat_map<std::uint32_t, InstrumentRow> instruments_;
  boost::unordered_flat_map<std::pair<std::uint64_t, std::uint32_t>, BalanceRow> balances_;
  std::size_t written_ = 0;  // into the open transaction
};

}  // namespace rialto::projections
