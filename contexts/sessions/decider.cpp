#include <algorithm>

#include "contexts/sessions/sessions.hpp"
#include "core/assert.hpp"

namespace rialto::sessions {

std::expected<SessionOpened, Reject> Sessions::decide(const OpenSession& command) const {
  std::size_t live = 0;
  std::size_t own = 0;
  for (const Session& open : sessions_) {
    if (open.revoked) continue;
    ++live;
    own += open.user == command.user;
  }
  if (own >= limits_.live_of_one_user) return std::unexpected(Reject::too_many_sessions);
  if (live >= limits_.live) return std::unexpected(Reject::session_capacity_exhausted);
  return SessionOpened{{sessions_.size() + 1},
                       command.user,
                       command.account,
                       command.cancel_on_disconnect,
                       command.credential};
}

std::expected<SessionRevoked, Reject> Sessions::decide(const RevokeSession& command) const {
  const Session* found = session(command.session);
  if (!found || (command.user.value != 0 && found->user != command.user))
    return std::unexpected(Reject::session_not_found);
  return SessionRevoked{command.session};
}

Sessions::Admission Sessions::admit(SessionId id, AccountId account, std::uint32_t user_ref,
                                    bool opens_order) const {
  const Session* found = session(id);
  // SESSIONS-2: a session acts for its own account only.
  if (!found || found->account != account) return Admission::unknown;
  if (user_ref <= found->last_user_ref) return Admission::repeated;
  return opens_order && found->entry_disabled ? Admission::entry_closed : Admission::fresh;
}

void Sessions::evolve(const SessionOpened& event) {
  RIALTO_ASSERT(event.session.value == sessions_.size() + 1);
  sessions_.push_back({event.session, event.user, event.account, event.cancel_on_disconnect,
                       event.credential, 0, false, false});
}

void Sessions::evolve(const SessionRevoked& event) {
  at(event.session).revoked = true;
}

void Sessions::evolve(const OrderRefused& event) {
  use_up(event.session, event.user_ref);
}

void Sessions::evolve(const SessionCancelAccepted& event) {
  use_up(event.session, event.user_ref);
}

void Sessions::evolve(const OrderEntrySwitched& event) {
  use_up(event.session, event.user_ref);
  at(event.session).entry_disabled = !event.enabled;
}

void Sessions::evolve(const orders::OrderCreated& event) {
  if (event.session.value != 0) use_up(event.session, event.user_ref);
}

void Sessions::evolve(const orders::OrderUpdated& event) {
  // An amendment that gives no new number repeats the order's own.
  if (event.session.value != 0 && event.user_ref > at(event.session).last_user_ref)
    use_up(event.session, event.user_ref);
}

const Session* Sessions::session(SessionId id) const {
  const std::size_t index = id.value - 1;
  return index < sessions_.size() && !sessions_[index].revoked ? &sessions_[index] : nullptr;
}

Session& Sessions::at(SessionId id) {
  RIALTO_ASSERT(id.value != 0 && id.value <= sessions_.size());
  return sessions_[id.value - 1];
}

void Sessions::use_up(SessionId id, std::uint32_t user_ref) {
  Session& changed = at(id);
  // SESSIONS-1: numbers only grow.
  RIALTO_ASSERT(user_ref > changed.last_user_ref);
  changed.last_user_ref = user_ref;
}

void Sessions::save(BinaryWriter& out) const {
  out.write(sessions_);
}

void Sessions::load(BinaryReader& in) {
  *this = Sessions(limits_);
  in.read_into(sessions_);
}

}  // namespace rialto::sessions
