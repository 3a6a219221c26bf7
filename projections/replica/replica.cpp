#include "projections/replica/replica.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "flows/registry.hpp"
#include "projections/replica/fold_frames.hpp"

namespace rialto::projections {

namespace {

OrderRecord open_record(const orders::Orders& orders, const orders::Order& order, Timestamp now,
                        Sequence position) {
  const auto status =
      order.filled.value == 0 ? flows::OrderStatus::pending : flows::OrderStatus::partially_filled;
  return {order, orders.client_order_id(order.id), status, std::nullopt, now, position};
}

}  // namespace

Replica::Replica(std::unique_ptr<History> history, std::vector<Follower*> followers)
    : history_(std::move(history)) {
  for (Follower* follower : followers) followers_.push_back(following(follower));
}

Replica::Following Replica::following(Follower* follower) {
  const Sequence kept = follower->kept();
  return {follower, kept == Follower::nothing_to_keep ? Sequence{} : kept};
}

void Replica::adopt(flows::Venue&& venue, Sequence position, Timestamp now) {
  venue_ = std::move(venue);
  position_ = position;
  now_ = now;
  for (Following& each : followers_) {
    each.follower->restore(venue_, position_);
    each = following(each.follower);
  }
}

bool Replica::fold(EventType type, ByteView payload, Sequence sequence, Timestamp now) {
  return flows::decode_event(type, payload,
                             [&](const auto& event) { fold_event(event, sequence, now); });
}

void Replica::fold_event(const flows::AnyEvent& any, Sequence sequence, Timestamp now) {
  position_ = sequence;
  now_ = now;
  const Moment moment{sequence, now};
  for (const Following& each : followers_)
    if (sequence > each.knew) each.follower->before(any, moment, venue_);
  std::visit(
      [&](const auto& event) {
        // What closes an order is recorded before the state forgets it.
        if constexpr (requires { before(event); })
          if (history_ && sequence > history_->flushed()) before(event);
        venue_.evolve(event, now);
      },
      any);
  for (const Following& each : followers_)
    if (sequence > each.knew) each.follower->follow(any, moment, venue_);
}

std::optional<Sequence> Replica::fold_frames(ByteView frames) {
  const auto refused = projections::fold_frames(
      frames, venue_, [&](const eventlog::EventView& view, const flows::AnyEvent& event) {
        fold_event(event, view.sequence, view.time);
      });
  for (const Following& each : followers_) each.follower->settle();
  return refused;
}

std::size_t Replica::pending() const {
  std::size_t most = history_ && !history_failed_ ? history_->pending() : 0;
  for (const Following& each : followers_)
    if (!each.failed) most = std::max(most, each.follower->pending());
  return most;
}

Sequence Replica::kept() const {
  Sequence least = history_ ? history_->flushed() : Follower::nothing_to_keep;
  for (const Following& each : followers_) least = std::min(least, each.follower->kept());
  return least;
}

std::expected<void, std::string> Replica::store(bool durably) {
  std::string errors;
  const auto note = [&](std::string_view name, const std::expected<void, std::string>& stored) {
    if (!stored)
      errors += fmt::format("{}{} is not being stored: {}", errors.empty() ? "" : "; ", name,
                            stored.error());
    return stored.has_value();
  };
  if (history_ && !history_failed_)
    history_failed_ =
        !note("history", durably ? history_->make_durable(position_) : history_->flush(position_));
  for (Following& each : followers_)
    if (!each.failed)
      each.failed = !note(each.follower->name(), each.follower->store(position_, durably));
  if (!errors.empty()) return std::unexpected(errors);
  return {};
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
  close(closed, flows::status_of(event.reason), event.reason);
}

void Replica::before(const corrections::TradeEntered& event) {
  // As a trade of the book, but of no orders.
  matching::TradeExecuted trade;
  trade.trade = event.trade;
  trade.instrument = event.parties.instrument;
  trade.buyer = event.parties.buyer;
  trade.seller = event.parties.seller;
  trade.base = event.parties.base;
  trade.quote = event.parties.quote;
  trade.price = event.terms.price;
  trade.quantity = event.terms.quantity;
  trade.base_amount = event.terms.base_amount;
  trade.notional = event.terms.notional;
  history_->record(TradeRecord{trade, now_, position_});
  history_->record(TradeChange{event, now_, position_});
}

void Replica::before(const corrections::TradeCorrected& event) {
  history_->record(TradeChange{event, now_, position_});
}

void Replica::before(const corrections::TradeBusted& event) {
  history_->record(TradeChange{event, now_, position_});
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
