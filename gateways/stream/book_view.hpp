// One instrument's book on the server's thread, kept up to date by the live feed: what snapshots
// and the views of every depth are made from, without asking the replica again.
//
// Orders are kept only where somebody watches order by order. Server's thread only.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <unordered_map>
#include <vector>

#include "projections/live/news.hpp"

namespace rialto::stream {

using projections::BookChange;
using projections::BookImage;
using projections::BookLevel;
using projections::BookOrder;

class BookView {
 public:
  void reset(const BookImage&);
  void apply(const BookChange&);

  /// Of the newest change in it, or of the image.
  projections::Moment at() const { return at_; }
  bool by_order() const { return by_order_; }

  /// The best `depth` levels, best first.
  std::vector<BookLevel> levels(Side, std::size_t depth) const;
  /// The level as it is now; quantity and orders 0 where there is none.
  BookLevel level(Side, Price) const;
  /// In priority order. REQUIRES: by_order().
  std::vector<BookOrder> orders(Side) const;

 private:
  struct Level {
    i128 quantity{};
    std::uint64_t orders{};
  };
  using Queue = std::list<BookOrder>;
  struct Half {
    std::map<std::int64_t, Level> levels;  // by rank: the best first
    std::map<std::int64_t, Queue> queues;
  };

  static std::int64_t rank(Side side, Price price) {
    return side == Side::buy ? -price.value : price.value;
  }
  static Price price(Side side, std::int64_t rank) { return {side == Side::buy ? -rank : rank}; }
  Half& half(Side side) { return halves_[static_cast<std::size_t>(side)]; }
  const Half& half(Side side) const { return halves_[static_cast<std::size_t>(side)]; }
  void reset(Side, const BookImage::Half&);
  void add(Side, const BookOrder&);
  void queue(const BookChange&);
  static BookLevel shown(Price, const Level&);

  projections::Moment at_;
  bool by_order_ = false;
  Half halves_[2];
  std::unordered_map<OrderId, Queue::iterator> places_;
};

}  // namespace rialto::stream
