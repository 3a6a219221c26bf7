#include "projections/live/live_feed.hpp"

#include <utility>

namespace rialto::projections {
namespace {

std::size_t weight(const NewsBatch& batch) {
  return batch.changes.size() + batch.trades.size();
}

BookImage::Half half_of(const matching::Matching& matching, InstrumentId instrument, Side side,
                        bool by_order) {
  BookImage::Half half;
  if (by_order)
    matching.orders(instrument, side, [&](const matching::QueuedOrder& order) {
      half.orders.push_back({order.order, order.price, order.shown});
    });
  else
    matching.levels(instrument, side, ~std::size_t{0},
                    [&](Price price, Quantity quantity, std::size_t orders) {
                      half.levels.push_back({price, quantity, orders});
                    });
  return half;
}

}  // namespace

void LiveFeed::watch_book(const flows::Venue& venue, Moment at, InstrumentId instrument,
                          bool by_order, std::vector<TradeNews> recent_trades) {
  if (!venue.matching.lists(instrument)) return;
  // An image may follow changes that it contains: only what is recorded after it counts.
  settle();
  if (!watched(instrument)) {
    if (instrument.value >= watched_.size()) watched_.resize(instrument.value + 1);
    watched_[instrument.value] = true;
    ++watched_count_;
  }
  hand_over(BookImage{.at = at,
                      .instrument = instrument,
                      .by_order = by_order,
                      .bids = half_of(venue.matching, instrument, Side::buy, by_order),
                      .asks = half_of(venue.matching, instrument, Side::sell, by_order),
                      .last_price = venue.matching.last_price(instrument),
                      .recent_trades = std::move(recent_trades)});
}

void LiveFeed::ignore_book(InstrumentId instrument) {
  if (!watched(instrument)) return;
  watched_[instrument.value] = false;
  --watched_count_;
}

void LiveFeed::watch_events(Moment at) {
  if (std::exchange(events_watched_, true)) return;
  hand_over(EventsOpened{at.sequence});
}

void LiveFeed::ignore_events() {
  events_watched_ = false;
}

std::vector<News> LiveFeed::take() {
  const std::lock_guard lock(mutex_);
  called_ = false;
  waiting_changes_ = 0;
  waiting_event_bytes_ = 0;
  return std::exchange(waiting_, {});
}

// ---- the log's side

/// What an event is about to change of a watched book.
void LiveFeed::before(const flows::AnyEvent& any, Moment, const flows::Venue& state) {
  seen_.reset();
  if (watched_count_ == 0) return;
  if (const auto* trade = std::get_if<matching::TradeExecuted>(&any))
    look(state, trade->instrument,
         trade->taker_side == Side::buy ? trade->sell_order : trade->buy_order);
  else if (const auto* cancelled = std::get_if<matching::OrderCancelled>(&any))
    look(state, cancelled->instrument, cancelled->order);
  else if (const auto* reduced = std::get_if<matching::OrderReduced>(&any))
    look(state, reduced->instrument, reduced->order);
  else if (const auto* updated = std::get_if<orders::OrderUpdated>(&any))
    look(state, updated->instrument, updated->order);
}

void LiveFeed::look(const flows::Venue& state, InstrumentId instrument, OrderId order) {
  if (!watched(instrument)) return;
  const auto open = state.matching.find(order);
  if (!open || open->waiting) return;  // a stop shows nowhere, a taker is in no book
  seen_ = Seen{instrument, open->side, *state.matching.queued(order)};
}

void LiveFeed::follow(const flows::AnyEvent& any, Moment at, const flows::Venue& after) {
  batch_.at = at;
  if (seen_) compare(any, at, after);
  if (watched_count_ != 0) {
    if (const auto* trade = std::get_if<matching::TradeExecuted>(&any))
      note(*trade, at);
    else if (const auto* processed = std::get_if<matching::OrderProcessed>(&any))
      note(*processed, at, after);
  }
  if (events_watched_) publish(any, at, after);
}

/// The order that was seen before the event, and what is there now. MATCHING-4: an iceberg whose
/// shown part was traded away shows its next part at the back of its level.
void LiveFeed::compare(const flows::AnyEvent& any, Moment at, const flows::Venue& after) {
  const matching::QueuedOrder& was = seen_->order;
  const auto now = after.matching.queued(was.order);
  const auto* trade = std::get_if<matching::TradeExecuted>(&any);
  const bool shows_next = trade && trade->quantity == was.shown;
  if (!now || shows_next) record(at, BookAction::remove, was.order, was.price, {}, -was.shown);
  if (!now) return;
  if (shows_next)
    record(at, BookAction::add, was.order, now->price, now->shown, now->shown);
  else if (now->shown != was.shown)
    record(at, BookAction::change, was.order, was.price, now->shown, now->shown - was.shown);
}

void LiveFeed::note(const matching::TradeExecuted& event, Moment at) {
  if (!watched(event.instrument)) return;
  batch_.trades.push_back(
      {at, event.instrument, event.trade, event.taker_side, event.price, event.quantity});
}

void LiveFeed::note(const matching::OrderProcessed& event, Moment at, const flows::Venue& after) {
  if (event.outcome != matching::Outcome::resting || !watched(event.instrument)) return;
  const Quantity shown = after.matching.queued(event.order)->shown;
  seen_ = Seen{event.instrument, event.side, {}};
  record(at, BookAction::add, event.order, event.price, shown, shown);
}

void LiveFeed::record(Moment at, BookAction action, OrderId order, Price price, Quantity shown,
                      Quantity by) {
  batch_.changes.push_back({.at = at,
                            .instrument = seen_->instrument,
                            .action = action,
                            .side = seen_->side,
                            .order = order,
                            .price = price,
                            .shown = shown,
                            .by = by});
}

void LiveFeed::publish(const flows::AnyEvent& any, Moment at, const flows::Venue& after) {
  for (PublishedEvent& event : published(any, at, after, open_user_name_)) {
    batch_event_bytes_ += event.text.size();
    batch_.events.push_back(std::make_shared<const PublishedEvent>(std::move(event)));
  }
}

// ---- the other side

void LiveFeed::settle() {
  if (weight(batch_) == 0 && batch_.events.empty()) return;
  NewsBatch batch = std::exchange(batch_, {});
  batch_.at = batch.at;
  hand_over(std::move(batch));
}

/// LIVE-2: what nobody takes is given up, and said to be.
void LiveFeed::hand_over(News&& news) {
  bool call = false;
  {
    const std::lock_guard lock(mutex_);
    if (auto* batch = std::get_if<NewsBatch>(&news)) {
      if (waiting_changes_ + weight(*batch) > limits_.changes_max) {
        batch->changes = {};
        batch->trades = {};
        for (std::uint32_t i = 0; i < watched_.size(); ++i)
          if (watched_[i]) batch->lost_books.push_back({i});
        watched_.clear();
        watched_count_ = 0;
      }
      if (waiting_event_bytes_ + batch_event_bytes_ > limits_.event_bytes_max) {
        batch->events = {};
        batch->events_lost = true;
        events_watched_ = false;
        batch_event_bytes_ = 0;
      }
      waiting_changes_ += weight(*batch);
      waiting_event_bytes_ += std::exchange(batch_event_bytes_, 0);
    }
    waiting_.push_back(std::move(news));
    call = !std::exchange(called_, true);
  }
  if (call && wake_) wake_();
}

}  // namespace rialto::projections
