#include "gateways/stream/market.hpp"

#include <utility>

namespace rialto::stream {
namespace {

constexpr std::size_t recent_trades_max = 50;

}  // namespace

std::unique_ptr<MarketChannel> Market::make(const MarketChannelKey& key) const {
  switch (key.kind) {
    case MarketChannelKind::trades:
      return std::make_unique<TradesChannel>(state_);
    case MarketChannelKind::ticker:
      return std::make_unique<TickerChannel>(state_);
    case MarketChannelKind::book:
      break;
  }
  if (key.level == 1) return std::make_unique<TopChannel>(state_);
  if (key.level == 3) return std::make_unique<OrdersChannel>(state_);
  return std::make_unique<LevelsChannel>(state_, key.depth);
}

MarketChannel& Market::channel(const MarketChannelKey& key) {
  auto& made = channels_[key];
  if (!made) {
    made = make(key);
    // Orders are not known yet where nobody wanted them: an image with them comes.
    if (open_ && (key.level != 3 || state_.book.by_order()))
      made->open(state_.book.at(), SnapshotReason::subscribed);
  }
  return *made;
}

bool Market::needs_image(const MarketChannelKey& key) const {
  return !asked_ || (key.level == 3 && !asked_by_order_);
}

void Market::open(const projections::BookImage& image) {
  state_.book.reset(image);
  state_.recent_trades.assign(image.recent_trades.begin(), image.recent_trades.end());
  state_.last_price = image.last_price;
  open_ = true;
  // An image that came only because somebody wants to see orders changes nothing for the others.
  const bool again = std::exchange(lost_, false);
  for (auto& [key, channel] : channels_)
    if ((key.level != 3 || image.by_order) && (again || !channel->is_open()))
      channel->open(image.at, SnapshotReason::reloaded);
}

void Market::apply(const projections::BookChange& change) {
  if (!open_ || lost_) return;
  state_.book.apply(change);
  for (auto& [key, channel] : channels_)
    if (channel->is_open()) channel->book_changed(change);
}

void Market::apply(const projections::TradeNews& trade) {
  if (!open_ || lost_) return;
  state_.last_price = trade.price;
  state_.recent_trades.push_back(trade);
  if (state_.recent_trades.size() > recent_trades_max) state_.recent_trades.pop_front();
  for (auto& [key, channel] : channels_)
    if (channel->is_open()) channel->traded(trade);
}

bool Market::deserted() const {
  for (const auto& [key, channel] : channels_)
    if (!channel->deserted()) return false;
  return true;
}

}  // namespace rialto::stream
