// What the live feed hands from the replica's thread to whoever spreads it: changes of watched
// books order by order, trades, published events, and images of whole books.
//
// Plain values. Accounts are left out of everything that is public.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "projections/published/events.hpp"

namespace rialto::projections {

enum class BookAction : std::uint8_t {
  add,     // at the back of its level
  change,  // shows more or less than before, in its place
  remove
};

/// One visible order changed. What is hidden of an iceberg never shows.
struct BookChange {
  Moment at;
  InstrumentId instrument;
  BookAction action{};
  Side side{};
  OrderId order;
  Price price;
  Quantity shown;  // from now on; 0 when removed
  Quantity by;     // how much more the level shows, signed
};

struct TradeNews {
  Moment at;
  InstrumentId instrument;
  TradeId trade;
  Side taker_side{};
  Price price;
  Quantity quantity;
};

/// A price level as everybody sees it.
struct BookLevel {
  Price price;
  Quantity quantity;  // visible
  std::uint64_t orders{};
  friend bool operator==(const BookLevel&, const BookLevel&) = default;
};

/// An order in a book as everybody sees it.
struct BookOrder {
  OrderId order;
  Price price;
  Quantity shown;
  friend bool operator==(const BookOrder&, const BookOrder&) = default;
};

/// A whole book, right behind the event named by `at`. The changes that follow it here are those
/// that came after it.
struct BookImage {
  struct Half {
    std::vector<BookLevel> levels;  // best first; empty where orders were asked for
    std::vector<BookOrder> orders;  // in priority order; empty where levels were asked for
  };
  Moment at;
  InstrumentId instrument;
  bool by_order = false;
  Half bids;
  Half asks;
  std::optional<Price> last_price;
  std::vector<TradeNews> recent_trades;  // oldest first
};

/// From here on events are published; what came up to `after` is not among them.
struct EventsOpened {
  Sequence after;
};

/// What one look at the log brought, in order within each list.
struct NewsBatch {
  Moment at;  // of the newest event seen
  std::vector<BookChange> changes;
  std::vector<TradeNews> trades;
  std::vector<std::shared_ptr<const PublishedEvent>> events;
  std::vector<InstrumentId> lost_books;  // fell too far behind: no more of them until watched anew
  bool events_lost = false;              // the same of events
};

using News = std::variant<BookImage, EventsOpened, NewsBatch>;

}  // namespace rialto::projections
