// The state of open orders follows the events; no rule is applied here a second time.
#include <algorithm>
#include <array>

#include "contexts/ledger/contract.hpp"
#include "contexts/orders/orders.hpp"
#include "core/assert.hpp"

namespace rialto::orders {
namespace {
// A closed order's second and third line have long left the cache when its slot is taken again:
// asked for so many orders ahead.
constexpr std::size_t reused_soon = 8;

void prefetch_lines(const Order& order) {
  prefetch_line(&order.id);
  prefetch_line(&order.worst_price);
  prefetch_line(&order.price);
}

constexpr std::int64_t key_retention_ns =
    300'000'000'000;  // five minutes of log time after the close
}  // namespace

Orders::Orders(Limits limits)
    : orders_(largest_open_orders),
      accounts_(ledger::largest_account_number + 1),
      limits_(limits),
      keys_(key_retention_ns, limits.keys) {}

void Orders::evolve(const OrderCreated& event, Timestamp now) {
  // ORDERS-1: numbers of orders and trades are given in turn, none twice, none left out.
  RIALTO_ASSERT(event.order.value == next_order_);
  ++next_order_;
  keys_.expire(now);
  Order& order = take_slot(event.order, event.account);
  order.key = event.key;
  order.hold = event.hold;
  order.remaining = event.quantity;
  order.instrument = event.instrument;
  order.side = event.side;
  order.type = event.type;
  order.waiting = false;
  order.expires = event.expire_time.value != 0;
  order.worst_price = event.worst_price;
  order.filled = {};
  order.maker_fee = event.maker_fee;
  order.taker_fee = event.taker_fee;
  order.fee_slack = 0;
  order.hold_asset = event.hold_asset;
  order.filled_notional = 0;
  order.fees = 0;
  order.price = event.price;
  order.stop_price = event.stop_price;
  order.display = event.display;
  order.expire_time = event.expire_time;
  order.created = now;
  order.user = event.user;
  order.session = event.session;
  order.user_ref = event.user_ref;
  order.time_in_force = event.time_in_force;
  order.self_trade_prevention = event.self_trade_prevention;
  order.post_only = event.post_only;
  if (order.expires) expiries_.emplace(event.expire_time.value, event.order.value);
  if (!event.client_order_id.empty()) client_order_ids_.emplace(event.order, event.client_order_id);
  if (!event.key.empty()) keys_.remember(event.key, {event.content, event.order.value});
}

void Orders::evolve(const OrderUpdated& event) {
  Order& order = at(event.order);
  order.price = event.price;
  order.worst_price = event.worst_price;
  order.stop_price = event.stop_price;
  order.remaining = event.quantity - order.filled;
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
    order.remaining -= event.quantity;
    order.filled += event.quantity;
    order.filled_notional += event.notional.value;
    order.fees += fee.value;
    order.fee_slack = slack;
    order.hold -= released;
    RIALTO_ASSERT(order.remaining.value >= 0 && order.hold.value >= 0);
    if (order.remaining.value == 0) close(order, now);
  };
  fill(event.buy_order, event.buyer_fee, event.buyer_fee_slack, event.buyer_hold_released);
  fill(event.sell_order, event.seller_fee, event.seller_fee_slack, event.seller_hold_released);
}

// Trades are numbered in one row, whoever made them.
void Orders::evolve(const corrections::TradeEntered& event) {
  RIALTO_ASSERT(event.trade.value == next_trade_);
  ++next_trade_;
}

void Orders::evolve(const matching::OrderCancelled& event, Timestamp now) {
  Order& order = at(event.order);
  order.hold -= event.hold_released;
  // ORDERS-3: a closed order holds nothing.
  RIALTO_ASSERT(order.hold.value == 0);
  close(order, now);
}

void Orders::evolve(const matching::OrderReduced& event) {
  Order& order = at(event.order);
  order.remaining -= event.by;
  order.hold -= event.hold_released;
  RIALTO_ASSERT(order.remaining.value >= 0 && order.hold.value >= 0);
}

void Orders::evolve(const matching::OrderProcessed& event) {
  if (event.outcome == matching::Outcome::done) return;
  at(event.order).waiting = event.outcome == matching::Outcome::waiting;
}

void Orders::evolve(const matching::OrderTriggered& event) {
  at(event.order).waiting = false;
}

/// A slot keeps its order until it is used again, and the newest free ones are at the end: a trade
/// closes two at most.
const Order* Orders::just_closed(OrderId id) const {
  const std::size_t last = free_.size();
  for (std::size_t at = last; at > 0 && at + 2 > last; --at)
    if (const Order& closed = orders_[free_[at - 1]]; closed.id == id && !order(id)) return &closed;
  return nullptr;
}

const Order* Orders::order(OrderId id) const {
  const Slot slot = slots_.find(local_number(id));
  // The id as a whole: the same number of another shard is another order.
  return slot == PagedIndex::none || orders_[slot].id != id ? nullptr : &orders_[slot];
}

ClientOrderId Orders::client_order_id(OrderId id) const {
  const auto found = client_order_ids_.find(id);
  return found == client_order_ids_.end() ? ClientOrderId{} : found->second;
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
  return orders_[slot];
}

Orders::AccountOrders& Orders::account(AccountId id) {
  const auto index = local_number(id);
  accounts_.grow_to(index + 1);
  return accounts_[index];
}

Order& Orders::take_slot(OrderId id, AccountId owner) {
  auto slot = static_cast<Slot>(orders_.size());
  if (free_.empty()) {
    orders_.push_back({});
  } else {
    slot = free_.back();
    free_.pop_back();
    if (free_.size() >= reused_soon) prefetch_lines(orders_[free_[free_.size() - reused_soon]]);
  }
  AccountOrders& owned = account(owner);
  Order& order = orders_[slot];
  order.id = id;
  order.account = owner;
  order.older = owned.newest;
  order.newer = no_slot;
  (owned.newest == no_slot ? owned.oldest : orders_[owned.newest].newer) = slot;
  owned.newest = slot;
  ++owned.count;
  ++open_count_;
  slots_.insert(local_number(id), slot);
  return order;
}

Order& Orders::insert(const Order& order) {
  Order& taken = take_slot(order.id, order.account);
  const Slot older = taken.older;
  taken = order;
  taken.older = older;
  taken.newer = no_slot;
  if (order.expires) expiries_.emplace(order.expire_time.value, order.id.value);
  return taken;
}

void Orders::close(Order& order, Timestamp now) {
  AccountOrders& owner = account(order.account);
  (order.older == no_slot ? owner.oldest : orders_[order.older].newer) = order.newer;
  (order.newer == no_slot ? owner.newest : orders_[order.newer].older) = order.older;
  --owner.count;
  --open_count_;
  if (order.expires) expiries_.erase({order.expire_time.value, order.id.value});
  if (!client_order_ids_.empty()) client_order_ids_.erase(order.id);
  if (!order.key.empty()) keys_.close(order.key, now);
  slots_.erase(local_number(order.id));
  free_.push_back(static_cast<Slot>(&order - orders_.begin()));
  if (!mass_cancels_.empty()) [[unlikely]]
    pass_over_closed();
}

// ORDERS-6: the head of the mass-cancel queue is always an open order.
void Orders::pass_over_closed() {
  while (!mass_cancels_.empty()) {
    auto& orders = mass_cancels_.front().orders;
    while (!orders.empty() && !order(orders.front())) orders.pop_front();
    if (!orders.empty()) break;
    mass_cancels_.pop_front();
  }
}

void Orders::prefetch_order(OrderId id) const {
  const Slot slot = slots_.find(local_number(id));
  if (slot == PagedIndex::none) return;
  prefetch_line(&orders_[slot].id);
  prefetch_line(&orders_[slot].worst_price);
}

void Orders::prefetch_neighbours(OrderId id) const {
  const Slot slot = slots_.find(local_number(id));
  if (slot == PagedIndex::none) return;
  if (orders_[slot].older != no_slot) prefetch_line(&orders_[orders_[slot].older]);
  if (orders_[slot].newer != no_slot) prefetch_line(&orders_[orders_[slot].newer]);
}

void Orders::prefetch_newest(AccountId id) const {
  const auto index = local_number(id);
  if (index < accounts_.size() && accounts_[index].newest != no_slot)
    prefetch_line(&orders_[accounts_[index].newest]);
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
  for (const Order* order : open) {
    out.write(*order);
    out.write(client_order_id(order->id));
  }
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
  // Read a few ahead of their insertion: each would wait for its account's line otherwise.
  std::array<Order, 16> window;
  for (auto left = in.read<std::uint64_t>(); left > 0 && !in.failed();) {
    const auto count = std::min<std::uint64_t>(left, window.size());
    for (std::size_t i = 0; i < count; ++i) {
      in.read_into(window[i]);
      prefetch(window[i].account);
      if (const auto text = in.read<ClientOrderId>(); !text.empty())
        client_order_ids_.emplace(window[i].id, text);
    }
    for (std::size_t i = 0; i < count && !in.failed(); ++i) prefetch_newest(window[i].account);
    for (std::size_t i = 0; i < count && !in.failed(); ++i) insert(window[i]);
    left -= count;
  }
  for (const AccountId id : in.read<std::vector<AccountId>>()) account(id).blocked = true;
  for (auto n = in.read<std::uint32_t>(); n > 0 && !in.failed(); --n) {
    const auto reason = in.read<CancelReason>();
    const auto ids = in.read<std::vector<OrderId>>();
    mass_cancels_.push_back({reason, {ids.begin(), ids.end()}});
  }
  keys_.load(in);
}

}  // namespace rialto::orders
