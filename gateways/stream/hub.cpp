#include "gateways/stream/hub.hpp"

#include <set>
#include <utility>

namespace rialto::stream {
namespace {

using Clock = std::chrono::steady_clock;

// Long enough for a client to reconnect and find what it missed.
constexpr std::chrono::seconds market_linger{60};
constexpr std::chrono::minutes events_linger{10};
// Subscribers served before anybody else gets the thread: about a millisecond.
constexpr std::size_t served_at_once = 128;
constexpr std::size_t recent_trades = 50;

std::vector<projections::TradeNews> trades_of(const projections::Replica& replica,
                                              InstrumentId instrument) {
  std::vector<projections::TradeNews> trades;
  if (!replica.history()) return trades;
  for (const auto& row : replica.history()->trades({std::nullopt, instrument}, {0, recent_trades}))
    trades.push_back({{row.sequence, row.time},
                      instrument,
                      row.trade.trade,
                      row.trade.taker_side,
                      row.trade.price,
                      row.trade.quantity});
  return {trades.rbegin(), trades.rend()};
}

}  // namespace

Hub::Hub(gateways::VenuePort& venue, projections::LiveFeed& feed, net::ServerThread thread,
         EventLimits event_limits)
    : venue_(venue), feed_(feed), thread_(std::move(thread)), events_(event_limits) {
  feed_.on_news([this, to = thread_, alive = std::weak_ptr(alive_)] {
    to.post([this, alive] {
      if (!alive.expired()) take_news();
    });
  });
}

Market* Hub::market(InstrumentId instrument) {
  const auto found = markets_.find(instrument);
  return found == markets_.end() ? nullptr : found->second.get();
}

MarketChannel& Hub::channel(const instruments::Instrument& instrument,
                            const MarketChannelKey& key) {
  auto& market = markets_[instrument.id];
  if (!market) market = std::make_unique<Market>(instrument);
  market->deserted_since = {};
  MarketChannel& channel = market->channel(key);
  if (market->needs_image(key))
    ask_for_image(instrument.id, *market, key.level == 3 || market->by_order());
  return channel;
}

void Hub::ask_for_image(InstrumentId instrument, Market& market, bool by_order) {
  market.asked_for_image(by_order);
  venue_.read([&feed = feed_, instrument, by_order](const projections::Replica& replica) {
    feed.watch_book(replica.venue(), {replica.position(), replica.now()}, instrument, by_order,
                    trades_of(replica, instrument));
  });
}

EventChannel& Hub::events() {
  events_deserted_since_ = {};
  if (!std::exchange(events_asked_, true))
    venue_.read([&feed = feed_](const projections::Replica& replica) {
      feed.watch_events({replica.position(), replica.now()});
    });
  return events_;
}

void Hub::when_events_open(std::function<void()> ready) {
  if (events().is_open()) return ready();
  waiting_for_events_.push_back(std::move(ready));
}

// ---- news

void Hub::take_news() {
  for (const projections::News& news : feed_.take())
    std::visit([this](const auto& each) { take(each); }, news);
  serve();
}

void Hub::take(const projections::BookImage& image) {
  Market* market = this->market(image.instrument);
  if (!market) return;
  market->open(image);
  market->each_channel([&](MarketChannel& channel) { want(channel); });
}

void Hub::take(const projections::EventsOpened& opened) {
  events_.open(opened.after);
  for (auto& ready : std::exchange(waiting_for_events_, {})) ready();
}

void Hub::take(const projections::NewsBatch& batch) {
  // Changes come in runs of one instrument.
  Market* at_hand = nullptr;
  InstrumentId whose;
  std::set<Market*> touched;
  const auto market_of = [&](InstrumentId instrument) {
    if (instrument != whose) {
      at_hand = market(instrument);
      whose = instrument;
      if (at_hand) touched.insert(at_hand);
    }
    return at_hand;
  };
  for (const auto& change : batch.changes)
    if (Market* market = market_of(change.instrument)) market->apply(change);
  for (const auto& trade : batch.trades)
    if (Market* market = market_of(trade.instrument)) market->apply(trade);
  for (Market* each : touched) want_all(*each);
  for (const auto& event : batch.events) events_.add(event);
  if (!batch.events.empty()) want(events_);
  for (const InstrumentId lost : batch.lost_books)
    if (Market* market = this->market(lost)) {
      market->lose();
      ask_for_image(lost, *market, market->by_order());
    }
  if (batch.events_lost) {
    events_.close();
    want(events_);  // cuts off whoever has missed something
    events_asked_ = false;
    if (!events_.deserted() || !waiting_for_events_.empty()) events();
  }
}

// ---- passes

void Hub::want(Channel& channel) {
  // Whoever comes back soon finds what it missed.
  if (channel.deserted()) return channel.refresh();
  if (std::exchange(channel.queued, true)) return;
  wanted_.push_back(&channel);
  post_serve();
}

void Hub::want_all(Market& market) {
  market.each_channel([&](MarketChannel& channel) { want(channel); });
}

void Hub::post_serve() {
  if (std::exchange(serve_posted_, true)) return;
  thread_.post([this, alive = std::weak_ptr(alive_)] {
    if (alive.expired()) return;
    serve_posted_ = false;
    serve();
  });
}

void Hub::serve() {
  std::size_t budget = served_at_once;
  while (!wanted_.empty() && budget != 0) {
    Channel& channel = *wanted_.front();
    wanted_.pop_front();
    if (!channel.in_pass()) channel.begin_pass();
    channel.queued = !channel.continue_pass(budget) || channel.wants_pass();
    if (channel.queued) wanted_.push_back(&channel);
  }
  if (!wanted_.empty()) post_serve();
}

void Hub::pump(Subscription& subscription) {
  subscription.channel().pump(subscription);
  if (subscription.channel().wants_pass()) want(subscription.channel());
}

// ---- the end of interest

void Hub::tick(Clock::time_point now) {
  for (auto at = markets_.begin(); at != markets_.end();) {
    Market& market = *at->second;
    if (!market.deserted()) {
      market.deserted_since = {};
    } else if (market.deserted_since == Clock::time_point{}) {
      market.deserted_since = now;
    } else if (now - market.deserted_since > market_linger) {
      std::erase_if(wanted_, [&](Channel* wanted) {
        bool its = false;
        market.each_channel([&](MarketChannel& channel) { its = its || &channel == wanted; });
        return its;
      });
      venue_.read([&feed = feed_, instrument = at->first](const projections::Replica&) {
        feed.ignore_book(instrument);
      });
      at = markets_.erase(at);
      continue;
    }
    ++at;
  }
  if (!events_.deserted() || !waiting_for_events_.empty() || !events_asked_) {
    events_deserted_since_ = {};
  } else if (events_deserted_since_ == Clock::time_point{}) {
    events_deserted_since_ = now;
  } else if (now - events_deserted_since_ > events_linger) {
    events_.close();
    events_asked_ = false;
    venue_.read([&feed = feed_](const projections::Replica&) { feed.ignore_events(); });
  }
}

}  // namespace rialto::stream
