#include "gateways/rest/portfolio_json.hpp"

#include <algorithm>
#include <map>

#include <boost/describe/enum_to_string.hpp>

#include "core/assert.hpp"
#include "core/decimal.hpp"
#include "projections/published/wording.hpp"

namespace rialto::rest {
namespace {

using net::JsonWriter;
using projections::amount_text;
using projections::HalfTicks;
using projections::Holdings;
using projections::Position;
using projections::Replica;

// As an order's average price: so many digits more than the tick, at most.
constexpr int extra_digits = 8;
constexpr int largest_scale = 18;
constexpr std::string_view reporting_currency = "USD";

/// Per quote asset, in its minor units.
struct Totals {
  i128 cost{};
  i128 market_value{};  // of what has a price
  i128 realized{};
  i128 unrealized{};  // likewise
  i128 fees{};
};

/// value × 10^exponent; nothing beyond 128 bits.
std::optional<i128> scaled(i128 value, int exponent) {
  for (; exponent > 0; --exponent)
    if (__builtin_mul_overflow(value, i128{10}, &value)) return std::nullopt;
  return value;
}

void write_totals(JsonWriter& json, const Totals& totals, const instruments::Asset& quote) {
  json.field("cost", amount_text(totals.cost, quote))
      .field("marketValue", amount_text(totals.market_value, quote))
      .field("realizedPnl", amount_text(totals.realized, quote))
      .field("unrealizedPnl", amount_text(totals.unrealized, quote))
      .field("fees", amount_text(totals.fees, quote));
}

void write_lots(JsonWriter& json, const Position& position, std::size_t lots_max,
                const instruments::Instrument& instrument,
                const instruments::Instruments& instruments) {
  json.field("lotCount", std::uint64_t{position.lot_count()}).key("lots").begin_array();
  for (std::size_t i = 0; i < std::min(lots_max, position.lot_count()); ++i)
    write_lot(json, position, i, instrument, instruments);
  json.end_array();
}

void write_holding(JsonWriter& json, const Position& position, std::optional<HalfTicks> mark,
                   std::optional<i128> value, std::size_t lots_max,
                   const instruments::Instrument& instrument,
                   const instruments::Instruments& instruments) {
  const auto& base = *instruments.asset(instrument.base);
  const auto& quote = *instruments.asset(instrument.quote);
  const i128 quantity = position.quantity();
  const i128 cost = position.open_cost();
  const auto optional = [&](std::string_view name, bool present, auto text) {
    if (present)
      json.field(name, text());
    else
      json.key(name).null();
  };
  json.begin_object()
      .field("symbol", instrument.symbol)
      .field("product", instrument.symbol)
      .field("currency", quote.code)
      .field("quantity", amount_text(quantity, base))
      .field("averageCost",
             unit_price_text(position.is_short() ? -cost : cost,
                             position.is_short() ? -quantity : quantity, base, quote,
                             std::min(instrument.tick.scale + extra_digits, largest_scale)))
      .field("cost", amount_text(cost, quote));
  optional("marketPrice", mark.has_value(), [&] { return price_text(*mark, instrument); });
  optional("marketValue", value.has_value(), [&] { return amount_text(*value, quote); });
  optional("unrealizedPnl", value.has_value(), [&] { return amount_text(*value - cost, quote); });
  json.field("realizedPnl", amount_text(position.realized(), quote))
      .field("fees", amount_text(position.fees(), quote));
  write_lots(json, position, lots_max, instrument, instruments);
  json.end_object();
}

/// Every asset the portfolio has had as money, USD first and always.
void write_cash(JsonWriter& json, portfolio::PortfolioId id, const Replica& replica,
                const Holdings& holdings) {
  const auto& instruments = replica.venue().instruments;
  json.key("cash").begin_object();
  const auto* reporting = instruments.asset(reporting_currency);
  if (reporting)
    json.field(reporting->code,
               amount_text(holdings.cash(id, reporting->id, instruments), *reporting));
  for (const auto& asset : instruments.assets()) {
    if (&asset == reporting) continue;
    if (const i128 cash = holdings.cash(id, asset.id, instruments); cash != 0)
      json.field(asset.code, amount_text(cash, asset));
  }
  json.end_object();
}

}  // namespace

std::string unit_price_text(i128 cost, i128 quantity, const instruments::Asset& base,
                            const instruments::Asset& quote, int places) {
  RIALTO_ASSERT(quantity > 0);
  for (int digits = places;; --digits) {
    const int exponent = base.scale - quote.scale + digits;
    const auto above = scaled(cost, std::max(exponent, 0) + 1);  // room for doubling
    const auto below = scaled(quantity, std::max(-exponent, 0) + 1);
    if (!above || !below) continue;
    const i128 twice = *above / 10 * 2 + *below / 10;
    const i128 whole = *below / 10 * 2;
    const i128 floor = twice >= 0 ? twice / whole : -((-twice + whole - 1) / whole);
    if (digits >= 0) return format_decimal(floor, digits);
    return format_decimal(*scaled(floor, -digits), 0);
  }
}

std::string price_text(HalfTicks price, const instruments::Instrument& instrument) {
  return format_decimal(static_cast<i128>(price.value) * instrument.tick.units * 5,
                        instrument.tick.scale + 1);
}

void write_lot(JsonWriter& json, const Position& position, std::size_t index,
               const instruments::Instrument& instrument,
               const instruments::Instruments& instruments) {
  const auto& lot = position.lot(index);
  const auto& base = *instruments.asset(instrument.base);
  const auto& quote = *instruments.asset(instrument.quote);
  const bool is_short = position.is_short();
  const i128 cost = position.cost_of(index);
  json.begin_object()
      .field("lotId", std::to_string(lot.id.value))
      .field("symbol", instrument.symbol);
  if (lot.order.value != 0)
    json.field("purchaseOrderId", std::to_string(lot.order.value));
  else
    json.key("purchaseOrderId").null();
  const i128 size = lot.quantity.value;
  json.field("shareCount", amount_text(is_short ? -size : size, base));
  if (lot.price.value != 0)
    json.field("purchasePrice", price_text(lot.price, instrument));
  else
    json.key("purchasePrice").null();
  json.field("purchaseDate", projections::time_text(lot.opened))
      .field("fees", amount_text(lot.fees.value, quote))
      .field("cost", amount_text(is_short ? -cost : cost, quote))
      .end_object();
}

void write_portfolio(JsonWriter& json, const portfolio::Portfolio& portfolio,
                     const Replica& replica, const Holdings& holdings, std::size_t lots_max,
                     Sequence sequence) {
  const auto& venue = replica.venue();
  const auto& instruments = venue.instruments;
  const UserId owner = venue.ledger.account(portfolio.account)->owner;
  json.begin_object().field("portfolioId", std::to_string(portfolio.id.value));
  if (owner.value != 0)
    json.field("userId", std::to_string(owner.value));
  else
    json.key("userId").null();
  json.field("walletId", std::to_string(portfolio.account.value))
      .field("name", portfolio.name)
      .field("method", boost::describe::enum_to_string(portfolio.method, "fifo"))
      .field("isDefault", portfolio::is_default(portfolio.id));
  std::map<AssetId, Totals> totals;
  json.key("holdings").begin_array();
  for (const auto& instrument : instruments.instruments()) {
    const Position* position = holdings.position(portfolio.id, instrument.id);
    if (!position) continue;
    Totals& sum = totals[instrument.quote];
    sum.realized += position->realized();
    sum.fees += position->fees();
    if (position->quantity() == 0) continue;
    const auto mark = projections::mark_of(venue, instrument.id);
    const auto value = mark ? projections::value_of(position->quantity(), *mark, instrument)
                            : std::optional<i128>();
    sum.cost += position->open_cost();
    if (value) {
      sum.market_value += *value;
      sum.unrealized += *value - position->open_cost();
    }
    write_holding(json, *position, mark, value, lots_max, instrument, instruments);
  }
  json.end_array();
  if (const auto* reporting = instruments.asset(reporting_currency)) {
    json.field("currency", reporting->code);
    write_totals(json, totals[reporting->id], *reporting);
  }
  json.key("totals").begin_object();
  for (const auto& [asset, sum] : totals) {
    const auto& quote = *instruments.asset(asset);
    json.key(quote.code).begin_object();
    write_totals(json, sum, quote);
    json.end_object();
  }
  json.end_object();
  write_cash(json, portfolio.id, replica, holdings);
  json.field("time", projections::time_text(replica.now()))
      .field("sequence", sequence.value != 0 ? sequence.value : replica.position().value)
      .end_object();
}

}  // namespace rialto::rest
