// Completes what matching answers with fees and holds, and makes each answer an event before the
// next.
#pragma once

#include "flows/step.hpp"

namespace rialto::flows {

class BookAnswers {
 public:
  /// `entered` is the order whose entry is being answered; `report` tells how it went.
  BookAnswers(Step& step, const orders::Order& entered, const orders::Terms& terms,
              OrderReport& report)
      : step_(step), terms_(terms), report_(report) {
    report_.order = entered.id;
    report_.instrument = entered.instrument;
    report_.quantity = entered.quantity();
    report_.filled = entered.filled;
    report_.filled_notional = entered.filled_notional;
    report_.fees = entered.fees;
  }
  BookAnswers(Step& step, const orders::OrderCreated& entered, const orders::Terms& terms,
              OrderReport& report)
      : step_(step), terms_(terms), report_(report) {
    report_.order = entered.order;
    report_.instrument = entered.instrument;
    report_.quantity = entered.quantity;
  }

  void fill(const matching::Fill& fill) {
    const bool taker_buys = fill.taker_side == Side::buy;
    // In 64 bits: the buyer's hold of 18 digits covers this notional.
    const Amount notional{fill.price.value * fill.quantity.value * terms_.quote_per_tick_lot.value};
    const Amount base{fill.quantity.value * terms_.base_per_lot.value};
    const auto& orders = step_.venue.orders;
    const OrderId buy = taker_buys ? fill.taker : fill.maker;
    const OrderId sell = taker_buys ? fill.maker : fill.taker;
    const auto buyer = orders.cost_of_fill(buy, fill.quantity, notional, base, taker_buys,
                                           terms_.quote_per_tick_lot);
    const auto seller = orders.cost_of_fill(sell, fill.quantity, notional, base, !taker_buys,
                                            terms_.quote_per_tick_lot);
    step_.emit(matching::TradeExecuted{
        .trade = orders.next_trade(),
        .instrument = fill.instrument,
        .taker_side = fill.taker_side,
        .buy_order = buy,
        .sell_order = sell,
        .buyer = taker_buys ? fill.taker_account : fill.maker_account,
        .seller = taker_buys ? fill.maker_account : fill.taker_account,
        .price = fill.price,
        .quantity = fill.quantity,
        .base = terms_.base,
        .quote = terms_.quote,
        .base_amount = base,
        .notional = notional,
        .buyer_fee = buyer.fee,
        .seller_fee = seller.fee,
        .buyer_hold_released = buyer.hold_released,
        .seller_hold_released = seller.hold_released,
        .buyer_fee_slack = buyer.fee_slack,
        .seller_fee_slack = seller.fee_slack,
    });
    report_.filled += fill.quantity;
    report_.filled_notional += notional.value;
    report_.fees += taker_buys ? buyer.fee.value : seller.fee.value;
  }

  void cancelled(const matching::Cancellation& cancellation) {
    const orders::Order& order = *step_.venue.orders.order(cancellation.order);
    if (cancellation.order == report_.order) report_.reason = cancellation.reason;
    step_.emit(matching::OrderCancelled{order.id, order.account, order.instrument,
                                        cancellation.remaining, cancellation.reason,
                                        order.hold_asset, order.hold});
  }

  void reduced(const matching::Reduction& reduction) {
    const orders::Order& order = *step_.venue.orders.order(reduction.order);
    const Amount released = step_.venue.orders.hold_released_by(order.id, reduction.by, terms_);
    if (reduction.order == report_.order) report_.quantity -= reduction.by;
    step_.emit(matching::OrderReduced{order.id, order.account, order.instrument, reduction.by,
                                      order.hold_asset, released});
  }

  void processed(const matching::OrderProcessed& processed) { step_.emit(processed); }

  /// The report is whole only then.
  void conclude() { report_.status = status(); }

 private:
  OrderStatus status() const {
    if (report_.reason == orders::CancelReason::post_only_would_take) return OrderStatus::rejected;
    if (report_.reason) return OrderStatus::cancelled;
    if (report_.filled == report_.quantity) return OrderStatus::filled;
    return report_.filled.value == 0 ? OrderStatus::pending : OrderStatus::partially_filled;
  }

  Step& step_;
  const orders::Terms& terms_;
  OrderReport& report_;
};

}  // namespace rialto::flows
