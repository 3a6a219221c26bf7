// Sequenced order-entry sessions: who may log in to one, which of its numbers are used up, and what
// was refused on it.
#pragma once

#include <cstdint>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "contexts/orders/contract.hpp"
#include "core/rejection.hpp"
#include "core/text.hpp"
#include "core/types.hpp"

namespace rialto::sessions {

/// The stable code of a reject, as any other gateway would show it.
using Reason = InlineText<64>;
/// A firm's mnemonic, echoed and never interpreted.
using Firm = InlineText<8>;

// Commands. The gateway has stored the credential durably before it sends one.
struct OpenSession {
  UserId user;
  AccountId account;
  bool cancel_on_disconnect = false;
  Fingerprint credential;
};
struct RevokeSession {
  SessionId session;
  UserId user;  // who may: the session's own; none: an administrator
};
/// A request that a gateway could not make a command of; it uses up its number all the same.
struct RefuseOrder {
  SessionId session;
  std::uint32_t user_ref{};
  Reason reason;
  orders::ClientOrderId client_order_id;
};
/// Cancels what is open of the session's own orders, in bounded steps.
struct CancelSessionOrders {
  SessionId session;
  std::uint32_t user_ref{};
  InstrumentId instrument;  // none: on every instrument
  Firm firm;
};
/// Blocks or unblocks new orders of a session; open ones stay.
struct SwitchOrderEntry {
  SessionId session;
  std::uint32_t user_ref{};
  bool enabled = false;
  Firm firm;
};

// Events.
struct SessionOpened {
  SessionId session;
  UserId user;
  AccountId account;
  bool cancel_on_disconnect{};
  Fingerprint credential;
};
BOOST_DESCRIBE_STRUCT(SessionOpened, (), (session, user, account, cancel_on_disconnect, credential))
/// Its credential is useless from here on; its number is never given again.
struct SessionRevoked {
  SessionId session;
};
BOOST_DESCRIBE_STRUCT(SessionRevoked, (), (session))
/// Rejects are journalled here, unlike elsewhere: a session replays everything it was told.
struct OrderRefused {
  SessionId session;
  std::uint32_t user_ref{};
  Reason reason;
  orders::ClientOrderId client_order_id;
};
BOOST_DESCRIBE_STRUCT(OrderRefused, (), (session, user_ref, reason, client_order_id))
/// The cancels follow, each as a fact of its own.
struct SessionCancelAccepted {
  SessionId session;
  std::uint32_t user_ref{};
  InstrumentId instrument;
  Firm firm;
};
BOOST_DESCRIBE_STRUCT(SessionCancelAccepted, (), (session, user_ref, instrument, firm))
struct OrderEntrySwitched {
  SessionId session;
  std::uint32_t user_ref{};
  bool enabled{};
  Firm firm;
};
BOOST_DESCRIBE_STRUCT(OrderEntrySwitched, (), (session, user_ref, enabled, firm))

BOOST_DEFINE_FIXED_ENUM_CLASS(Reject, std::uint8_t, session_not_found, order_entry_disabled,
                              too_many_sessions, session_capacity_exhausted)

constexpr RejectKind kind(Reject reject) {
  switch (reject) {
    case Reject::session_not_found:
      return RejectKind::not_found;
    case Reject::session_capacity_exhausted:
      return RejectKind::unavailable;
    default:
      return RejectKind::business;
  }
}

}  // namespace rialto::sessions
