// The order-entry sessions of the venue. Owned by the venue's state; single writer.
//
// A session's numbers only grow: one comparison tells a repeated request from a new one, without
// remembering any (DESIGN section 5).
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "contexts/sessions/contract.hpp"
#include "core/codec.hpp"

namespace rialto::sessions {

struct Session {
  SessionId id;
  UserId user;
  AccountId account;
  bool cancel_on_disconnect{};
  Fingerprint credential;
  std::uint32_t last_user_ref{};
  bool entry_disabled = false;
  bool revoked = false;
};
BOOST_DESCRIBE_STRUCT(Session, (),
                      (id, user, account, cancel_on_disconnect, credential, last_user_ref,
                       entry_disabled, revoked))

struct Limits {
  std::size_t live_of_one_user = 100;
  std::size_t live = 10'000;
};

class Sessions {
 public:
  Sessions() : Sessions(Limits{}) {}
  explicit Sessions(Limits limits) : limits_(limits) {}

  std::expected<SessionOpened, Reject> decide(const OpenSession&) const;
  std::expected<SessionRevoked, Reject> decide(const RevokeSession&) const;

  /// What is to be done with a request of this number. `account` is whose it claims to be.
  enum class Admission : std::uint8_t {
    fresh,
    repeated,      // SESSIONS-1: its number is used up; it does nothing
    unknown,       // no such session, revoked, or not of this account: nobody can be told
    entry_closed,  // fresh, but to be refused: order_entry_disabled
  };
  Admission admit(SessionId, AccountId account, std::uint32_t user_ref, bool opens_order) const;

  void evolve(const SessionOpened&);
  void evolve(const SessionRevoked&);
  void evolve(const OrderRefused&);
  void evolve(const SessionCancelAccepted&);
  void evolve(const OrderEntrySwitched&);
  void evolve(const orders::OrderCreated&);
  void evolve(const orders::OrderUpdated&);

  /// Null for an unknown or revoked one. O(1).
  const Session* session(SessionId) const;
  /// Revoked ones included; index = number - 1.
  const std::vector<Session>& sessions() const { return sessions_; }

  void save(BinaryWriter&) const;
  void load(BinaryReader&);

 private:
  Session& at(SessionId);
  void use_up(SessionId, std::uint32_t user_ref);

  Limits limits_;
  std::vector<Session> sessions_;
};

}  // namespace rialto::sessions
