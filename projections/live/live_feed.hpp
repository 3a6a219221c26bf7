// LIVE-1. The follower behind every live stream: turns durable events into news of what somebody
// watches, and hands them over batch by batch without waiting for anyone.
//
// Owned by apps. Follower's calls and watch…/ignore… come on the replica's thread (the latter from
// inside VenuePort::read); take() from any one thread. What waits to be taken is bounded (LIVE-2):
// who does not take it in time is told what was lost and watches anew. Costs one branch an event
// while nobody watches.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "projections/live/news.hpp"

namespace rialto::projections {

struct LiveFeedLimits {
  std::size_t changes_max = 1 << 18;       // of books and trades that wait to be taken
  std::size_t event_bytes_max = 32 << 20;  // of events that wait to be taken
};

class LiveFeed final : public Follower {
 public:
  explicit LiveFeed(LiveFeedLimits limits = {}, OpenUserName open_user_name = {})
      : limits_(limits), open_user_name_(std::move(open_user_name)) {}

  /// `wake` is called when something waits to be taken, once until take(); on the replica's thread.
  /// Before the first event only.
  void on_news(std::function<void()> wake) { wake_ = std::move(wake); }

  /// An image of the book, then all its changes and trades. Watched already: another image.
  /// `recent_trades`, oldest first, goes into it. O(orders in the book).
  void watch_book(const flows::Venue&, Moment at, InstrumentId, bool by_order,
                  std::vector<TradeNews> recent_trades = {});
  void ignore_book(InstrumentId);
  /// Every published event from behind `at`. Nothing where that is so already.
  void watch_events(Moment at);
  void ignore_events();

  /// What has come since the last call, in order.
  std::vector<News> take();

  std::string_view name() const override { return "live feed"; }
  Sequence kept() const override { return nothing_to_keep; }
  void before(const flows::AnyEvent&, Moment, const flows::Venue& state) override;
  void follow(const flows::AnyEvent&, Moment, const flows::Venue& after) override;
  void settle() override;

 private:
  bool watched(InstrumentId instrument) const {
    return instrument.value < watched_.size() && watched_[instrument.value];
  }
  void look(const flows::Venue&, InstrumentId, OrderId);
  void compare(const flows::AnyEvent&, Moment, const flows::Venue& after);
  void note(const matching::TradeExecuted&, Moment);
  void note(const matching::OrderProcessed&, Moment, const flows::Venue&);
  void record(Moment, BookAction, OrderId, Price, Quantity shown, Quantity by);
  void publish(const flows::AnyEvent&, Moment, const flows::Venue&);
  void hand_over(News&&);

  const LiveFeedLimits limits_;
  const OpenUserName open_user_name_;
  std::function<void()> wake_;

  // The replica's thread.
  std::vector<bool> watched_;  // by instrument number
  std::size_t watched_count_ = 0;
  bool events_watched_ = false;
  struct Seen {  // a visible order, right before an event that concerns it
    InstrumentId instrument;
    Side side{};
    matching::QueuedOrder order;
  };
  std::optional<Seen> seen_;
  NewsBatch batch_;
  std::size_t batch_event_bytes_ = 0;

  std::mutex mutex_;
  std::vector<News> waiting_;  // guarded by mutex_, as all below
  std::size_t waiting_changes_ = 0;
  std::size_t waiting_event_bytes_ = 0;
  bool called_ = false;
};

}  // namespace rialto::projections
