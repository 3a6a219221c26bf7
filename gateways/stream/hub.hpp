// Everything that is watched at the moment: takes the live feed's news on the server's thread,
// keeps books and events from them, and serves the channels pass by pass.
//
// Owned by StreamGateway. Server's thread only; the feed is told what to watch inside reads, on the
// replica's.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>

#include "gateways/stream/event_channel.hpp"
#include "gateways/stream/market.hpp"
#include "gateways/venue_port.hpp"
#include "platform/net/responder.hpp"
#include "projections/live/live_feed.hpp"

namespace rialto::stream {

class Hub {
 public:
  /// Before events come; the feed, the venue and the thread's server outlive it.
  Hub(gateways::VenuePort& venue, projections::LiveFeed& feed, net::ServerThread thread,
      EventLimits event_limits);

  /// The channel, and its market's book on the way if it is not here.
  MarketChannel& channel(const instruments::Instrument&, const MarketChannelKey&);
  /// Opened, or on the way to be.
  EventChannel& events();
  /// Calls `ready` at once or once events are watched; never, where the server is closed.
  void when_events_open(std::function<void()> ready);

  /// Serves one subscriber now, and everybody else of its channel soon if there is news.
  void pump(Subscription&);
  /// Lets go of what nobody has wanted for a while.
  void tick(std::chrono::steady_clock::time_point now);

 private:
  void take_news();
  void take(const projections::BookImage&);
  void take(const projections::EventsOpened&);
  void take(const projections::NewsBatch&);
  void ask_for_image(InstrumentId, Market&, bool by_order);
  void want(Channel&);
  void want_all(Market&);
  void serve();
  void post_serve();
  Market* market(InstrumentId);

  gateways::VenuePort& venue_;
  projections::LiveFeed& feed_;
  const net::ServerThread thread_;
  std::map<InstrumentId, std::unique_ptr<Market>> markets_;
  EventChannel events_;
  bool events_asked_ = false;
  std::vector<std::function<void()>> waiting_for_events_;
  std::chrono::steady_clock::time_point events_deserted_since_{};
  std::deque<Channel*> wanted_;  // a pass is wanted or under way
  bool serve_posted_ = false;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // asked by posted work
};

}  // namespace rialto::stream
