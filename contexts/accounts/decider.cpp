#include <algorithm>

#include "contexts/accounts/accounts.hpp"
#include "core/assert.hpp"

namespace rialto::accounts {

std::expected<std::optional<AccountId>, Reject> Accounts::done_before(
    const RegisterAccount& command, Timestamp now) const {
  if (command.key.empty()) return std::nullopt;
  if (const Remembered* earlier = done_.find(command.key)) {
    if (earlier->content != command.content) return std::unexpected(Reject::idempotency_key_reused);
    return AccountId{earlier->answer};
  }
  // ACCOUNTS-3: intake stops rather than forgetting a key early.
  if (done_.full(now)) return std::unexpected(Reject::idempotency_capacity_exhausted);
  return std::nullopt;
}

std::expected<AccountRegistered, Reject> Accounts::decide(const RegisterAccount& command,
                                                          AccountId account) const {
  if (details_.contains(account)) return std::unexpected(Reject::account_details_exist);
  const SealedDetails& sealed = command.details;
  const std::size_t longest = std::max(
      {sealed.name.size(), sealed.profile.size(), sealed.contact.size(), sealed.address.size()});
  if (longest > largest_field) return std::unexpected(Reject::account_details_too_long);
  return AccountRegistered{account, command.user, command.person,
                           sealed,  command.key,  command.content};
}

std::expected<ContactChanged, Reject> Accounts::decide(const ChangeContact& command) const {
  if (!details(command.account)) return std::unexpected(Reject::account_details_not_found);
  if (command.contact.size() > largest_field)
    return std::unexpected(Reject::account_details_too_long);
  return ContactChanged{command.account, command.contact};
}

std::expected<AddressChanged, Reject> Accounts::decide(const ChangeAddress& command) const {
  if (!details(command.account)) return std::unexpected(Reject::account_details_not_found);
  if (command.address.size() > largest_field)
    return std::unexpected(Reject::account_details_too_long);
  return AddressChanged{command.account, command.address};
}

void Accounts::evolve(const AccountRegistered& event, Timestamp now) {
  done_.expire(now);
  const bool fresh =
      details_
          .emplace(event.account, Details{event.account, event.user, event.person, event.details})
          .second;
  RIALTO_ASSERT(fresh);
  if (!event.key.empty()) {
    done_.remember(event.key, {event.content, event.account.value});
    done_.close(event.key, now);
  }
}

void Accounts::evolve(const ContactChanged& event) {
  const auto found = details_.find(event.account);
  RIALTO_ASSERT(found != details_.end());
  found->second.sealed.contact = event.contact;
}

void Accounts::evolve(const AddressChanged& event) {
  const auto found = details_.find(event.account);
  RIALTO_ASSERT(found != details_.end());
  found->second.sealed.address = event.address;
}

// ACCOUNTS-2: nothing of a person stays behind a closed account.
void Accounts::evolve(const ledger::AccountClosed& event) {
  details_.erase(event.account);
}

const Details* Accounts::details(AccountId account) const {
  const auto found = details_.find(account);
  return found == details_.end() ? nullptr : &found->second;
}

std::vector<const Details*> Accounts::newest(AccountId before, std::size_t limit) const {
  std::vector<const Details*> rows;
  for (const auto& [account, details] : details_)
    if (before.value == 0 || account < before) rows.push_back(&details);
  const auto shown = std::min(limit, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(shown), rows.end(),
                    [](auto* a, auto* b) { return a->account > b->account; });
  rows.resize(shown);
  return rows;
}

void Accounts::save(BinaryWriter& out) const {
  std::vector<const Details*> sorted = newest({}, details_.size());
  std::reverse(sorted.begin(), sorted.end());
  out.write(static_cast<std::uint64_t>(sorted.size()));
  for (const Details* each : sorted) out.write(*each);
  done_.save(out);
}

void Accounts::load(BinaryReader& in) {
  details_.clear();
  for (auto left = in.read<std::uint64_t>(); left > 0 && !in.failed(); --left) {
    auto each = in.read<Details>();
    details_.emplace(each.account, std::move(each));
  }
  done_.load(in);
}

}  // namespace rialto::accounts
