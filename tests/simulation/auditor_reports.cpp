// What the venue reports of its steps, checked one by one.
#include <algorithm>

#include <boost/describe/enum_to_string.hpp>

#include "tests/simulation/auditor.hpp"

namespace rialto::simulation {
namespace {

using matching::Outcome;
using orders::CancelReason;
using orders::OrderType;
using orders::SelfTradePrevention;
using orders::TimeInForce;

constexpr __int128 million = 1'000'000;
constexpr std::int64_t day_ns = 86'400'000'000'000;

__int128 round_up(__int128 numerator, __int128 denominator) {
  const __int128 quotient = numerator / denominator;
  return quotient + (numerator % denominator > 0 ? 1 : 0);
}

}  // namespace

void Auditor::step(const FeedStep& step) {
  findings_.expect(step.first.value == last_.value + 1, "event {} follows event {}",
                   step.first.value, last_.value);
  findings_.expect(step.time >= last_time_, "step {}: time went back", step.first.value);
  last_ = step.last;
  last_time_ = step.time;
  expected_ = {};
  cause_ = nullptr;
  if (!step.command.empty()) {
    const auto at = asked_.find(step.command.low);
    if (!findings_.expect(at != asked_.end(), "step {}: nobody asked for it", step.first.value))
      return;
    cause_ = &at->second;
    findings_.expect(!cause_->deed, "step {}: request {} was done twice", step.first.value,
                     step.command.low);
    cause_->deed.emplace().last = step.last;
    ++counts_[fmt::format("done: command {}", cause_->command.index())];
    std::visit([&](const auto& command) { apply(command, step); }, cause_->command);
  }
  for (const Report& reported : step.reports)
    std::visit([&](const auto& event) { report(event, step); }, reported);
  finish_step(step);
}

void Auditor::finish_step(const FeedStep& step) {
  findings_.expect(expected_.processed.empty() && expected_.cancelled == 0 &&
                       expected_.placed == 0 && expected_.amended == 0,
                   "step {}: an order was left half done", step.first.value);
  for (const std::uint32_t id : expected_.instruments) {
    const auto bid = best({id}, Side::buy);
    const auto ask = best({id}, Side::sell);
    findings_.expect(!bid || !ask || *bid < *ask, "step {}: the book of instrument {} is crossed",
                     step.first.value, id);
  }
  if (!cause_ || cause_->deed->order.value == 0) return;
  Deed& deed = *cause_->deed;
  const Order& order = orders_.at(deed.order.value);
  deed.status = status_of(order);
  deed.quantity = order.asked.quantity.value;
  deed.filled = order.filled;
  deed.notional = order.notional;
  const bool entered = entered_order(cause_->command) != nullptr;
  if (!entered || order.waiting) return;
  const auto tif = order.asked.time_in_force;
  if (tif == TimeInForce::fok)
    findings_.expect(order.filled == 0 || order.left() == 0,
                     "order {} was filled in part, not killed", deed.order.value);
  const bool immediate =
      tif == TimeInForce::fok || tif == TimeInForce::ioc || order.asked.type == OrderType::market;
  findings_.expect(!immediate || !order.open, "order {} must not rest", deed.order.value);
}

void Auditor::report(const ledger::AccountOpened& event, const FeedStep& step) {
  findings_.expect(accounts_.emplace(event.account.value, event.kind).second,
                   "step {}: account {} was opened twice", step.first.value, event.account.value);
  if (event.owner.value != 0) owner_[event.account.value] = event.owner.value;
}

void Auditor::report(const orders::OrderCreated& event, const FeedStep& step) {
  const auto* command = cause_ ? entered_order(cause_->command) : nullptr;
  if (!findings_.expect(command != nullptr && expected_.placed == 1, "step {}: order {} of nobody",
                        step.first.value, event.order.value))
    return;
  expected_.placed = 0;
  const auto& asked = *command;
  findings_.expect(event.account == asked.account && event.instrument == asked.instrument &&
                       event.side == asked.side && event.type == asked.type &&
                       event.quantity == asked.quantity && event.price == asked.price &&
                       event.stop_price == asked.stop_price,
                   "order {} is not what was asked for", event.order.value);
  const Listed& terms = listed(asked.instrument);
  findings_.expect(!terms.halted, "order {} was taken for a halted instrument", event.order.value);
  Order order;
  order.asked = asked;
  order.worst = worst_of(asked);
  order.maker_ppm = terms.rules.maker_fee.value;
  order.taker_ppm = terms.rules.taker_fee.value;
  order.expires = asked.expire_time;
  if (asked.time_in_force == TimeInForce::day)
    order.expires = {(today_.value_or(0) + std::int64_t{1}) * day_ns};
  findings_.expect(event.expire_time == order.expires, "order {} expires at {}, not at {}",
                   event.order.value, event.expire_time.value, order.expires.value);
  if (!asked.key.empty()) {
    findings_.expect(!key_is_taken(asked.key, step.time), "order {} was placed twice under one key",
                     event.order.value);
    placed_keys_[asked.key] = {asked.content, event.order.value, step.time};
  }
  const auto [at, fresh] = orders_.emplace(event.order.value, order);
  findings_.expect(fresh, "order {} was created twice", event.order.value);
  open_[event.order.value] = &at->second;
  expected_.processed.insert(event.order.value);
  cause_->deed->order = event.order;
}

void Auditor::report(const orders::OrderUpdated& event, const FeedStep& step) {
  findings_.expect(expected_.amended == event.order.value, "step {}: nobody amended order {}",
                   step.first.value, event.order.value);
  expected_.amended = 0;
  const Order* order = open_order(event.order, "updated");
  if (!order) return;
  findings_.expect(event.quantity == order->asked.quantity && event.price == order->asked.price &&
                       event.stop_price == order->asked.stop_price &&
                       event.priority_kept == !expected_.processed.contains(event.order.value),
                   "order {} was not amended as asked", event.order.value);
}

void Auditor::report(const matching::TradeExecuted& event, const FeedStep& step) {
  ++counts_["trades"];
  number(event.trade);
  trades_[event.trade.value] = {
      {event.instrument, event.buyer, event.seller, event.base, event.quote},
      {event.price, event.quantity, event.base_amount, event.notional, event.buyer_fee,
       event.seller_fee}};
  if (!may_trade(event, Side::buy, step.time) || !may_trade(event, Side::sell, step.time)) return;
  const Listed& terms = listed(event.instrument);
  findings_.expect(!terms.halted, "trade {} in a halted instrument", event.trade.value);
  findings_.expect(event.base == terms.base && event.quote == terms.quote &&
                       event.base_amount.value == event.quantity.value * terms.base_per_lot &&
                       event.notional.value == Wide{event.price.value} * event.quantity.value *
                                                   terms.quote_per_tick_lot,
                   "trade {}: {} × {} is not {}", event.trade.value, event.price.value,
                   event.quantity.value, event.notional.value);
  check_maker(event);
  settle(event, Side::buy, step.time);
  settle(event, Side::sell, step.time);
}

bool Auditor::may_trade(const matching::TradeExecuted& event, Side side, Timestamp now) {
  const OrderId id = side == Side::buy ? event.buy_order : event.sell_order;
  const AccountId account = side == Side::buy ? event.buyer : event.seller;
  const Order* order = open_order(id, "traded");
  if (!order) return false;
  const bool within =
      side == Side::buy ? event.price.value <= order->worst : event.price.value >= order->worst;
  return findings_.expect(order->asked.account == account && order->asked.side == side &&
                              order->asked.instrument == event.instrument,
                          "trade {}: order {} is another's", event.trade.value, id.value) &&
         findings_.expect(!order->waiting, "trade {}: stop order {} still waits", event.trade.value,
                          id.value) &&
         findings_.expect(event.quantity.value > 0 && event.quantity.value <= order->left(),
                          "trade {}: more than is left of order {}", event.trade.value, id.value) &&
         findings_.expect(within, "trade {}: worse than order {} allows", event.trade.value,
                          id.value) &&
         findings_.expect(order->expires.value == 0 || now < order->expires,
                          "trade {}: order {} has expired", event.trade.value, id.value) &&
         findings_.expect(!blocked_.contains(account.value) && !blocked_.contains(0),
                          "trade {}: account {} is blocked", event.trade.value, account.value);
}

void Auditor::check_maker(const matching::TradeExecuted& event) {
  const bool taker_buys = event.taker_side == Side::buy;
  const OrderId maker_id = taker_buys ? event.sell_order : event.buy_order;
  const Order& maker = orders_.at(maker_id.value);
  const Order& taker = orders_.at((taker_buys ? event.buy_order : event.sell_order).value);
  findings_.expect(maker.resting && !taker.resting, "trade {}: order {} was not resting",
                   event.trade.value, maker_id.value);
  findings_.expect(event.price == maker.asked.price, "trade {}: not at the resting price",
                   event.trade.value);
  findings_.expect(!taker.asked.post_only, "trade {}: a post-only order took", event.trade.value);
  findings_.expect(maker.asked.account != taker.asked.account ||
                       taker.asked.self_trade_prevention == SelfTradePrevention::none,
                   "trade {}: account {} traded with itself", event.trade.value, event.buyer.value);
  const auto top = best(event.instrument, opposite(event.taker_side));
  findings_.expect(!top || *top == event.price.value, "trade {}: passed over a better price",
                   event.trade.value);
}

/// What a fill costs in fees: all fills so far, rounded up together, less what was charged.
Auditor::Wide Auditor::charge(Order& order, Wide notional, bool taker) {
  order.fee_exact += notional * (taker ? order.taker_ppm : order.maker_ppm);
  const Wide fee = round_up(order.fee_exact, million) - order.fee_charged;
  order.fee_charged += fee;
  return fee;
}

void Auditor::settle(const matching::TradeExecuted& event, Side side, Timestamp now) {
  const OrderId id = side == Side::buy ? event.buy_order : event.sell_order;
  Order& order = orders_.at(id.value);
  const Listed& terms = listed(event.instrument);
  const Wide base = event.quantity.value * terms.base_per_lot;
  const Wide notional = Wide{event.price.value} * event.quantity.value * terms.quote_per_tick_lot;
  const Wide fee = charge(order, notional, event.taker_side == side);
  const Amount reported = side == Side::buy ? event.buyer_fee : event.seller_fee;
  findings_.expect(fee == reported.value, "trade {}: the fee of order {} is {}, charged was {}",
                   event.trade.value, id.value, fee, reported.value);
  const Wide sign = side == Side::buy ? 1 : -1;
  post(order.asked.account, terms.base, sign * base);
  post(order.asked.account, terms.quote, -sign * notional - fee);
  post(ledger::venue_fees_account, terms.quote, fee);
  order.filled += event.quantity.value;
  order.notional += notional;
  if (order.left() == 0) close(id, now);
}

void Auditor::report(const matching::OrderCancelled& event, const FeedStep& step) {
  Order* order = open_order(event.order, "cancelled");
  if (!order) return;
  findings_.expect(event.account == order->asked.account && event.remaining.value == order->left(),
                   "order {} was cancelled with {} left, not {}", event.order.value,
                   event.remaining.value, order->left());
  if (expected_.cancelled == event.order.value) expected_.cancelled = 0;
  const bool entering = expected_.processed.contains(event.order.value);
  const auto needs_entry = {CancelReason::immediate_or_cancel, CancelReason::fill_or_kill,
                            CancelReason::no_liquidity, CancelReason::post_only_would_take};
  findings_.expect(entering || std::ranges::find(needs_entry, event.reason) == needs_entry.end(),
                   "order {} was cancelled for a reason of entry", event.order.value);
  if (event.reason == CancelReason::expired)
    findings_.expect(order->expires.value != 0 && step.time >= order->expires,
                     "order {} expired too early", event.order.value);
  order->rejected = event.reason == CancelReason::post_only_would_take;
  findings_.expect(!order->rejected || order->asked.post_only, "order {} is not post-only",
                   event.order.value);
  order->reason = event.reason;
  ++counts_[fmt::format("ended: {}", boost::describe::enum_to_string(event.reason, "?"))];
  close(event.order, step.time);
}

void Auditor::report(const matching::OrderReduced& event, const FeedStep&) {
  Order* order = open_order(event.order, "reduced");
  if (!order) return;
  findings_.expect(event.by.value > 0 && event.by.value <= order->left(),
                   "order {} was reduced by more than is left", event.order.value);
  order->asked.quantity -= event.by;
  ++counts_["orders reduced"];
}

void Auditor::report(const matching::OrderProcessed& event, const FeedStep& step) {
  findings_.expect(expected_.processed.erase(event.order.value) == 1,
                   "step {}: order {} was not entering", step.first.value, event.order.value);
  const auto at = orders_.find(event.order.value);
  if (at == orders_.end()) return;
  expected_.instruments.insert(event.instrument.value);
  Order& order = at->second;
  const bool done = event.outcome == Outcome::done;
  findings_.expect(order.open != done && (done || event.remaining.value == order.left()),
                   "order {}: {} left, reported {}", event.order.value, order.left(),
                   event.remaining.value);
  order.resting = event.outcome == Outcome::resting;
  order.waiting = event.outcome == Outcome::waiting;
}

void Auditor::report(const matching::OrderTriggered& event, const FeedStep& step) {
  Order* order = open_order(event.order, "triggered");
  if (!order) return;
  findings_.expect(order->waiting && !cause_, "step {}: order {} was no waiting stop",
                   step.first.value, event.order.value);
  order->waiting = false;
  ++counts_["stops triggered"];
  expected_.processed.insert(event.order.value);
}

void Auditor::report(const calendar::DayHasPassed& event, const FeedStep& step) {
  findings_.expect(!today_ || event.date.value == *today_ + 1, "step {}: a day was skipped",
                   step.first.value);
  today_ = event.date.value;
}

Auditor::Order* Auditor::open_order(OrderId id, std::string_view doing) {
  const auto at = orders_.find(id.value);
  const bool open = at != orders_.end() && at->second.open;
  return findings_.expect(open, "order {} was {}, but is not open", id.value, doing) ? &at->second
                                                                                     : nullptr;
}

std::optional<Auditor::Wide> Auditor::best(InstrumentId instrument, Side side) const {
  std::optional<Wide> top;
  for (const auto& [id, order] : open_) {
    const auto& asked = order->asked;
    if (!order->resting || asked.instrument != instrument || asked.side != side) continue;
    const Wide price = asked.price.value;
    if (!top || (side == Side::buy ? price > *top : price < *top)) top = price;
  }
  return top;
}

Auditor::Wide Auditor::collared(Wide from, Side side, std::uint32_t collar_ppm) {
  if (side == Side::buy) return from * (million + collar_ppm) / million;
  return std::max<Wide>(1, round_up(from * std::max<Wide>(0, million - collar_ppm), million));
}

Auditor::Wide Auditor::worst_of(const orders::PlaceOrder& order) const {
  if (order.type == OrderType::limit || order.type == OrderType::stop_limit)
    return order.price.value;
  const std::uint32_t collar = listed(order.instrument).rules.collar_ppm;
  if (order.type == OrderType::stop) return collared(order.stop_price.value, order.side, collar);
  const auto other = best(order.instrument, opposite(order.side));
  if (other) return collared(*other, order.side, collar);
  return order.side == Side::buy ? 0 : std::numeric_limits<std::int64_t>::max();
}

}  // namespace rialto::simulation
