#include <algorithm>

#include "contexts/identity/identity.hpp"
#include "core/assert.hpp"

namespace rialto::identity {
std::expected<UserCreated, Reject> Identity::decide(const RegisterUser& command) const {
  // IDENTITY-1: a user name and an e-mail address belong to one user.
  if (by_name_.contains(command.profile.user_name_index))
    return std::unexpected(Reject::user_name_taken);
  if (by_email_.contains(command.profile.email_index)) return std::unexpected(Reject::email_taken);
  if (users_.size() >= most_users_) return std::unexpected(Reject::user_limit_reached);
  return UserCreated{
      {users_.size() + 1}, command.person, command.profile, command.credential, command.roles};
}

std::expected<UserUpdated, Reject> Identity::decide(const UpdateUser& command) const {
  const User* found = user(command.user);
  if (!found) return std::unexpected(Reject::user_not_found);
  const User* same_name = user_by_name(command.profile.user_name_index);
  if (same_name && same_name != found) return std::unexpected(Reject::user_name_taken);
  const User* same_email = user_by_email(command.profile.email_index);
  if (same_email && same_email != found) return std::unexpected(Reject::email_taken);
  // IDENTITY-2: the venue never loses its last administrator.
  if (has(found->roles, Roles::administrator) && !has(command.roles, Roles::administrator) &&
      administrators() == 1)
    return std::unexpected(Reject::last_administrator_must_stay);
  return UserUpdated{command.user, command.profile, command.credential, command.roles};
}

std::expected<UserDeleted, Reject> Identity::decide(const DeleteUser& command) const {
  const User* found = user(command.user);
  if (!found) return std::unexpected(Reject::user_not_found);
  if (has(found->roles, Roles::administrator) && administrators() == 1)
    return std::unexpected(Reject::last_administrator_must_stay);
  return UserDeleted{command.user, found->person};
}

void Identity::evolve(const UserCreated& event) {
  RIALTO_ASSERT(event.user.value == users_.size() + 1);
  users_.push_back(
      {event.user, event.person, event.profile, event.credential, event.roles, false, 1});
  index(users_.back());
}

void Identity::evolve(const UserUpdated& event) {
  RIALTO_ASSERT(user(event.user));
  User& changed = users_[event.user.value - 1];
  by_name_.erase(changed.profile.user_name_index);
  by_email_.erase(changed.profile.email_index);
  if (changed.credential != event.credential || changed.roles != event.roles) ++changed.version;
  changed.profile = event.profile;
  changed.credential = event.credential;
  changed.roles = event.roles;
  index(changed);
}

void Identity::evolve(const UserDeleted& event) {
  RIALTO_ASSERT(user(event.user));
  User& gone = users_[event.user.value - 1];
  by_name_.erase(gone.profile.user_name_index);
  by_email_.erase(gone.profile.email_index);
  // IDENTITY-3: nothing of a deleted person stays in the state.
  gone.profile = {};
  gone.credential = {};
  gone.roles = Roles::none;
  gone.deleted = true;
  ++gone.version;
}

const User* Identity::user(UserId id) const {
  const std::size_t index = id.value - 1;
  return index < users_.size() && !users_[index].deleted ? &users_[index] : nullptr;
}

const User* Identity::user_by_name(const Fingerprint& user_name_index) const {
  const auto at = by_name_.find(user_name_index);
  return at == by_name_.end() ? nullptr : user(at->second);
}

const User* Identity::user_by_email(const Fingerprint& email_index) const {
  const auto at = by_email_.find(email_index);
  return at == by_email_.end() ? nullptr : user(at->second);
}

void Identity::index(const User& entry) {
  const bool fresh = by_name_.emplace(entry.profile.user_name_index, entry.id).second &&
                     by_email_.emplace(entry.profile.email_index, entry.id).second;
  RIALTO_ASSERT(fresh);
}

std::size_t Identity::administrators() const {
  return static_cast<std::size_t>(std::count_if(
      users_.begin(), users_.end(),
      [](const User& entry) { return !entry.deleted && has(entry.roles, Roles::administrator); }));
}

void Identity::save(BinaryWriter& out) const {
  out.write(users_);
}

void Identity::load(BinaryReader& in) {
  *this = Identity(most_users_);
  in.read_into(users_);
  for (const User& entry : users_)
    if (!entry.deleted) index(entry);
}

}  // namespace rialto::identity
