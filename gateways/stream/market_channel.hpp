// A public channel of one instrument: first a snapshot, then numbered messages without a gap. The
// number of a message is the log sequence of the newest event in it, and each names the number
// before it; so numbers agree with the REST book's `sequence` and survive a restart (STREAM-1).
//
// A subscriber that falls too far behind gets a new snapshot, which says so (STREAM-2); one that
// comes back names the last number it saw and gets what it missed, if that is still kept
// (STREAM-3). Server's thread only.
#pragma once

#include <deque>
#include <optional>

#include "gateways/stream/channel.hpp"
#include "projections/live/news.hpp"

namespace rialto::stream {

/// Why a snapshot is sent.
enum class SnapshotReason : std::uint8_t {
  subscribed,      // nothing else was asked for
  conflated,       // the client did not keep up
  resume_too_old,  // what it missed is not kept any more, or was never here
  reloaded,        // this server did not keep up itself
};
std::string_view reason_text(SnapshotReason);

class MarketChannel : public Channel {
 public:
  /// Joins a subscriber, which is new here; whether it continues behind `since`.
  class Place;
  bool subscribe(Place&, std::optional<Sequence> since);

  void pump(Subscription&) override;
  void refresh() override;
  bool wants_pass() const override { return open_ && (unspread_ || news()); }
  void begin_pass() override;

  // What the market tells every channel of its own.
  /// The book is known (again), as of `at`; `reason` where it had been known before.
  void open(projections::Moment at, SnapshotReason reason);
  virtual void book_changed(const projections::BookChange&) {}
  virtual void traded(const projections::TradeNews&) {}

  bool is_open() const { return open_; }

 protected:
  /// Begins to be what it is from now on: nothing was said yet.
  virtual void restart() {}
  virtual MessagePointer snapshot(SnapshotReason) const = 0;
  virtual bool news() const = 0;
  /// A message of all that is new since the last one, from `previous` on; null where it comes to
  /// nothing. REQUIRES: news().
  virtual MessagePointer make_delta(Sequence previous) = 0;
  /// Of the newest thing that is in the next message.
  virtual projections::Moment newest() const = 0;

  Sequence number() const { return number_; }

 private:
  struct Kept {
    Sequence previous;
    Sequence number;
    MessagePointer message;
  };
  std::uint64_t end() const { return first_ + kept_.size(); }
  std::optional<std::uint64_t> find(Sequence since) const;
  bool give_next(Place&);
  const MessagePointer& shared_snapshot(SnapshotReason);

  bool open_ = false;
  bool unspread_ = false;  // a message was made in the middle of a pass, or outside of any
  Sequence number_;
  std::deque<Kept> kept_;  // messages first_, first_ + 1, …
  std::uint64_t first_ = 0;
  std::size_t kept_rows_ = 0;
  MessagePointer snapshots_[4];  // made since the last message, by reason
};

class MarketChannel::Place final : public Subscription {
 public:
  using Subscription::Subscription;

 private:
  friend class MarketChannel;
  std::uint64_t next_ = 0;
  std::optional<SnapshotReason> due_;
  std::optional<Sequence> since_;  // asked for before the book was known
  bool catching_up_ = false;
};

}  // namespace rialto::stream
