#include "contexts/notifications/notifications.hpp"

namespace rialto::notifications {

std::expected<PreferencesSet, Reject> Notifications::decide(const SetPreferences& command) const {
  const Preferences& asked = command.preferences;
  if ((asked.in_app.bits | asked.email.bits) >> kinds != 0)
    return std::unexpected(Reject::kinds_out_of_range);
  return PreferencesSet{command.user, asked};
}

std::expected<MessagePosted, Reject> Notifications::decide(const PostMessage& command) const {
  if (command.title.size() > longest_title || command.text.size() > longest_text)
    return std::unexpected(Reject::message_too_long);
  return MessagePosted{command.user, command.by, command.title, command.text};
}

std::expected<NotificationMarked, Reject> Notifications::decide(const MarkRead& command) const {
  if (static_cast<int>(command.kind) >= kinds) return std::unexpected(Reject::kinds_out_of_range);
  return NotificationMarked{command.user, command.cause, command.kind, command.read};
}

void Notifications::evolve(const PreferencesSet& event) {
  if (event.preferences == Preferences{})
    chosen_.erase(event.user);
  else
    chosen_[event.user] = event.preferences;
}

void Notifications::evolve(const identity::UserDeleted& event) {
  chosen_.erase(event.user);
}

const Preferences& Notifications::preferences(UserId user) const {
  static constexpr Preferences by_default;
  const auto found = chosen_.find(user);
  return found == chosen_.end() ? by_default : found->second;
}

void Notifications::save(BinaryWriter& out) const {
  out.write(static_cast<std::uint64_t>(chosen_.size()));
  for (const auto& [user, preferences] : chosen_) {
    out.write(user);
    out.write(preferences);
  }
}

void Notifications::load(BinaryReader& in) {
  chosen_.clear();
  for (auto left = in.read<std::uint64_t>(); left > 0 && !in.failed(); --left) {
    const auto user = in.read<UserId>();
    chosen_[user] = in.read<Preferences>();
  }
}

}  // namespace rialto::notifications
