// The matching context: owns the order books and stop books of all instruments. Price-time
// priority, trades at the resting order's price (DESIGN section 8; how it lies in memory:
// docs/matching.md).
//
// The flow layer asks enter() for answers, completes each with fees and holds to an event and
// evolves it before the next answer is computed; replay calls evolve() alone. Deterministic. One
// thread. No allocation, hash or lock per order once the books have their size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "contexts/matching/book.hpp"
#include "contexts/matching/contract.hpp"
#include "contexts/matching/level_pool.hpp"
#include "contexts/matching/order_pool.hpp"
#include "core/codec.hpp"
#include "core/paged_index.hpp"
#include "core/types.hpp"

namespace rialto::matching {

/// What a query shows of one order in a book. Quantities in lots.
struct QueuedOrder {
  OrderId order;
  AccountId account;
  Price price;  // resting: limit; waiting: stop price
  Quantity shown;
  Quantity hidden;   // an iceberg's reserve
  Quantity display;  // 0 shows everything
  friend bool operator==(const QueuedOrder&, const QueuedOrder&) = default;
};

/// Where an order in a book is, and what is left of it.
struct OpenOrder {
  InstrumentId instrument;
  Side side{};
  bool waiting = false;  // a stop that is not yet triggered
  Price price;           // resting: limit; waiting: stop price
  Quantity remaining;    // shown and hidden
};

/// What enter() reports to. Each call must evolve the event made of it before it returns:
/// Fill → TradeExecuted, Cancellation → OrderCancelled, Reduction → OrderReduced.
template <class T>
concept EntryAnswers = requires(T answers, const Fill& fill, const Cancellation& cancellation,
                                const Reduction& reduction, const OrderProcessed& processed) {
  answers.fill(fill);
  answers.cancelled(cancellation);
  answers.reduced(reduction);
  answers.processed(processed);
};

class Matching {
 public:
  /// Opens the instrument's books. REQUIRES: not yet listed; instrument numbers are dense.
  void list(InstrumentId instrument);
  bool lists(InstrumentId instrument) const;

  /// Computes what happens to an order: fills, cancellations and reductions in their order, then
  /// exactly one processed(). REQUIRES: a listed instrument, quantity and limit > 0, an order that
  /// is in no book. O(orders met); fill-or-kill first looks whether it can be filled, in O(levels)
  /// when it cannot.
  template <EntryAnswers Answers>
  void enter(const EnterOrder& order, Answers& answers);

  // A batch prefetches, then steps: each pass over the coming commands asks for the cache lines
  // that the pass before has made findable, so that misses overlap instead of following one
  // another. Hints only, and from the second pass on none at all while the orders fit in a core's
  // cache anyway.
  enum class Pass : std::uint8_t { first, second, third };
  void prefetch(const EnterOrder& coming, Pass pass) const;
  /// For a command that names an order: cancel, amend, shrink.
  void prefetch(OrderId coming, Pass pass) const;

  // The only changes of state. Each relies on the event alone, so replay needs nothing else. O(1)
  // each.

  /// The maker (the order on the other side of `taker_side`, the first of its queue) shrinks, shows
  /// its next part at the back of its level, or leaves. The taker is in no book. Moves the last
  /// price and sets off stops.
  void evolve(const TradeExecuted& event);
  /// A resting or waiting order leaves; nothing for an order that never rested.
  void evolve(const OrderCancelled& event);
  /// A resting order shrinks, to nothing perhaps: its cancellation follows. Nothing for the taker.
  void evolve(const OrderReduced& event);
  /// resting and waiting: the order joins the back of its queue.
  void evolve(const OrderProcessed& event);
  /// A stop leaves the stop book; its entry follows.
  void evolve(const OrderTriggered& event);

  /// Amendment in place, priority kept: an iceberg's reserve shrinks first. REQUIRES: the order is
  /// in a book and has at least `by` left.
  void shrink(OrderId order, Quantity by);
  /// Amendment with loss of priority: the order leaves, its entry follows. REQUIRES: it is in a
  /// book.
  void remove(OrderId order);

  /// The stop to set off next: buys by ascending stop price, then sells by descending, then by
  /// arrival. O(1).
  std::optional<OrderId> next_triggered(InstrumentId instrument) const;
  /// The lowest instrument with triggered stops. O(1) when there is none, else O(instruments / 64).
  std::optional<InstrumentId> instrument_with_triggered() const;

  std::optional<Price> best(InstrumentId instrument, Side side) const;
  std::optional<Price> last_price(InstrumentId instrument) const;
  /// What is still to be done of an order in a book (resting or waiting), shown and hidden; else 0.
  Quantity remaining(OrderId order) const;
  /// O(1).
  std::optional<OpenOrder> find(OrderId order) const;
  /// An order in a book as queries show it. O(1).
  std::optional<QueuedOrder> queued(OrderId order) const;
  /// What rests at one price, reserves of icebergs included, capped at largest_number. O(1).
  Quantity depth_at(InstrumentId instrument, Side side, Price price) const;
  bool contains(OrderId order) const { return slot_of(order).value != 0; }
  /// Orders in all books, waiting stops included.
  std::size_t order_count() const { return order_count_; }

  /// visit(Price, Quantity visible, std::size_t orders) for the best `depth` levels, best first.
  /// O(orders of these levels). The visible quantity is capped at largest_number.
  template <class Visit>
  void levels(InstrumentId instrument, Side side, std::size_t depth, Visit visit) const;
  /// visit(const QueuedOrder&) for every resting order of a side, in priority order; one that
  /// returns bool ends it with false.
  template <class Visit>
  void orders(InstrumentId instrument, Side side, Visit visit) const;
  /// visit(const QueuedOrder&) for every waiting stop of a side, in activation order.
  template <class Visit>
  void stops(InstrumentId instrument, Side side, Visit visit) const;

  /// The canonical state: instruments ascending, queues in priority order. The bytes depend on the
  /// logical state only, never on slots, windows or history.
  void save(BinaryWriter& out) const;
  /// REQUIRES: nothing is listed yet. Unreadable bytes leave in.failed() set and the state useless.
  void load(BinaryReader& in);

 private:
  /// Nodes and levels take about 48 bytes an order: 1.5 MiB, what a core's second cache holds.
  static constexpr std::size_t worth_prefetching = 32'768;

  Book& book(InstrumentId instrument);
  const Book& book(InstrumentId instrument) const;
  std::optional<CancelReason> refusal(const EnterOrder& order) const;
  bool fills_wholly(const EnterOrder& order) const;
  Slot slot_of(OrderId order) const { return {index_.find(order.value) + 1}; }
  static bool reaches(const EnterOrder& order, Price price);
  static CancelReason reason_for_rest(bool market) {
    return market ? CancelReason::no_liquidity : CancelReason::immediate_or_cancel;
  }
  template <class Answers>
  Quantity sweep(const EnterOrder& order, Answers& answers);
  template <class Answers>
  Quantity prevent_self_trade(const EnterOrder& order, Quantity rest, Slot maker, Answers& answers);

  void insert(const QueuedOrder& order, InstrumentId instrument, Side side, bool waiting);
  void erase(Slot slot, Book& book);
  void shrink(Node& node, Quantity by);
  void refresh(Slot slot);
  i128 total(const Level& level) const;
  void follow_stops(InstrumentId instrument, Book& book);
  template <class Visit>
  void queue(InstrumentId instrument, Side side, bool waiting, Visit visit) const;
  void save_queue(BinaryWriter& out, InstrumentId instrument, Side side, bool waiting) const;
  void load_queue(BinaryReader& in, InstrumentId instrument, Side side, bool waiting);

  std::vector<std::unique_ptr<Book>> books_;  // by instrument number; null: not listed
  std::uint32_t books_end_ = 0;               // their number, at hand
  OrderPool pool_;
  LevelPool levels_;
  PagedIndex index_;  // order id -> slot
  std::size_t order_count_ = 0;
  std::vector<std::uint64_t> triggered_;  // bit per instrument: has triggered stops
  std::size_t triggered_count_ = 0;
};

}  // namespace rialto::matching

#include "contexts/matching/matching-inl.hpp"
