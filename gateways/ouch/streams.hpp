// OUCH-1: what a session is told is a pure function of the log. Turns committed events into
// sequenced messages, live and in recovery by the same code, and knows which open order each number
// of a session stands for.
//
// The venue's thread only. Recent messages are in memory, all of them in files (stream_store.hpp).
#pragma once

#include <deque>
#include <expected>
#include <string>
#include <vector>

#include "flows/venue.hpp"
#include "gateways/ouch/listings.hpp"
#include "gateways/ouch/messages.hpp"
#include "gateways/ouch/paged_window.hpp"
#include "gateways/ouch/stream_store.hpp"
#include "platform/eventlog/frame.hpp"

namespace rialto::ouch {

/// A session as the gateway knows it.
struct SessionState {
  SessionId id;
  AccountId account;
  UserId user;
  Fingerprint credential;
  bool cancel_on_disconnect{};
  bool revoked = true;
  std::uint32_t last_user_ref{};  // used up, as far as is durable
  bool touched = false;           // has news since take_touched()
  bool closable = false;          // its open block holds something
  SessionStream stream;
  PagedWindow<std::uint64_t, 8> orders;  // number of an open order -> order id
};

/// An open order of a session.
struct OrderRef {
  std::uint32_t session{};  // 0: none
  std::uint32_t user_ref{};
  std::uint32_t instrument{};
  char side{};
  char time_in_force{};
  std::int64_t quantity{};  // lots, the filled part included
  std::int64_t filled{};
  friend bool operator==(const OrderRef&, const OrderRef&) = default;
};

class Streams {
 public:
  explicit Streams(StreamStore& store) : store_(store) {}

  /// Starts, or starts anew, from a recovered state; the store was cut at its position.
  void restore(const flows::Venue&);
  void follow(const eventlog::FrameView&);

  /// Null for an unknown or revoked one.
  SessionState* session(SessionId);
  /// The open order of that number, if any.
  std::optional<OrderId> order(const SessionState&, std::uint32_t user_ref) const;
  /// REQUIRES: order() has found it.
  const OrderRef& ref(OrderId id) const { return *orders_.find(id.value); }
  const Listings& listings() const { return listings_; }
  /// Every session, revoked ones included.
  std::deque<SessionState>& sessions() { return sessions_; }
  /// Sessions with news, each once; forgets them.
  template <class Visit>
  void take_touched(Visit visit) {
    for (const std::uint32_t index : touched_) {
      sessions_[index].touched = false;
      visit(sessions_[index]);
    }
    touched_.clear();
  }
  /// Hands every open block to the store.
  void close_blocks();

 private:
  struct Moment {
    Sequence position;
    std::uint64_t time;  // of day
  };

  void on(const instruments::InstrumentListed&, Moment);
  void on(const sessions::SessionOpened&, Moment);
  void on(const sessions::SessionRevoked&, Moment);
  void on(const sessions::OrderRefused&, Moment);
  void on(const sessions::SessionCancelAccepted&, Moment);
  void on(const sessions::OrderEntrySwitched&, Moment);
  void on(const orders::OrderCreated&, Moment);
  void on(const orders::OrderUpdated&, Moment);
  void on(const matching::TradeExecuted&, Moment);
  void on(const matching::OrderCancelled&, Moment);
  void on(const matching::OrderReduced&, Moment);

  void fill(OrderId, const matching::TradeExecuted&, bool taker, Moment);
  void remember(OrderId, const OrderRef&);
  void forget(OrderId, const OrderRef&);
  SessionState& open(SessionId);
  SessionState& of(const OrderRef& ref) { return sessions_[ref.session - 1]; }
  template <class Message>
  void tell(SessionState&, Sequence position, const Message&, ByteView options = {});

  StreamStore& store_;
  Listings listings_;
  std::deque<SessionState> sessions_;  // index = number - 1; addresses stay
  PagedWindow<OrderRef, 10> orders_;   // by order number
  std::vector<std::uint32_t> touched_;
  std::vector<std::uint32_t> closable_;
};

}  // namespace rialto::ouch
