// /healthz, /readyz, /metrics: what operators and their machines watch.
//
// Owned by RestGateway; handlers run on the server's thread.
#pragma once

#include "gateways/rest/front_desk.hpp"
#include "platform/net/router.hpp"

namespace rialto::rest {

class OperationRoutes {
 public:
  OperationRoutes(FrontDesk& desk, const RestSettings& settings)
      : desk_(desk), server_counts_(settings.server_counts), more_(settings.more_metrics) {}
  void add_to(net::Router&);

 private:
  void health(const net::Request&, net::Responder);
  /// 503 unless commands are taken.
  void ready(const net::Request&, net::Responder);
  /// Prometheus text format 0.0.4.
  void metrics(const net::Request&, net::Responder);

  FrontDesk& desk_;
  std::function<net::ServerCounts()> server_counts_;
  std::vector<std::function<void(telemetry::MetricsText&)>> more_;
};

}  // namespace rialto::rest
