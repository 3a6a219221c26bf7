#include "apps/rialto/bootstrap.hpp"

#include <array>
#include <future>

#include <fmt/format.h>

#include "core/decimal.hpp"

namespace rialto::apps {
namespace {

using Outcome = std::expected<void, std::string>;

struct AssetLine {
  const char* code;
  std::int32_t scale;
};
// Scales: tick × lot is whole for every instrument below, and 80 billion dollars are 8 × 10^17.
constexpr std::array<AssetLine, 5> assets{
    {{"USD", 7}, {"BTC", 8}, {"ETH", 8}, {"AAPL", 0}, {"MSFT", 0}}};

struct InstrumentLine {
  const char* symbol;
  const char* base;
  instruments::Step lot;
  const char* demo_price;  // middle of the demo quotes
  const char* demo_size;   // of each demo quote
};
constexpr instruments::Step cent{1, 2};
constexpr std::array<InstrumentLine, 4> markets{{{"BTC-USD", "BTC", {1, 5}, "50000", "0.5"},
                                                 {"ETH-USD", "ETH", {1, 4}, "2500", "5"},
                                                 {"AAPL-USD", "AAPL", {1, 0}, "200", "50"},
                                                 {"MSFT-USD", "MSFT", {1, 0}, "400", "25"}}};

constexpr int demo_levels = 10;
constexpr std::string_view demo_quoter = "market-maker";

instruments::Rules default_rules() {
  instruments::Rules rules;
  rules.max_quantity = {largest_number};
  rules.max_notional = {largest_number};
  rules.collar_ppm = 50'000;  // a market order trades at most 5 % through the best price
  rules.max_open_orders = 10'000;
  return rules;
}

Outcome done(gateways::VenuePort& port, flows::Command command, std::string_view doing) {
  const flows::Reply reply = submit_and_wait(port, std::move(command));
  if (reply.rejection) return std::unexpected(fmt::format("{}: {}", doing, reply.rejection->code));
  return {};
}

/// Something the replica knows, fetched and waited for.
template <class Fetch>
auto fetch(gateways::VenuePort& port, Fetch what) {
  std::promise<decltype(what(std::declval<const projections::Replica&>()))> promise;
  auto future = promise.get_future();
  port.read([&](const projections::Replica& replica) { promise.set_value(what(replica)); });
  return future.get();
}

Outcome fund(gateways::VenuePort& port, AccountId account, const char* code, const char* units) {
  const instruments::Asset* asset = port.instruments()->asset(std::string_view(code));
  return done(port, flows::SetBalance{account, asset->id, {*parse_decimal(units, asset->scale)}},
              fmt::format("funding with {}", code));
}

Outcome quote(gateways::VenuePort& port, AccountId account, const InstrumentLine& line) {
  const auto listed_all = port.instruments();
  const instruments::Instrument& listed = *listed_all->instrument(std::string_view(line.symbol));
  const std::int64_t middle = *parse_decimal(line.demo_price, listed.tick.scale);
  const std::int64_t size = *parse_decimal(line.demo_size, listed.lot.scale);
  for (int level = 1; level <= demo_levels; ++level)
    for (const Side side : {Side::buy, Side::sell}) {
      const std::int64_t away = middle * level / 2'000;  // 0.05 % apart
      orders::PlaceOrder order;
      order.account = account;
      order.instrument = listed.id;
      order.side = side;
      order.price = {side == Side::buy ? middle - away : middle + away};
      order.quantity = {size * level};
      order.post_only = true;
      if (auto placed = done(port, order, "demo quote"); !placed) return placed;
    }
  return {};
}

}  // namespace

const std::vector<DemoLogin>& demo_logins() {
  static const std::vector<DemoLogin> logins{
      {"alice", "alice-demo-password", "a trader with funds"},
      {"bob", "bob-demo-password", "another trader"},
      {std::string(demo_quoter), "market-maker-demo-password", "quotes every instrument"}};
  return logins;
}

flows::Reply submit_and_wait(gateways::VenuePort& port, flows::Command command) {
  std::promise<flows::Reply> promise;
  auto future = promise.get_future();
  port.submit(std::move(command), {}, [&](const flows::Reply& reply) { promise.set_value(reply); });
  return future.get();
}

Outcome open_markets(gateways::VenuePort& port) {
  const std::size_t accounts =
      fetch(port, [](auto& r) { return r.venue().ledger.accounts().size(); });
  for (std::size_t opened = accounts; opened < ledger::venue_fees_account.value; ++opened)
    if (auto done_well =
            done(port, ledger::OpenAccount{ledger::AccountKind::system, {}}, "system account");
        !done_well)
      return done_well;
  for (const AssetLine& line : assets)
    if (!port.instruments()->asset(std::string_view(line.code)))
      if (auto registered =
              done(port, instruments::RegisterAsset{line.code, line.scale}, line.code);
          !registered)
        return registered;
  for (const InstrumentLine& line : markets)
    if (!port.instruments()->instrument(std::string_view(line.symbol)))
      if (auto listed = done(port,
                             instruments::ListInstrument{line.symbol, line.base, "USD", cent,
                                                         line.lot, default_rules()},
                             line.symbol);
          !listed)
        return listed;
  return {};
}

Outcome open_demo(gateways::VenuePort& port, const MakeUser& make_user) {
  for (const DemoLogin& login : demo_logins()) {
    const bool quoter = login.name == demo_quoter;
    const auto user = make_user(
        login.name, login.password,
        quoter ? identity::Roles::trader | identity::Roles::market_maker : identity::Roles::trader);
    if (!user) return std::unexpected(fmt::format("{}: {}", login.name, user.error()));
    const AccountId account = port.live_user(*user)->account;
    if (!fetch(port, [&](auto& r) { return r.venue().ledger.empty(account); }))
      continue;  // was there
    if (auto funded = fund(port, account, "USD", quoter ? "50000000" : "1000000"); !funded)
      return funded;
    for (const InstrumentLine& line : markets)
      if (auto funded = fund(port, account, line.base, quoter ? "5000" : "100"); !funded)
        return funded;
    if (quoter)
      for (const InstrumentLine& line : markets)
        if (auto quoted = quote(port, account, line); !quoted) return quoted;
  }
  return {};
}

}  // namespace rialto::apps
