#include "gateways/ouch/streams.hpp"

#include <type_traits>
#include <utility>

#include "core/assert.hpp"
#include "flows/registry.hpp"
#include "gateways/ouch/translation.hpp"

namespace rialto::ouch {
namespace {

/// A quantity on the wire; what an order grew to elsewhere may not fit.
std::uint32_t wire_quantity(std::int64_t lots) {
  return static_cast<std::uint32_t>(std::min<std::int64_t>(lots, UINT32_MAX));
}

template <class Order>
OrderRef ref_of(const Order& order, Quantity quantity) {
  return {.session = static_cast<std::uint32_t>(order.session.value),
          .user_ref = order.user_ref,
          .instrument = order.instrument.value,
          .side = side_code(order.side),
          .time_in_force = time_in_force_code(order.time_in_force),
          .quantity = quantity.value,
          .filled = 0};
}

}  // namespace

template <class Message>
void Streams::tell(SessionState& session, Sequence position, const Message& message,
                   ByteView options) {
  std::byte* at = session.stream.add(
      message_size<Message>() + options.size(), position,
      [&](const std::shared_ptr<Block>& block) { store_.append(session.id, block); });
  at = write_message(at, message);
  std::copy(options.begin(), options.end(), at);
  const auto index = static_cast<std::uint32_t>(session.id.value - 1);
  if (!std::exchange(session.touched, true)) touched_.push_back(index);
  if (!std::exchange(session.closable, true)) closable_.push_back(index);
}

void Streams::restore(const flows::Venue& venue) {
  listings_ = {};
  sessions_.clear();
  orders_ = {};
  touched_.clear();
  closable_.clear();
  for (const auto& listed : venue.instruments.instruments())
    listings_.add(listed.id, listed.symbol, listed.tick);
  for (const auto& known : venue.sessions.sessions()) {
    SessionState& session = open(known.id);
    session.account = known.account;
    session.user = known.user;
    session.credential = known.credential;
    session.cancel_on_disconnect = known.cancel_on_disconnect;
    session.revoked = known.revoked;
    session.last_user_ref = known.last_user_ref;
    session.stream = SessionStream(store_.next(known.id));
  }
  for (const auto& account : venue.ledger.accounts())
    venue.orders.each_open(account.id, [&](const orders::Order& order) {
      if (order.session.value == 0) return;
      OrderRef ref = ref_of(order, order.quantity());
      ref.filled = order.filled.value;
      remember(order.id, ref);
    });
}

void Streams::follow(const eventlog::FrameView& frame) {
  for (const eventlog::EventView& event : frame.events()) {
    // A venue without sessions pays for none, in recovery above all.
    if (sessions_.empty() && event.type != flows::event_type<sessions::SessionOpened> &&
        event.type != flows::event_type<instruments::InstrumentListed>)
      continue;
    const auto hear = [&]<class Event>(std::type_identity<Event>) {
      BinaryReader reader(event.payload);
      on(reader.read_versioned<Event>(), Moment{event.sequence, time_of_day(event.time)});
    };
    // By number, and only what is told: other events are passed over without being decoded.
    switch (event.type.value) {
      case flows::event_type<orders::OrderCreated>.value:
        hear(std::type_identity<orders::OrderCreated>{});
        break;
      case flows::event_type<orders::OrderUpdated>.value:
        hear(std::type_identity<orders::OrderUpdated>{});
        break;
      case flows::event_type<matching::TradeExecuted>.value:
        hear(std::type_identity<matching::TradeExecuted>{});
        break;
      case flows::event_type<matching::OrderCancelled>.value:
        hear(std::type_identity<matching::OrderCancelled>{});
        break;
      case flows::event_type<matching::OrderReduced>.value:
        hear(std::type_identity<matching::OrderReduced>{});
        break;
      case flows::event_type<sessions::SessionOpened>.value:
        hear(std::type_identity<sessions::SessionOpened>{});
        break;
      case flows::event_type<sessions::SessionRevoked>.value:
        hear(std::type_identity<sessions::SessionRevoked>{});
        break;
      case flows::event_type<sessions::OrderRefused>.value:
        hear(std::type_identity<sessions::OrderRefused>{});
        break;
      case flows::event_type<sessions::SessionCancelAccepted>.value:
        hear(std::type_identity<sessions::SessionCancelAccepted>{});
        break;
      case flows::event_type<sessions::OrderEntrySwitched>.value:
        hear(std::type_identity<sessions::OrderEntrySwitched>{});
        break;
      case flows::event_type<instruments::InstrumentListed>.value:
        hear(std::type_identity<instruments::InstrumentListed>{});
        break;
      default:
        break;
    }
  }
}

void Streams::on(const instruments::InstrumentListed& event, Moment) {
  listings_.add(event.instrument, event.symbol, event.tick);
}

void Streams::on(const sessions::SessionOpened& event, Moment now) {
  SessionState& session = open(event.session);
  session.account = event.account;
  session.user = event.user;
  session.credential = event.credential;
  session.cancel_on_disconnect = event.cancel_on_disconnect;
  session.revoked = false;
  tell(session, now.position, SystemEvent{now.time, 'S'});
}

void Streams::on(const sessions::SessionRevoked& event, Moment now) {
  SessionState& session = open(event.session);
  session.revoked = true;
  tell(session, now.position, SystemEvent{now.time, 'E'});
}

void Streams::on(const sessions::OrderRefused& event, Moment now) {
  SessionState& session = open(event.session);
  session.last_user_ref = event.user_ref;
  tell(session, now.position,
       Rejected{now.time, event.user_ref, reject_code(event.reason.view()),
                WireOrderId(event.client_order_id.view())});
}

void Streams::on(const sessions::SessionCancelAccepted& event, Moment now) {
  SessionState& session = open(event.session);
  session.last_user_ref = event.user_ref;
  MassCancelResponse message{now.time, event.user_ref, WireFirm(event.firm.view()), {}, 0};
  if (event.instrument.value != 0) message.symbol = listings_.of(event.instrument).symbol;
  tell(session, now.position, message);
}

void Streams::on(const sessions::OrderEntrySwitched& event, Moment now) {
  SessionState& session = open(event.session);
  session.last_user_ref = event.user_ref;
  const WireFirm firm(event.firm.view());
  if (event.enabled)
    tell(session, now.position, EnableOrderEntryResponse{now.time, event.user_ref, firm, 0});
  else
    tell(session, now.position, DisableOrderEntryResponse{now.time, event.user_ref, firm, 0});
}

void Streams::on(const orders::OrderCreated& event, Moment now) {
  if (event.session.value == 0) return;
  SessionState& session = open(event.session);
  session.last_user_ref = event.user_ref;
  const OrderRef ref = ref_of(event, event.quantity);
  remember(event.order, ref);
  std::array<std::byte, options_max> options;
  const auto options_end = write_options(options.data(), options_of(event));
  const auto options_size = static_cast<std::uint16_t>(options_end - options.data());
  Accepted message;
  message.time = now.time;
  message.user_ref = event.user_ref;
  message.side = ref.side;
  message.quantity = wire_quantity(event.quantity.value);
  message.symbol = listings_.of(event.instrument).symbol;
  message.price = event.type == orders::OrderType::market
                      ? market_price
                      : listings_.wire_price(event.instrument, event.price);
  message.time_in_force = ref.time_in_force;
  message.order = event.order.value;
  message.client_order_id = WireOrderId(event.client_order_id.view());
  message.options_size = options_size;
  tell(session, now.position, message, ByteView(options).first(options_size));
}

void Streams::on(const orders::OrderUpdated& event, Moment now) {
  if (event.session.value == 0) return;
  SessionState& session = open(event.session);
  OrderRef& ref = *orders_.find(event.order.value);
  const std::uint32_t original = ref.user_ref;
  if (event.user_ref == original && event.priority_kept) {
    ref.quantity = event.quantity.value;
    return tell(session, now.position,
                Canceled{now.time, original, wire_quantity(event.shrunk_by.value), 'U'});
  }
  ref.quantity = event.quantity.value;
  if (event.user_ref != original) {
    session.orders.erase(original);
    session.orders.insert(event.user_ref, event.order.value);
    ref.user_ref = event.user_ref;
    session.last_user_ref = event.user_ref;
  }
  // One from elsewhere gives no new number: both are the one it has.
  Replaced message;
  message.time = now.time;
  message.original = original;
  message.user_ref = event.user_ref;
  message.side = ref.side;
  message.quantity = wire_quantity(ref.quantity - ref.filled);
  message.symbol = listings_.of(event.instrument).symbol;
  message.price = listings_.wire_price(event.instrument, event.price);
  message.time_in_force = ref.time_in_force;
  message.order = event.order.value;
  tell(session, now.position, message);
}

void Streams::on(const matching::TradeExecuted& event, Moment now) {
  const bool taker_buys = event.taker_side == Side::buy;
  fill(event.buy_order, event, taker_buys, now);
  fill(event.sell_order, event, !taker_buys, now);
}

void Streams::fill(OrderId order, const matching::TradeExecuted& event, bool taker, Moment now) {
  OrderRef* ref = orders_.find(order.value);
  if (!ref) return;
  ref->filled += event.quantity.value;
  tell(of(*ref), now.position,
       Executed{now.time, ref->user_ref, wire_quantity(event.quantity.value),
                listings_.wire_price(event.instrument, event.price), taker ? 'R' : 'A',
                event.trade.value, 0});
  if (ref->filled == ref->quantity) forget(order, *ref);
}

void Streams::on(const matching::OrderCancelled& event, Moment now) {
  const OrderRef* ref = orders_.find(event.order.value);
  if (!ref) return;
  tell(of(*ref), now.position,
       Canceled{now.time, ref->user_ref, wire_quantity(event.remaining.value),
                cancel_code(event.reason)});
  forget(event.order, *ref);
}

void Streams::on(const matching::OrderReduced& event, Moment now) {
  OrderRef* ref = orders_.find(event.order.value);
  if (!ref) return;
  ref->quantity -= event.by.value;
  AiqCanceled message;
  message.time = now.time;
  message.user_ref = ref->user_ref;
  message.quantity = message.prevented = wire_quantity(event.by.value);
  tell(of(*ref), now.position, message);
}

void Streams::remember(OrderId order, const OrderRef& ref) {
  orders_.insert(order.value, ref);
  of(ref).orders.insert(ref.user_ref, order.value);
}

void Streams::forget(OrderId order, const OrderRef& ref) {
  of(ref).orders.erase(ref.user_ref);
  orders_.erase(order.value);
}

SessionState& Streams::open(SessionId id) {
  while (sessions_.size() < id.value) {
    sessions_.emplace_back();
    sessions_.back().id = {sessions_.size()};
  }
  return sessions_[id.value - 1];
}

SessionState* Streams::session(SessionId id) {
  const std::size_t index = id.value - 1;
  return index < sessions_.size() && !sessions_[index].revoked ? &sessions_[index] : nullptr;
}

std::optional<OrderId> Streams::order(const SessionState& session, std::uint32_t user_ref) const {
  const std::uint64_t* found = session.orders.find(user_ref);
  return found ? std::optional(OrderId{*found}) : std::nullopt;
}

void Streams::close_blocks() {
  for (const std::uint32_t index : closable_) {
    SessionState& session = sessions_[index];
    session.closable = false;
    session.stream.close(
        [&](const std::shared_ptr<Block>& block) { store_.append(session.id, block); });
  }
  closable_.clear();
}

}  // namespace rialto::ouch
