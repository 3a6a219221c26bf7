// Double entry: accounts, balances and holds. Owned by the venue's state; single writer. Per asset,
// the sum of all postings is zero after every entry, asserted always (LEDGER-1).
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <vector>

#include "contexts/corrections/contract.hpp"
#include "contexts/ledger/contract.hpp"
#include "contexts/matching/contract.hpp"
#include "contexts/orders/contract.hpp"
#include "core/codec.hpp"
#include "core/growing_array.hpp"
#include "core/idempotency.hpp"

namespace rialto::ledger {

/// One asset of one account, in minor units. Available = owned - held + short_limit.
struct Balance {
  AssetId asset;
  Amount owned;
  Amount held;
  Amount short_limit;
};
BOOST_DESCRIBE_STRUCT(Balance, (), (asset, owned, held, short_limit))

/// One cache line: who owns the account, and the two assets it was first used for. What more it
/// has lies elsewhere (Ledger::each_balance knows).
struct alignas(64) Account {
  AccountId id;
  UserId owner;
  AssetId assets[2];
  Amount owned[2];
  Amount held[2];
  std::uint32_t more = 0;  // row of its further balances, counted from 1
  AccountKind kind{};
  bool closed = false;
};
static_assert(sizeof(Account) == 64);

/// No event: the same command, key and content, was already done; nothing happens again.
template <class Event>
using OnceOnly = std::expected<std::optional<Event>, Reject>;

class Ledger {
 public:
  Ledger() : Ledger(4'000'000) {}
  /// Remembers at most so many keys of credits and debits (LEDGER-7).
  explicit Ledger(std::size_t most_keys);

  std::expected<AccountOpened, Reject> decide(const OpenAccount&) const;
  std::expected<AccountClosed, Reject> decide(const CloseAccount&) const;
  OnceOnly<AccountCredited> decide(const CreditAccount&, Timestamp now) const;
  OnceOnly<AccountDebited> decide(const DebitAccount&, Timestamp now) const;
  std::expected<ShortLimitSet, Reject> decide(const SetShortLimit&) const;
  /// Whether `amount` more can be put on hold (LEDGER-3: never more than is available).
  std::optional<Reject> refuse_hold(AccountId, AssetId, Amount) const;
  /// Whether `amount` more of an asset may come into being (LEDGER-4).
  std::optional<Reject> refuse_supply(AssetId, Amount) const;
  /// Whether both parties can pay what an administrator's change of a trade takes from them.
  std::optional<Reject> refuse(const corrections::TradeEntered&) const;
  std::optional<Reject> refuse(const corrections::TradeCorrected&) const;
  std::optional<Reject> refuse(const corrections::TradeBusted&) const;

  void evolve(const AccountOpened&);
  void evolve(const AccountClosed&);
  void evolve(const AccountCredited&, Timestamp now);
  void evolve(const AccountDebited&, Timestamp now);
  void evolve(const ShortLimitSet&);
  void evolve(const orders::OrderCreated&);
  void evolve(const orders::OrderUpdated&);
  void evolve(const matching::TradeExecuted&);
  void evolve(const matching::OrderCancelled&);
  void evolve(const matching::OrderReduced&);
  void evolve(const corrections::TradeEntered&);
  void evolve(const corrections::TradeCorrected&);
  void evolve(const corrections::TradeBusted&);

  /// Null for an unknown account. O(1).
  const Account* account(AccountId) const;
  /// The open account a user owns, if any. O(1).
  std::optional<AccountId> account_of(UserId) const;
  /// Zero where the account never had the asset.
  Balance balance(AccountId, AssetId) const;
  const GrowingArray<Account>& accounts() const { return accounts_; }
  /// Calls visit(Balance) for every asset the account was ever used for, in order of first use.
  template <class Visit>
  void each_balance(const Account&, Visit) const;
  bool empty(AccountId) const;
  /// What all accounts but the outside world own of an asset; = minus the external account's
  /// balance.
  Amount supply(AssetId) const;
  /// Recomputes LEDGER-1 to -3 over every account; linear. For audits and tests.
  bool consistent() const;

  /// Asks for the line of an account ahead of its use.
  void prefetch(AccountId id) const { prefetch_line(&accounts_[local_number(id) - 1]); }

  void save(BinaryWriter&) const;
  void load(BinaryReader&);

 private:
  /// Where one asset of one account is kept.
  struct Place {
    Amount* owned;
    Amount* held;
  };
  struct Further {
    AssetId asset;
    Amount owned;
    Amount held;
  };
  struct Change;   // of what an account owns
  struct Changes;  // of a trade that comes, goes or is corrected
  std::optional<Reject> refuse(const Changes&) const;
  void post(const Changes&);
  template <class Command>
  std::expected<bool, Reject> check_transfer(const Command&, Timestamp now) const;
  void assign_owner(const Account&);
  Account& at(AccountId);
  Place place(Account&, AssetId);
  Place further(Account&, AssetId);
  Amount& of_system(AccountId, AssetId);
  Amount short_limit(const Account&, AssetId) const;
  bool covered(const Account&, AssetId, Place) const;
  void post(Account&, AssetId, Amount);
  void post_to_system(AccountId, AssetId, Amount);
  void hold(Account&, AssetId, Amount change);

  GrowingArray<Account> accounts_;             // index = number - 1
  std::vector<std::vector<Further>> further_;  // row = Account::more - 1
  std::vector<Amount> system_[3];              // of the venue's own accounts, by asset number
  std::map<std::pair<AccountId, AssetId>, Amount> short_limits_;        // of house accounts
  GrowingArray<AccountId> account_of_user_;                             // by user number
  static constexpr std::int64_t key_retention_ns = 86'400'000'000'000;  // a day of log time
  IdempotencyTable done_;
};

template <class Visit>
void Ledger::each_balance(const Account& account, Visit visit) const {
  if (account.kind == AccountKind::system) {
    const auto& owned = system_[account.id.value - 1];
    for (std::uint32_t asset = 1; asset < owned.size(); ++asset)
      if (owned[asset].value != 0) visit(Balance{{asset}, owned[asset], {}, {}});
    return;
  }
  for (int i = 0; i < 2; ++i)
    if (const AssetId asset = account.assets[i]; asset.value != 0)
      visit(Balance{asset, account.owned[i], account.held[i], short_limit(account, asset)});
  if (account.more == 0) return;
  for (const Further& entry : further_[account.more - 1])
    visit(Balance{entry.asset, entry.owned, entry.held, short_limit(account, entry.asset)});
}

}  // namespace rialto::ledger
