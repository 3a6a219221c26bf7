#include "projections/published/balances.hpp"

#include "projections/published/wording.hpp"

namespace rialto::projections {

void write_balances(net::JsonWriter& json, const ledger::Ledger& ledger,
                    const ledger::Account& account, const instruments::Instruments& instruments,
                    Amount ledger::Balance::* part) {
  json.begin_object();
  const instruments::Asset* usd = instruments.asset(std::string_view("USD"));
  if (usd)
    json.field(usd->code, amount_text((ledger.balance(account.id, usd->id).*part).value, *usd));
  ledger.each_balance(account, [&](const ledger::Balance& balance) {
    if (usd && balance.asset == usd->id) return;
    const auto& asset = *instruments.asset(balance.asset);
    json.field(asset.code, amount_text((balance.*part).value, asset));
  });
  json.end_object();
}

}  // namespace rialto::projections
