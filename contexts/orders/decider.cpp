// Every reject and capacity check of an order comes before its first event (DESIGN section 1), in
// the order in which the contract lists the rejects.
#include <algorithm>

#include "contexts/orders/orders.hpp"
#include "core/assert.hpp"
#include "core/wide.hpp"

namespace rialto::orders {
namespace {

using Refusal = std::optional<Reject>;

bool is_stop(OrderType type) {
  return type == OrderType::stop || type == OrderType::stop_limit;
}
bool has_price(OrderType type) {
  return type == OrderType::limit || type == OrderType::stop_limit;
}
bool is_market(OrderType type) {
  return type == OrderType::market || type == OrderType::stop;
}

std::int64_t clamp_price(i128 price) {
  return static_cast<std::int64_t>(std::clamp<i128>(price, 1, largest_number));
}

/// The farthest price from `from` that a collar allows; rounded towards `from`.
Price collared(Price from, Side side, std::uint32_t collar_ppm) {
  const i128 base = static_cast<i128>(from.value);
  if (side == Side::buy) return {clamp_price(base * (fee_rate_unit + collar_ppm) / fee_rate_unit)};
  const i128 factor =
      std::max<std::int64_t>(0, fee_rate_unit - static_cast<std::int64_t>(collar_ppm));
  return {clamp_price(ceil_divide(base * factor, fee_rate_unit))};
}

/// ORDERS-4: the hold of a buy covers the worst price and the worst fee of what remains. `slack` is
/// what earlier fees were rounded up by (core/wide.hpp).
std::optional<Amount> buy_hold(Price worst, Quantity remaining, Amount quote_per_tick_lot,
                               FeeRate maker, FeeRate taker, std::uint32_t slack) {
  const auto notional = checked_product(worst.value, remaining.value, quote_per_tick_lot.value);
  if (!notional) return std::nullopt;
  const i128 rate = std::max({maker.value, taker.value, 0});
  const i128 fee = std::max<i128>(0, ceil_divide(*notional * rate - slack, fee_rate_unit));
  if (*notional + fee > largest_number) return std::nullopt;
  return Amount{static_cast<std::int64_t>(*notional + fee)};
}

std::optional<Amount> sell_hold(Quantity remaining, const Terms& terms) {
  const auto amount = checked_product(remaining.value, terms.base_per_lot.value);
  return amount ? std::optional(Amount{*amount}) : std::nullopt;
}

/// What an open order must hold with so much left.
std::optional<Amount> hold_of(const Order& order, Price worst, Quantity remaining,
                              const Terms& terms) {
  if (order.side == Side::sell) return sell_hold(remaining, terms);
  return buy_hold(worst, remaining, terms.quote_per_tick_lot, order.maker_fee, order.taker_fee,
                  order.fee_slack);
}

Refusal check_shape(const PlaceOrder& command, Timestamp now) {
  if (command.quantity.value <= 0) return Reject::quantity_must_be_positive;
  if (has_price(command.type)) {
    if (command.price.value == 0) return Reject::price_required;
    if (command.price.value < 0) return Reject::price_must_be_positive;
  } else if (command.price.value != 0) {
    return Reject::price_not_allowed;
  }
  if (is_stop(command.type)) {
    if (command.stop_price.value == 0) return Reject::stop_price_required;
    if (command.stop_price.value < 0) return Reject::stop_price_must_be_positive;
  } else if (command.stop_price.value != 0) {
    return Reject::stop_price_not_allowed;
  }
  const bool may_rest = command.time_in_force != TimeInForce::ioc &&
                        command.time_in_force != TimeInForce::fok && has_price(command.type);
  if (command.display.value < 0 || command.display > command.quantity)
    return Reject::display_quantity_out_of_range;
  if (command.display.value != 0 && !may_rest) return Reject::display_quantity_not_allowed;
  if (command.post_only && !may_rest) return Reject::post_only_not_allowed;
  if (command.type == OrderType::market &&
      (command.time_in_force == TimeInForce::day || command.time_in_force == TimeInForce::gtd))
    return Reject::time_in_force_not_allowed;
  if (command.time_in_force == TimeInForce::gtd) {
    if (command.expire_time.value == 0) return Reject::expire_time_required;
    if (command.expire_time <= now) return Reject::expire_time_in_the_past;
  } else if (command.time_in_force != TimeInForce::day && command.expire_time.value != 0) {
    return Reject::expire_time_not_allowed;
  }
  return std::nullopt;
}

Refusal check_prices(Side side, Price price, Price stop_price, const Terms& terms,
                     const Market& market) {
  if (price.value > largest_number || stop_price.value > largest_number)
    return Reject::number_too_large;
  if (!market.last) return std::nullopt;  // no band and no trigger without a reference price
  const i128 reference = market.last->value;
  if (price.value != 0 && terms.rules.price_band_ppm != 0) {
    const i128 distance =
        price.value > reference ? price.value - reference : reference - price.value;
    if (distance * fee_rate_unit > reference * terms.rules.price_band_ppm)
      return Reject::price_outside_band;
  }
  if (stop_price.value != 0 &&
      (side == Side::buy ? reference >= stop_price.value : reference <= stop_price.value))
    return Reject::stop_price_would_trigger_immediately;
  return std::nullopt;
}

/// The largest notional the order stands for: at its limit, stop or collar.
Refusal check_size(Quantity quantity, Price price, const Terms& terms) {
  if (quantity > terms.rules.max_quantity) return Reject::quantity_above_maximum;
  const auto notional =
      checked_product(price.value, quantity.value, terms.quote_per_tick_lot.value);
  if (!notional || *notional > terms.rules.max_notional.value)
    return Reject::notional_above_maximum;
  return std::nullopt;
}

/// ORDERS-2: no order trades at a worse price than this. The price behind a hold: a limit, or the
/// collar of a market order. A market order that would meet nothing holds nothing: its limit lies
/// beyond every possible price.
Price worst_price(OrderType type, Side side, Price price, Price stop_price, const Terms& terms,
                  const Market& market) {
  if (has_price(type)) return price;
  if (type == OrderType::stop) return collared(stop_price, side, terms.rules.collar_ppm);
  if (market.best_opposite) return collared(*market.best_opposite, side, terms.rules.collar_ppm);
  return {side == Side::buy ? 0 : largest_number};
}

}  // namespace

std::optional<std::expected<OrderId, Reject>> Orders::earlier(const PlaceOrder& command) const {
  if (command.key.empty()) return std::nullopt;
  const Remembered* found = keys_.find(command.key);
  if (!found) return std::nullopt;
  if (found->content != command.content) return std::unexpected(Reject::client_order_id_reused);
  return OrderId{found->answer};
}

std::expected<Admission, Reject> Orders::decide(const PlaceOrder& command, const Terms* terms,
                                                const Market& market, Timestamp now) const {
  const auto refuse = [](Reject reject) { return std::unexpected(reject); };
  if (!terms) return refuse(Reject::instrument_not_found);
  if (!command.key.empty() && keys_.full(now))
    return refuse(Reject::client_order_id_capacity_exhausted);
  if (venue_blocked_) return refuse(Reject::venue_blocked);
  if (blocked(command.account)) return refuse(Reject::account_blocked);
  if (terms->halted) return refuse(Reject::instrument_halted);
  if (const Refusal refusal = check_shape(command, now)) return refuse(*refusal);
  if (const Refusal refusal =
          check_prices(command.side, command.price, command.stop_price, *terms, market))
    return refuse(*refusal);

  const Price worst =
      worst_price(command.type, command.side, command.price, command.stop_price, *terms, market);
  // An order that can meet nothing stands for no money.
  const bool meets_nothing = command.type == OrderType::market && !market.best_opposite;
  if (const Refusal refusal = check_size(command.quantity, meets_nothing ? Price{} : worst, *terms))
    return refuse(*refusal);
  if (open_orders(command.account) >= terms->rules.max_open_orders)
    return refuse(Reject::too_many_open_orders);
  if (open_count_ >= limits_.open_orders) return refuse(Reject::order_capacity_exhausted);
  const bool buys = command.side == Side::buy;
  const auto hold = buys ? buy_hold(worst, command.quantity, terms->quote_per_tick_lot,
                                    terms->rules.maker_fee, terms->rules.taker_fee, 0)
                         : sell_hold(command.quantity, *terms);
  if (!hold) return refuse(Reject::hold_too_large);
  return Admission{worst, buys ? terms->quote : terms->base, *hold};
}

OrderCreated Orders::created(const PlaceOrder& command, const Terms& terms,
                             const Admission& admission, UserId user, Timestamp day_end) const {
  // A market order never rests, whatever it was sent with.
  const bool immediate =
      command.type == OrderType::market && command.time_in_force == TimeInForce::gtc;
  return OrderCreated{
      .order = {next_order_},
      .account = command.account,
      .user = user,
      .instrument = command.instrument,
      .side = command.side,
      .type = command.type,
      .time_in_force = immediate ? TimeInForce::ioc : command.time_in_force,
      .self_trade_prevention = command.self_trade_prevention,
      .post_only = command.post_only,
      .price = command.price,
      .worst_price = admission.worst_price,
      .stop_price = command.stop_price,
      .quantity = command.quantity,
      .display = command.display == command.quantity ? Quantity{} : command.display,
      .expire_time = command.time_in_force == TimeInForce::day ? day_end : command.expire_time,
      .maker_fee = terms.rules.maker_fee,
      .taker_fee = terms.rules.taker_fee,
      .hold_asset = admission.hold_asset,
      .hold = admission.hold,
      .key = command.key,
      .content = command.content,
      .client_order_id = command.client_order_id,
      .session = command.session,
      .user_ref = command.user_ref,
  };
}

std::expected<OrderUpdated, Reject> Orders::decide(const AmendOrder& command, const Terms& terms,
                                                   const Market& market) const {
  const auto refuse = [](Reject reject) { return std::unexpected(reject); };
  const Order* found = order(command.order);
  if (!found || found->account != command.account) return refuse(Reject::order_not_found);
  if (venue_blocked_) return refuse(Reject::venue_blocked);
  if (blocked(command.account)) return refuse(Reject::account_blocked);
  if (terms.halted) return refuse(Reject::instrument_halted);
  if (command.quantity && command.quantity->value <= 0)
    return refuse(Reject::quantity_must_be_positive);
  if (command.price && command.price->value <= 0) return refuse(Reject::price_must_be_positive);
  if (command.price && !has_price(found->type)) return refuse(Reject::price_not_allowed);
  if (command.stop_price && command.stop_price->value <= 0)
    return refuse(Reject::stop_price_must_be_positive);
  if (command.stop_price && !found->waiting) return refuse(Reject::stop_price_not_allowed);

  const Quantity before = found->quantity();
  const Quantity quantity = command.quantity.value_or(before);
  const Price price = command.price.value_or(found->price);
  const Price stop_price = command.stop_price.value_or(found->stop_price);
  if (quantity <= found->filled) return refuse(Reject::quantity_not_above_filled);
  const bool same_prices = price == found->price && stop_price == found->stop_price;
  // A replacement that only gives the order a new number is a change; it queues anew.
  if (same_prices && quantity == before && command.user_ref == 0)
    return refuse(Reject::nothing_to_change);
  const Price new_price = price == found->price ? Price{} : price;
  const Price new_stop = stop_price == found->stop_price ? Price{} : stop_price;
  if (const Refusal refusal = check_prices(found->side, new_price, new_stop, terms, market))
    return refuse(*refusal);
  const Price worst = same_prices
                          ? found->worst_price
                          : worst_price(found->type, found->side, price, stop_price, terms, market);
  if (const Refusal refusal = check_size(quantity, worst, terms)) return refuse(*refusal);
  const auto hold = hold_of(*found, worst, quantity - found->filled, terms);
  if (!hold) return refuse(Reject::hold_too_large);

  // ORDERS-5: time priority survives only a smaller size at the same price.
  const bool keeps = same_prices && quantity < before;
  return OrderUpdated{
      .order = command.order,
      .account = command.account,
      .instrument = found->instrument,
      .price = price,
      .worst_price = worst,
      .stop_price = stop_price,
      .quantity = quantity,
      .shrunk_by = keeps ? before - quantity : Quantity{},
      .priority_kept = keeps,
      .hold_asset = found->hold_asset,
      .hold_change = *hold - found->hold,
      .user_ref = command.user_ref != 0 ? command.user_ref : found->user_ref,
      .session = found->session,
  };
}

std::expected<const Order*, Reject> Orders::decide(const CancelOrder& command) const {
  const Order* found = command.order.value != 0 ? order(command.order) : order_by_key(command.key);
  if (!found || found->account != command.account) return std::unexpected(Reject::order_not_found);
  return found;
}

std::expected<TradingBlocked, Reject> Orders::decide(const BlockTrading& command) const {
  const bool already = command.account.value == 0 ? venue_blocked_ : blocked(command.account);
  if (already) return std::unexpected(Reject::account_already_blocked);
  return TradingBlocked{command.account};
}

std::expected<TradingUnblocked, Reject> Orders::decide(const UnblockTrading& command) const {
  const bool already = command.account.value == 0 ? venue_blocked_ : blocked(command.account);
  if (!already) return std::unexpected(Reject::account_not_blocked);
  return TradingUnblocked{command.account};
}

FillCost Orders::cost_of_fill(OrderId id, Quantity quantity, Amount notional, Amount base_amount,
                              bool taker, Amount quote_per_tick_lot) const {
  const Order* filled = order(id);
  RIALTO_ASSERT(filled && quantity <= filled->remaining);
  const FeeCharge charge =
      charge_fee(notional, taker ? filled->taker_fee : filled->maker_fee, filled->fee_slack);
  if (filled->side == Side::sell) return {charge.fee, charge.slack, base_amount};
  const Quantity rest = filled->remaining - quantity;
  if (rest.value == 0) return {charge.fee, charge.slack, filled->hold};
  const auto hold = buy_hold(filled->worst_price, rest, quote_per_tick_lot, filled->maker_fee,
                             filled->taker_fee, charge.slack);
  RIALTO_ASSERT(hold && *hold <= filled->hold);
  return {charge.fee, charge.slack, filled->hold - *hold};
}

Amount Orders::hold_released_by(OrderId id, Quantity by, const Terms& terms) const {
  const Order* found = order(id);
  RIALTO_ASSERT(found && by <= found->remaining);
  const auto hold = hold_of(*found, found->worst_price, found->remaining - by, terms);
  RIALTO_ASSERT(hold && *hold <= found->hold);
  return found->hold - *hold;
}

matching::EnterOrder Orders::entry(const Order& order, const Terms& terms,
                                   const Market& market) const {
  Price limit = order.worst_price;
  if (order.type == OrderType::stop && market.best_opposite) {
    const Price tighter = collared(*market.best_opposite, order.side, terms.rules.collar_ppm);
    limit = order.side == Side::buy ? std::min(limit, tighter) : std::max(limit, tighter);
  }
  if (limit.value == 0) limit.value = 1;  // a market order that meets nothing
  return {order.id,
          order.account,
          order.instrument,
          order.side,
          limit,
          order.remaining,
          order.display,
          order.time_in_force,
          is_market(order.type),
          order.post_only,
          order.self_trade_prevention};
}

matching::EnterOrder Orders::entry(const OrderCreated& created) {
  return {created.order,
          created.account,
          created.instrument,
          created.side,
          {std::max<std::int64_t>(created.worst_price.value, 1)},  // 1: meets nothing
          created.quantity,
          created.display,
          created.time_in_force,
          is_market(created.type),
          created.post_only,
          created.self_trade_prevention};
}

}  // namespace rialto::orders
