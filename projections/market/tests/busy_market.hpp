// A venue in memory on which random traders trade, folded by a replica with followers: what a
// market's read models are tested against. Remembers every trade for a second calculation.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "flows/engine.hpp"
#include "projections/replica/replica.hpp"

namespace rialto::projections::test {

struct SeenTrade {
  matching::TradeExecuted trade;
  Moment at;
};

class BusyMarket {
 public:
  static constexpr AssetId usd{1}, btc{2}, eth{3};
  static constexpr InstrumentId btc_usd{1}, eth_usd{2};
  static constexpr std::uint64_t first_account = 4;
  static constexpr std::uint64_t accounts = 6;

  explicit BusyMarket(std::vector<Follower*> followers, std::uint32_t seed = 1,
                      std::int64_t later_ns = 0)
      : random_(seed), replica_(nullptr, std::move(followers)) {
    now_.value += later_ns;
    for (int i = 0; i < 3; ++i) ask(ledger::OpenAccount{ledger::AccountKind::system, {}});
    ask(instruments::RegisterAsset{"USD", 7});
    ask(instruments::RegisterAsset{"BTC", 5});
    ask(instruments::RegisterAsset{"ETH", 4});
    instruments::Rules rules;
    rules.maker_fee = {-100};
    rules.taker_fee = {300};
    rules.max_quantity = {largest_number};
    rules.max_notional = {largest_number};
    rules.collar_ppm = 900'000;
    rules.max_open_orders = 1'000'000;
    ask(instruments::ListInstrument{"BTC-USD", "BTC", "USD", {1, 2}, {1, 5}, rules});
    ask(instruments::ListInstrument{"ETH-USD", "ETH", "USD", {5, 2}, {1, 4}, rules});
    for (std::uint64_t i = 0; i < accounts; ++i) {
      ask(ledger::OpenAccount{ledger::AccountKind::customer, {}});
      for (const AssetId asset : {usd, btc, eth})
        ask(ledger::CreditAccount{{first_account + i}, asset, {1'000'000'000'000'000}, {}, 0});
    }
  }

  /// One random order, cancel or amendment; time goes on by up to `most_ns`.
  void act(std::int64_t most_ns) {
    now_.value += pick(0, most_ns);
    const int what = static_cast<int>(pick(0, 9));
    const auto last = replica_.venue().orders.last_order().value;
    if (what == 0 && last != 0) {
      const OrderId order{static_cast<std::uint64_t>(pick(1, static_cast<std::int64_t>(last)))};
      if (const auto* open = engine_.venue.orders.order(order))
        ask(orders::CancelOrder{open->account, order, {}, orders::CancelReason::user});
      return;
    }
    orders::PlaceOrder order;
    order.account = {first_account + static_cast<std::uint64_t>(pick(0, accounts - 1))};
    order.instrument = pick(0, 3) == 0 ? eth_usd : btc_usd;
    order.side = pick(0, 1) == 0 ? Side::buy : Side::sell;
    order.quantity = {pick(1, 500)};
    if (what == 1) {
      order.type = orders::OrderType::market;
    } else {
      order.price = {pick(990, 1'010)};
      if (what == 2) order.time_in_force = orders::TimeInForce::ioc;
      order.post_only = what == 3;
    }
    ask(order);
  }

  flows::Reply ask(const flows::Command& command) {
    while (engine_.must_wait(command, now_)) {
      EventBlock work;
      (void)engine_.drain(now_, 64, work);
      fold(work);
    }
    EventBlock events;
    auto outcome = engine_.execute(command, now_, events);
    fold(events);
    return outcome.reply;
  }

  Replica& replica() { return replica_; }
  const flows::Venue& venue() const { return replica_.venue(); }
  Timestamp now() const { return now_; }
  void wait(std::int64_t ns) { now_.value += ns; }
  const std::vector<SeenTrade>& trades() const { return trades_; }

  /// Everything that ever happened, told to another follower that begins behind `knows`, as
  /// recovery does.
  std::unique_ptr<Replica> recover(std::vector<Follower*> followers) const {
    auto recovered = std::make_unique<Replica>(nullptr, std::move(followers));
    recovered->adopt({}, {}, {});
    for (const Told& told : told_)
      EXPECT_TRUE(recovered->fold(told.type, told.payload, told.sequence, told.time));
    return recovered;
  }

 private:
  struct Told {
    EventType type;
    Bytes payload;
    Sequence sequence;
    Timestamp time;
  };

  std::int64_t pick(std::int64_t from, std::int64_t to) {
    return std::uniform_int_distribution<std::int64_t>(from, to)(random_);
  }
  void fold(const EventBlock& events) {
    events.each([&](EventType type, ByteView payload) {
      ++sequence_.value;
      ASSERT_TRUE(replica_.fold(type, payload, sequence_, now_));
      told_.push_back({type, Bytes(payload.begin(), payload.end()), sequence_, now_});
      if (type != flows::event_type<matching::TradeExecuted>) return;
      BinaryReader reader(payload);
      trades_.push_back({reader.read_versioned<matching::TradeExecuted>(), {sequence_, now_}});
    });
  }

  std::mt19937_64 random_;
  flows::Engine engine_;
  Replica replica_;
  Sequence sequence_;
  Timestamp now_{1'700'000'000'000'000'000};
  std::vector<SeenTrade> trades_;
  std::vector<Told> told_;
};

}  // namespace rialto::projections::test
