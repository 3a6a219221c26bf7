#include "flows/session_entry.hpp"

#include "flows/order_entry.hpp"

namespace rialto::flows {
namespace {

using Admission = sessions::Sessions::Admission;

Reply repeated() {
  Reply reply;
  reply.repeated = true;
  return reply;
}

void tell(Step& step, SessionId session, std::uint32_t user_ref, std::string_view reason,
          const orders::ClientOrderId& client_order_id) {
  step.emit(sessions::OrderRefused{session, user_ref, reason.substr(0, sessions::Reason::capacity),
                                   client_order_id});
}

/// FLOWS-6: on a session every request with a new number leaves exactly one trace of it.
template <class Command, class Flow>
void sequenced(Step& step, const Command& command, const orders::ClientOrderId& client_order_id,
               bool opens_order, Reply& reply, Flow flow) {
  switch (
      step.venue.sessions.admit(command.session, command.account, command.user_ref, opens_order)) {
    case Admission::unknown:
      reply = refused(sessions::Reject::session_not_found);
      return;
    case Admission::repeated:
      reply.repeated = true;
      return;
    case Admission::entry_closed:
      reply = refused(sessions::Reject::order_entry_disabled);
      break;
    case Admission::fresh:
      flow(step, command, reply);
      break;
  }
  if (reply.rejection)
    tell(step, command.session, command.user_ref, reply.rejection->code, client_order_id);
}

/// A request that concerns the session alone; null where its number is no good, with the answer.
const sessions::Session* admitted(Step& step, SessionId id, std::uint32_t user_ref, Reply& reply) {
  const sessions::Session* session = step.venue.sessions.session(id);
  if (!session) {
    reply = refused(sessions::Reject::session_not_found);
  } else if (user_ref <= session->last_user_ref) {
    reply = repeated();
    return nullptr;
  }
  return session;
}

}  // namespace

void place_sequenced(Step& step, const orders::PlaceOrder& command, Reply& reply) {
  if (command.session.value == 0) return place_order(step, command, reply);
  sequenced(step, command, command.client_order_id, true, reply, place_order);
}

void amend_sequenced(Step& step, const orders::AmendOrder& command, Reply& reply) {
  // One that gives no new number has nothing to be repeated and nothing to be replayed.
  if (command.session.value == 0 || command.user_ref == 0) return amend_order(step, command, reply);
  sequenced(step, command, {}, false, reply, amend_order);
}

Reply open_session(Step& step, const sessions::OpenSession& command) {
  const ledger::Account* account = step.venue.ledger.account(command.account);
  if (!account || account->closed || account->owner != command.user)
    return refused(ledger::Reject::account_not_found);
  const auto opened = step.venue.sessions.decide(command);
  if (!opened) return refused(opened.error());
  step.emit(*opened);
  Reply reply;
  reply.session = opened->session;
  reply.account = opened->account;
  return reply;
}

Reply revoke_session(Step& step, const sessions::RevokeSession& command) {
  const auto revoked = step.venue.sessions.decide(command);
  if (!revoked) return refused(revoked.error());
  step.emit(*revoked);
  Reply reply;
  reply.session = revoked->session;
  return reply;
}

Reply refuse_order(Step& step, const sessions::RefuseOrder& command) {
  Reply reply;
  if (admitted(step, command.session, command.user_ref, reply))
    tell(step, command.session, command.user_ref, command.reason.view(), command.client_order_id);
  return reply;
}

Reply cancel_session_orders(Step& step, const sessions::CancelSessionOrders& command) {
  Reply reply;
  const sessions::Session* session = admitted(step, command.session, command.user_ref, reply);
  if (!session) return reply;
  const AccountId account = session->account;
  step.emit(sessions::SessionCancelAccepted{command.session, command.user_ref, command.instrument,
                                            command.firm});
  return cancel_all_orders(
      step, {account, command.instrument, orders::CancelReason::mass_cancel, command.session});
}

Reply switch_order_entry(Step& step, const sessions::SwitchOrderEntry& command) {
  Reply reply;
  if (admitted(step, command.session, command.user_ref, reply))
    step.emit(sessions::OrderEntrySwitched{command.session, command.user_ref, command.enabled,
                                           command.firm});
  return reply;
}

}  // namespace rialto::flows
