// What public channels say. The words: docs/protocols/stream.md.
//
// Values that know their encodings; server's thread only.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "contexts/instruments/instruments.hpp"
#include "gateways/stream/market_channel.hpp"
#include "gateways/stream/message.hpp"
#include "projections/live/news.hpp"

namespace rialto::stream {

/// What every message of a market has.
struct MarketHead {
  std::shared_ptr<const instruments::Instrument> instrument;
  projections::Moment at;                // number and time
  std::optional<Sequence> previous;      // of a message that follows another
  std::optional<SnapshotReason> reason;  // of a snapshot
};

/// Levels of a book: all of a snapshot, or those that changed (quantity 0: gone).
struct BookMessage final : Message {
  MarketHead head;
  int level = 2;          // 1: the best bid and ask, whole in every message
  std::size_t depth = 0;  // 0: all
  std::vector<projections::BookLevel> bids;
  std::vector<projections::BookLevel> asks;

  std::size_t rows() const override { return 1 + bids.size() + asks.size(); }

 private:
  net::SharedBytes make(Encoding) const override;
};

/// A book order by order: all orders in priority order, or what happened to them.
struct OrdersMessage final : Message {
  MarketHead head;
  std::vector<projections::BookOrder> bids;
  std::vector<projections::BookOrder> asks;
  std::vector<projections::BookChange> changes;

  std::size_t rows() const override { return 1 + bids.size() + asks.size() + changes.size(); }

 private:
  net::SharedBytes make(Encoding) const override;
};

/// Trades, oldest first.
struct TradesMessage final : Message {
  MarketHead head;
  std::vector<projections::TradeNews> trades;

  std::size_t rows() const override { return 1 + trades.size(); }

 private:
  net::SharedBytes make(Encoding) const override;
};

struct TickerMessage final : Message {
  MarketHead head;
  std::optional<projections::BookLevel> bid;
  std::optional<projections::BookLevel> ask;
  std::optional<Price> last_price;
  std::optional<projections::TradeNews> last_trade;

  std::size_t rows() const override { return 1; }

 private:
  net::SharedBytes make(Encoding) const override;
};

}  // namespace rialto::stream
