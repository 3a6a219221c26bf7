// The published events, all of them in their order: kept for a while, so that whoever comes back or
// reads slowly gets each one (STREAM-4: events are never conflated). A subscriber that what is kept
// has passed by is cut off with a reason, and can resume from the log.
//
// Owned by Hub. Server's thread only.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include "gateways/stream/channel.hpp"
#include "projections/live/news.hpp"

namespace rialto::stream {

/// Which events a subscriber gets.
struct EventFilter {
  UserId person;            // none: everybody's, for administrators
  std::uint64_t types = 0;  // bits by place in published_types; 0: all
  InstrumentId instrument;  // none: whatever they are about

  bool passes(const projections::PublishedEvent&, std::uint64_t type_bit) const;
};
std::uint64_t type_bit(std::string_view type);

/// Behind what to go on: everything up to a sequence, or one event of the last one.
struct EventPosition {
  Sequence sequence;
  std::string id;  // empty: behind all events of the sequence
};
/// "41", or an event's id, "41-TradeExecuted-7".
std::optional<EventPosition> parse_event_position(std::string_view text);

class PastReading;

class EventMessage final : public Message {
 public:
  explicit EventMessage(std::shared_ptr<const projections::PublishedEvent> event)
      : event_(std::move(event)), type_bit_(stream::type_bit(event_->type)) {}
  const projections::PublishedEvent& event() const { return *event_; }
  std::uint64_t type_bit() const { return type_bit_; }
  std::size_t rows() const override { return 1; }

 private:
  net::SharedBytes make(Encoding) const override;

  std::shared_ptr<const projections::PublishedEvent> event_;
  std::uint64_t type_bit_;
};

struct EventLimits {
  std::size_t kept_events = 1 << 16;
  std::size_t kept_bytes = 16 << 20;  // of text
};

class EventChannel final : public Channel {
 public:
  explicit EventChannel(EventLimits limits = {}) : limits_(limits) {}

  class Place;
  /// From now on, or behind `since` where all that is missing is kept; else nothing is changed, and
  /// the answer is false. REQUIRES: is_open().
  bool subscribe(Place&, const std::optional<EventPosition>& since);

  // A subscriber from further back: first what is read from the log, then what is kept here.
  void subscribe_from_past(Place&, std::shared_ptr<PastReading>);
  void add_past(Place&, std::vector<std::shared_ptr<const projections::PublishedEvent>>);
  /// Everything up to there was added. False: what follows is not kept any more.
  bool end_past(Place&, Sequence reached);
  /// Tells the reading how far it has to come by now.
  void follow_past(Place&);

  void pump(Subscription&) override;
  void refresh() override {}
  bool wants_pass() const override { return news_; }
  void begin_pass() override;

  /// Events come from behind `after` on.
  void open(Sequence after);
  /// No more come, or some were lost: what is kept is of no use.
  void close();
  void add(std::shared_ptr<const projections::PublishedEvent>);
  bool is_open() const { return open_; }
  /// Everything behind it is kept.
  Sequence complete_after() const { return complete_after_; }
  /// Of the newest event, or as complete_after() while there is none.
  Sequence newest() const {
    return kept_.empty() ? complete_after_ : kept_.back().message->event().sequence;
  }

 private:
  struct Kept {
    std::shared_ptr<const EventMessage> message;
  };
  std::uint64_t end() const { return first_ + kept_.size(); }
  std::uint64_t behind(const EventPosition&) const;
  bool passed_over(const Place&) const;
  bool give_next(Place&);

  const EventLimits limits_;
  bool open_ = false;
  bool news_ = false;
  Sequence complete_after_;
  std::deque<Kept> kept_;  // first_, first_ + 1, …
  std::uint64_t first_ = 0;
  std::size_t kept_bytes_ = 0;
  // Whom the events of the present pass concern, so that nobody else need look at them.
  std::uint64_t pass_from_ = 0;
  std::uint64_t pass_to_ = 0;
  bool concerns_everyone_ = false;
  std::unordered_set<UserId> concerned_;
};

class EventChannel::Place final : public Subscription {
 public:
  Place(Channel& channel, Receiver& receiver, const EventFilter& filter)
      : Subscription(channel, receiver), filter_(filter) {}
  ~Place() override;

 private:
  friend class EventChannel;
  const EventFilter filter_;
  std::uint64_t next_ = 0;
  std::shared_ptr<PastReading> reading_;  // null: not in the past
  std::deque<std::shared_ptr<const EventMessage>> past_;
};

}  // namespace rialto::stream
