#include "tests/simulation/checks.hpp"

#include <map>

namespace rialto::simulation {

Bytes state_bytes(const flows::Venue& venue) {
  Bytes bytes;
  BinaryWriter writer(bytes);
  venue.save(writer);
  return bytes;
}

void check_state(Findings& findings, const flows::Venue& venue, std::string_view whose) {
  findings.expect(venue.ledger.consistent(), "{}: the ledger is not consistent", whose);
  std::map<std::pair<AccountId, AssetId>, i128> held;
  std::size_t open = 0;
  for (const ledger::Account& account : venue.ledger.accounts()) {
    venue.orders.each_open(account.id, [&](const orders::Order& order) {
      ++open;
      held[{order.account, order.hold_asset}] += order.hold.value;
      findings.expect(venue.matching.remaining(order.id) == order.remaining,
                      "{}: order {} has {} left, {} of it in the book", whose, order.id.value,
                      order.remaining.value, venue.matching.remaining(order.id).value);
    });
    venue.ledger.each_balance(account, [&](const ledger::Balance& balance) {
      findings.expect(held[{account.id, balance.asset}] == balance.held.value,
                      "{}: account {} holds {} of asset {}, its orders {}", whose, account.id.value,
                      balance.held.value, balance.asset.value, held[{account.id, balance.asset}]);
    });
  }
  findings.expect(open == venue.orders.open_count() && open == venue.matching.order_count(),
                  "{}: {} open orders of accounts, {} in all, {} in books", whose, open,
                  venue.orders.open_count(), venue.matching.order_count());
  for (const auto& listed : venue.instruments.instruments()) {
    const auto bid = venue.matching.best(listed.id, Side::buy);
    const auto ask = venue.matching.best(listed.id, Side::sell);
    findings.expect(!bid || !ask || *bid < *ask, "{}: the book of {} is crossed", whose,
                    listed.symbol);
  }
}

Shown show(const projections::Replica& replica) {
  Shown shown;
  for (const ledger::Account& account : replica.venue().ledger.accounts()) {
    replica.venue().ledger.each_balance(account, [&](const ledger::Balance& balance) {
      shown.balances.push_back({account.id, balance.asset, balance.owned, balance.held});
    });
    replica.venue().orders.each_open(account.id, [&](const orders::Order& order) {
      shown.open_orders.push_back(
          {order.id, order.account, order.quantity(), order.filled, order.hold, order.waiting});
    });
  }
  return shown;
}

std::uint64_t digest(const eventlog::EventView& event) {
  std::uint64_t hash = 14695981039346656037ull ^ event.type.value ^ (event.sequence.value << 16);
  for (const std::byte byte : event.payload)
    hash = (hash ^ static_cast<std::uint64_t>(byte)) * 1099511628211ull;
  return hash;
}

}  // namespace rialto::simulation
