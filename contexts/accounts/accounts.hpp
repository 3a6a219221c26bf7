// The people behind accounts. Owned by the venue's state; single writer. Personal text is here only
// sealed (ACCOUNTS-1); who closes the account takes it along (ACCOUNTS-2).
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "contexts/accounts/contract.hpp"
#include "contexts/ledger/contract.hpp"
#include "core/codec.hpp"
#include "core/idempotency.hpp"

namespace rialto::accounts {

struct Details {
  AccountId account;
  UserId user;
  Fingerprint person;
  SealedDetails sealed;
};
BOOST_DESCRIBE_STRUCT(Details, (), (account, user, person, sealed))

class Accounts {
 public:
  Accounts() : Accounts(1'000'000) {}
  /// Remembers at most so many keys of registrations (ACCOUNTS-3).
  explicit Accounts(std::size_t most_keys) : done_(key_retention_ns, most_keys) {}

  /// The account that this very command has opened already, if it has. O(1).
  std::expected<std::optional<AccountId>, Reject> done_before(const RegisterAccount&,
                                                              Timestamp now) const;
  /// `account` is the ledger's, there already or about to be opened. REQUIRES: not done before.
  std::expected<AccountRegistered, Reject> decide(const RegisterAccount&, AccountId account) const;
  std::expected<ContactChanged, Reject> decide(const ChangeContact&) const;
  std::expected<AddressChanged, Reject> decide(const ChangeAddress&) const;

  void evolve(const AccountRegistered&, Timestamp now);
  void evolve(const ContactChanged&);
  void evolve(const AddressChanged&);
  void evolve(const ledger::AccountClosed&);

  /// Null where nobody has said who stands behind the account. O(1).
  const Details* details(AccountId) const;
  std::size_t size() const { return details_.size(); }
  /// In order of the account; newest first, below `before`, at most `limit`. O(accounts) and a
  /// sort of what is shown.
  std::vector<const Details*> newest(AccountId before, std::size_t limit) const;
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& [account, details] : details_) visit(details);
  }

  void save(BinaryWriter&) const;
  void load(BinaryReader&);

 private:
  static constexpr std::int64_t key_retention_ns = 86'400'000'000'000;  // a day of log time

  boost::unordered_flat_map<AccountId, Details, std::hash<AccountId>> details_;
  IdempotencyTable done_;
};

}  // namespace rialto::accounts
