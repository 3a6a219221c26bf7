#include "apps/replay/trial_venue.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "core/wide.hpp"

namespace rialto::replay {
namespace {

constexpr std::uint32_t drain_budget = 1024;

const instruments::Rules no_rules{.maker_fee = {},
                                  .taker_fee = {},
                                  .max_quantity = {largest_number},
                                  .max_notional = {largest_number},
                                  .price_band_ppm = 0,
                                  .collar_ppm = 0,
                                  .max_open_orders = std::numeric_limits<std::uint32_t>::max()};

}  // namespace

TrialVenue::TrialVenue() {
  // The accounts every venue opens first (contexts/ledger/contract.hpp).
  for (int i = 0; i < 3; ++i) run(ledger::OpenAccount{ledger::AccountKind::system, {}});
}

std::expected<InstrumentId, Rejection> TrialVenue::list(const std::string& symbol,
                                                        std::int32_t price_scale,
                                                        std::int32_t quantity_scale) {
  // Assets of its own, so that every instrument has the whole range of 18 digits to itself.
  const std::size_t number = state().instruments.instruments().size() + 1;
  const std::string base = fmt::format("BASE{}", number);
  const std::string quote = fmt::format("QUOTE{}", number);
  for (const auto& asset : {instruments::RegisterAsset{base, quantity_scale},
                            instruments::RegisterAsset{quote, price_scale + quantity_scale}})
    if (const auto reply = run(asset); reply.rejection) return std::unexpected(*reply.rejection);
  const flows::Reply reply = run(instruments::ListInstrument{
      symbol, base, quote, {1, price_scale}, {1, quantity_scale}, no_rules});
  if (reply.rejection) return std::unexpected(*reply.rejection);
  return reply.instrument;
}

void TrialVenue::advance_to(Timestamp time) {
  now_ = std::max(now_, time);
}

std::expected<flows::OrderReport, Rejection> TrialVenue::place(const RecordedOrder& order) {
  const auto owner = owner_for(order);
  if (!owner) return std::unexpected(owner.error());
  orders::PlaceOrder command;
  command.account = *owner;
  command.instrument = order.instrument;
  command.side = order.side;
  command.type = order.price.value == 0 ? orders::OrderType::market : orders::OrderType::limit;
  command.time_in_force = order.time_in_force;
  command.self_trade_prevention = orders::SelfTradePrevention::none;
  command.post_only = order.post_only;
  command.price = order.price;
  command.quantity = order.quantity;
  const flows::Reply reply = run(command);
  for (const auto& trade : trades_) {
    release_owner(trade.buyer);
    release_owner(trade.seller);
  }
  if (trades_.empty()) release_owner(*owner);
  if (reply.rejection) return std::unexpected(*reply.rejection);
  return reply.order;
}

std::expected<flows::OrderReport, Rejection> TrialVenue::reduce(OrderId id, Quantity by) {
  const orders::Order* order = state().orders.order(id);
  RIALTO_ASSERT(order && by < order->remaining);
  const flows::Reply reply = run(
      orders::AmendOrder{order->account, id, order->quantity() - by, std::nullopt, std::nullopt});
  if (reply.rejection) return std::unexpected(*reply.rejection);
  return reply.order;
}

std::expected<flows::OrderReport, Rejection> TrialVenue::cancel(OrderId id) {
  const orders::Order* order = state().orders.order(id);
  RIALTO_ASSERT(order);
  const AccountId owner = order->account;
  const flows::Reply reply = run(orders::CancelOrder{owner, id, {}});
  if (reply.rejection) return std::unexpected(*reply.rejection);
  release_owner(owner);
  return reply.order;
}

flows::Reply TrialVenue::run(const flows::Command& command) {
  events_.clear();
  while (engine_.must_wait(command, now_)) engine_.drain(now_, drain_budget, events_);
  const flows::Reply reply = engine_.execute(command, now_, events_).reply;
  trades_.clear();
  events_.each([&](EventType type, ByteView payload) {
    if (type != flows::event_type<matching::TradeExecuted>) return;
    trades_.push_back(BinaryReader(payload).read_versioned<matching::TradeExecuted>());
  });
  return reply;
}

/// REPLAY-5: an idle account, or a new one, that can pay for the order.
std::expected<AccountId, Rejection> TrialVenue::owner_for(const RecordedOrder& order) {
  const auto* listed = state().instruments.instrument(order.instrument);
  RIALTO_ASSERT(listed);
  const bool buys = order.side == Side::buy;
  const auto needed = buys ? checked_product(order.price.value, order.quantity.value)
                           : std::optional(order.quantity.value);
  AccountId owner;
  if (idle_.empty()) {
    owner = run(ledger::OpenAccount{ledger::AccountKind::customer, {}}).account;
  } else {
    owner = idle_.back();
    idle_.pop_back();
  }
  engaged_.resize(std::max<std::size_t>(engaged_.size(), local_number(owner) + 1));
  engaged_[local_number(owner)] = true;
  // Without a price there is nothing to pay yet; what is too large is the venue's to refuse.
  if (!needed || *needed <= 0) return owner;
  if (const auto refusal = fund(owner, buys ? listed->quote : listed->base, {*needed})) {
    release_owner(owner);
    return std::unexpected(*refusal);
  }
  return owner;
}

std::optional<Rejection> TrialVenue::fund(AccountId owner, AssetId asset, Amount needed) {
  const Amount missing = needed - state().ledger.balance(owner, asset).owned;
  if (missing.value <= 0) return std::nullopt;
  const ledger::CreditAccount credit{owner, asset, missing, {}, 0};
  const auto refusal = run(credit).rejection;
  if (!refusal) return std::nullopt;
  // What exists of an asset is limited (LEDGER-4): what idle owners have can be used again.
  take_back_idle_funds();
  return run(credit).rejection;
}

void TrialVenue::take_back_idle_funds() {
  for (const AccountId owner : idle_) {
    std::vector<ledger::Balance> balances;
    state().ledger.each_balance(
        *state().ledger.account(owner),
        [&](const ledger::Balance& balance) { balances.push_back(balance); });
    for (const ledger::Balance& balance : balances)
      if (balance.owned.value > 0)
        run(ledger::DebitAccount{owner, balance.asset, balance.owned, {}, 0});
  }
}

void TrialVenue::release_owner(AccountId owner) {
  // An order that meets several others names its owner in each trade.
  if (!engaged_[local_number(owner)] || state().orders.open_orders(owner) != 0) return;
  engaged_[local_number(owner)] = false;
  idle_.push_back(owner);
}

std::optional<std::string> TrialVenue::broken_invariant() const {
  const flows::Venue& venue = state();
  if (!venue.ledger.consistent()) return "the ledger does not add up";
  if (venue.orders.open_count() != venue.matching.order_count())
    return fmt::format("{} orders are open, but {} are in the books", venue.orders.open_count(),
                       venue.matching.order_count());
  std::optional<std::string> broken;
  for (const ledger::Account& account : venue.ledger.accounts()) {
    venue.ledger.each_balance(account, [&](const ledger::Balance& balance) {
      Amount on_hold;
      venue.orders.each_open(account.id, [&](const orders::Order& order) {
        if (order.hold_asset == balance.asset) on_hold += order.hold;
      });
      if (on_hold != balance.held)
        broken = fmt::format("account {} holds {} where its open orders account for {}",
                             account.id.value, balance.held.value, on_hold.value);
    });
  }
  return broken;
}

}  // namespace rialto::replay
