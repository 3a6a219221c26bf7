// One connection of the load generator: keeps requests in flight, knows its open orders, and
// measures how long each answer took from the moment its request was meant to be sent.
//
// One thread. Numbers its orders upwards from where the session stands; a request's answer is found
// by that number without any search.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "apps/load/histogram.hpp"
#include "gateways/ouch/client.hpp"

namespace rialto::load {

/// Shares of the requests, out of 100; the rest are marketable orders.
struct Mix {
  std::uint32_t passive = 55;
  std::uint32_t cancels = 40;
};

struct Flow {
  Mix mix;
  std::vector<std::string> symbols{"AAPL-USD"};
  std::uint64_t middle = 200 * ouch::price_unit;  // passive orders lie within 64 ticks of it
  std::uint64_t tick = ouch::price_unit / 100;
  std::size_t most_open = 4'000;  // open orders of one connection
};

struct Counts {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  std::uint64_t rejected = 0;
  std::uint64_t executions = 0;
  std::uint64_t messages = 0;  // received
};

class Trader {
 public:
  /// `seller`: rests on the asks and takes bids, so that two kinds of traders never meet
  /// themselves.
  Trader(ouch::Client client, std::uint32_t last_user_ref, const Flow& flow, bool seller,
         std::uint32_t seed);

  /// Puts one more request behind what is to be sent; it counts from `intended`.
  void request(std::int64_t intended);
  /// False: the connection is gone.
  bool send() { return client_.send(); }
  /// Takes what has arrived, without waiting; false: the connection is gone.
  bool receive(Histogram& latencies);

  std::size_t in_flight() const { return in_flight_; }
  const Counts& counts() const { return counts_; }
  ouch::Client& client() { return client_; }

 private:
  struct Order {
    std::uint32_t user_ref = 0;
    std::uint32_t left = 0;     // lots
    std::uint32_t open_at = 0;  // its place in open_
    bool open = false;
    std::int64_t entered = 0;    // 0: answered
    std::int64_t cancelled = 0;  // 0: no cancel under way
  };
  static constexpr std::uint32_t orders_kept = 1 << 16;  // by user_ref, modulo

  std::uint32_t below(std::size_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
  Order& order(std::uint32_t user_ref) { return orders_[user_ref & (orders_kept - 1)]; }
  void enter(std::int64_t intended, bool passive);
  void cancel(std::int64_t intended);
  void opened(Order&);
  void closed(Order&, Histogram&, std::int64_t now);
  void answer(std::int64_t& since, Histogram&, std::int64_t now);
  void hear(ByteView message, Histogram&, std::int64_t now);

  ouch::Client client_;
  Flow flow_;
  std::vector<ouch::WireSymbol> symbols_;
  bool seller_;
  std::minstd_rand random_;
  std::uint32_t next_ref_;
  std::vector<Order> orders_;
  std::vector<std::uint32_t> open_;  // user_refs
  std::size_t in_flight_ = 0;
  Counts counts_;
};

/// Nanoseconds of the monotonic clock.
std::int64_t monotonic_ns();

}  // namespace rialto::load
