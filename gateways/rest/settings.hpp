// What an operator may set about the REST gateway.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <vector>

#include "core/types.hpp"
#include "platform/net/rate_limiter.hpp"
#include "platform/net/server.hpp"
#include "platform/telemetry/metrics_text.hpp"
#include "projections/portfolio/holdings.hpp"

namespace rialto::projections {
class EmailDesk;
class Inbox;
class Statements;
}  // namespace rialto::projections

namespace rialto::rest {

struct RestSettings {
  /// Requests of one user, or of one address where no token is needed.
  net::RateLimit requests{.per_second = 2'000, .burst = 4'000};
  /// Attempts to log in, per user name and address; also registrations, per address.
  net::RateLimit attempts{.per_second = 0.2, .burst = 10};
  /// The server's own counts for /metrics; called on the server's thread. May be empty.
  std::function<net::ServerCounts()> server_counts;
  /// Whose accounts hold play money: they may pay in and out by themselves.
  std::set<UserId> demo_users;
  /// A read model of the replica's; read inside VenuePort::read only. Null: no statements.
  const projections::Statements* statements = nullptr;
  /// Likewise. Null: no notifications.
  const projections::Inbox* inbox = nullptr;
  /// Likewise. Null: no outbox to show.
  const projections::EmailDesk* email_desk = nullptr;
  /// What other gateways have to say at /metrics; called on the server's thread.
  std::vector<std::function<void(telemetry::MetricsText&)>> more_metrics;
  /// Hangs on the replica; read on its thread only. Null: there are no portfolios.
  const projections::Holdings* holdings = nullptr;
};

}  // namespace rialto::rest
