// Preferences, messages and what has been read, as step flows.
#pragma once

#include "flows/step.hpp"

namespace rialto::flows {

Reply set_preferences(Step&, const notifications::SetPreferences&);
/// The step's event is the notification's cause.
Reply post_message(Step&, const notifications::PostMessage&);
/// Refused for a cause that has not happened. That it notified this user is for its reader to know.
Reply mark_read(Step&, const notifications::MarkRead&);

}  // namespace rialto::flows
