#include "gateways/stream/book_view.hpp"

#include <algorithm>

#include "core/assert.hpp"

namespace rialto::stream {

using projections::BookAction;

void BookView::reset(const BookImage& image) {
  at_ = image.at;
  by_order_ = image.by_order;
  places_.clear();
  for (const Side side : {Side::buy, Side::sell})
    reset(side, side == Side::buy ? image.bids : image.asks);
}

void BookView::reset(Side side, const BookImage::Half& image) {
  half(side) = {};
  for (const BookLevel& level : image.levels)
    half(side).levels[rank(side, level.price)] = {level.quantity.value, level.orders};
  for (const BookOrder& order : image.orders) {
    Level& level = half(side).levels[rank(side, order.price)];
    level.quantity += order.shown.value;
    ++level.orders;
    add(side, order);
  }
}

void BookView::add(Side side, const BookOrder& order) {
  Queue& queue = half(side).queues[rank(side, order.price)];
  places_[order.order] = queue.insert(queue.end(), order);
}

void BookView::apply(const BookChange& change) {
  at_ = change.at;
  auto& levels = half(change.side).levels;
  const auto found = levels.try_emplace(rank(change.side, change.price)).first;
  Level& level = found->second;
  level.quantity += change.by.value;
  if (change.action == BookAction::add) ++level.orders;
  if (change.action == BookAction::remove && --level.orders == 0) levels.erase(found);
  if (by_order_) queue(change);
}

void BookView::queue(const BookChange& change) {
  if (change.action == BookAction::add)
    return add(change.side, {change.order, change.price, change.shown});
  const auto found = places_.find(change.order);
  RIALTO_ASSERT(found != places_.end());
  if (change.action == BookAction::change) {
    found->second->shown = change.shown;
    return;
  }
  auto& queues = half(change.side).queues;
  const auto queue = queues.find(rank(change.side, change.price));
  queue->second.erase(found->second);
  if (queue->second.empty()) queues.erase(queue);
  places_.erase(found);
}

BookLevel BookView::shown(Price price, const Level& level) {
  return {price,
          {static_cast<std::int64_t>(std::min<i128>(level.quantity, largest_number))},
          level.orders};
}

std::vector<BookLevel> BookView::levels(Side side, std::size_t depth) const {
  std::vector<BookLevel> best;
  for (const auto& [rank, level] : half(side).levels) {
    if (best.size() == depth) break;
    best.push_back(shown(price(side, rank), level));
  }
  return best;
}

BookLevel BookView::level(Side side, Price price) const {
  const auto found = half(side).levels.find(rank(side, price));
  return found == half(side).levels.end() ? BookLevel{price, {}, 0} : shown(price, found->second);
}

std::vector<BookOrder> BookView::orders(Side side) const {
  std::vector<BookOrder> all;
  for (const auto& [rank, queue] : half(side).queues)
    all.insert(all.end(), queue.begin(), queue.end());
  return all;
}

}  // namespace rialto::stream
