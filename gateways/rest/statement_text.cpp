#include "gateways/rest/statement_text.hpp"

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "platform/net/json_writer.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using instruments::Instruments;
using net::JsonWriter;
using projections::amount_text;
using projections::AssetAmounts;
using projections::Leg;
using projections::Period;
using projections::Posting;
using projections::PostingKind;
using projections::Statement;

std::string_view kind_text(const Posting& posting, const Leg& leg) {
  if (leg.fee) return "fee";
  return posting.kind == PostingKind::entered
             ? "trade"
             : boost::describe::enum_to_string(posting.kind, "posting");
}

/// Calls visit(leg, balance behind it) for each leg, in order.
template <class Visit>
void each_leg(const Posting& posting, Visit visit) {
  AssetAmounts balances;
  for (const auto& each : posting.after) balances[each.asset] = each.owned;
  // Back to where the event found them, then forward leg by leg.
  for (const Leg& leg : posting.legs) balances[leg.asset] -= leg.change;
  for (const Leg& leg : posting.legs) visit(leg, balances[leg.asset] += leg.change);
}

void write_holdings(JsonWriter& json, const AssetAmounts& holdings,
                    const Instruments& instruments) {
  json.begin_object();
  const instruments::Asset* usd = instruments.asset(std::string_view("USD"));
  if (usd && !holdings.contains(usd->id)) json.field(usd->code, "0");
  for (const auto& [id, owned] : holdings) {
    const auto& asset = *instruments.asset(id);
    json.field(asset.code, amount_text(owned.value, asset));
  }
  json.end_object();
}

void write_bound(JsonWriter& json, std::string_view name, const std::optional<Timestamp>& time) {
  if (time)
    json.field(name, projections::time_text(*time));
  else
    json.key(name).null();
}

std::string csv_balance(std::string_view kind, const std::optional<Timestamp>& time,
                        const AssetAmounts& holdings, const Instruments& instruments) {
  std::string lines;
  for (const auto& [id, owned] : holdings) {
    const auto& asset = *instruments.asset(id);
    lines += fmt::format(",{},{},{},,{},,\r\n", time ? projections::time_text(*time) : "", kind,
                         asset.code, amount_text(owned.value, asset));
  }
  return lines;
}

}  // namespace

net::Response statement_json(AccountId account, const Period& period, const Statement& statement,
                             const Instruments& instruments) {
  net::Response response;
  JsonWriter json(response.body);
  json.begin_object().field("accountId", std::to_string(account.value));
  write_bound(json, "from", period.from);
  write_bound(json, "to", period.to);
  write_holdings(json.key("openingBalance"), statement.opening, instruments);
  write_holdings(json.key("closingBalance"), statement.closing, instruments);
  json.key("items").begin_array();
  for (const Posting& posting : statement.postings)
    each_leg(posting, [&](const Leg& leg, Amount balance) {
      const auto& asset = *instruments.asset(leg.asset);
      json.begin_object()
          .field("sequence", posting.sequence.value)
          .field("time", projections::time_text(posting.time))
          .field("type", kind_text(posting, leg))
          .field("asset", asset.code)
          .field("amount", amount_text(leg.change.value, asset))
          .field("balance", amount_text(balance.value, asset));
      if (posting.trade.value != 0) json.field("tradeId", std::to_string(posting.trade.value));
      if (posting.order.value != 0) json.field("orderId", std::to_string(posting.order.value));
      json.end_object();
    });
  json.end_array();
  if (statement.next)
    json.field("next", cursor_text(*statement.next));
  else
    json.key("next").null();
  json.end_object();
  return response;
}

net::Response statement_csv(const Period& period, const Statement& statement,
                            const Instruments& instruments) {
  net::Response response;
  response.type = net::ContentType::csv;
  response.body = "sequence,time,type,asset,amount,balance,tradeId,orderId\r\n";
  // The balances frame the whole period: before its first page, behind its last.
  if (!period.after)
    response.body += csv_balance("opening", period.from, statement.opening, instruments);
  const auto id = [](auto value) {
    return value.value == 0 ? std::string() : std::to_string(value.value);
  };
  for (const Posting& posting : statement.postings)
    each_leg(posting, [&](const Leg& leg, Amount balance) {
      const auto& asset = *instruments.asset(leg.asset);
      response.body +=
          fmt::format("{},{},{},{},{},{},{},{}\r\n", posting.sequence.value,
                      projections::time_text(posting.time), kind_text(posting, leg), asset.code,
                      amount_text(leg.change.value, asset), amount_text(balance.value, asset),
                      id(posting.trade), id(posting.order));
    });
  if (statement.next)
    response.add_header("Next-Cursor", cursor_text(*statement.next));
  else
    response.body += csv_balance("closing", period.to, statement.closing, instruments);
  return response;
}

}  // namespace rialto::rest
