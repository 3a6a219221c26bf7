// A client of /ws: subscribes, unsubscribes, signs in and pings by messages of its own.
//
// Owned by StreamGateway. Server's thread only.
#pragma once

#include "gateways/stream/client.hpp"
#include "platform/net/taken_request.hpp"
#include "platform/net/takeover.hpp"

namespace rialto::stream {

class WebSocketClient final : public Client {
 public:
  using Client::Client;

  /// Takes the connection; a bearer token in the request signs it in. The problem, if that token is
  /// not good: nothing was answered then.
  std::optional<Problem> accept(net::TakenConnection&, const net::TakenRequest&);

  Encoding encoding() const override { return Encoding::json; }
  void on_open() override {}
  void on_message(std::string_view message, bool binary) override;

 private:
  void end_with(net::CloseCode, std::string_view reason, std::string_view message) override;
  void on_tick(Clock::time_point now) override;

  void handle(const ClientRequest&);
  void serve(const std::string& id, const SubscribeRequest&);
  void serve(const std::string& id, const UnsubscribeRequest&);
  void serve(const std::string& id, const SignInRequest&);
  void serve(const std::string& id, const PingRequest&);
  void subscribe(const std::string& id, const MarketTopic&, std::optional<Sequence> since);
  void subscribe(const std::string& id, const EventsTopic&,
                 const std::optional<EventPosition>& since);
  void on_events_subscribed(const std::string& id, bool resumed) override;
  void on_events_refused(const std::string& id, const Problem& problem) override {
    refuse(id, problem);
  }

  /// Sends {"type":type,"id":id,…} with what `write` adds.
  template <class Write>
  void answer(std::string_view type, const std::string& id, Write write);
  void refuse(const std::string& id, const Problem&);
  bool may_ask();

  double tokens_ = -1;  // of the bucket of requests; below zero: not filled yet
  Clock::time_point filled_;
  int problems_ = 0;  // in a row
};

}  // namespace rialto::stream
