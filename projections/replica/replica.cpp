#include "projections/replica/replica.hpp"

#include <algorithm>

#include "flows/registry.hpp"
#include "projections/replica/fold_frames.hpp"

namespace rialto::projections {

flows::OrderStatus status_of(orders::CancelReason reason) {
  switch (reason) {
    case orders::CancelReason::post_only_would_take:
      return flows::OrderStatus::rejected;
    case orders::CancelReason::expired:
      return flows::OrderStatus::expired;
    default:
      return flows::OrderStatus::cancelled;
  }
}

namespace {

OrderRecord open_record(const orders::Orders& orders, const orders::Order& order, Timestamp now,
                        Sequence position) {
  const auto status =
      order.filled.value == 0 ? flows::OrderStatus::pending : flows::OrderStatus::partially_filled;
  return {order, orders.client_order_id(order.id), status, std::nullopt, now, position};
}

}  // namespace

bool Replica::fold(EventType type, ByteView payload, Sequence sequence, Timestamp now) {
  return flows::decode_event(type, payload,
                             [&](const auto& event) { fold_event(event, sequence, now); });
}

template <class Event>
void Replica::fold_event(const Event& event, Sequence sequence, Timestamp now) {
  position_ = sequence;
  now_ = now;
  // What closes an order is recorded before the state forgets it.
  if constexpr (requires { before(event); })
    if (history_ && sequence > history_->flushed()) before(event);
  venue_.evolve(event, now);
}

std::optional<Sequence> Replica::fold_frames(ByteView frames) {
  return projections::fold_frames(frames, venue_,
                                  [&](const eventlog::EventView& view, const auto& event) {
                                    fold_event(event, view.sequence, view.time);
                                  });
}

void Replica::before(const matching::TradeExecuted& event) {
  history_->record(TradeRecord{event, now_, position_});
  const auto fill = [&](OrderId id, Amount fee) {
    const orders::Order* order = venue_.orders.order(id);
    if (order->remaining != event.quantity) return;
    orders::Order closed = *order;
    closed.remaining = {};
    closed.filled += event.quantity;
    closed.filled_notional += event.notional.value;
    closed.fees += fee.value;
    closed.hold = {};
    close(closed, flows::OrderStatus::filled, std::nullopt);
  };
  fill(event.buy_order, event.buyer_fee);
  fill(event.sell_order, event.seller_fee);
}

void Replica::before(const matching::OrderCancelled& event) {
  orders::Order closed = *venue_.orders.order(event.order);
  closed.hold = {};
  close(closed, status_of(event.reason), event.reason);
}

void Replica::close(const orders::Order& order, flows::OrderStatus status,
                    std::optional<orders::CancelReason> reason) {
  history_->record(
      OrderRecord{order, venue_.orders.client_order_id(order.id), status, reason, now_, position_});
}

std::optional<OrderRecord> Replica::order(OrderId id) const {
  if (const orders::Order* open = venue_.orders.order(id))
    return open_record(venue_.orders, *open, now_, position_);
  return history_ ? history_->order(id) : std::nullopt;
}

std::vector<OrderRecord> Replica::orders(AccountId account, std::optional<InstrumentId> instrument,
                                         Page page) const {
  std::vector<OrderRecord> rows;
  venue_.orders.each_open(account, [&](const orders::Order& order) {
    if ((!instrument || order.instrument == *instrument) &&
        (page.before == 0 || order.id.value < page.before))
      rows.push_back(open_record(venue_.orders, order, now_, position_));
  });
  if (history_) {
    auto closed = history_->orders({account, instrument}, page);
    rows.insert(rows.end(), std::make_move_iterator(closed.begin()),
                std::make_move_iterator(closed.end()));
  }
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.order.id > b.order.id; });
  if (rows.size() > page.limit) rows.resize(page.limit);
  return rows;
}

}  // namespace rialto::projections
