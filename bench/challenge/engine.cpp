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

  void enter(const new_order_t& order) {
    report({.type = ME_ORDER_ACK,
            .side = order.side,
            .sequence_number = order.sequence_number,
            .order_id = order.order_id,
            .price_ticks = order.price_ticks,
            .quantity = order.quantity});
    sequence_ = order.sequence_number;
    book_.enter(entry(order.order_id, order.side, order.price_ticks, order.quantity,
                      order.ioc != 0 ? TimeInForce::ioc : TimeInForce::gtc),
                *this);
  }

  void cancel(const cancel_t& order) {
    const auto found = book_.find({order.order_id});
    if (!found)
      return report({.type = ME_CANCEL_REJECT,
                     .sequence_number = order.sequence_number,
                     .order_id = order.order_id});
    report({.type = ME_CANCEL_ACK,
            .side = static_cast<std::uint8_t>(found->side),
            .sequence_number = order.sequence_number,
            .order_id = order.order_id,
            .price_ticks = found->price.value});
    book_.evolve(OrderCancelled{.order = {order.order_id},
                                .instrument = instrument,
                                .remaining = found->remaining,
                                .reason = CancelReason::user});
  }

  void modify(const modify_t& order) {
    if (!book_.contains({order.order_id}))
      return report({.type = ME_MODIFY_REJECT,
                     .sequence_number = order.sequence_number,
                     .order_id = order.order_id});
    report({.type = ME_MODIFY_ACK,
            .side = order.side,
            .sequence_number = order.sequence_number,
            .order_id = order.order_id,
            .price_ticks = order.new_price_ticks,
            .quantity = order.new_quantity});
    sequence_ = order.sequence_number;
    book_.remove({order.order_id});
    book_.enter(entry(order.order_id, order.side, order.new_price_ticks, order.new_quantity,
                      TimeInForce::gtc),
                *this);
  }

  const Matching& book() const { return book_; }
  void publish() { reports_.publish(); }

  // The book's answers: each becomes its event and its report.
  void fill(const Fill& fill) {
    const bool buys = fill.taker_side == Side::buy;
    book_.evolve(TradeExecuted{.instrument = instrument,
                               .taker_side = fill.taker_side,
                               .buy_order = buys ? fill.taker : fill.maker,
                               .sell_order = buys ? fill.maker : fill.taker,
                               .buyer = buys ? fill.taker_account : fill.maker_account,
                               .seller = buys ? fill.maker_account : fill.taker_account,
                               .price = fill.price,
                               .quantity = fill.quantity});
    report({.type = ME_TRADE,
            .side = static_cast<std::uint8_t>(fill.taker_side),
            .sequence_number = sequence_,
            .order_id = fill.taker.value,
            .price_ticks = fill.price.value,
            .quantity = static_cast<std::uint32_t>(fill.quantity.value),
            .maker_order_id = fill.maker.value,
            .taker_order_id = fill.taker.value});
  }
  void cancelled(const Cancellation& rest) {
    report({.type = ME_CANCEL_ACK,
            .side = static_cast<std::uint8_t>(side_),
            .sequence_number = sequence_,
            .order_id = rest.order.value,
            .price_ticks = limit_.value});
  }
  void reduced(const Reduction&) {}
  void processed(const OrderProcessed& processed) { book_.evolve(processed); }

 private:
  EnterOrder entry(std::uint64_t id, std::uint8_t side, std::int64_t price, std::uint32_t quantity,
                   TimeInForce time_in_force) {
    side_ = side_of(side);
    limit_ = {price};
    return {.order = {id},
            .account = anyone,
            .instrument = instrument,
            .side = side_,
            .limit = limit_,
            .quantity = {quantity},
            .time_in_force = time_in_force};
  }
  void report(const me_report_t& what) {
    claim(reports_) = what;
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
  engine->enter(*order);
}
void engine_on_cancel(const cancel_t* order) {
  engine->cancel(*order);
}
void engine_on_modify(const modify_t* order) {
  engine->modify(*order);
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
