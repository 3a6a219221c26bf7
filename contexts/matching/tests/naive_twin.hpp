// Matching as one would explain it: maps of prices to lists of orders, plans made on copies,
// everything searched for. It shares no code with the fast book, has the same face, and is its
// oracle in the property tests and its slow peer in the benchmark.
#pragma once

#include <algorithm>
#include <list>
#include <map>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "contexts/matching/contract.hpp"
#include "core/assert.hpp"
#include "core/codec.hpp"

namespace rialto::matching {

class NaiveTwin {
 public:
  void list(InstrumentId instrument) { books_[instrument]; }

  template <class Answers>
  void enter(const EnterOrder& order, Answers& answers) {
    std::vector<Answer> plan = this->plan(order);
    const auto traded = [&] {
      Quantity sum;
      for (const Answer& answer : plan)
        if (const auto* fill = std::get_if<Fill>(&answer)) sum += fill->quantity;
      return sum;
    };
    const bool would_take = order.post_only && !makers_within(order).empty();
    const bool unfillable = order.time_in_force == TimeInForce::fok && traded() != order.quantity;
    if (would_take || unfillable) {
      plan = {Cancellation{
          order.order, order.instrument, order.quantity,
          would_take ? CancelReason::post_only_would_take : CancelReason::fill_or_kill}};
    }
    Quantity rest = order.quantity;
    for (const Answer& answer : plan) {
      if (const auto* fill = std::get_if<Fill>(&answer)) rest -= fill->quantity;
      const auto* reduction = std::get_if<Reduction>(&answer);
      if (reduction != nullptr && reduction->order == order.order) rest -= reduction->by;
      const auto* cancellation = std::get_if<Cancellation>(&answer);
      if (cancellation != nullptr && cancellation->order == order.order) rest = {};
      give(answer, answers);
    }
    const bool at_once = order.market || order.time_in_force == TimeInForce::ioc ||
                         order.time_in_force == TimeInForce::fok;
    if (at_once && rest.value > 0) {
      const auto reason =
          order.market ? CancelReason::no_liquidity : CancelReason::immediate_or_cancel;
      answers.cancelled(Cancellation{order.order, order.instrument, rest, reason});
      rest = {};
    }
    const auto outcome = rest.value > 0 ? Outcome::resting : Outcome::done;
    answers.processed(OrderProcessed{order.order, order.account, order.instrument, outcome,
                                     order.side, order.limit, rest, order.display});
  }

  void evolve(const TradeExecuted& event) {
    const bool buyer_takes = event.taker_side == Side::buy;
    const Place place = places_.at(buyer_takes ? event.sell_order : event.buy_order);
    place.order->shown -= event.quantity;
    if (place.order->shown.value == 0) {
      if (place.order->hidden.value == 0) {
        take_out(place.order->order);
      } else {
        place.order->shown = std::min(place.order->hidden, place.order->display);
        place.order->hidden -= place.order->shown;
        place.queue->splice(place.queue->end(), *place.queue, place.order);
      }
    }
    Book& book = books_.at(event.instrument);
    book.last = event.price;
    book.trades_that_matter.push_back(event.price);
    forget_trades_if_quiet(book);
  }
  void evolve(const OrderCancelled& event) {
    if (contains(event.order)) remove(event.order);
  }
  void evolve(const OrderReduced& event) {
    if (contains(event.order)) shrink(event.order, event.by);
  }
  void evolve(const OrderProcessed& event) {
    if (event.outcome == Outcome::done) return;
    const bool waiting = event.outcome == Outcome::waiting;
    Quantity shown = event.remaining;
    if (!waiting && event.display.value > 0) shown = std::min(event.display, event.remaining);
    put_in(
        event.instrument, event.side, waiting,
        {event.order, event.account, event.price, shown, event.remaining - shown, event.display});
    forget_trades_if_quiet(books_.at(event.instrument));
  }
  void evolve(const OrderTriggered& event) { remove(event.order); }

  void shrink(OrderId order, Quantity by) {
    Order& found = *places_.at(order).order;
    for (Quantity* part : {&found.hidden, &found.shown}) {
      const Quantity less = std::min(*part, by);
      *part -= less;
      by -= less;
    }
  }
  void remove(OrderId order) {
    const InstrumentId instrument = places_.at(order).instrument;
    take_out(order);
    forget_trades_if_quiet(books_.at(instrument));
  }

  std::optional<OrderId> next_triggered(InstrumentId instrument) const {
    return next_triggered(books_.at(instrument));
  }
  std::optional<InstrumentId> instrument_with_triggered() const {
    for (const auto& [instrument, book] : books_)
      if (next_triggered(book)) return instrument;
    return std::nullopt;
  }
  std::optional<Price> best(InstrumentId instrument, Side side) const {
    const Orders& orders = books_.at(instrument).resting[index(side)];
    if (orders.empty()) return std::nullopt;
    return side == Side::buy ? orders.rbegin()->first : orders.begin()->first;
  }
  std::optional<Price> last_price(InstrumentId instrument) const {
    return books_.at(instrument).last;
  }
  bool contains(OrderId order) const { return places_.contains(order); }
  Quantity remaining(OrderId order) const {
    if (!contains(order)) return {};
    const Order& found = *places_.at(order).order;
    return found.shown + found.hidden;
  }

  void save(BinaryWriter& out) const {
    out.write(static_cast<std::uint32_t>(books_.size()));
    for (const auto& [instrument, book] : books_) {
      const auto& trades = book.trades_that_matter;
      out.write(instrument);
      out.write(book.last.value_or(Price{0}));
      out.write(trades.empty() ? Price{0} : *std::ranges::max_element(trades));
      out.write(trades.empty() ? Price{largest_int64} : *std::ranges::min_element(trades));
      save(out, book.resting[index(Side::buy)], true);
      save(out, book.resting[index(Side::sell)], false);
      save(out, book.waiting[index(Side::buy)], false);
      save(out, book.waiting[index(Side::sell)], true);
    }
  }

 private:
  static constexpr std::int64_t largest_int64 = 9'223'372'036'854'775'807;
  using Answer = std::variant<Fill, Cancellation, Reduction>;
  struct Order {
    OrderId order;
    AccountId account;
    Price price;
    Quantity shown;
    Quantity hidden;
    Quantity display;
  };
  using Queue = std::list<Order>;
  using Orders = std::map<Price, Queue>;
  struct Book {
    Orders resting[2];
    Orders waiting[2];
    std::optional<Price> last;
    std::vector<Price> trades_that_matter;  // since no stop was last triggered
  };
  struct Place {
    InstrumentId instrument;
    Orders* orders;
    Queue* queue;
    Queue::iterator order;
  };
  static std::size_t index(Side side) { return side == Side::buy ? 0 : 1; }

  /// The queues an order can reach, best first.
  std::vector<const Queue*> makers_within(const EnterOrder& order) const {
    std::vector<const Queue*> queues;
    if (order.side == Side::buy) {
      for (const auto& [price, queue] : books_.at(order.instrument).resting[index(Side::sell)]) {
        if (price > order.limit) break;
        queues.push_back(&queue);
      }
    } else {
      const Orders& bids = books_.at(order.instrument).resting[index(Side::buy)];
      for (auto level = bids.rbegin(); level != bids.rend(); ++level) {
        if (level->first < order.limit) break;
        queues.push_back(&level->second);
      }
    }
    return queues;
  }

  /// Everything that happens if the order is let loose, played through on copies.
  std::vector<Answer> plan(const EnterOrder& order) const {
    std::vector<Answer> plan;
    Quantity rest = order.quantity;
    for (const Queue* makers : makers_within(order)) {
      Queue queue = *makers;
      while (!queue.empty() && rest.value > 0) {
        Order& maker = queue.front();
        const bool own = maker.account == order.account;
        if (own && order.self_trade_prevention != SelfTradePrevention::none) {
          const Quantity before = rest;
          meet_own(order, maker, rest, plan);
          const bool stays = maker.shown + maker.hidden > Quantity{0} && rest != before;
          if (!stays) queue.pop_front();
          continue;
        }
        const Quantity quantity = std::min(maker.shown, rest);
        plan.push_back(Fill{order.instrument, order.order, maker.order, order.account,
                            maker.account, order.side, maker.price, quantity});
        rest -= quantity;
        maker.shown -= quantity;
        if (maker.shown.value > 0) continue;
        if (maker.hidden.value > 0) {
          Order again = maker;
          again.shown = std::min(again.display, again.hidden);
          again.hidden -= again.shown;
          queue.push_back(again);
        }
        queue.pop_front();
      }
      if (rest.value == 0) break;
    }
    return plan;
  }

  static void meet_own(const EnterOrder& order, Order& maker, Quantity& rest,
                       std::vector<Answer>& plan) {
    const Quantity resting = maker.shown + maker.hidden;
    const auto cancel = [&](OrderId which, Quantity left) {
      plan.push_back(
          Cancellation{which, order.instrument, left, CancelReason::self_trade_prevention});
    };
    switch (order.self_trade_prevention) {
      case SelfTradePrevention::none:
        break;
      case SelfTradePrevention::cancel_newest:
        cancel(order.order, rest);
        rest = {};
        break;
      case SelfTradePrevention::cancel_oldest:
        cancel(maker.order, resting);
        break;
      case SelfTradePrevention::cancel_both:
        cancel(maker.order, resting);
        cancel(order.order, rest);
        rest = {};
        break;
      case SelfTradePrevention::decrement: {
        const Quantity by = resting < rest ? resting : rest;
        plan.push_back(Reduction{maker.order, order.instrument, by});
        if (by == resting) cancel(maker.order, {});
        plan.push_back(Reduction{order.order, order.instrument, by});
        if (by == rest) cancel(order.order, {});
        rest -= by;
        maker.hidden = {};
        maker.shown = resting - by;
        break;
      }
    }
  }

  template <class Answers>
  static void give(const Answer& answer, Answers& answers) {
    if (const auto* fill = std::get_if<Fill>(&answer)) answers.fill(*fill);
    if (const auto* gone = std::get_if<Cancellation>(&answer)) answers.cancelled(*gone);
    if (const auto* reduction = std::get_if<Reduction>(&answer)) answers.reduced(*reduction);
  }

  void put_in(InstrumentId instrument, Side side, bool waiting, const Order& order) {
    Book& book = books_.at(instrument);
    Orders& orders = waiting ? book.waiting[index(side)] : book.resting[index(side)];
    Queue& queue = orders[order.price];
    queue.push_back(order);
    places_[order.order] = Place{instrument, &orders, &queue, std::prev(queue.end())};
  }
  void take_out(OrderId order) {
    const Place place = places_.at(order);
    const Price price = place.order->price;
    place.queue->erase(place.order);
    if (place.queue->empty()) place.orders->erase(price);
    places_.erase(order);
  }

  static std::optional<OrderId> next_triggered(const Book& book) {
    const auto& trades = book.trades_that_matter;
    const Orders& buys = book.waiting[index(Side::buy)];
    const Orders& sells = book.waiting[index(Side::sell)];
    const auto traded_at = [&](auto condition) { return std::ranges::any_of(trades, condition); };
    if (!buys.empty() && traded_at([&](Price p) { return p >= buys.begin()->first; }))
      return buys.begin()->second.front().order;
    if (!sells.empty() && traded_at([&](Price p) { return p <= sells.rbegin()->first; }))
      return sells.rbegin()->second.front().order;
    return std::nullopt;
  }
  static void forget_trades_if_quiet(Book& book) {
    if (next_triggered(book)) return;
    book.trades_that_matter.clear();
    if (book.last) book.trades_that_matter.push_back(*book.last);
  }

  static void save(BinaryWriter& out, const Orders& orders, bool highest_first) {
    std::vector<Order> queue;
    const auto append = [&](const auto& level) {
      queue.insert(queue.end(), level.second.begin(), level.second.end());
    };
    if (highest_first) {
      std::for_each(orders.rbegin(), orders.rend(), append);
    } else {
      std::for_each(orders.begin(), orders.end(), append);
    }
    out.write(std::uint64_t{queue.size()});
    for (const Order& order : queue) {
      out.write(order.order.value);
      out.write(order.account.value);
      for (const std::int64_t number :
           {order.price.value, order.shown.value, order.hidden.value, order.display.value})
        out.write(number);
    }
  }

  std::map<InstrumentId, Book> books_;
  std::unordered_map<OrderId, Place> places_;
};

}  // namespace rialto::matching
