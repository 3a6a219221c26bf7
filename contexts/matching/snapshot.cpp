// The canonical bytes of matching (MATCHING-3): per listed instrument its number, last price, both
// watermarks, then four queues (bids, asks, buy stops, sell stops), each a count and its orders in
// priority order.
#include <array>

#include "contexts/matching/matching.hpp"

namespace rialto::matching {

void Matching::save(BinaryWriter& out) const {
  std::uint32_t listed = 0;
  for (const auto& orders : books_) listed += orders != nullptr;
  out.write(listed);
  for (std::uint32_t number = 0; number < books_.size(); ++number) {
    if (!lists({number})) continue;
    const Book& orders = book({number});
    out.write(InstrumentId{number});
    out.write(orders.last);
    out.write(orders.highest());
    out.write(orders.lowest());
    for (const bool waiting : {false, true})
      for (const Side side : {Side::buy, Side::sell}) save_queue(out, {number}, side, waiting);
  }
}

void Matching::save_queue(BinaryWriter& out, InstrumentId instrument, Side side,
                          bool waiting) const {
  std::uint64_t count = 0;
  book(instrument).ladder(side, waiting).each([&](Rank, LevelSlot level) {
    for (Slot at = levels_[level].first; at.value != 0; at = pool_[at].next) ++count;
    return true;
  });
  out.write(count);
  queue(instrument, side, waiting, [&](const QueuedOrder& order) {
    out.write(order.order);
    out.write(order.account);
    out.write(order.price);
    out.write(order.shown);
    out.write(order.hidden);
    out.write(order.display);
  });
}

void Matching::load(BinaryReader& in) {
  RIALTO_ASSERT(books_.empty());
  const auto listed = in.read<std::uint32_t>();
  for (std::uint32_t i = 0; i < listed && !in.failed(); ++i) {
    const auto instrument = in.read<InstrumentId>();
    if (in.failed()) return;
    list(instrument);
    book(instrument).last = in.read<Price>();
    const auto highest = in.read<Price>();
    book(instrument).restore_watermarks(highest, in.read<Price>());
    for (const bool waiting : {false, true})
      for (const Side side : {Side::buy, Side::sell}) load_queue(in, instrument, side, waiting);
    if (!in.failed()) follow_stops(instrument, book(instrument));
  }
}

void Matching::load_queue(BinaryReader& in, InstrumentId instrument, Side side, bool waiting) {
  // Read a few ahead of their insertion: each would wait for its place in the index otherwise.
  std::array<QueuedOrder, 16> window;
  for (auto left = in.read<std::uint64_t>(); left > 0 && !in.failed();) {
    const auto count = std::min<std::uint64_t>(left, window.size());
    for (std::size_t i = 0; i < count; ++i) {
      QueuedOrder& order = window[i];
      in.read_into(order.order);
      in.read_into(order.account);
      in.read_into(order.price);
      in.read_into(order.shown);
      in.read_into(order.hidden);
      in.read_into(order.display);
      index_.prefetch(order.order.value);
    }
    for (std::size_t i = 0; i < count && !in.failed(); ++i)
      insert(window[i], instrument, side, waiting);
    left -= count;
  }
}

}  // namespace rialto::matching
