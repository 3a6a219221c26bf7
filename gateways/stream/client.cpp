#include "gateways/stream/client.hpp"

#include <fmt/format.h>

namespace rialto::stream {

bool Client::room() const {
  return connection_ && !ended_ && connection_->unsent() < house_.settings.unsent_bytes_max;
}

void Client::send(const net::SharedBytes& bytes) {
  if (bytes && connection_ && !ended_) connection_->send(bytes);
}

void Client::flush() {
  if (connection_) connection_->flush();
}

void Client::cut_off(std::string_view code, std::string_view message) {
  end(net::CloseCode::try_again_later, code, message);
}

void Client::end(net::CloseCode code, std::string_view reason, std::string_view message) {
  if (ended_) return;
  ended_ = true;
  if (connection_) end_with(code, reason, message);
}

void Client::on_room() {
  for (auto& [topic, subscription] : subscriptions_)
    if (subscription && room()) house_.hub.pump(*subscription);
}

void Client::on_end() {
  ended_ = true;
  const auto self = shared_from_this();  // outlives being forgotten
  subscriptions_.clear();
  connection_.reset();
  house_.gone(*this);
}

std::optional<Problem> Client::sign_in(std::string_view token) {
  const auto person = house_.door.admit(token);
  if (!person) return person.error();
  person_ = *person;
  token_ = token;
  return std::nullopt;
}

std::expected<EventFilter, Problem> Client::filter_of(const EventsTopic& topic) const {
  if (!person_)
    return std::unexpected(Problem{"not_signed_in", "events are private: sign in first"});
  EventFilter filter{.person = {}, .types = topic.types, .instrument = {}};
  if (topic.instrument) filter.instrument = *topic.instrument;
  if (person_->administrator()) {
    if (topic.person) filter.person = *topic.person;
    return filter;
  }
  if (topic.person && *topic.person != person_->user)
    return std::unexpected(
        Problem{"administrator_only", "only an administrator sees what concerns others"});
  filter.person = person_->user;
  return filter;
}

// ---- events

const std::string& Client::events_topic() {
  static const std::string topic = "events";
  return topic;
}

EventChannel::Place* Client::events_place() {
  const auto found = subscriptions_.find(events_topic());
  return found == subscriptions_.end() ? nullptr
                                       : static_cast<EventChannel::Place*>(found->second.get());
}

void Client::subscribe_to_events(const std::string& id, const EventFilter& filter,
                                 const std::optional<EventPosition>& since) {
  subscriptions_.try_emplace(events_topic());  // taken, and empty until events come
  house_.hub.when_events_open([weak = weak_from_this(), id, filter, since] {
    if (const auto self = weak.lock()) self->subscribe_now(id, filter, since);
  });
}

void Client::subscribe_now(const std::string& id, const EventFilter& filter,
                           const std::optional<EventPosition>& since) {
  const auto kept = subscriptions_.find(events_topic());
  if (ended_ || kept == subscriptions_.end() || kept->second) return;
  EventChannel& channel = house_.hub.events();
  auto place = std::make_unique<EventChannel::Place>(channel, *this, filter);
  if (!channel.subscribe(*place, since)) {
    auto reading = read_past(filter, *since);
    if (!reading) {
      subscriptions_.erase(kept);
      return on_events_refused(id, reading.error());
    }
    channel.subscribe_from_past(*place, std::move(*reading));
  }
  kept->second = std::move(place);
  on_events_subscribed(id, since.has_value());
  house_.hub.pump(*kept->second);
}

std::expected<std::shared_ptr<PastReading>, Problem> Client::read_past(const EventFilter& filter,
                                                                       const EventPosition& since) {
  const Sequence oldest = house_.hub.events().complete_after();
  if (!house_.past)
    return std::unexpected(
        Problem{"resume_too_old", fmt::format("the oldest possible since is {}", oldest.value)});
  const auto with_self = [weak = weak_from_this()](auto call) {
    return [weak, call](auto value) {
      if (const auto self = weak.lock()) call(*self, std::move(value));
    };
  };
  auto reading = house_.past->start(
      since, house_.hub.events().newest(), filter,
      {with_self([](Client& self, PastReading::Chunk chunk) { self.take_past(std::move(chunk)); }),
       with_self([](Client& self, std::expected<Sequence, std::string> reached) {
         self.end_past(reached);
       })});
  if (!reading)
    return std::unexpected(Problem{"resume_busy",
                                   "events of the past are being read for another client; try "
                                   "again soon"});
  return reading;
}

void Client::take_past(PastReading::Chunk chunk) {
  EventChannel::Place* place = events_place();
  if (!place || ended_) return;
  house_.hub.events().add_past(*place, std::move(chunk));
  house_.hub.pump(*place);
}

void Client::end_past(const std::expected<Sequence, std::string>& reached) {
  EventChannel::Place* place = events_place();
  if (!place || ended_) return;
  if (!reached) return cut_off("resume_failed", reached.error());
  if (!house_.hub.events().end_past(*place, *reached))
    return cut_off("too_slow", "events came faster than they were read; resume");
  house_.hub.pump(*place);
}

void Client::tick(Clock::time_point now) {
  if (ended_ || !connection_) return;
  if (person_) {
    // STREAM-5
    const auto person = house_.door.admit(token_);
    if (!person)
      return end(net::CloseCode::unauthorized, person.error().code, person.error().message);
    // A role that was taken away ends the token as well; one that was given comes with the next.
    person_ = *person;
  }
  if (EventChannel::Place* place = events_place()) house_.hub.events().follow_past(*place);
  if (connection_->blocked() && now - connection_->blocked_since() > house_.settings.stall_timeout)
    return end(net::CloseCode::try_again_later, "too_slow", "nothing was read for too long");
  on_tick(now);
}

void Client::say_goodbye() {
  end(net::CloseCode::going_away, "server_stopping", "the server stops; reconnect and resume");
}

}  // namespace rialto::stream
