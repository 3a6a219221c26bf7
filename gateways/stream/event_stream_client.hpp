// A client of GET /api/events: published events as server-sent events.
//
// Owned by StreamGateway. Server's thread only.
#pragma once

#include "gateways/stream/client.hpp"
#include "platform/net/taken_request.hpp"
#include "platform/net/takeover.hpp"

namespace rialto::stream {

class EventStreamClient final : public Client {
 public:
  using Client::Client;

  /// Reads what is asked for; the answer to give instead where that cannot be.
  std::optional<net::Response> ask(const net::TakenRequest&);
  void start(net::TakenConnection&&);

  Encoding encoding() const override { return Encoding::server_sent; }
  void on_open() override;
  void on_message(std::string_view, bool) override {}

 private:
  void end_with(net::CloseCode, std::string_view reason, std::string_view message) override;
  void on_tick(Clock::time_point now) override;
  void on_events_subscribed(const std::string& id, bool resumed) override;
  void on_events_refused(const std::string& id, const Problem&) override;

  EventFilter filter_;
  std::optional<EventPosition> since_;
  Clock::time_point heartbeat_;
};

}  // namespace rialto::stream
