#include "gateways/stream/market_channels.hpp"

#include <algorithm>
#include <utility>

namespace rialto::stream {
namespace {

constexpr std::size_t all_levels = ~std::size_t{0};

/// What must change for `before` to become `after`; both best first.
std::vector<BookLevel> difference(Side side, const std::vector<BookLevel>& before,
                                  const std::vector<BookLevel>& after) {
  const auto better = [side](Price a, Price b) { return side == Side::buy ? a > b : a < b; };
  std::vector<BookLevel> changed;
  auto was = before.begin();
  auto is = after.begin();
  while (was != before.end() || is != after.end()) {
    if (is == after.end() || (was != before.end() && better(was->price, is->price))) {
      changed.push_back({was++->price, {}, 0});
    } else if (was == before.end() || better(is->price, was->price)) {
      changed.push_back(*is++);
    } else {
      if (*was != *is) changed.push_back(*is);
      ++was;
      ++is;
    }
  }
  return changed;
}

}  // namespace

// ---- levels

void LevelsChannel::book_changed(const projections::BookChange& change) {
  changed_at_ = change.at;
  if (depth_ == 0) changed_[static_cast<std::size_t>(change.side)].insert(change.price);
}

LevelsChannel::Best LevelsChannel::best() const {
  const std::size_t depth = depth_ == 0 ? all_levels : depth_;
  return {market_.book.levels(Side::buy, depth), market_.book.levels(Side::sell, depth)};
}

void LevelsChannel::restart() {
  changed_at_ = {};
  for (auto& side : changed_) side.clear();
  said_at_ = market_.book.at();
  if (depth_ != 0) said_ = best();
}

MessagePointer LevelsChannel::snapshot(SnapshotReason reason) const {
  auto message = std::make_shared<BookMessage>();
  message->head = {market_.instrument, {number(), said_at_.time}, std::nullopt, reason};
  message->depth = depth_;
  auto now = best();
  message->bids = std::move(now.bids);
  message->asks = std::move(now.asks);
  return message;
}

MessagePointer LevelsChannel::make_delta(Sequence previous) {
  auto message = std::make_shared<BookMessage>();
  message->head = {market_.instrument, changed_at_, previous, std::nullopt};
  message->depth = depth_;
  if (depth_ == 0) {
    for (const Price price : std::exchange(changed_[0], {}))
      message->bids.push_back(market_.book.level(Side::buy, price));
    for (const Price price : std::exchange(changed_[1], {}))
      message->asks.push_back(market_.book.level(Side::sell, price));
    std::ranges::reverse(message->bids);  // best first, as everywhere
  } else {
    Best now = best();
    message->bids = difference(Side::buy, said_.bids, now.bids);
    message->asks = difference(Side::sell, said_.asks, now.asks);
    said_ = std::move(now);
  }
  const auto at = std::exchange(changed_at_, {});
  if (message->bids.empty() && message->asks.empty()) return nullptr;
  said_at_ = at;
  return message;
}

// ---- the top

void TopChannel::restart() {
  changed_at_ = {};
  said_at_ = market_.book.at();
  bid_ = market_.book.levels(Side::buy, 1);
  ask_ = market_.book.levels(Side::sell, 1);
}

MessagePointer TopChannel::snapshot(SnapshotReason reason) const {
  auto message = std::make_shared<BookMessage>();
  message->head = {market_.instrument, {number(), said_at_.time}, std::nullopt, reason};
  message->level = 1;
  message->bids = bid_;
  message->asks = ask_;
  return message;
}

MessagePointer TopChannel::make_delta(Sequence previous) {
  const auto at = std::exchange(changed_at_, {});
  auto bid = market_.book.levels(Side::buy, 1);
  auto ask = market_.book.levels(Side::sell, 1);
  if (bid == bid_ && ask == ask_) return nullptr;
  bid_ = std::move(bid);
  ask_ = std::move(ask);
  said_at_ = at;
  auto message = std::make_shared<BookMessage>();
  message->head = {market_.instrument, at, previous, std::nullopt};
  message->level = 1;
  message->bids = bid_;
  message->asks = ask_;
  return message;
}

// ---- order by order

void OrdersChannel::restart() {
  changes_.clear();
  said_at_ = market_.book.at();
}

MessagePointer OrdersChannel::snapshot(SnapshotReason reason) const {
  auto message = std::make_shared<OrdersMessage>();
  message->head = {market_.instrument, {number(), said_at_.time}, std::nullopt, reason};
  message->bids = market_.book.orders(Side::buy);
  message->asks = market_.book.orders(Side::sell);
  return message;
}

MessagePointer OrdersChannel::make_delta(Sequence previous) {
  auto message = std::make_shared<OrdersMessage>();
  said_at_ = newest();
  message->head = {market_.instrument, said_at_, previous, std::nullopt};
  message->changes = std::exchange(changes_, {});
  return message;
}

// ---- trades

void TradesChannel::restart() {
  trades_.clear();
  said_at_ = market_.book.at();
}

MessagePointer TradesChannel::snapshot(SnapshotReason reason) const {
  auto message = std::make_shared<TradesMessage>();
  message->head = {market_.instrument, {number(), said_at_.time}, std::nullopt, reason};
  message->trades.assign(market_.recent_trades.begin(), market_.recent_trades.end());
  return message;
}

MessagePointer TradesChannel::make_delta(Sequence previous) {
  auto message = std::make_shared<TradesMessage>();
  said_at_ = newest();
  message->head = {market_.instrument, said_at_, previous, std::nullopt};
  message->trades = std::exchange(trades_, {});
  return message;
}

// ---- the ticker

std::shared_ptr<TickerMessage> TickerChannel::now() const {
  auto message = std::make_shared<TickerMessage>();
  const auto bids = market_.book.levels(Side::buy, 1);
  const auto asks = market_.book.levels(Side::sell, 1);
  if (!bids.empty()) message->bid = bids[0];
  if (!asks.empty()) message->ask = asks[0];
  message->last_price = market_.last_price;
  if (!market_.recent_trades.empty()) message->last_trade = market_.recent_trades.back();
  return message;
}

void TickerChannel::restart() {
  changed_at_ = {};
  said_at_ = market_.book.at();
}

MessagePointer TickerChannel::snapshot(SnapshotReason reason) const {
  auto message = now();
  message->head = {market_.instrument, {number(), said_at_.time}, std::nullopt, reason};
  return message;
}

MessagePointer TickerChannel::make_delta(Sequence previous) {
  said_at_ = std::exchange(changed_at_, {});
  auto message = now();
  message->head = {market_.instrument, said_at_, previous, std::nullopt};
  return message;
}

}  // namespace rialto::stream
