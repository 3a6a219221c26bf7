// The load itself: all connections on one thread, closed loop (so many in flight) or open loop (so
// many a second, whatever the answers do; latency then counts from the moment a request was due, so
// that a stall of the venue is not omitted).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "apps/load/setup.hpp"
#include "apps/load/trader.hpp"

namespace rialto::load {

struct RunPlan {
  std::string host;
  std::uint16_t port{};
  std::vector<SessionLogin> sessions;
  Flow flow;
  std::size_t window = 1'000;  // in flight on each connection; closed loop
  double rate = 0;             // requests a second over all; 0: closed loop
  double seconds = 5;
  double warm_up_seconds = 1;
  bool spin = false;
  std::size_t idle_probes = 5;  // single orders after a pause; 0: none
};

struct RunReport {
  double seconds{};
  Counts counts;          // while it was measured
  Histogram latencies;    // of answered requests
  Histogram after_idle;   // of the single orders
  bool completed = true;  // false: a connection was lost
};

std::expected<RunReport, std::string> run(const RunPlan& plan);

}  // namespace rialto::load
