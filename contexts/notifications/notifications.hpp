// The users' preferences. Owned by the venue's state; single writer. Only what differs from the
// default is kept; a deleted user's are forgotten.
#pragma once

#include <expected>
#include <map>

#include "contexts/identity/contract.hpp"
#include "contexts/notifications/contract.hpp"
#include "core/codec.hpp"

namespace rialto::notifications {

class Notifications {
 public:
  std::expected<PreferencesSet, Reject> decide(const SetPreferences&) const;
  std::expected<MessagePosted, Reject> decide(const PostMessage&) const;
  std::expected<NotificationMarked, Reject> decide(const MarkRead&) const;

  void evolve(const PreferencesSet&);
  void evolve(const identity::UserDeleted&);

  /// O(log users with preferences of their own).
  const Preferences& preferences(UserId) const;

  void save(BinaryWriter&) const;
  void load(BinaryReader&);

 private:
  std::map<UserId, Preferences> chosen_;
};

}  // namespace rialto::notifications
