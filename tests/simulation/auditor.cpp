// What clients asked and were answered, and the final comparison.
#include "tests/simulation/auditor.hpp"

#include <algorithm>

#include <boost/describe/enum_to_string.hpp>

namespace rialto::simulation {
namespace {

using orders::OrderType;

constexpr __int128 million = 1'000'000;
constexpr std::int64_t order_key_memory_ns = 300'000'000'000;     // promised: five minutes
constexpr std::int64_t money_key_memory_ns = 86'400'000'000'000;  // promised: a day

/// units × 10^exponent; the venue refused whatever is not whole.
__int128 scaled(__int128 units, int exponent) {
  for (; exponent > 0; --exponent) units *= 10;
  for (; exponent < 0; ++exponent) units /= 10;
  return units;
}

/// Whether a command that was accepted must have changed something.
bool always_does_something(const flows::Command& command) {
  return !std::holds_alternative<flows::SetBalance>(command) &&
         !std::holds_alternative<orders::CancelAllOrders>(command) &&
         !std::holds_alternative<flows::AdvanceClock>(command);
}

}  // namespace

void Auditor::asked(Fingerprint id, const flows::Command& command) {
  asked_.emplace(id.low, Asked{command, {}});
}

void Auditor::apply(const orders::PlaceOrder& command, const FeedStep& step) {
  findings_.expect(!blocked_.contains(0) && !blocked_.contains(command.account.value),
                   "step {}: an order of blocked account {} was taken", step.first.value,
                   command.account.value);
  expected_.placed = 1;
}

void Auditor::apply(const orders::AmendOrder& command, const FeedStep& step) {
  Order* order = open_order(command.order, "amended");
  if (!order) return;
  findings_.expect(order->asked.account == command.account,
                   "step {}: order {} amended by account {}", step.first.value, command.order.value,
                   command.account.value);
  auto& now = order->asked;
  const auto before = now;
  now.quantity = command.quantity.value_or(now.quantity);
  now.price = command.price.value_or(now.price);
  now.stop_price = command.stop_price.value_or(now.stop_price);
  const bool same_prices = now.price == before.price && now.stop_price == before.stop_price;
  if (!same_prices) order->worst = worst_of(now);
  if (!same_prices || now.quantity > before.quantity) {
    order->resting = order->waiting = false;
    expected_.processed.insert(command.order.value);
  }
  expected_.amended = command.order.value;
  cause_->deed->order = command.order;
}

void Auditor::apply(const orders::CancelOrder& command, const FeedStep&) {
  std::uint64_t id = command.order.value;
  if (id == 0) {
    const auto placed = placed_keys_.find(command.key);
    if (!findings_.expect(placed != placed_keys_.end(), "cancelled by an unknown key")) return;
    id = placed->second.order;
  }
  Order* order = open_order({id}, "cancelled");
  if (!order) return;
  findings_.expect(order->asked.account == command.account, "order {} cancelled by account {}", id,
                   command.account.value);
  expected_.cancelled = id;
  cause_->deed->order = {id};
}

void Auditor::apply(const orders::BlockTrading& command, const FeedStep&) {
  findings_.expect(blocked_.insert(command.account.value).second, "account {} blocked twice",
                   command.account.value);
}

void Auditor::apply(const orders::UnblockTrading& command, const FeedStep&) {
  findings_.expect(blocked_.erase(command.account.value) == 1, "account {} was not blocked",
                   command.account.value);
}

void Auditor::once_only(const Fingerprint& key, std::uint64_t content, Timestamp now) {
  if (key.empty()) return;
  const auto earlier = money_keys_.find(key);
  findings_.expect(
      earlier == money_keys_.end() || (now - earlier->second.at).value > money_key_memory_ns,
      "a transfer was done twice under one key");
  money_keys_[key] = {content, 0, now};
}

void Auditor::apply(const ledger::CreditAccount& command, const FeedStep& step) {
  once_only(command.key, command.content, step.time);
  post(ledger::external_account, command.asset, -Wide{command.amount.value});
  post(command.account, command.asset, command.amount.value);
}

void Auditor::apply(const ledger::DebitAccount& command, const FeedStep& step) {
  once_only(command.key, command.content, step.time);
  post(command.account, command.asset, -Wide{command.amount.value});
  post(ledger::external_account, command.asset, command.amount.value);
}

void Auditor::apply(const flows::SetBalance& command, const FeedStep&) {
  const Wide change = command.balance.value - owned(command.account, command.asset);
  findings_.expect(change != 0, "a balance was set that was right already");
  post(ledger::external_account, command.asset, -change);
  post(command.account, command.asset, change);
}

void Auditor::apply(const accounts::RegisterAccount& command, const FeedStep& step) {
  once_only(command.key, command.content, step.time);
  AccountId account;
  for (const auto& [id, user] : owner_)
    if (command.user.value != 0 && user == command.user.value) account = {id};
  for (const Report& report : step.reports)
    if (const auto* opened = std::get_if<ledger::AccountOpened>(&report)) account = opened->account;
  findings_.expect(account.value != 0, "step {}: a person without an account", step.first.value);
  post(ledger::external_account, command.asset, -Wide{command.open_balance.value});
  post(account, command.asset, command.open_balance.value);
}

void Auditor::apply(const corrections::EnterTrade& command, const FeedStep& step) {
  once_only(command.key, command.content, step.time);
}

void Auditor::apply(const ledger::OpenAccount&, const FeedStep& step) {
  const bool opened = std::ranges::any_of(step.reports, [](const Report& report) {
    return std::holds_alternative<ledger::AccountOpened>(report);
  });
  findings_.expect(opened, "step {}: no account was opened", step.first.value);
}

void Auditor::apply(const ledger::CloseAccount& command, const FeedStep&) {
  for (const auto& [key, amount] : owned_)
    findings_.expect(key.first != command.account.value || amount == 0,
                     "account {} was closed with {} of asset {}", key.first, amount, key.second);
  for (const auto& [id, order] : open_)
    findings_.expect(order->asked.account != command.account,
                     "account {} was closed with open order {}", command.account.value, id);
}

void Auditor::apply(const identity::DeleteUser& command, const FeedStep& step) {
  for (const auto& [account, user] : owner_)
    if (user == command.user.value) apply(ledger::CloseAccount{{account}}, step);
}

void Auditor::apply(const ledger::SetShortLimit& command, const FeedStep&) {
  short_limit_[{command.account.value, command.asset.value}] = command.limit.value;
}

void Auditor::apply(const instruments::RegisterAsset& command, const FeedStep&) {
  assets_.emplace_back(command.code, command.scale);
}

void Auditor::apply(const instruments::ListInstrument& command, const FeedStep&) {
  Listed fresh;
  int base_scale = 0;
  int quote_scale = 0;
  for (std::uint32_t i = 0; i < assets_.size(); ++i) {
    if (assets_[i].first == command.base) fresh.base = {i + 1}, base_scale = assets_[i].second;
    if (assets_[i].first == command.quote) fresh.quote = {i + 1}, quote_scale = assets_[i].second;
  }
  fresh.quote_per_tick_lot = scaled(Wide{command.tick.units} * command.lot.units,
                                    quote_scale - command.tick.scale - command.lot.scale);
  fresh.base_per_lot = scaled(command.lot.units, base_scale - command.lot.scale);
  fresh.rules = command.rules;
  instruments_.push_back(fresh);
}

void Auditor::apply(const instruments::ChangeRules& command, const FeedStep&) {
  instruments_.at(command.instrument.value - 1).rules = command.rules;
}

void Auditor::apply(const instruments::HaltInstrument& command, const FeedStep&) {
  instruments_.at(command.instrument.value - 1).halted = true;
}

void Auditor::apply(const instruments::ResumeInstrument& command, const FeedStep&) {
  instruments_.at(command.instrument.value - 1).halted = false;
}

void Auditor::answered(Fingerprint id, const flows::Reply& reply) {
  const Asked& asked = asked_.at(id.low);
  if (reply.rejection) {
    const bool unknown = reply.rejection->code == "outcome_unknown";
    findings_.expect(unknown || !asked.deed, "request {} was refused ({}) and done all the same",
                     id.low, reply.rejection->code);
    return;
  }
  const auto* placed = entered_order(asked.command);
  if (reply.repeated) {
    findings_.expect(!asked.deed, "request {} was called a repetition and done", id.low);
    if (!placed) return;
    // Not the newest order of that key: its time may have run out since, and it was used again.
    const auto earlier = orders_.find(reply.order.order.value);
    findings_.expect(earlier != orders_.end() && earlier->second.asked.key == placed->key &&
                         earlier->second.asked.content == placed->content,
                     "request {} was answered with order {}, of another request", id.low,
                     reply.order.order.value);
    return;
  }
  if (!asked.deed) {
    findings_.expect(!always_does_something(asked.command),
                     "request {} was acknowledged and no step did it", id.low);
    return;
  }
  const Deed& deed = *asked.deed;
  findings_.expect(reply.sequence == deed.last,
                   "request {} was answered with event {}, done with {}", id.low,
                   reply.sequence.value, deed.last.value);
  if (deed.order.value == 0) return;
  findings_.expect(
      reply.order.order == deed.order && reply.order.status == deed.status &&
          reply.order.filled.value == deed.filled && reply.order.quantity.value == deed.quantity &&
          reply.order.filled_notional == deed.notional,
      "request {}: order {} {} {}/{} {} was answered as order {} {} {}/{} {}", id.low,
      deed.order.value, boost::describe::enum_to_string(deed.status, "?"), deed.filled,
      deed.quantity, deed.notional, reply.order.order.value,
      boost::describe::enum_to_string(reply.order.status, "?"), reply.order.filled.value,
      reply.order.quantity.value, reply.order.filled_notional);
}

void Auditor::compare(const Shown& shown) {
  compare_balances(shown);
  findings_.expect(shown.open_orders.size() == open_.size(),
                   "{} orders are open, the venue shows {}", open_.size(),
                   shown.open_orders.size());
  for (const ShownOrder& seen : shown.open_orders) {
    const auto at = orders_.find(seen.order.value);
    if (!findings_.expect(at != orders_.end() && at->second.open, "order {} is shown as open",
                          seen.order.value))
      continue;
    const Order& own = at->second;
    findings_.expect(own.asked.account == seen.account && own.asked.quantity == seen.quantity &&
                         own.filled == seen.filled.value && own.waiting == seen.waiting,
                     "order {} is {}/{} of account {}, shown as {}/{} of account {}",
                     seen.order.value, own.filled, own.asked.quantity.value,
                     own.asked.account.value, seen.filled.value, seen.quantity.value,
                     seen.account.value);
    findings_.expect(hold_of(own) == seen.hold.value, "order {} must hold {}, and holds {}",
                     seen.order.value, hold_of(own), seen.hold.value);
  }
}

void Auditor::compare_balances(const Shown& shown) {
  std::map<std::pair<std::uint64_t, std::uint32_t>, Wide> held;
  for (const auto& [id, order] : open_) {
    const Listed& terms = listed(order->asked.instrument);
    const AssetId asset = order->asked.side == Side::buy ? terms.quote : terms.base;
    held[{order->asked.account.value, asset.value}] += hold_of(*order);
  }
  auto unseen = owned_;
  std::map<std::uint32_t, Wide> sums;
  for (const ShownBalance& seen : shown.balances) {
    const std::pair key{seen.account.value, seen.asset.value};
    unseen.erase(key);
    const Wide own = owned(seen.account, seen.asset);
    findings_.expect(own == seen.owned.value, "account {} owns {} of asset {}, the venue shows {}",
                     key.first, own, key.second, seen.owned.value);
    const auto hold = held.find(key);
    const Wide on_hold = hold == held.end() ? 0 : hold->second;
    findings_.expect(on_hold == seen.held.value,
                     "account {} has {} of asset {} on hold, the venue shows {}", key.first,
                     on_hold, key.second, seen.held.value);
    sums[key.second] += seen.owned.value;
    if (accounts_[key.first] == ledger::AccountKind::system) continue;
    const auto limit = short_limit_.find(key);
    const Wide below = limit == short_limit_.end() ? 0 : limit->second;
    findings_.expect(own - on_hold + below >= 0, "account {} is overdrawn in asset {}", key.first,
                     key.second);
  }
  for (const auto& [key, amount] : unseen)
    findings_.expect(amount == 0, "account {} owns {} of asset {}, and the venue shows nothing",
                     key.first, amount, key.second);
  for (const auto& [asset, sum] : sums)
    findings_.expect(sum == 0, "all of asset {} adds up to {}", asset, sum);
}

Auditor::Wide Auditor::hold_of(const Order& order) const {
  const Listed& terms = listed(order.asked.instrument);
  if (order.asked.side == Side::sell) return order.left() * terms.base_per_lot;
  const Wide notional = order.worst * order.left() * terms.quote_per_tick_lot;
  const Wide rate = std::max({order.maker_ppm, order.taker_ppm, Wide{0}});
  const Wide rounded_up = order.fee_charged * million - order.fee_exact;
  const Wide exact = notional * rate - rounded_up;
  return notional + (exact > 0 ? (exact + million - 1) / million : 0);
}

flows::OrderStatus Auditor::status_of(const Order& order) {
  if (order.rejected) return flows::OrderStatus::rejected;
  if (order.reason) return flows::OrderStatus::cancelled;
  if (order.left() == 0) return flows::OrderStatus::filled;
  return order.filled == 0 ? flows::OrderStatus::pending : flows::OrderStatus::partially_filled;
}

Auditor::Wide Auditor::owned(AccountId account, AssetId asset) const {
  const auto at = owned_.find({account.value, asset.value});
  return at == owned_.end() ? 0 : at->second;
}

void Auditor::post(AccountId account, AssetId asset, Wide amount) {
  owned_[{account.value, asset.value}] += amount;
}

// The venue may forget the key of a closed order after five minutes, not before.
void Auditor::close(OrderId id, Timestamp now) {
  Order& order = orders_.at(id.value);
  order.open = order.resting = order.waiting = false;
  order.closed_at = now;
  open_.erase(id.value);
}

bool Auditor::key_is_taken(const Fingerprint& key, Timestamp now) const {
  const auto placed = placed_keys_.find(key);
  if (placed == placed_keys_.end()) return false;
  const Order& earlier = orders_.at(placed->second.order);
  return earlier.open || (now - earlier.closed_at).value <= order_key_memory_ns;
}

}  // namespace rialto::simulation
