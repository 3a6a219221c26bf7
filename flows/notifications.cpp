#include "flows/notifications.hpp"

namespace rialto::flows {
namespace {

template <class Command>
Reply commit(Step& step, const Command& command) {
  if (!step.venue.identity.user(command.user)) return refused(identity::Reject::user_not_found);
  const auto decision = step.venue.notifications.decide(command);
  if (!decision) return refused(decision.error());
  step.emit(*decision);
  Reply reply;
  reply.user = command.user;
  return reply;
}

}  // namespace

Reply set_preferences(Step& step, const notifications::SetPreferences& command) {
  return commit(step, command);
}

Reply post_message(Step& step, const notifications::PostMessage& command) {
  return commit(step, command);
}

Reply mark_read(Step& step, const notifications::MarkRead& command) {
  if (command.cause.value == 0 || command.cause > step.sequence())
    return refused(notifications::Reject::notification_not_found);
  return commit(step, command);
}

}  // namespace rialto::flows
