#include "projections/published/balances.hpp"

#include "projections/published/wording.hpp"

namespace rialto::projections {

void write_balances(net::JsonWriter& json, const ledger::Account& account,
                    const instruments::Instruments& instruments, Amount ledger::Balance::* part) {
  json.begin_object();
  const instruments::Asset* usd = instruments.asset(std::string_view("USD"));
  if (usd) {
    Amount amount;
    for (const ledger::Balance& balance : account.balances)
      if (balance.asset == usd->id) amount = balance.*part;
    json.field(usd->code, amount_text(amount.value, *usd));
  }
  for (const ledger::Balance& balance : account.balances) {
    if (usd && balance.asset == usd->id) continue;
    const auto& asset = *instruments.asset(balance.asset);
    json.field(asset.code, amount_text((balance.*part).value, asset));
  }
  json.end_object();
}

}  // namespace rialto::projections
