// The production book behind the C interface of the public matching-engine harness
// (github.com/flash1-dev/matching-engine-benchmark): one instrument, no self-trade prevention,
// every answer of the book made an event, evolved, and reported through a ring of ours.
//
// The harness's order ids are dense, so they are the book's order ids; its modify is the book's
// remove and enter. One thread calls everything but the transport's drain.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>

#include "bench/challenge/transport.hpp"
#include "contexts/matching/matching.hpp"
#include "matching_engine_api.h"

namespace rialto::challenge {
namespace {

using namespace matching;

constexpr InstrumentId instrument{1};
constexpr AccountId anyone{1};

constexpr Side side_of(std::uint8_t side) {
  return side == 0 ? Side::buy : Side::sell;
}

/// What the harness wants to read of one message, made of what the book answers to it.
class Engine {
 public:
  explicit Engine(Ring& reports) : reports_(reports) { book_.list(instrument); }

  /// Messages are carried out one after the other; only cache lines are asked for ahead.
  void carry_out(std::span<const me_msg_t> messages) {
    constexpr std::size_t ahead = 16;
    const std::size_t asked = messages.size() - std::min(messages.size(), ahead);
    for (std::size_t i = 0; i < asked; ++i) {
      prefetch(messages[i + ahead]);
      carry_out(messages[i]);
    }
    for (std::size_t i = asked; i < messages.size(); ++i) carry_out_last(messages[i]);
  }

  [[gnu::noinline]] void carry_out_last(const me_msg_t& message) { carry_out(message); }

  // One message alone, as the harness delivers them to whom has no batches.
  void enter_alone(const new_order_t& order) {
    carry_out(false, order.order_id, order.sequence_number, order.price_ticks, order.quantity,
              order.side, order.ioc != 0);
  }
  void modify_alone(const modify_t& order) {
    carry_out(true, order.order_id, order.sequence_number, order.new_price_ticks,
              order.new_quantity, order.side, false);
  }
  void cancel_alone(const cancel_t& order) { cancel(order); }

  const Matching& book() const { return book_; }
  void publish() { reports_.publish(); }

  // The book's answers: each becomes its event and its report.
  [[gnu::noinline]] void fill(const Fill& fill) {
    const bool buys = fill.taker_side == Side::buy;
    book_.evolve(TradeExecuted{.instrument = instrument,
                               .taker_side = fill.taker_side,
                               .buy_order = buys ? fill.taker : fill.maker,
                               .sell_order = buys ? fill.maker : fill.taker,
                               .buyer = buys ? fill.taker_account : fill.maker_account,
                               .seller = buys ? fill.maker_account : fill.taker_account,
                               .price = fill.price,
                               .quantity = fill.quantity});
    report(ME_TRADE, static_cast<std::uint8_t>(fill.taker_side), fill.taker.value, fill.price.value,
           static_cast<std::uint32_t>(fill.quantity.value), fill.maker.value, fill.taker.value);
  }
  void cancelled(const Cancellation& rest) {
    report(ME_CANCEL_ACK, static_cast<std::uint8_t>(side_), rest.order.value, limit_.value, 0, 0,
           0);
  }
  void reduced(const Reduction&) {}
  [[gnu::always_inline]] void processed(const OrderProcessed& processed) {
    book_.evolve(processed);
  }

 private:
  [[gnu::always_inline]] void carry_out(const me_msg_t& message) {
    if (message.type == 1) return cancel(message.c);
    // A new order and a modify have the same fields in the same places, but a modify is never
    // immediate-or-cancel.
    const new_order_t& order = message.no;
    carry_out(message.type == 2, order.order_id, order.sequence_number, order.price_ticks,
              order.quantity, order.side, message.type == 0 && order.ioc != 0);
  }

  /// The harness's modify is an entry like any other once the order has left the book.
  [[gnu::always_inline]] void carry_out(bool modifies, std::uint64_t id, std::uint64_t sequence,
                                        std::int64_t price, std::uint32_t quantity,
                                        std::uint8_t side, bool immediate) {
    if (modifies) {
      if (!book_.contains({id})) return begin(ME_MODIFY_REJECT, 0, sequence, id, 0, 0);
      begin(ME_MODIFY_ACK, side, sequence, id, price, quantity);
      book_.remove({id});
    } else {
      begin(ME_ORDER_ACK, side, sequence, id, price, quantity);
    }
    side_ = side_of(side);
    limit_ = {price};
    book_.enter(EnterOrder{.order = {id},
                           .account = anyone,
                           .instrument = instrument,
                           .side = side_,
                           .limit = limit_,
                           .quantity = {quantity},
                           .display = {},
                           .time_in_force = immediate ? TimeInForce::ioc : TimeInForce::gtc},
                *this);
  }

  [[gnu::always_inline]] void cancel(const cancel_t& order) {
    const auto found = book_.find({order.order_id});
    if (!found) return begin(ME_CANCEL_REJECT, 0, order.sequence_number, order.order_id, 0, 0);
    book_.evolve(OrderCancelled{.order = {order.order_id},
                                .account = {},
                                .instrument = instrument,
                                .remaining = found->remaining,
                                .reason = CancelReason::user,
                                .hold_asset = {},
                                .hold_released = {}});
    begin(ME_CANCEL_ACK, static_cast<std::uint8_t>(found->side), order.sequence_number,
          order.order_id, found->price.value, 0);
  }
  void prefetch(const me_msg_t& message) const {
    // Of every kind of message the order's id comes first.
    book_.prefetch(OrderId{message.c.order_id}, Matching::Pass::first);
  }
  /// The first report of a message; those that follow carry its number as well.
  void begin(me_report_type_t type, std::uint8_t side, std::uint64_t sequence, std::uint64_t order,
             std::int64_t price, std::uint32_t quantity) {
    sequence_ = sequence;
    report(type, side, order, price, quantity, 0, 0);
  }
  /// Written field by field where it is sent from: a copy would wait for its parts.
  void report(me_report_type_t type, std::uint8_t side, std::uint64_t order, std::int64_t price,
              std::uint32_t quantity, std::uint64_t maker, std::uint64_t taker) {
    me_report_t& report = claim(reports_);
    report.type = static_cast<std::uint8_t>(type);
    report.side = side;
    report.sequence_number = sequence_;
    report.order_id = order;
    report.price_ticks = price;
    report.quantity = quantity;
    report.maker_order_id = maker;
    report.taker_order_id = taker;
    reports_.commit();
  }

  Ring& reports_;
  Matching book_;
  // Of the message that is being carried out.
  std::uint64_t sequence_ = 0;
  Side side_{};
  Price limit_;
};

std::unique_ptr<Engine> engine;

}  // namespace
}  // namespace rialto::challenge

using rialto::challenge::engine;

extern "C" {

void engine_init(std::uint64_t, const me_transport_t* transport, void* report_sink) {
  RIALTO_ASSERT(transport == rialto::challenge::transport());
  engine = std::make_unique<rialto::challenge::Engine>(
      *static_cast<rialto::challenge::Ring*>(report_sink));
}
void engine_shutdown() {
  engine.reset();
}
const me_transport_t* engine_get_transport() {
  return rialto::challenge::transport();
}

void engine_on_new_order(const new_order_t* order) {
  engine->enter_alone(*order);
}
void engine_on_cancel(const cancel_t* order) {
  engine->cancel_alone(*order);
}
void engine_on_modify(const modify_t* order) {
  engine->modify_alone(*order);
}
void engine_on_batch(const me_msg_t* messages, std::uint32_t count) {
  engine->carry_out({messages, count});
}
void engine_flush() {
  engine->publish();
}

std::int64_t engine_query_best_bid() {
  const auto best = engine->book().best(rialto::challenge::instrument, rialto::Side::buy);
  return best ? best->value : std::numeric_limits<std::int64_t>::min();
}
std::int64_t engine_query_best_ask() {
  const auto best = engine->book().best(rialto::challenge::instrument, rialto::Side::sell);
  return best ? best->value : std::numeric_limits<std::int64_t>::max();
}
std::uint64_t engine_query_depth_at(std::int64_t price, std::uint8_t side) {
  return static_cast<std::uint64_t>(
      engine->book()
          .depth_at(rialto::challenge::instrument, rialto::challenge::side_of(side), {price})
          .value);
}
}
