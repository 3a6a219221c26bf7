// An administrator's changes of trades: what they take and give, checked and posted.
#include <array>

#include "contexts/ledger/ledger.hpp"
#include "core/assert.hpp"

namespace rialto::ledger {

struct Ledger::Change {
  AccountId account;
  AssetId asset;
  Amount amount;
};

/// By account and asset, so that nothing depends on an order among them. Fees are the venue's part.
struct Ledger::Changes {
  /// From what stood (nothing: Terms{}) to what stands.
  Changes(const corrections::Parties& parties, const corrections::Terms& before,
          const corrections::Terms& after)
      : quote(parties.quote),
        fees(after.buyer_fee + after.seller_fee - before.buyer_fee - before.seller_fee) {
    const Amount base = after.base_amount - before.base_amount;
    const Amount notional = after.notional - before.notional;
    add(parties.buyer, parties.base, base);
    add(parties.buyer, parties.quote, before.buyer_fee - after.buyer_fee - notional);
    add(parties.seller, parties.base, -base);
    add(parties.seller, parties.quote, notional - after.seller_fee + before.seller_fee);
  }

  void add(AccountId account, AssetId asset, Amount amount) {
    for (int i = 0; i < count; ++i)
      if (entries[i].account == account && entries[i].asset == asset) {
        entries[i].amount += amount;
        return;
      }
    entries[count++] = {account, asset, amount};
  }

  std::array<Change, 4> entries;
  int count = 0;
  AssetId quote;
  Amount fees;
};

/// CORRECTIONS-1
std::optional<Reject> Ledger::refuse(const Changes& changes) const {
  const auto room_for = [this](AccountId account, AssetId asset, Amount amount) {
    const i128 owned = static_cast<i128>(balance(account, asset).owned.value) + amount.value;
    return owned <= largest_supply && owned >= -largest_supply;
  };
  if (!room_for(venue_fees_account, changes.quote, changes.fees))
    return Reject::supply_limit_exceeded;
  for (int i = 0; i < changes.count; ++i) {
    const Change& change = changes.entries[i];
    if (!room_for(change.account, change.asset, change.amount))
      return Reject::supply_limit_exceeded;
    if (change.amount.value >= 0) continue;
    if (auto refused = refuse_hold(change.account, change.asset, -change.amount)) return refused;
  }
  return std::nullopt;
}

void Ledger::post(const Changes& changes) {
  for (int i = 0; i < changes.count; ++i) {
    const Change& change = changes.entries[i];
    post(at(change.account), change.asset, change.amount);
  }
  post_to_system(venue_fees_account, changes.quote, changes.fees);
}

std::optional<Reject> Ledger::refuse(const corrections::TradeEntered& event) const {
  return refuse(Changes(event.parties, {}, event.terms));
}
std::optional<Reject> Ledger::refuse(const corrections::TradeCorrected& event) const {
  return refuse(Changes(event.parties, event.before, event.after));
}
std::optional<Reject> Ledger::refuse(const corrections::TradeBusted& event) const {
  return refuse(Changes(event.parties, event.terms, {}));
}

void Ledger::evolve(const corrections::TradeEntered& event) {
  post(Changes(event.parties, {}, event.terms));
}
void Ledger::evolve(const corrections::TradeCorrected& event) {
  post(Changes(event.parties, event.before, event.after));
}
void Ledger::evolve(const corrections::TradeBusted& event) {
  post(Changes(event.parties, event.terms, {}));
}

}  // namespace rialto::ledger
