// One connection that streams go to: what it is subscribed to, whose it is, and whether it has
// room. WebSocketClient and EventStreamClient say how each kind talks.
//
// Owned by StreamGateway until its connection has ended. Server's thread only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "gateways/stream/hub.hpp"
#include "gateways/stream/past_events.hpp"
#include "gateways/stream/settings.hpp"
#include "gateways/stream/sign_in.hpp"
#include "platform/net/json_reader.hpp"
#include "platform/net/json_writer.hpp"

namespace rialto::stream {

class Client;

/// What all clients share.
struct House {
  const StreamSettings& settings;
  gateways::VenuePort& venue;
  Hub& hub;
  Doorkeeper& door;
  net::JsonReader& reader;
  PastEvents* past;                   // null: there is nothing to read events again from
  std::function<void(Client&)> gone;  // the connection has ended
};

class Client : public Receiver,
               public net::StreamReceiver,
               public std::enable_shared_from_this<Client> {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Client(House& house) : house_(house), since_(Clock::now()) {}
  ~Client() override {
    if (connection_) connection_->disown();
  }

  // Receiver
  bool room() const override;
  void send(const net::SharedBytes& bytes) override;
  void flush() override;
  void cut_off(std::string_view code, std::string_view message) override;

  // net::StreamReceiver
  void on_room() override;
  void on_end() override;

  /// Once a second: tokens, stalls, heartbeats.
  void tick(Clock::time_point now);
  /// The server stops.
  void say_goodbye();

 protected:
  /// Ends it with these words, in the way of its kind.
  virtual void end_with(net::CloseCode code, std::string_view reason, std::string_view message) = 0;
  virtual void on_tick(Clock::time_point now) = 0;

  /// Subscribes to events once they come; then one of the following two is called with this `id`.
  void subscribe_to_events(const std::string& id, const EventFilter&,
                           const std::optional<EventPosition>& since);
  virtual void on_events_subscribed(const std::string& id, bool resumed) = 0;
  virtual void on_events_refused(const std::string& id, const Problem&) = 0;
  static const std::string& events_topic();

  void attach(net::OpenConnectionPointer connection) { connection_ = std::move(connection); }
  void end(net::CloseCode code, std::string_view reason, std::string_view message);
  bool ended() const { return ended_; }
  /// Null where the token is not good.
  std::optional<Problem> sign_in(std::string_view token);
  /// Events as this person may see them; a problem where they may not.
  std::expected<EventFilter, Problem> filter_of(const EventsTopic&) const;

  House& house() { return house_; }
  const std::optional<Person>& person() const { return person_; }
  net::OpenConnection* connection() { return connection_.get(); }
  std::map<std::string, std::unique_ptr<Subscription>>& subscriptions() { return subscriptions_; }
  Clock::time_point since() const { return since_; }

 private:
  EventChannel::Place* events_place();
  void subscribe_now(const std::string& id, const EventFilter&,
                     const std::optional<EventPosition>& since);
  std::expected<std::shared_ptr<PastReading>, Problem> read_past(const EventFilter&,
                                                                 const EventPosition& since);
  void take_past(PastReading::Chunk);
  void end_past(const std::expected<Sequence, std::string>& reached);

  House& house_;
  net::OpenConnectionPointer connection_;
  std::map<std::string, std::unique_ptr<Subscription>> subscriptions_;  // by topic
  std::optional<Person> person_;
  std::string token_;
  const Clock::time_point since_;
  bool ended_ = false;
};

}  // namespace rialto::stream
