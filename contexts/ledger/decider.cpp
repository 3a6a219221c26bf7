#include <algorithm>
#include <map>

#include "contexts/ledger/ledger.hpp"
#include "core/assert.hpp"

namespace rialto::ledger {

std::expected<AccountOpened, Reject> Ledger::decide(const OpenAccount& command) const {
  // LEDGER-5: a user owns at most one open account.
  if (command.owner.value != 0 && account_of(command.owner))
    return std::unexpected(Reject::account_already_exists);
  // LEDGER-6: the venue's own accounts are the first three, and there are no others.
  const bool first_three = accounts_.size() < local_number(venue_fees_account);
  if ((command.kind == AccountKind::system) != first_three)
    return std::unexpected(Reject::system_accounts_come_first);
  return AccountOpened{{accounts_.size() + 1}, command.kind, command.owner};
}

std::expected<AccountClosed, Reject> Ledger::decide(const CloseAccount& command) const {
  const Account* found = account(command.account);
  if (!found || found->closed) return std::unexpected(Reject::account_not_found);
  if (found->kind == AccountKind::system) return std::unexpected(Reject::account_cannot_be_changed);
  if (!empty(command.account)) return std::unexpected(Reject::account_not_empty);
  return AccountClosed{command.account};
}

/// True: go on. False: already done under this key.
template <class Command>
std::expected<bool, Reject> Ledger::check_transfer(const Command& command, Timestamp now) const {
  const Account* found = account(command.account);
  if (!found || found->closed) return std::unexpected(Reject::account_not_found);
  if (found->kind == AccountKind::system) return std::unexpected(Reject::account_cannot_be_changed);
  if (!command.key.empty()) {
    if (const Remembered* earlier = done_.find(command.key)) {
      if (earlier->content != command.content)
        return std::unexpected(Reject::idempotency_key_reused);
      return false;
    }
    // LEDGER-7: a key lives for a day of log time; intake stops rather than forgetting one early.
    if (done_.full(now)) return std::unexpected(Reject::idempotency_capacity_exhausted);
  }
  if (command.amount.value <= 0) return std::unexpected(Reject::amount_must_be_positive);
  return true;
}

OnceOnly<AccountCredited> Ledger::decide(const CreditAccount& command, Timestamp now) const {
  const auto fresh = check_transfer(command, now);
  if (!fresh) return std::unexpected(fresh.error());
  if (!*fresh) return std::optional<AccountCredited>{};
  // LEDGER-4: what exists of an asset is bounded, so that no balance can ever overflow.
  if (command.amount.value > largest_supply - supply(command.asset).value)
    return std::unexpected(Reject::supply_limit_exceeded);
  return AccountCredited{command.account, command.asset, command.amount, command.key,
                         command.content};
}

OnceOnly<AccountDebited> Ledger::decide(const DebitAccount& command, Timestamp now) const {
  const auto fresh = check_transfer(command, now);
  if (!fresh) return std::unexpected(fresh.error());
  if (!*fresh) return std::optional<AccountDebited>{};
  if (auto refused = refuse_hold(command.account, command.asset, command.amount))
    return std::unexpected(*refused);
  return AccountDebited{command.account, command.asset, command.amount, command.key,
                        command.content};
}

std::expected<ShortLimitSet, Reject> Ledger::decide(const SetShortLimit& command) const {
  const Account* found = account(command.account);
  if (!found || found->closed) return std::unexpected(Reject::account_not_found);
  if (found->kind != AccountKind::house)
    return std::unexpected(Reject::only_house_accounts_may_be_short);
  const Balance now = balance(command.account, command.asset);
  const bool still_covered =
      static_cast<i128>(now.owned.value) - now.held.value + command.limit.value >= 0;
  // LEDGER-4 again: all short positions together stay within 18 digits too.
  i128 shorts = command.limit.value;
  for (const Account& other : accounts_)
    if (other.id != command.account) shorts += balance(other.id, command.asset).short_limit.value;
  if (command.limit.value < 0 || shorts > largest_number || !still_covered)
    return std::unexpected(Reject::short_limit_out_of_range);
  return ShortLimitSet{command.account, command.asset, command.limit};
}

std::optional<Reject> Ledger::refuse_hold(AccountId id, AssetId asset, Amount amount) const {
  const Balance now = balance(id, asset);
  const i128 available =
      static_cast<i128>(now.owned.value) - now.held.value + now.short_limit.value;
  if (amount.value > available) return Reject::insufficient_funds;
  return std::nullopt;
}

void Ledger::evolve(const AccountOpened& event) {
  RIALTO_ASSERT(event.account.value == accounts_.size() + 1);
  accounts_.push_back({event.account, event.owner, event.kind, false, {}});
  assign_owner(accounts_.back());
}

void Ledger::evolve(const AccountClosed& event) {
  RIALTO_ASSERT(account(event.account) && empty(event.account));
  Account& closed = accounts_[local_number(event.account) - 1];
  closed.closed = true;
  if (closed.owner.value != 0) account_of_user_[local_number(closed.owner)] = {};
}

void Ledger::evolve(const AccountCredited& event, Timestamp now) {
  done_.expire(now);
  post(external_account, event.asset, -event.amount);
  post(event.account, event.asset, event.amount);
  if (!event.key.empty()) {
    done_.remember(event.key, {event.content, 0});
    done_.close(event.key, now);
  }
}

void Ledger::evolve(const AccountDebited& event, Timestamp now) {
  done_.expire(now);
  post(event.account, event.asset, -event.amount);
  post(external_account, event.asset, event.amount);
  if (!event.key.empty()) {
    done_.remember(event.key, {event.content, 0});
    done_.close(event.key, now);
  }
}

void Ledger::evolve(const ShortLimitSet& event) {
  at(event.account, event.asset).short_limit = event.limit;
}

void Ledger::evolve(const orders::OrderCreated& event) {
  hold(event.account, event.hold_asset, event.hold);
}

void Ledger::evolve(const orders::OrderUpdated& event) {
  hold(event.account, event.hold_asset, event.hold_change);
}

void Ledger::evolve(const matching::TradeExecuted& event) {
  // Two entries, each balanced by itself against the clearing account (DESIGN section 4). Holds go
  // first, so that what was reserved is what pays.
  hold(event.buyer, event.quote, -event.buyer_hold_released);
  post(event.buyer, event.quote, -(event.notional + event.buyer_fee));
  post(venue_fees_account, event.quote, event.buyer_fee);
  post(clearing_account, event.quote, event.notional);
  post(event.buyer, event.base, event.base_amount);
  post(clearing_account, event.base, -event.base_amount);

  hold(event.seller, event.base, -event.seller_hold_released);
  post(event.seller, event.base, -event.base_amount);
  post(clearing_account, event.base, event.base_amount);
  post(event.seller, event.quote, event.notional - event.seller_fee);
  post(venue_fees_account, event.quote, event.seller_fee);
  post(clearing_account, event.quote, -event.notional);

  // LEDGER-1: what each side posted sums to zero, so clearing is left with nothing.
  RIALTO_ASSERT(balance(clearing_account, event.quote).owned.value == 0);
  RIALTO_ASSERT(balance(clearing_account, event.base).owned.value == 0);
}

void Ledger::evolve(const matching::OrderCancelled& event) {
  hold(event.account, event.hold_asset, -event.hold_released);
}

void Ledger::evolve(const matching::OrderReduced& event) {
  hold(event.account, event.hold_asset, -event.hold_released);
}

const Account* Ledger::account(AccountId id) const {
  const std::size_t index = local_number(id) - 1;
  return index < accounts_.size() && accounts_[index].id == id ? &accounts_[index] : nullptr;
}

std::optional<AccountId> Ledger::account_of(UserId user) const {
  const std::size_t index = local_number(user);
  if (index >= account_of_user_.size() || account_of_user_[index].value == 0) return std::nullopt;
  return account_of_user_[index];
}

void Ledger::assign_owner(const Account& opened) {
  const std::size_t index = local_number(opened.owner);
  if (index == 0 || opened.closed) return;
  if (index >= account_of_user_.size()) account_of_user_.resize(index + 1);
  account_of_user_[index] = opened.id;
}

Balance Ledger::balance(AccountId id, AssetId asset) const {
  if (const Account* found = account(id))
    for (const Balance& entry : found->balances)
      if (entry.asset == asset) return entry;
  return {asset, {}, {}, {}};
}

bool Ledger::empty(AccountId id) const {
  const Account* found = account(id);
  return !found ||
         std::all_of(found->balances.begin(), found->balances.end(), [](const Balance& entry) {
           return entry.owned.value == 0 && entry.held.value == 0;
         });
}

Amount Ledger::supply(AssetId asset) const {
  return -balance(external_account, asset).owned;
}

Balance& Ledger::at(AccountId id, AssetId asset) {
  RIALTO_ASSERT(account(id));
  auto& balances = accounts_[local_number(id) - 1].balances;
  for (Balance& entry : balances)
    if (entry.asset == asset) return entry;
  balances.push_back({asset, {}, {}, {}});
  return balances.back();
}

void Ledger::post(AccountId id, AssetId asset, Amount change) {
  if (change.value == 0) return;
  Balance& entry = at(id, asset);
  entry.owned += change;
  // LEDGER-2 and -3: nobody but the system's counter-accounts is ever overdrawn, and a debit never
  // touches held funds.
  RIALTO_ASSERT(accounts_[local_number(id) - 1].kind == AccountKind::system ||
                entry.owned.value - entry.held.value >= -entry.short_limit.value);
}

void Ledger::hold(AccountId id, AssetId asset, Amount change) {
  if (change.value == 0) return;
  Balance& entry = at(id, asset);
  entry.held += change;
  RIALTO_ASSERT(entry.held.value >= 0);
  RIALTO_ASSERT(change.value < 0 ||
                entry.owned.value - entry.held.value >= -entry.short_limit.value);
}

bool Ledger::consistent() const {
  std::map<std::uint32_t, i128> sums;
  for (const Account& entry : accounts_)
    for (const Balance& b : entry.balances) {
      sums[b.asset.value] += b.owned.value;
      if (b.held.value < 0) return false;
      if (entry.kind != AccountKind::system &&
          static_cast<i128>(b.owned.value) - b.held.value + b.short_limit.value < 0)
        return false;
      if (entry.kind == AccountKind::customer && b.owned.value < 0) return false;
    }
  return std::all_of(sums.begin(), sums.end(), [](auto& sum) { return sum.second == 0; });
}

void Ledger::save(BinaryWriter& out) const {
  out.write(static_cast<std::uint64_t>(accounts_.size()));
  for (const Account& entry : accounts_) {
    out.write(entry.id);
    out.write(entry.owner);
    out.write(entry.kind);
    out.write(entry.closed);
    // Canonical: by asset, and only what is not zero.
    std::vector<Balance> sorted;
    for (const Balance& b : entry.balances)
      if (b.owned.value != 0 || b.held.value != 0 || b.short_limit.value != 0) sorted.push_back(b);
    std::sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.asset < b.asset; });
    out.write(sorted);
  }
  done_.save(out);
}

void Ledger::load(BinaryReader& in) {
  accounts_.clear();
  account_of_user_.clear();
  for (auto n = in.read<std::uint64_t>(); n > 0 && !in.failed(); --n) {
    Account entry;
    in.read_into(entry.id);
    in.read_into(entry.owner);
    in.read_into(entry.kind);
    in.read_into(entry.closed);
    in.read_into(entry.balances);
    assign_owner(entry);
    accounts_.push_back(std::move(entry));
  }
  done_.load(in);
}

}  // namespace rialto::ledger
