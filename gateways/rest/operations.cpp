#include "gateways/rest/operations.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "platform/net/json_writer.hpp"

namespace rialto::rest {
namespace {

using gateways::Intake;
using gateways::Standing;
using projections::Replica;
using telemetry::MetricsText;

constexpr std::array<std::pair<Intake, std::string_view>, 5> intake_names{
    {{Intake::open, "open"},
     {Intake::recovering, "recovering"},
     {Intake::disk_full, "disk_full"},
     {Intake::failed, "failed"},
     {Intake::stopping, "stopping"}}};

std::string_view name_of(Intake intake) {
  for (const auto& [value, name] : intake_names)
    if (value == intake) return name;
  return "unknown";
}

void add_intake(MetricsText& text, Intake intake) {
  text.head("rialto_intake", "gauge", "1 for the state the venue's intake is in");
  for (const auto& [value, name] : intake_names)
    text.sample("rialto_intake", {{"state", name}}, value == intake ? 1 : 0);
}

void add_requests(MetricsText& text, const RequestCounts& counts) {
  text.counter("rialto_api_requests_total", "API requests", counts.requests);
  text.counter("rialto_api_unauthorized_total", "API requests without a good token",
               counts.unauthorized);
  text.counter("rialto_api_rate_limited_total", "API requests refused by a rate limit",
               counts.limited);
  text.counter("rialto_api_orders_total", "orders handed to the venue", counts.orders);
}

void add_server(MetricsText& text, const net::ServerCounts& counts) {
  text.counter("rialto_http_requests_total", "HTTP requests", counts.requests);
  text.counter("rialto_http_connections_total", "connections accepted",
               counts.connections_accepted);
  text.counter("rialto_http_connections_refused_total", "connections refused",
               counts.connections_refused);
  text.counter("rialto_http_malformed_total", "requests that were not HTTP",
               counts.malformed_requests);
  text.counter("rialto_http_timeouts_total", "requests cut off by a time-out", counts.timeouts);
  text.gauge("rialto_http_connections", "connections open", counts.connections_open);
}

/// Taken before the replica is asked: that it lags shows only from outside.
void add_standing(MetricsText& text, const Standing& standing) {
  const auto behind = [](Sequence newer, Sequence older) {
    return newer > older ? newer.value - older.value : 0;
  };
  const auto seconds = [](std::uint64_t events, double per_second) {
    return per_second == 0 ? 0.0 : static_cast<double>(events) / per_second;
  };
  const std::uint64_t lag = behind(standing.acknowledged, standing.replica);
  const std::uint64_t tail =
      behind(std::max(standing.acknowledged, standing.replica), standing.snapshot);
  text.gauge("rialto_replica_lag_events", "acknowledged events that reads wait for", lag);
  text.gauge_seconds("rialto_replica_lag_seconds", "those, at the pace at which it folds",
                     seconds(lag, standing.replica_per_second));
  text.counter("rialto_replica_detours_total",
               "times the replica fell out of memory and caught up from files",
               standing.replica_detours);
  text.gauge("rialto_snapshot_sequence", "newest event in a snapshot", standing.snapshot.value);
  text.gauge_seconds(
      "rialto_recovery_bound_seconds",
      "what a restart would take: snapshot, and events behind it at the measured pace",
      standing.snapshot_load_s + seconds(tail, standing.replay_per_second != 0
                                                   ? standing.replay_per_second
                                                   : standing.replica_per_second));
}

void add_venue(MetricsText& text, const Replica& replica) {
  const flows::Venue& venue = replica.venue();
  text.gauge("rialto_replica_sequence", "newest event that reads see", replica.position().value);
  text.gauge("rialto_open_orders", "open orders, waiting stops included",
             venue.orders.open_count());
  text.counter("rialto_orders_total", "orders accepted", venue.orders.last_order().value);
  text.counter("rialto_trades_total", "trades", venue.orders.next_trade().value - 1);
  text.gauge("rialto_users", "users ever registered", venue.identity.users().size());
  text.gauge("rialto_accounts", "accounts ever opened", venue.ledger.accounts().size());
  text.gauge("rialto_instruments", "instruments listed", venue.instruments.instruments().size());
  if (replica.history())
    text.gauge("rialto_history_pending", "history rows not yet durable",
               replica.history()->pending());
}

}  // namespace

void OperationRoutes::add_to(net::Router& router) {
  const auto add = [&](std::string_view path, auto handler) {
    router.add(net::Method::get, path,
               [this, handler](const net::Request& request, net::Responder responder) {
                 (this->*handler)(request, std::move(responder));
               });
  };
  add("/healthz", &OperationRoutes::health);
  add("/readyz", &OperationRoutes::ready);
  add("/metrics", &OperationRoutes::metrics);
}

void OperationRoutes::health(const net::Request&, net::Responder responder) {
  responder.respond({.body = R"({"status":"ok"})"});
}

void OperationRoutes::ready(const net::Request&, net::Responder responder) {
  const Intake intake = desk_.venue().intake();
  net::Response response{.status =
                             intake == Intake::open ? net::Status::ok : net::Status::unavailable};
  net::JsonWriter(response.body)
      .begin_object()
      .field("ready", intake == Intake::open)
      .field("intake", name_of(intake))
      .end_object();
  responder.respond(std::move(response));
}

void OperationRoutes::metrics(const net::Request&, net::Responder responder) {
  MetricsText text;
  add_intake(text, desk_.venue().intake());
  add_requests(text, desk_.counts());
  if (server_counts_) add_server(text, server_counts_());
  for (const auto& write : more_) write(text);
  desk_.venue().write_metrics(text);
  add_standing(text, desk_.venue().standing());
  desk_.venue().read(
      [text = std::move(text), responder = std::move(responder)](const Replica& replica) mutable {
        add_venue(text, replica);
        responder.respond({.type = net::ContentType::metrics, .body = text.take()});
      });
}

}  // namespace rialto::rest
