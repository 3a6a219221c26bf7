// What an operator may set about the REST gateway.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "platform/net/rate_limiter.hpp"
#include "platform/net/server.hpp"
#include "platform/telemetry/metrics_text.hpp"

namespace rialto::rest {

struct RestSettings {
  /// Requests of one user, or of one address where no token is needed.
  net::RateLimit requests{.per_second = 2'000, .burst = 4'000};
  /// Attempts to log in, per user name and address; also registrations, per address.
  net::RateLimit attempts{.per_second = 0.2, .burst = 10};
  /// Origins whose pages may use the API; "*": all. None but the venue's own without any.
  std::vector<std::string> cors_origins;
  /// The server's own counts for /metrics; called on the server's thread. May be empty.
  std::function<net::ServerCounts()> server_counts;
  /// Whose accounts hold play money: they may pay in and out by themselves.
  std::set<UserId> demo_users;
  /// What other gateways have to say at /metrics; called on the server's thread.
  std::vector<std::function<void(telemetry::MetricsText&)>> more_metrics;
};

}  // namespace rialto::rest
