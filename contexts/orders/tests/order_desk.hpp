// A desk that talks to the orders context the way the flows do: one instrument, whatever market it
// is told.
#pragma once

#include "contexts/orders/orders.hpp"
#include "core/tests/given.hpp"
#include "core/wide.hpp"

namespace rialto::orders {

inline constexpr AssetId usd{1}, btc{2};
inline constexpr InstrumentId instrument{1};
inline constexpr AccountId alice{4}, bob{5};
inline constexpr std::int64_t minute = 60'000'000'000;

/// One tick × one lot is one minor unit of USD; a lot is 1000 minor units of BTC. No band, no fees.
inline Terms plain_terms() {
  return {.instrument = instrument,
          .base = btc,
          .quote = usd,
          .quote_per_tick_lot = {1},
          .base_per_lot = {1000},
          .halted = false,
          .rules = {.maker_fee = {},
                    .taker_fee = {},
                    .max_quantity = {1'000'000},
                    .max_notional = {1'000'000'000},
                    .price_band_ppm = 0,
                    .collar_ppm = 100'000,
                    .max_open_orders = 3}};
}

inline PlaceOrder limit(Side side, std::int64_t price, std::int64_t quantity,
                        AccountId account = alice) {
  PlaceOrder command;
  command.account = account;
  command.instrument = instrument;
  command.side = side;
  command.price = {price};
  command.quantity = {quantity};
  return command;
}
inline PlaceOrder stop(Side side, std::int64_t stop_price, std::int64_t quantity) {
  PlaceOrder command = limit(side, 0, quantity);
  command.type = OrderType::stop;
  command.stop_price = {stop_price};
  return command;
}
inline PlaceOrder market_order(Side side, std::int64_t quantity) {
  PlaceOrder command = limit(side, 0, quantity);
  command.type = OrderType::market;
  return command;
}

struct OrderDesk {
  Orders orders;
  Terms terms = plain_terms();
  Market market;
  Timestamp now{minute};
  Timestamp day_end{1440 * minute};

  std::expected<OrderCreated, Reject> decide(const PlaceOrder& command) const {
    const auto admission = orders.decide(command, &terms, market, now);
    if (!admission) return std::unexpected(admission.error());
    return orders.created(command, terms, *admission, UserId{7}, day_end);
  }
  auto decide(const AmendOrder& command) const { return orders.decide(command, terms, market); }

  /// Placed and answered by the book: resting, or waiting if it is a stop.
  OrderId place(const PlaceOrder& command) {
    const OrderCreated created = decide(command).value();
    orders.evolve(created, now);
    matching::OrderProcessed processed;
    processed.order = created.order;
    processed.outcome =
        created.stop_price.value != 0 ? matching::Outcome::waiting : matching::Outcome::resting;
    orders.evolve(processed);
    return created.order;
  }
  void amend(const AmendOrder& command) { orders.evolve(decide(command).value()); }
  void cancel(OrderId id) {
    const Order& order = *orders.order(id);
    orders.evolve(matching::OrderCancelled{id, order.account, instrument, order.remaining,
                                           CancelReason::user, order.hold_asset, order.hold},
                  now);
  }
  /// A trade between two open orders, as the flow makes it. Returns the event.
  matching::TradeExecuted trade(OrderId buy, OrderId sell, std::int64_t price,
                                std::int64_t quantity, Side taker) {
    matching::TradeExecuted event;
    event.trade = orders.next_trade();
    event.taker_side = taker;
    event.buy_order = buy;
    event.sell_order = sell;
    event.quantity = {quantity};
    event.notional = {price * quantity * terms.quote_per_tick_lot.value};
    event.base_amount = {quantity * terms.base_per_lot.value};
    const FillCost buyer =
        orders.cost_of_fill(buy, event.quantity, event.notional, event.base_amount,
                            taker == Side::buy, terms.quote_per_tick_lot);
    const FillCost seller =
        orders.cost_of_fill(sell, event.quantity, event.notional, event.base_amount,
                            taker == Side::sell, terms.quote_per_tick_lot);
    event.buyer_fee = buyer.fee;
    event.buyer_fee_slack = buyer.fee_slack;
    event.buyer_hold_released = buyer.hold_released;
    event.seller_fee = seller.fee;
    event.seller_fee_slack = seller.fee_slack;
    event.seller_hold_released = seller.hold_released;
    orders.evolve(event, now);
    return event;
  }
};

}  // namespace rialto::orders
