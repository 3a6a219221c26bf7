// Stands in for the flow layer in tests: reads commands from text, completes answers to events,
// evolves them, and tells what happened as text. Works on the fast book and on its twin.
//
//   enter 1 A sell 5@100 ioc|fok|post|market display=2 stp=decrement stop=105 on=2
//   cancel 1     shrink 1 2     amend 1 5@101     activate 3     reload
//
// A letter is an account; `on` names the instrument (1 unless told); `activate` sets off so many
// stops at most; `reload` saves and loads the books.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "contexts/matching/contract.hpp"
#include "core/codec.hpp"

namespace rialto::matching {

enum class Verb : std::uint8_t { enter, cancel, shrink, amend, activate, reload };

struct Command {
  Verb verb{};
  EnterOrder order;  // cancel: only the id; shrink: quantity is by how much; activate: how many
  Price stop;        // 0: not a stop
};

Command parse(std::string_view line);
std::string to_text(const Command& command);

std::string to_text(const Fill& fill);
std::string to_text(const Cancellation& cancellation);
std::string to_text(const Reduction& reduction);
std::string to_text(const OrderProcessed& processed);

/// Amendments reach matching through the events of orders; these stand for them in a replay.
struct Shrunk {
  OrderId order;
  Quantity by;
};
struct Removed {
  OrderId order;
};
using Event = std::variant<TradeExecuted, OrderCancelled, OrderReduced, OrderProcessed,
                           OrderTriggered, Shrunk, Removed>;

template <class Engine>
void replay(Engine& engine, const std::vector<Event>& events) {
  for (const Event& event : events) {
    std::visit(
        [&](const auto& e) {
          if constexpr (std::is_same_v<decltype(e), const Shrunk&>) {
            engine.shrink(e.order, e.by);
          } else if constexpr (std::is_same_v<decltype(e), const Removed&>) {
            engine.remove(e.order);
          } else {
            engine.evolve(e);
          }
        },
        event);
  }
}

template <class Engine>
Bytes state_of(const Engine& engine) {
  Bytes bytes;
  BinaryWriter out(bytes);
  engine.save(out);
  return bytes;
}

template <class Engine>
class Desk {
 public:
  explicit Desk(std::uint32_t instruments = 2) {
    for (std::uint32_t i = 1; i <= instruments; ++i) engine.list({i});
  }

  /// Carries the command out; `said` gets one line per answer.
  void apply(const Command& command) {
    const OrderId id = command.order.order;
    const bool live = engine.contains(id);
    switch (command.verb) {
      case Verb::enter:
        if (!entered.contains(id)) accept(command);
        break;
      case Verb::cancel:
        if (live) cancel(id);
        break;
      case Verb::shrink:
        if (live && command.order.quantity < engine.remaining(id)) {
          engine.shrink(id, command.order.quantity);
          events.push_back(Shrunk{id, command.order.quantity});
        }
        break;
      case Verb::amend:
        if (live) amend(command);
        break;
      case Verb::activate:
        for (std::int64_t i = 0; i < command.order.quantity.value && activate_one(); ++i) {
        }
        break;
      case Verb::reload:
        reload();
        break;
    }
  }
  void apply(std::string_view line) { apply(parse(line)); }

  // What enter() calls.
  void fill(const Fill& fill) {
    said += to_text(fill);
    TradeExecuted trade;
    const bool buys = fill.taker_side == Side::buy;
    trade.trade = {++trades};
    trade.instrument = fill.instrument;
    trade.taker_side = fill.taker_side;
    trade.buy_order = buys ? fill.taker : fill.maker;
    trade.sell_order = buys ? fill.maker : fill.taker;
    trade.buyer = buys ? fill.taker_account : fill.maker_account;
    trade.seller = buys ? fill.maker_account : fill.taker_account;
    trade.price = fill.price;
    trade.quantity = fill.quantity;
    evolve(trade);
  }
  void cancelled(const Cancellation& gone) {
    said += to_text(gone);
    OrderCancelled event;
    event.order = gone.order;
    event.instrument = gone.instrument;
    event.remaining = gone.remaining;
    event.reason = gone.reason;
    evolve(event);
  }
  void reduced(const Reduction& reduction) {
    said += to_text(reduction);
    OrderReduced event;
    event.order = reduction.order;
    event.instrument = reduction.instrument;
    event.by = reduction.by;
    evolve(event);
  }
  void processed(const OrderProcessed& processed) {
    said += to_text(processed);
    evolve(processed);
  }

  Engine engine;
  std::string said;
  std::vector<Event> events;
  std::map<OrderId, Command> entered;
  std::uint64_t trades = 0;

 private:
  template <class E>
  void evolve(const E& event) {
    events.push_back(event);
    engine.evolve(event);
  }
  void accept(const Command& command) {
    const EnterOrder& order = command.order;
    entered[order.order] = command;
    if (command.stop.value == 0) return engine.enter(order, *this);
    processed(OrderProcessed{order.order, order.account, order.instrument, Outcome::waiting,
                             order.side, command.stop, order.quantity, order.display});
  }
  void cancel(OrderId id) {
    cancelled({id, entered.at(id).order.instrument, engine.remaining(id), CancelReason::user});
  }
  void amend(const Command& change) {
    Command again = entered.at(change.order.order);
    engine.remove(again.order.order);
    events.push_back(Removed{again.order.order});
    again.order.quantity = change.order.quantity;
    again.order.limit = change.order.limit;
    accept(again);
  }
  bool activate_one() {
    const auto instrument = engine.instrument_with_triggered();
    if (!instrument) return false;
    const auto stop = engine.next_triggered(*instrument);
    said += "trigger " + std::to_string(stop.value().value) + "\n";
    Command command = entered.at(*stop);
    command.order.quantity = engine.remaining(*stop);
    command.stop = {};
    evolve(OrderTriggered{*stop, *instrument});
    accept(command);
    return true;
  }
  void reload() {
    if constexpr (requires(BinaryReader& in) { engine.load(in); }) {
      const Bytes bytes = state_of(engine);
      BinaryReader in(bytes);
      Engine loaded;
      loaded.load(in);
      if (!in.at_end() || in.failed()) said += "the books do not load\n";
      engine = std::move(loaded);
    }
  }
};

}  // namespace rialto::matching
