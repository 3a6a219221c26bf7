// Double entry: accounts, balances and holds. Owned by the venue's state; single writer. Per asset,
// the sum of all postings is zero after every entry, asserted always (LEDGER-1).
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "contexts/ledger/contract.hpp"
#include "contexts/matching/contract.hpp"
#include "contexts/orders/contract.hpp"
#include "core/codec.hpp"
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

struct Account {
  AccountId id;
  UserId owner;
  AccountKind kind{};
  bool closed = false;
  boost::container::small_vector<Balance, 3> balances;  // in order of first use
};

/// No event: the same command, key and content, was already done; nothing happens again.
template <class Event>
using OnceOnly = std::expected<std::optional<Event>, Reject>;

class Ledger {
 public:
  Ledger() : Ledger(4'000'000) {}
  /// Remembers at most so many keys of credits and debits (LEDGER-7).
  explicit Ledger(std::size_t most_keys) : done_(key_retention_ns, most_keys) {}

  std::expected<AccountOpened, Reject> decide(const OpenAccount&) const;
  std::expected<AccountClosed, Reject> decide(const CloseAccount&) const;
  OnceOnly<AccountCredited> decide(const CreditAccount&, Timestamp now) const;
  OnceOnly<AccountDebited> decide(const DebitAccount&, Timestamp now) const;
  std::expected<ShortLimitSet, Reject> decide(const SetShortLimit&) const;
  /// Whether `amount` more can be put on hold (LEDGER-3: never more than is available).
  std::optional<Reject> refuse_hold(AccountId, AssetId, Amount) const;

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

  /// Null for an unknown account. O(1).
  const Account* account(AccountId) const;
  /// The open account a user owns, if any. O(1).
  std::optional<AccountId> account_of(UserId) const;
  /// Zero where the account never had the asset.
  Balance balance(AccountId, AssetId) const;
  const std::vector<Account>& accounts() const { return accounts_; }
  bool empty(AccountId) const;
  /// What all accounts but the outside world own of an asset; = minus the external account's
  /// balance.
  Amount supply(AssetId) const;
  /// Recomputes LEDGER-1 to -3 over every account; linear. For audits and tests.
  bool consistent() const;

  void save(BinaryWriter&) const;
  void load(BinaryReader&);

 private:
  template <class Command>
  std::expected<bool, Reject> check_transfer(const Command&, Timestamp now) const;
  void assign_owner(const Account&);
  Balance& at(AccountId, AssetId);
  void post(AccountId, AssetId, Amount);
  void hold(AccountId, AssetId, Amount change);

  std::vector<Account> accounts_;                                       // index = number - 1
  std::vector<AccountId> account_of_user_;                              // by user number
  static constexpr std::int64_t key_retention_ns = 86'400'000'000'000;  // a day of log time
  IdempotencyTable done_;
};

}  // namespace rialto::ledger
