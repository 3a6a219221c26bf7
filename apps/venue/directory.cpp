#include "apps/venue/directory.hpp"

namespace rialto::apps {

void Directory::publish_all(const flows::Venue& venue) {
  instruments_.store(std::make_shared<const instruments::Instruments>(venue.instruments));
  for (const identity::User& user : venue.identity.users()) publish(venue, user.id);
}

void Directory::publish(const flows::Venue& venue, const std::vector<flows::Reply>& replies) {
  bool instruments_changed = false;
  for (const flows::Reply& reply : replies) {
    instruments_changed |= reply.instrument.value != 0 || reply.asset.value != 0;
    if (reply.user.value != 0) publish(venue, reply.user);
    if (const auto* account = venue.ledger.account(reply.account);
        account && account->owner.value != 0)
      publish(venue, account->owner);
  }
  if (instruments_changed)
    instruments_.store(std::make_shared<const instruments::Instruments>(venue.instruments));
}

void Directory::publish(const flows::Venue& venue, UserId id) {
  std::optional<gateways::LiveUser> live;
  if (const identity::User* user = venue.identity.user(id))
    live = {user->version, venue.ledger.account_of(id).value_or(AccountId{}), user->roles};
  const std::lock_guard lock(mutex_);
  const auto index = local_number(id);
  if (index >= users_.size()) users_.resize(index + 1);
  users_[index] = live;
}

std::optional<gateways::LiveUser> Directory::user(UserId id) const {
  const std::lock_guard lock(mutex_);
  const auto index = local_number(id);
  return index < users_.size() ? users_[index] : std::nullopt;
}

}  // namespace rialto::apps
