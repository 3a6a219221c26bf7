#include "gateways/stream/client.hpp"

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
  if (connection_->blocked() && now - connection_->blocked_since() > house_.settings.stall_timeout)
    return end(net::CloseCode::try_again_later, "too_slow", "nothing was read for too long");
  on_tick(now);
}

void Client::say_goodbye() {
  end(net::CloseCode::going_away, "server_stopping", "the server stops; reconnect and resume");
}

}  // namespace rialto::stream
