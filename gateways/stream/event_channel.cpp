#include "gateways/stream/event_channel.hpp"

#include <algorithm>
#include <charconv>

#include "core/assert.hpp"
#include "gateways/stream/past_events.hpp"
#include "platform/net/event_stream.hpp"
#include "platform/net/web_socket.hpp"

namespace rialto::stream {

using projections::published_types;
using projections::PublishedEvent;

std::uint64_t type_bit(std::string_view type) {
  static_assert(published_types.size() <= 64);
  const auto found = std::ranges::find(published_types, type);
  return found == published_types.end() ? 0 : std::uint64_t{1} << (found - published_types.begin());
}

bool EventFilter::passes(const PublishedEvent& event, std::uint64_t bit) const {
  if (types != 0 && (types & bit) == 0) return false;
  if (instrument.value != 0 && event.instrument != instrument) return false;
  return person.value == 0 || event.audience.includes(person);
}

std::optional<EventPosition> parse_event_position(std::string_view text) {
  EventPosition position;
  const auto [stop, error] =
      std::from_chars(text.data(), text.data() + text.size(), position.sequence.value);
  if (error != std::errc{}) return std::nullopt;
  if (stop == text.data() + text.size()) return position;
  if (*stop != '-' || text.size() > 64) return std::nullopt;
  position.id = text;
  return position;
}

net::SharedBytes EventMessage::make(Encoding encoding) const {
  switch (encoding) {
    case Encoding::json:
      return net::text_frame(R"({"channel":"events",)" + event_->text.substr(1));
    case Encoding::server_sent:
      return net::event_piece(event_->id, event_->type, event_->text);
  }
  return nullptr;
}

void EventChannel::open(Sequence after) {
  open_ = true;
  complete_after_ = after;
}

void EventChannel::close() {
  open_ = false;
  news_ = false;
  first_ = end() + 1;  // whoever still reads from here has missed something
  kept_.clear();
  kept_bytes_ = 0;
}

void EventChannel::add(std::shared_ptr<const PublishedEvent> event) {
  kept_bytes_ += event->text.size();
  kept_.push_back({std::make_shared<const EventMessage>(std::move(event))});
  news_ = true;
  while (kept_.size() > limits_.kept_events || kept_bytes_ > limits_.kept_bytes) {
    const PublishedEvent& oldest = kept_.front().message->event();
    complete_after_ = oldest.sequence;
    kept_bytes_ -= oldest.text.size();
    kept_.pop_front();
    ++first_;
  }
}

std::uint64_t EventChannel::behind(const EventPosition& position) const {
  const auto sequence_of = [](const Kept& kept) { return kept.message->event().sequence; };
  auto at = std::ranges::lower_bound(kept_, position.sequence, {}, sequence_of);
  auto found = at;
  while (at != kept_.end() && sequence_of(*at) == position.sequence) {
    const bool it_is = at->message->event().id == position.id;
    ++at;
    if (position.id.empty() || it_is) found = at;
    if (it_is) break;
  }
  return first_ + static_cast<std::uint64_t>(found - kept_.begin());
}

bool EventChannel::subscribe(Place& place, const std::optional<EventPosition>& since) {
  RIALTO_ASSERT(open_);
  if (since) {
    // Behind one event of a sequence, the rest of that sequence must be kept too.
    const bool kept =
        since->id.empty() ? since->sequence >= complete_after_ : since->sequence > complete_after_;
    if (!kept) return false;
  }
  place.next_ = since ? behind(*since) : end();
  join(place);
  return true;
}

EventChannel::Place::~Place() {
  if (reading_) reading_->cancel();
}

void EventChannel::subscribe_from_past(Place& place, std::shared_ptr<PastReading> reading) {
  place.reading_ = std::move(reading);
  join(place);
}

void EventChannel::follow_past(Place& place) {
  if (place.reading_) place.reading_->meet_at(newest());
}

void EventChannel::add_past(Place& place,
                            std::vector<std::shared_ptr<const PublishedEvent>> events) {
  for (auto& event : events)
    place.past_.push_back(std::make_shared<const EventMessage>(std::move(event)));
  follow_past(place);
}

bool EventChannel::end_past(Place& place, Sequence reached) {
  if (!open_ || reached < complete_after_) return false;
  place.next_ = behind({reached, {}});
  place.reading_.reset();
  return true;
}

void EventChannel::begin_pass() {
  Channel::begin_pass();
  news_ = false;
  pass_from_ = std::max(pass_to_, first_);
  pass_to_ = end();
  concerned_.clear();
  concerns_everyone_ = false;
  for (std::uint64_t i = pass_from_; i < pass_to_; ++i) {
    const projections::Audience& audience = kept_[i - first_].message->event().audience;
    concerns_everyone_ = concerns_everyone_ || audience.everyone;
    concerned_.insert(audience.first);
    concerned_.insert(audience.second);
  }
}

/// Whether nothing from its place to the end of the pass can be for this subscriber.
bool EventChannel::passed_over(const Place& place) const {
  return place.filter_.person.value != 0 && place.next_ >= pass_from_ && place.next_ < pass_to_ &&
         !concerns_everyone_ && !concerned_.contains(place.filter_.person);
}

/// Something to a subscriber that has room; false: it has everything there is.
bool EventChannel::give_next(Place& place) {
  Receiver& receiver = place.receiver();
  if (!place.past_.empty()) {
    receiver.send(place.past_.front()->as(receiver.encoding()));
    place.past_.pop_front();
    if (place.past_.empty() && place.reading_) place.reading_->want_more();
    return true;
  }
  if (place.reading_ || place.next_ < first_ || place.next_ == end()) return false;
  if (passed_over(place)) {
    place.next_ = pass_to_;
    return true;
  }
  const EventMessage& message = *kept_[place.next_++ - first_].message;
  if (place.filter_.passes(message.event(), message.type_bit()))
    receiver.send(message.as(receiver.encoding()));
  return true;
}

void EventChannel::pump(Subscription& subscription) {
  auto& place = static_cast<Place&>(subscription);
  Receiver& receiver = place.receiver();
  const bool missed = !place.reading_ && place.past_.empty() && place.next_ < first_;
  if (missed)
    return receiver.cut_off("too_slow",
                            "events were not read in time; resume behind the last one received");
  // What the socket took at once made room again.
  for (bool more = true; more && receiver.room(); receiver.flush())
    while (more && receiver.room()) more = give_next(place);
}

}  // namespace rialto::stream
