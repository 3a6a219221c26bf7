#include "apps/rialto/state_json.hpp"

#include <fmt/format.h>

#include "core/decimal.hpp"
#include "platform/eventlog/chain.hpp"

namespace rialto::apps {

std::string state_hash(const flows::Venue& venue) {
  Bytes bytes;
  BinaryWriter writer(bytes);
  venue.save(writer);
  return eventlog::to_text(eventlog::sha256(bytes));
}

namespace {

void write_side(net::JsonWriter& out, const flows::Venue& venue,
                const instruments::Instrument& listed, Side side) {
  out.begin_array();
  venue.matching.levels(
      listed.id, side, SIZE_MAX, [&](Price price, Quantity quantity, std::size_t) {
        out.begin_array()
            .text(format_decimal(static_cast<i128>(price.value) * listed.tick.units,
                                 listed.tick.scale))
            .text(format_decimal(static_cast<i128>(quantity.value) * listed.lot.units,
                                 listed.lot.scale))
            .end_array();
      });
  out.end_array();
}

void write_balances(net::JsonWriter& out, const flows::Venue& venue,
                    const ledger::Account& account) {
  const auto amounts = [&](const char* name, auto amount_of) {
    out.key(name).begin_object();
    venue.ledger.each_balance(account, [&](const ledger::Balance& balance) {
      const instruments::Asset* asset = venue.instruments.asset(balance.asset);
      out.field(asset->code, format_decimal(amount_of(balance).value, asset->scale));
    });
    out.end_object();
  };
  out.begin_object().field("accountId", std::to_string(account.id.value));
  amounts("balance", [](const ledger::Balance& balance) { return balance.owned; });
  amounts("held", [](const ledger::Balance& balance) { return balance.held; });
  out.end_object();
}

}  // namespace

void write_state(net::JsonWriter& out, const flows::Venue& venue) {
  out.begin_object().key("books").begin_array();
  for (const instruments::Instrument& listed : venue.instruments.instruments()) {
    out.begin_object().field("symbol", listed.symbol).key("bids");
    write_side(out, venue, listed, Side::buy);
    out.key("asks");
    write_side(out, venue, listed, Side::sell);
    out.end_object();
  }
  out.end_array().key("balances").begin_array();
  for (const ledger::Account& account : venue.ledger.accounts())
    write_balances(out, venue, account);
  out.end_array().end_object();
}

}  // namespace rialto::apps
