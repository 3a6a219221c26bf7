#include <algorithm>
#include <map>

#include "contexts/ledger/ledger.hpp"
#include "core/assert.hpp"

namespace rialto::ledger {

Ledger::Ledger(std::size_t most_keys)
    : accounts_(largest_account_number),
      account_of_user_(std::size_t{1} << 27),
      done_(key_retention_ns, most_keys) {}

std::expected<AccountOpened, Reject> Ledger::decide(const OpenAccount& command) const {
  // LEDGER-5: a user owns at most one open account.
  if (command.owner.value != 0 && account_of(command.owner))
    return std::unexpected(Reject::account_already_exists);
  // LEDGER-6: the venue's own accounts are the first three, and there are no others.
  const bool first_three = accounts_.size() < local_number(venue_fees_account);
  if ((command.kind == AccountKind::system) != first_three)
    return std::unexpected(Reject::system_accounts_come_first);
  if (accounts_.size() == largest_account_number)
    return std::unexpected(Reject::account_capacity_exhausted);
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
  if (auto refused = refuse_supply(command.asset, command.amount)) return std::unexpected(*refused);
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
  for (const auto& [key, limit] : short_limits_)
    if (key.second == command.asset && key.first != command.account) shorts += limit.value;
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

// LEDGER-4: what exists of an asset is bounded, so that no balance can ever overflow.
std::optional<Reject> Ledger::refuse_supply(AssetId asset, Amount amount) const {
  if (amount.value > largest_supply - supply(asset).value) return Reject::supply_limit_exceeded;
  return std::nullopt;
}

void Ledger::evolve(const AccountOpened& event) {
  RIALTO_ASSERT(event.account.value == accounts_.size() + 1);
  Account opened;
  opened.id = event.account;
  opened.owner = event.owner;
  opened.kind = event.kind;
  assign_owner(accounts_.push_back(opened));
}

void Ledger::evolve(const AccountClosed& event) {
  RIALTO_ASSERT(account(event.account) && empty(event.account));
  Account& closed = at(event.account);
  closed.closed = true;
  if (closed.owner.value != 0) account_of_user_[local_number(closed.owner)] = {};
}

void Ledger::evolve(const AccountCredited& event, Timestamp now) {
  done_.expire(now);
  post_to_system(external_account, event.asset, -event.amount);
  post(at(event.account), event.asset, event.amount);
  if (!event.key.empty()) {
    done_.remember(event.key, {event.content, 0});
    done_.close(event.key, now);
  }
}

void Ledger::evolve(const AccountDebited& event, Timestamp now) {
  done_.expire(now);
  post(at(event.account), event.asset, -event.amount);
  post_to_system(external_account, event.asset, event.amount);
  if (!event.key.empty()) {
    done_.remember(event.key, {event.content, 0});
    done_.close(event.key, now);
  }
}

void Ledger::evolve(const ShortLimitSet& event) {
  place(at(event.account), event.asset);  // shown from now on
  short_limits_[{event.account, event.asset}] = event.limit;
}

void Ledger::evolve(const orders::OrderCreated& event) {
  hold(at(event.account), event.hold_asset, event.hold);
}

void Ledger::evolve(const orders::OrderUpdated& event) {
  hold(at(event.account), event.hold_asset, event.hold_change);
}

void Ledger::evolve(const matching::TradeExecuted& event) {
  Account& buyer = at(event.buyer);
  Account& seller = at(event.seller);
  // Two entries, each balanced by itself against the clearing account (DESIGN section 4). Holds go
  // first, so that what was reserved is what pays.
  hold(buyer, event.quote, -event.buyer_hold_released);
  post(buyer, event.quote, -(event.notional + event.buyer_fee));
  post_to_system(venue_fees_account, event.quote, event.buyer_fee);
  post_to_system(clearing_account, event.quote, event.notional);
  post(buyer, event.base, event.base_amount);
  post_to_system(clearing_account, event.base, -event.base_amount);

  hold(seller, event.base, -event.seller_hold_released);
  post(seller, event.base, -event.base_amount);
  post_to_system(clearing_account, event.base, event.base_amount);
  post(seller, event.quote, event.notional - event.seller_fee);
  post_to_system(venue_fees_account, event.quote, event.seller_fee);
  post_to_system(clearing_account, event.quote, -event.notional);

  // LEDGER-1: what each side posted sums to zero, so clearing is left with nothing.
  RIALTO_ASSERT(of_system(clearing_account, event.quote).value == 0);
  RIALTO_ASSERT(of_system(clearing_account, event.base).value == 0);
}

void Ledger::evolve(const matching::OrderCancelled& event) {
  hold(at(event.account), event.hold_asset, -event.hold_released);
}

void Ledger::evolve(const matching::OrderReduced& event) {
  hold(at(event.account), event.hold_asset, -event.hold_released);
}

const Account* Ledger::account(AccountId id) const {
  // The whole id: the same number of another shard is another account, and not here.
  return id.value - 1 < accounts_.size() ? &accounts_[id.value - 1] : nullptr;
}

std::optional<AccountId> Ledger::account_of(UserId user) const {
  const std::size_t index = local_number(user);
  if (index >= account_of_user_.size() || account_of_user_[index].value == 0) return std::nullopt;
  return account_of_user_[index];
}

void Ledger::assign_owner(const Account& opened) {
  const std::size_t index = local_number(opened.owner);
  if (index == 0 || opened.closed) return;
  account_of_user_.grow_to(index + 1);
  account_of_user_[index] = opened.id;
}

Balance Ledger::balance(AccountId id, AssetId asset) const {
  const Account* found = account(id);
  if (!found) return {asset, {}, {}, {}};
  for (int i = 0; i < 2; ++i)
    if (found->assets[i] == asset)
      return {asset, found->owned[i], found->held[i], short_limit(*found, asset)};
  Balance result{asset, {}, {}, {}};
  each_balance(*found, [&](const Balance& entry) {
    if (entry.asset == asset) result = entry;
  });
  return result;
}

bool Ledger::empty(AccountId id) const {
  const Account* found = account(id);
  bool nothing = true;
  if (found)
    each_balance(*found, [&](const Balance& entry) {
      nothing = nothing && entry.owned.value == 0 && entry.held.value == 0;
    });
  return nothing;
}

Amount Ledger::supply(AssetId asset) const {
  const auto& owned = system_[external_account.value - 1];
  return asset.value < owned.size() ? -owned[asset.value] : Amount{};
}

Account& Ledger::at(AccountId id) {
  RIALTO_ASSERT(account(id));
  return accounts_[id.value - 1];
}

Ledger::Place Ledger::place(Account& account, AssetId asset) {
  for (int i = 0; i < 2; ++i)
    if (account.assets[i] == asset) return {&account.owned[i], &account.held[i]};
  return further(account, asset);
}

Ledger::Place Ledger::further(Account& account, AssetId asset) {
  RIALTO_ASSERT(account.kind != AccountKind::system);
  for (int i = 0; i < 2; ++i)
    if (account.assets[i].value == 0) {
      account.assets[i] = asset;
      return {&account.owned[i], &account.held[i]};
    }
  if (account.more == 0) {
    further_.emplace_back();
    account.more = static_cast<std::uint32_t>(further_.size());
  }
  auto& row = further_[account.more - 1];
  auto entry = std::find_if(row.begin(), row.end(), [&](auto& e) { return e.asset == asset; });
  if (entry == row.end()) entry = row.insert(row.end(), {asset, {}, {}});
  return {&entry->owned, &entry->held};
}

Amount& Ledger::of_system(AccountId id, AssetId asset) {
  auto& owned = system_[id.value - 1];
  if (asset.value >= owned.size()) owned.resize(asset.value + std::size_t{1});
  return owned[asset.value];
}

Amount Ledger::short_limit(const Account& account, AssetId asset) const {
  if (account.kind != AccountKind::house) [[likely]]
    return {};
  const auto found = short_limits_.find({account.id, asset});
  return found == short_limits_.end() ? Amount{} : found->second;
}

bool Ledger::covered(const Account& account, AssetId asset, Place at) const {
  const std::int64_t available = at.owned->value - at.held->value;
  return available >= 0 || available >= -short_limit(account, asset).value;
}

void Ledger::post(Account& account, AssetId asset, Amount change) {
  if (change.value == 0) return;
  const Place entry = place(account, asset);
  *entry.owned += change;
  // LEDGER-2 and -3: nobody but the system's counter-accounts is ever overdrawn, and a debit never
  // touches held funds.
  RIALTO_ASSERT(covered(account, asset, entry));
}

void Ledger::post_to_system(AccountId id, AssetId asset, Amount change) {
  of_system(id, asset) += change;
}

void Ledger::hold(Account& account, AssetId asset, Amount change) {
  if (change.value == 0) return;
  const Place entry = place(account, asset);
  *entry.held += change;
  RIALTO_ASSERT(entry.held->value >= 0);
  RIALTO_ASSERT(change.value < 0 || covered(account, asset, entry));
}

bool Ledger::consistent() const {
  std::map<std::uint32_t, i128> sums;
  bool well = true;
  for (const Account& entry : accounts_)
    each_balance(entry, [&](const Balance& b) {
      sums[b.asset.value] += b.owned.value;
      well = well && b.held.value >= 0 &&
             (entry.kind == AccountKind::system ||
              static_cast<i128>(b.owned.value) - b.held.value + b.short_limit.value >= 0) &&
             (entry.kind != AccountKind::customer || b.owned.value >= 0);
    });
  return well && std::all_of(sums.begin(), sums.end(), [](auto& sum) { return sum.second == 0; });
}

void Ledger::save(BinaryWriter& out) const {
  out.write(static_cast<std::uint64_t>(accounts_.size()));
  std::vector<Balance> sorted;
  for (const Account& entry : accounts_) {
    out.write(entry.id);
    out.write(entry.owner);
    out.write(entry.kind);
    out.write(entry.closed);
    // Canonical: by asset, and only what is not zero.
    sorted.clear();
    each_balance(entry, [&](const Balance& b) {
      if (b.owned.value != 0 || b.held.value != 0 || b.short_limit.value != 0) sorted.push_back(b);
    });
    std::sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.asset < b.asset; });
    out.write(sorted);
  }
  done_.save(out);
}

void Ledger::load(BinaryReader& in) {
  accounts_.clear();
  account_of_user_.clear();
  further_.clear();
  short_limits_.clear();
  for (auto& owned : system_) owned.clear();
  for (auto n = in.read<std::uint64_t>(); n > 0 && !in.failed(); --n) {
    Account entry;
    in.read_into(entry.id);
    in.read_into(entry.owner);
    in.read_into(entry.kind);
    in.read_into(entry.closed);
    if (in.failed() || accounts_.size() == largest_account_number) return;
    Account& opened = accounts_.push_back(entry);
    for (auto left = in.read<std::uint32_t>(); left > 0 && !in.failed(); --left) {
      const auto b = in.read<Balance>();
      if (opened.kind == AccountKind::system) {
        of_system(opened.id, b.asset) = b.owned;
        continue;
      }
      const Place at = place(opened, b.asset);
      *at.owned = b.owned;
      *at.held = b.held;
      if (b.short_limit.value != 0) short_limits_[{opened.id, b.asset}] = b.short_limit;
    }
    assign_owner(opened);
  }
  done_.load(in);
}

}  // namespace rialto::ledger
