#include "apps/replay/bitstamp.hpp"

#include <chrono>
#include <map>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "apps/replay/bitstamp_feed.hpp"
#include "apps/replay/trial_venue.hpp"
#include "core/assert.hpp"

namespace rialto::replay {
namespace {

using Counts = std::map<std::pair<Price, Quantity>, std::uint64_t>;

class BitstampDriver {
 public:
  BitstampDriver() {
    const auto listed = venue_.list("REPLAY", feed_price_decimals, feed_quantity_decimals);
    RIALTO_ASSERT(listed);
    instrument_ = *listed;
  }

  std::expected<void, Rejection> take(const FeedRecord& record) {
    venue_.advance_to(record.time);
    switch (record.kind) {
      case FeedKind::created:
        ++report_.created;
        return create(record);
      case FeedKind::changed:
        ++report_.changed;
        return change(record);
      case FeedKind::deleted:
        ++report_.deleted;
        return remove(record);
      case FeedKind::trade:
        ++report_.real_trades;
        ++real_[{record.price, record.quantity}];
        return {};
      case FeedKind::book:
        return seed(record);
    }
    RIALTO_ASSERT(false);
  }

  BitstampReport report() const {
    BitstampReport report = report_;
    for (const auto& [trade, count] : own_) {
      report.trades += count;
      if (const auto real = real_.find(trade); real != real_.end())
        report.reproduced += std::min(count, real->second);
    }
    return report;
  }

 private:
  using Done = std::expected<void, Rejection>;

  Done create(const FeedRecord& record) {
    if (record.quantity.value == 0) return {};
    const auto placed = venue_.place({instrument_, record.side, record.price, record.quantity});
    if (!placed) return std::unexpected(placed.error());
    orders_[record.order] = placed->order;
    for (const auto& trade : venue_.trades()) ++own_[{trade.price, trade.quantity}];
    return {};
  }

  /// The feed says what is left. More has gone than in the venue: it went to an order nobody showed
  /// us.
  Done change(const FeedRecord& record) {
    const auto found = orders_.find(record.order);
    return found == orders_.end() ? Done{} : shrink_to(found->second, record.quantity);
  }

  Done remove(const FeedRecord& record) {
    if (const auto found = orders_.find(record.order); found != orders_.end())
      return shrink_to(found->second, {});
    // It was there before the feed began: part of what the first book showed.
    const auto seeded = seeded_.find({record.side, record.price});
    if (seeded == seeded_.end()) return {};
    const Quantity left = venue_.remaining(seeded->second);
    return shrink_to(seeded->second, left - std::min(left, record.quantity));
  }

  Done shrink_to(OrderId order, Quantity wanted) {
    const Quantity left = venue_.remaining(order);
    if (left <= wanted) return {};
    const auto done =
        wanted.value == 0 ? venue_.cancel(order) : venue_.reduce(order, left - wanted);
    return done ? Done{} : std::unexpected(done.error());
  }

  /// What the first book shows beyond the orders created so far becomes one order a level.
  Done seed(const FeedRecord& record) {
    for (const FeedLevel& level : record.levels) {
      Quantity known;
      venue_.state().matching.levels(instrument_, level.side, SIZE_MAX,
                                     [&](Price price, Quantity quantity, std::size_t) {
                                       if (price == level.price) known = quantity;
                                     });
      if (level.quantity <= known) continue;
      const auto placed = venue_.place({instrument_, level.side, level.price,
                                        level.quantity - known, orders::TimeInForce::gtc, true});
      if (!placed) return std::unexpected(placed.error());
      seeded_[{level.side, level.price}] = placed->order;
      ++report_.seeded_levels;
    }
    return {};
  }

  TrialVenue venue_;
  InstrumentId instrument_;
  std::unordered_map<std::int64_t, OrderId> orders_;  // by the feed's id
  std::map<std::pair<Side, Price>, OrderId> seeded_;
  Counts real_;
  Counts own_;
  BitstampReport report_;
};

}  // namespace

Read<BitstampReport> replay_bitstamp(const std::string& feed,
                                     const std::function<void(double)>& progress) {
  const auto start = std::chrono::steady_clock::now();
  auto file = FeedFile::open(feed);
  if (!file) return std::unexpected(file.error());
  BitstampDriver driver;
  for (;;) {
    const auto record = file->next();
    if (!record) return std::unexpected(record.error());
    if (!*record) break;
    if (const auto done = driver.take(**record); !done)
      return std::unexpected(file->source().problem(
          InputError::refused, fmt::format("the venue refused the order: {}", done.error().code)));
    progress(file->source().fraction());
  }
  BitstampReport report = driver.report();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace rialto::replay
