#include "apps/replay/lobster_driver.hpp"

#include "core/assert.hpp"

namespace rialto::replay {
namespace {

constexpr std::int32_t price_decimals = 4;

bool better(Side side, Price a, Price b) {
  return side == Side::buy ? a > b : a < b;
}

}  // namespace

LobsterDriver::LobsterDriver(std::uint32_t levels) : levels_(levels) {
  const auto listed = venue_.list("REPLAY", price_decimals, 0);
  RIALTO_ASSERT(listed);
  instrument_ = *listed;
}

void LobsterDriver::seed(const LobsterMessage& first, const BookRow& row) {
  venue_.advance_to(first.time);
  for (const Side side : {Side::buy, Side::sell}) {
    for (const VisibleLevel& level : row.side(side)) {
      // The only order of the first row that was seen is the one of its own message.
      const bool submitted = first.type == MessageType::submission && first.side == side &&
                             first.price == level.price && first.size <= level.size;
      const Quantity rest = submitted ? level.size - first.size : level.size;
      if (rest.value > 0) add_anonymous(side, {level.price, rest});
      if (submitted) submit(first);
    }
  }
}

void LobsterDriver::apply(const LobsterMessage& message) {
  touched_.clear();
  emptied_.reset();
  corrected_ = false;
  if (!message.changes_book()) return;
  venue_.advance_to(message.time);
  if (message.type == MessageType::submission)
    submit(message);
  else if (message.type == MessageType::execution)
    execute(message);
  else
    shrink(message);
}

void LobsterDriver::submit(const LobsterMessage& message) {
  drop_crossed(message);
  SeenLevel& level = seen_.side(message.side)[message.price];
  const auto at = std::ranges::lower_bound(level, message.order, {}, &SeenOrder::id);
  const auto from = static_cast<std::size_t>(at - level.begin());
  if (at != level.end() && at->id == message.order)
    at->wanted += message.size;
  else
    level.insert(at, {message.order, message.size, {}});
  // REPLAY-3: an older id that appears later goes before the younger ones, which enter again behind
  // it.
  re_enter(message.side, message.price, level, from);
}

void LobsterDriver::shrink(const LobsterMessage& message) {
  SeenLevel* level = seen_.find_level(message.side, message.price);
  SeenOrder* order = level ? find(*level, message.order) : nullptr;
  if (level && !order) order = find(*level, anonymous);
  if (!order) return;  // it was never seen, and the book is not known
  const bool whole = order->id != anonymous && message.type == MessageType::deletion;
  if (whole || message.size >= order->wanted) {
    order->wanted = {};
    withdraw(*order);
    if (level->size() == 1) emptied_ = {message.side, message.price};
  } else {
    order->wanted -= message.size;
    const auto reduced = venue_.reduce(order->order, message.size);
    if (!reduced && !refusal_) refusal_ = reduced.error();
  }
  touched_.emplace_back(message.side, message.price);
}

void LobsterDriver::execute(const LobsterMessage& message) {
  ++executions_;
  SeenLevel* level = seen_.find_level(message.side, message.price);
  SeenOrder* maker = level ? find(*level, message.order) : nullptr;
  SeenOrder* unseen = level ? find(*level, anonymous) : nullptr;
  if (!maker && !unseen) return;  // nothing of it was seen, and the book is not known

  place(opposite(message.side), message.price, message.size, orders::TimeInForce::ioc);
  const auto& trades = venue_.trades();
  if (maker && !unseen) {
    ++executions_checked_;
    const auto maker_of = [&](const matching::TradeExecuted& trade) {
      return message.side == Side::buy ? trade.buy_order : trade.sell_order;
    };
    if (trades.size() == 1 && maker_of(trades[0]) == maker->order &&
        trades[0].quantity == message.size && trades[0].price == message.price)
      ++executions_maker_equal_;
  }
  touched_.emplace_back(message.side, message.price);
  for (const auto& trade : trades)
    if (trade.price != touched_.back().second) touched_.emplace_back(message.side, trade.price);

  SeenOrder& executed = maker ? *maker : *unseen;
  executed.wanted -= std::min(executed.wanted, message.size);
  const bool empty = std::ranges::all_of(*level, [](auto& o) { return o.wanted.value == 0; });
  if (empty) emptied_ = {message.side, message.price};
}

/// Without the book file, an order that has gone unseen is found out when a later one would trade
/// with it.
void LobsterDriver::drop_crossed(const LobsterMessage& message) {
  const Side other = opposite(message.side);
  auto& levels = seen_.side(other);
  while (!levels.empty()) {
    const auto best = other == Side::buy ? std::prev(levels.end()) : levels.begin();
    if (better(other, message.price, best->first)) return;
    for (SeenOrder& order : best->second) withdraw(order);
    levels.erase(best);
    corrected_ = true;
  }
}

bool LobsterDriver::matches(const BookRow& row) {
  bool equal = true;
  for (const Side side : {Side::buy, Side::sell}) equal &= visible_is(side, row.side(side));
  return equal;
}

bool LobsterDriver::visible_is(Side side, const std::vector<VisibleLevel>& row) {
  visible_.clear();
  // One more than a row can show where the row shows fewer: all there is must then be visible.
  const std::size_t depth = row.size() < levels_ ? row.size() + 1 : row.size();
  venue_.state().matching.levels(
      instrument_, side, depth,
      [&](Price price, Quantity size, std::size_t) { visible_.push_back({price, size}); });
  const bool one_missing = visible_.size() + 1 == row.size();
  if (one_missing && emptied_ && emptied_->first == side &&
      better(side, emptied_->second, row.back().price) &&
      std::equal(visible_.begin(), visible_.end(), row.begin())) {
    add_anonymous(side, row.back());  // REPLAY-2
    return true;
  }
  return visible_ == row;
}

void LobsterDriver::repair(const BookRow* row, bool row_equal) {
  for (const auto& [side, price] : touched_) settle(side, price);
  if (row && !row_equal) take_over(*row);
  if (row)
    for (const Side side : {Side::buy, Side::sell})
      if (row->side(side).size() == levels_) drop_levels_behind(side, row->side(side).back().price);
  corrections_ += corrected_;
}

/// REPLAY-4: only after the comparison. Makes the venue's queue at one price what the record says;
/// forgets orders that are done.
void LobsterDriver::settle(Side side, Price price) {
  SeenLevel* level = seen_.find_level(side, price);
  if (!level) return;
  const auto wrong = std::ranges::find_if(
      *level, [&](const SeenOrder& o) { return venue_.remaining(o.order) != o.wanted; });
  if (wrong != level->end()) {
    // Another maker than the record's was taken.
    corrected_ = true;
    re_enter(side, price, *level, static_cast<std::size_t>(wrong - level->begin()));
  }
  std::erase_if(*level, [](const SeenOrder& order) { return order.wanted.value == 0; });
  if (level->empty()) seen_.side(side).erase(price);
}

/// Orders from `from` on leave the venue's queue and enter it again, in order.
void LobsterDriver::re_enter(Side side, Price price, SeenLevel& level, std::size_t from) {
  for (std::size_t i = from; i < level.size(); ++i) withdraw(level[i]);
  for (std::size_t i = from; i < level.size(); ++i)
    if (level[i].wanted.value > 0) level[i].order = place(side, price, level[i].wanted);
}

OrderId LobsterDriver::place(Side side, Price price, Quantity quantity,
                             orders::TimeInForce time_in_force) {
  const auto placed = venue_.place({instrument_, side, price, quantity, time_in_force, false});
  if (placed) return placed->order;
  if (!refusal_) refusal_ = placed.error();
  return {};
}

void LobsterDriver::withdraw(SeenOrder& order) {
  if (venue_.remaining(order.order).value == 0) return;  // not there yet, or no more
  const auto cancelled = venue_.cancel(order.order);
  RIALTO_ASSERT(cancelled);
}

void LobsterDriver::add_anonymous(Side side, VisibleLevel level) {
  SeenLevel& orders = seen_.side(side)[level.price];
  for (SeenOrder& order : orders) withdraw(order);
  orders.clear();
  orders.push_back({anonymous, level.size, place(side, level.price, level.size)});
}

/// REPLAY-1: orders that left the view may be cancelled unseen, so they are forgotten.
void LobsterDriver::drop_levels_behind(Side side, Price last_visible) {
  auto& levels = seen_.side(side);
  while (!levels.empty()) {
    const auto worst = side == Side::buy ? levels.begin() : std::prev(levels.end());
    if (!better(side, last_visible, worst->first)) return;
    for (SeenOrder& order : worst->second) withdraw(order);
    levels.erase(worst);
  }
}

/// The book was not the row's: goes on with the row's, so that one difference is counted once.
void LobsterDriver::take_over(const BookRow& row) {
  corrected_ = true;
  for (const Side side : {Side::buy, Side::sell}) {
    auto& levels = seen_.side(side);
    for (auto at = levels.begin(); at != levels.end();) {
      Quantity total;
      for (const SeenOrder& order : at->second) total += order.wanted;
      const VisibleLevel level{at->first, total};
      if (std::ranges::find(row.side(side), level) != row.side(side).end()) {
        ++at;
        continue;
      }
      for (SeenOrder& order : at->second) withdraw(order);
      at = levels.erase(at);
    }
  }
  for (const Side side : {Side::buy, Side::sell})
    for (const VisibleLevel& level : row.side(side))
      if (!seen_.find_level(side, level.price)) add_anonymous(side, level);
}

}  // namespace rialto::replay
