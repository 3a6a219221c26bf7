// The state of open orders follows the events; no rule is applied here a second time.
#include <algorithm>

#include "contexts/orders/orders.hpp"
#include "core/assert.hpp"

namespace rialto::orders {
namespace {
constexpr std::int64_t key_retention_ns =
    300'000'000'000;  // five minutes of log time after the close
}  // namespace

Orders::Orders(Limits limits) : limits_(limits), keys_(key_retention_ns, limits.keys) {}

void Orders::evolve(const OrderCreated& event, Timestamp now) {
  // ORDERS-1: numbers of orders and trades are given in turn, none twice, none left out.
  RIALTO_ASSERT(event.order.value == next_order_);
  ++next_order_;
  keys_.expire(now);
  Order order;
  order.id = event.order;
  order.account = event.account;
  order.user = event.user;
  order.instrument = event.instrument;
  order.side = event.side;
  order.type = event.type;
  order.time_in_force = event.time_in_force;
  order.self_trade_prevention = event.self_trade_prevention;
  order.post_only = event.post_only;
  order.price = event.price;
  order.worst_price = event.worst_price;
  order.stop_price = event.stop_price;
  order.quantity = event.quantity;
  order.display = event.display;
  order.expire_time = event.expire_time;
  order.created = now;
  order.maker_fee = event.maker_fee;
  order.taker_fee = event.taker_fee;
  order.hold_asset = event.hold_asset;
  order.hold = event.hold;
  order.key = event.key;
  order.client_order_id = event.client_order_id;
  order.session = event.session;
  order.user_ref = event.user_ref;
  insert(order);
  if (!event.key.empty()) keys_.remember(event.key, {event.content, event.order.value});
}

void Orders::evolve(const OrderUpdated& event) {
  Order& order = at(event.order);
  order.price = event.price;
  order.worst_price = event.worst_price;
  order.stop_price = event.stop_price;
  order.quantity = event.quantity;
  order.hold += event.hold_change;
  order.user_ref = event.user_ref;
}

void Orders::evolve(const MassCancelRequested& event) {
  MassCancel request{event.reason, {}};
  each_open(event.account, [&](const Order& order) {
    if ((event.instrument.value == 0 || order.instrument == event.instrument) &&
        (event.session.value == 0 || order.session == event.session))
      request.orders.push_back(order.id);
  });
  if (!request.orders.empty()) mass_cancels_.push_back(std::move(request));
}

void Orders::evolve(const TradingBlocked& event) {
  if (event.account.value == 0) {
    venue_blocked_ = true;
    kill_switch_at_ = {1};
  } else {
    account(event.account).blocked = true;
  }
}

void Orders::evolve(const TradingUnblocked& event) {
  if (event.account.value == 0) {
    venue_blocked_ = false;
    kill_switch_at_ = {};
  } else {
    account(event.account).blocked = false;
  }
}

void Orders::evolve(const KillSwitchAdvanced& event) {
  kill_switch_at_ = event.next_account;
}

void Orders::evolve(const matching::TradeExecuted& event, Timestamp now) {
  RIALTO_ASSERT(event.trade.value == next_trade_);
  ++next_trade_;
  const auto fill = [&](OrderId id, Amount fee, std::uint32_t slack, Amount released) {
    Order& order = at(id);
    order.filled += event.quantity;
    order.filled_notional += event.notional.value;
    order.fees += fee.value;
    order.fee_slack = slack;
    order.hold -= released;
    RIALTO_ASSERT(order.remaining().value >= 0 && order.hold.value >= 0);
    if (order.remaining().value == 0) close(id, now);
  };
  fill(event.buy_order, event.buyer_fee, event.buyer_fee_slack, event.buyer_hold_released);
  fill(event.sell_order, event.seller_fee, event.seller_fee_slack, event.seller_hold_released);
}

void Orders::evolve(const matching::OrderCancelled& event, Timestamp now) {
  Order& order = at(event.order);
  order.hold -= event.hold_released;
  // ORDERS-3: a closed order holds nothing.
  RIALTO_ASSERT(order.hold.value == 0);
  close(event.order, now);
}

void Orders::evolve(const matching::OrderReduced& event) {
  Order& order = at(event.order);
  order.quantity -= event.by;
  order.hold -= event.hold_released;
  RIALTO_ASSERT(order.remaining().value >= 0 && order.hold.value >= 0);
}

void Orders::evolve(const matching::OrderProcessed& event) {
  if (event.outcome == matching::Outcome::done) return;
  at(event.order).waiting = event.outcome == matching::Outcome::waiting;
}

void Orders::evolve(const matching::OrderTriggered& event) {
  at(event.order).waiting = false;
}

const Order* Orders::order(OrderId id) const {
  const Slot slot = slots_.find(local_number(id));
  // The id as a whole: the same number of another shard is another order.
  return slot == PagedIndex::none || entries_[slot].order.id != id ? nullptr
                                                                   : &entries_[slot].order;
}

const Order* Orders::order_by_key(const Fingerprint& key) const {
  const Remembered* found = key.empty() ? nullptr : keys_.find(key);
  return found ? order({found->answer}) : nullptr;
}

std::uint32_t Orders::open_orders(AccountId id) const {
  const auto index = local_number(id);
  return index < accounts_.size() ? accounts_[index].count : 0;
}

bool Orders::blocked(AccountId id) const {
  const auto index = local_number(id);
  return index < accounts_.size() && accounts_[index].blocked;
}

std::optional<OrderId> Orders::next_mass_cancelled() const {
  if (mass_cancels_.empty()) return std::nullopt;
  return mass_cancels_.front().orders.front();
}

std::optional<OrderId> Orders::next_expired(Timestamp now) const {
  if (expiries_.empty() || expiries_.begin()->first > now.value) return std::nullopt;
  return OrderId{expiries_.begin()->second};
}

std::optional<Timestamp> Orders::next_expiry() const {
  if (expiries_.empty()) return std::nullopt;
  return Timestamp{expiries_.begin()->first};
}

std::optional<AccountId> Orders::kill_switch_at() const {
  if (kill_switch_at_.value == 0) return std::nullopt;
  for (std::size_t index = local_number(kill_switch_at_); index < accounts_.size(); ++index)
    if (accounts_[index].count != 0) return AccountId{index};
  return AccountId{};
}

Order& Orders::at(OrderId id) {
  const Slot slot = slots_.find(local_number(id));
  RIALTO_ASSERT(slot != PagedIndex::none);
  return entries_[slot].order;
}

Orders::AccountOrders& Orders::account(AccountId id) {
  const auto index = local_number(id);
  if (index >= accounts_.size())
    accounts_.resize(std::max<std::size_t>(index + 1, accounts_.size() * 2));
  return accounts_[index];
}

Orders::Slot Orders::insert(const Order& order) {
  Slot slot = static_cast<Slot>(entries_.size());
  if (free_.empty()) {
    entries_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  AccountOrders& owner = account(order.account);
  entries_[slot] = {order, owner.newest, no_slot};
  (owner.newest == no_slot ? owner.oldest : entries_[owner.newest].newer) = slot;
  owner.newest = slot;
  ++owner.count;
  ++open_count_;
  slots_.insert(local_number(order.id), slot);
  if (order.expire_time.value != 0) expiries_.emplace(order.expire_time.value, order.id.value);
  return slot;
}

void Orders::close(OrderId id, Timestamp now) {
  const Slot slot = slots_.find(local_number(id));
  Entry& entry = entries_[slot];
  AccountOrders& owner = account(entry.order.account);
  (entry.older == no_slot ? owner.oldest : entries_[entry.older].newer) = entry.newer;
  (entry.newer == no_slot ? owner.newest : entries_[entry.newer].older) = entry.older;
  --owner.count;
  --open_count_;
  if (entry.order.expire_time.value != 0)
    expiries_.erase({entry.order.expire_time.value, entry.order.id.value});
  if (!entry.order.key.empty()) keys_.close(entry.order.key, now);
  slots_.erase(local_number(id));
  free_.push_back(slot);
  // ORDERS-6: the head of the mass-cancel queue is always an open order.
  while (!mass_cancels_.empty()) {
    auto& orders = mass_cancels_.front().orders;
    while (!orders.empty() && !order(orders.front())) orders.pop_front();
    if (!orders.empty()) break;
    mass_cancels_.pop_front();
  }
}

void Orders::save(BinaryWriter& out) const {
  out.write(next_order_);
  out.write(next_trade_);
  out.write(venue_blocked_);
  out.write(kill_switch_at_);
  std::vector<const Order*> open;
  std::vector<AccountId> blocked_accounts;
  for (std::size_t index = 0; index < accounts_.size(); ++index) {
    if (accounts_[index].blocked) blocked_accounts.push_back({index});
    each_open({index}, [&](const Order& order) { open.push_back(&order); });
  }
  std::sort(open.begin(), open.end(), [](auto* a, auto* b) { return a->id < b->id; });
  out.write(static_cast<std::uint64_t>(open.size()));
  for (const Order* order : open) out.write(*order);
  out.write(blocked_accounts);
  out.write(static_cast<std::uint32_t>(mass_cancels_.size()));
  for (const MassCancel& request : mass_cancels_) {
    out.write(request.reason);
    std::vector<OrderId> still_open;
    for (const OrderId id : request.orders)
      if (order(id)) still_open.push_back(id);
    out.write(still_open);
  }
  keys_.save(out);
}

void Orders::load(BinaryReader& in) {
  *this = Orders(limits_);
  in.read_into(next_order_);
  in.read_into(next_trade_);
  in.read_into(venue_blocked_);
  in.read_into(kill_switch_at_);
  for (auto n = in.read<std::uint64_t>(); n > 0 && !in.failed(); --n) insert(in.read<Order>());
  for (const AccountId id : in.read<std::vector<AccountId>>()) account(id).blocked = true;
  for (auto n = in.read<std::uint32_t>(); n > 0 && !in.failed(); --n) {
    const auto reason = in.read<CancelReason>();
    const auto ids = in.read<std::vector<OrderId>>();
    mass_cancels_.push_back({reason, {ids.begin(), ids.end()}});
  }
  keys_.load(in);
}

}  // namespace rialto::orders
