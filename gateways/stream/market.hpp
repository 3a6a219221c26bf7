// One instrument as clients watch it: its book, its recent trades and the channels made of them.
//
// Owned by Hub. Lives from the first subscription until a while after the last one has gone, so
// that whoever reconnects finds what it missed. Server's thread only.
#pragma once

#include <chrono>
#include <map>
#include <memory>

#include "gateways/stream/market_channels.hpp"

namespace rialto::stream {

BOOST_DEFINE_FIXED_ENUM_CLASS(MarketChannelKind, std::uint8_t, book, trades, ticker)

/// Which channel of a market.
struct MarketChannelKey {
  MarketChannelKind kind{};
  int level = 2;          // of a book: 1, 2 or 3
  std::size_t depth = 0;  // of level 2: 0 for all
  friend auto operator<=>(const MarketChannelKey&, const MarketChannelKey&) = default;
};

class Market {
 public:
  explicit Market(const instruments::Instrument& instrument) {
    state_.instrument = std::make_shared<const instruments::Instrument>(instrument);
  }

  /// The channel, made where nobody had it yet.
  MarketChannel& channel(const MarketChannelKey&);
  /// Whether an image with orders is needed that is neither here nor asked for.
  bool needs_image(const MarketChannelKey&) const;
  void asked_for_image(bool by_order) {
    asked_ = true;
    asked_by_order_ = by_order;
  }
  bool by_order() const { return asked_by_order_; }

  void open(const projections::BookImage&);
  /// Changes were lost: nothing is right until the next image.
  void lose() { lost_ = true; }
  void apply(const projections::BookChange&);
  void apply(const projections::TradeNews&);

  /// visit(Channel&) for each.
  template <class Visit>
  void each_channel(Visit visit) {
    for (auto& [key, channel] : channels_) visit(*channel);
  }
  bool deserted() const;

  std::chrono::steady_clock::time_point deserted_since{};  // the hub's; zero: is not

 private:
  std::unique_ptr<MarketChannel> make(const MarketChannelKey&) const;

  MarketState state_;
  bool open_ = false;
  bool lost_ = false;
  bool asked_ = false;
  bool asked_by_order_ = false;
  std::map<MarketChannelKey, std::unique_ptr<MarketChannel>> channels_;
};

}  // namespace rialto::stream
