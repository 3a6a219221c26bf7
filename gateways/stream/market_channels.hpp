// The public channels of one market: the book at every level, trades, the ticker. Another channel
// is another subclass of MarketChannel and a line in Market::make.
//
// Owned by Market, whose book they view. Server's thread only.
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <vector>

#include "gateways/stream/book_view.hpp"
#include "gateways/stream/market_messages.hpp"

namespace rialto::stream {

/// What the channels of one market look at.
struct MarketState {
  std::shared_ptr<const instruments::Instrument> instrument;
  BookView book;
  std::deque<projections::TradeNews> recent_trades;  // oldest first
  std::optional<Price> last_price;
};

/// Every price level, or the best `depth` of each side.
class LevelsChannel final : public MarketChannel {
 public:
  LevelsChannel(const MarketState& market, std::size_t depth) : market_(market), depth_(depth) {}
  void book_changed(const projections::BookChange&) override;

 private:
  struct Best {
    std::vector<BookLevel> bids;
    std::vector<BookLevel> asks;
  };
  void restart() override;
  MessagePointer snapshot(SnapshotReason) const override;
  MessagePointer make_delta(Sequence previous) override;
  bool news() const override { return changed_at_.sequence.value != 0; }
  projections::Moment newest() const override { return changed_at_; }
  Best best() const;

  const MarketState& market_;
  const std::size_t depth_;  // 0: all
  projections::Moment changed_at_;
  projections::Moment said_at_;
  std::set<Price> changed_[2];  // of all levels: by side
  Best said_;                   // of the best ones
};

/// The best bid and ask, whole in every message.
class TopChannel final : public MarketChannel {
 public:
  explicit TopChannel(const MarketState& market) : market_(market) {}
  void book_changed(const projections::BookChange& change) override { changed_at_ = change.at; }

 private:
  void restart() override;
  MessagePointer snapshot(SnapshotReason) const override;
  MessagePointer make_delta(Sequence previous) override;
  bool news() const override { return changed_at_.sequence.value != 0; }
  projections::Moment newest() const override { return changed_at_; }

  const MarketState& market_;
  projections::Moment changed_at_;
  projections::Moment said_at_;
  std::vector<BookLevel> bid_;  // at most one
  std::vector<BookLevel> ask_;
};

/// Order by order.
class OrdersChannel final : public MarketChannel {
 public:
  explicit OrdersChannel(const MarketState& market) : market_(market) {}
  void book_changed(const projections::BookChange& change) override { changes_.push_back(change); }

 private:
  void restart() override;
  MessagePointer snapshot(SnapshotReason) const override;
  MessagePointer make_delta(Sequence previous) override;
  bool news() const override { return !changes_.empty(); }
  projections::Moment newest() const override { return changes_.back().at; }

  const MarketState& market_;
  projections::Moment said_at_;
  std::vector<projections::BookChange> changes_;
};

class TradesChannel final : public MarketChannel {
 public:
  explicit TradesChannel(const MarketState& market) : market_(market) {}
  void traded(const projections::TradeNews& trade) override { trades_.push_back(trade); }

 private:
  void restart() override;
  MessagePointer snapshot(SnapshotReason) const override;
  MessagePointer make_delta(Sequence previous) override;
  bool news() const override { return !trades_.empty(); }
  projections::Moment newest() const override { return trades_.back().at; }

  const MarketState& market_;
  projections::Moment said_at_;
  std::vector<projections::TradeNews> trades_;
};

/// Last trade and best prices, whole in every message.
class TickerChannel final : public MarketChannel {
 public:
  explicit TickerChannel(const MarketState& market) : market_(market) {}
  void book_changed(const projections::BookChange& change) override { changed_at_ = change.at; }
  void traded(const projections::TradeNews& trade) override { changed_at_ = trade.at; }

 private:
  void restart() override;
  MessagePointer snapshot(SnapshotReason) const override;
  MessagePointer make_delta(Sequence previous) override;
  bool news() const override { return changed_at_.sequence.value != 0; }
  projections::Moment newest() const override { return changed_at_; }
  std::shared_ptr<TickerMessage> now() const;

  const MarketState& market_;
  projections::Moment changed_at_;
  projections::Moment said_at_;
};

}  // namespace rialto::stream
