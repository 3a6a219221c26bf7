#include "projections/portfolio/position.hpp"

#include <algorithm>

#include "core/assert.hpp"

namespace rialto::projections {

using portfolio::LotId;
using portfolio::ReliefMethod;

i128 share(i128 amount, i128 part, i128 whole) {
  RIALTO_ASSERT(part >= 0 && part <= whole && whole > 0);
  if (part == whole) return amount;
  constexpr i128 exact = i128{1} << 62;  // products below stay within 126 bits
  while (whole > exact) {
    whole /= 2;
    part /= 2;
  }
  i128 times = amount / whole;
  i128 rest = amount % whole;
  if (rest < 0) {  // of negative amounts too, the rest is from 0 up
    rest += whole;
    --times;
  }
  return times * part + (rest * part + whole / 2) / whole;
}

Closing Position::trade(const Deal& deal, ReliefMethod method, LotId first) {
  const i128 net =
      deal.side == Side::buy ? -(deal.value + deal.fee.value) : deal.value - deal.fee.value;
  cash_ += net;
  fees_ += deal.fee.value;
  return apply(deal, method, first);
}

Closing Position::deposit(const Deal& deal, ReliefMethod method) {
  contributed_ += deal.value;
  return apply(deal, method, {});
}

void Position::withdraw(const Deal& deal, ReliefMethod method) {
  pool(method == ReliefMethod::average_cost);
  const i128 there = opens(Side::sell) ? i128{} : std::min<i128>(deal.quantity.value, quantity_);
  if (there != 0) withdrawn_ += relieve(there, method, {});
  const i128 rest = deal.quantity.value - there;
  if (rest == 0) return;
  const i128 value = deal.value - share(deal.value, there, deal.quantity.value);
  withdrawn_ += value;
  open(deal, rest, value, 0);
}

Closing Position::apply(const Deal& deal, ReliefMethod method, LotId first) {
  pool(method == ReliefMethod::average_cost);
  const bool buys = deal.side == Side::buy;
  const i128 net = buys ? deal.value + deal.fee.value : deal.value - deal.fee.value;
  Closing closing;
  if (!opens(deal.side)) {
    closing.quantity = std::min<i128>(deal.quantity.value, quantity_);
    closing.value = share(net, closing.quantity, deal.quantity.value);
    closing.fees = share(deal.fee.value, closing.quantity, deal.quantity.value);
    closing.cost = relieve(closing.quantity, method, first);
    closing.realized = buys ? closing.cost - closing.value : closing.value - closing.cost;
    realized_ += closing.realized;
  }
  const i128 rest = deal.quantity.value - closing.quantity;
  if (rest != 0) open(deal, rest, net - closing.value, deal.fee.value - closing.fees);
  return closing;
}

void Position::open(const Deal& deal, i128 quantity, i128 cost, i128 fees) {
  if (quantity_ == 0) short_ = deal.side == Side::sell;
  quantity_ += quantity;
  cost_ += cost;
  const auto size = static_cast<std::int64_t>(quantity);
  const auto fee = static_cast<std::int64_t>(fees);
  if (lot_count() != 0 && deal.order.value != 0) {
    Lot& newest = lots_.back();
    if (newest.order == deal.order && newest.price == deal.price) {
      newest.quantity.value += size;
      newest.cost += cost;
      newest.fees.value += fee;
      return;
    }
  }
  lots_.push_back({deal.id, deal.order, deal.time, deal.price, {size}, {fee}, cost});
}

/// Uses up lots; returns what they cost.
i128 Position::relieve(i128 quantity, ReliefMethod method, LotId first) {
  const i128 pooled_cost = pooled_ ? share(cost_, quantity, quantity_) : 0;
  i128 cost = 0;
  i128 left = quantity;
  if (first.value != 0)
    if (const std::size_t named = index_of(first); named < lot_count())
      cost += take(named, left, left);
  while (left != 0) cost += take(method == ReliefMethod::lifo ? lot_count() - 1 : 0, left, left);
  if (pooled_) cost = pooled_cost;
  quantity_ -= quantity;
  cost_ -= cost;
  if (quantity_ == 0) {
    RIALTO_ASSERT(cost_ == 0 && lot_count() == 0);
    lots_.clear();
    first_ = 0;
  }
  return cost;
}

/// Out of one lot; returns its part of the lot's own cost.
i128 Position::take(std::size_t index, i128 at_most, i128& left) {
  Lot& lot = lots_[first_ + index];
  const i128 whole = lot.quantity.value;
  const i128 taken = std::min(at_most, whole);
  const i128 cost = share(lot.cost, taken, whole);
  lot.cost -= cost;
  lot.fees.value -= static_cast<std::int64_t>(share(lot.fees.value, taken, whole));
  lot.quantity.value -= static_cast<std::int64_t>(taken);
  left -= taken;
  if (lot.quantity.value == 0) erase(index);
  return cost;
}

void Position::erase(std::size_t index) {
  if (index != 0) {
    lots_.erase(lots_.begin() + static_cast<std::ptrdiff_t>(first_ + index));
    return;
  }
  ++first_;
  // Half of it used up: the rest moves to the front, which is paid for by what was used up.
  if (first_ * 2 < lots_.size()) return;
  lots_.erase(lots_.begin(), lots_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
}

/// Into one cost for all lots, or out of it: each lot gets its part by quantity.
void Position::pool(bool pooled) {
  if (pooled == pooled_) return;
  if (pooled_) {
    i128 quantity = 0;
    i128 given = 0;
    for (std::size_t i = 0; i < lot_count(); ++i) {
      Lot& lot = lots_[first_ + i];
      quantity += lot.quantity.value;
      const i128 upto = share(cost_, quantity, quantity_);
      lot.cost = upto - given;
      given = upto;
    }
  }
  pooled_ = pooled;
}

i128 Position::cost_of(std::size_t index) const {
  if (!pooled_) return lot(index).cost;
  i128 before = 0;
  for (std::size_t i = 0; i < index; ++i) before += lot(i).quantity.value;
  return share(cost_, before + lot(index).quantity.value, quantity_) -
         share(cost_, before, quantity_);
}

std::size_t Position::index_of(LotId id) const {
  const auto begin = lots_.begin() + static_cast<std::ptrdiff_t>(first_);
  const auto at = std::lower_bound(begin, lots_.end(), id,
                                   [](const Lot& lot, LotId wanted) { return lot.id < wanted; });
  return at == lots_.end() || at->id != id ? lot_count() : static_cast<std::size_t>(at - begin);
}

const Lot* Position::find(LotId id) const {
  const std::size_t index = index_of(id);
  return index < lot_count() ? &lot(index) : nullptr;
}

void Position::save(BinaryWriter& out) const {
  out.write(short_);
  out.write(pooled_);
  for (const i128 number : {quantity_, cost_, realized_, fees_, cash_, contributed_, withdrawn_})
    out.write(number);
  out.write(static_cast<std::uint32_t>(lot_count()));
  for (std::size_t i = 0; i < lot_count(); ++i) out.write(lot(i));
}

void Position::load(BinaryReader& in) {
  *this = Position();
  in.read_into(short_);
  in.read_into(pooled_);
  for (i128* number : {&quantity_, &cost_, &realized_, &fees_, &cash_, &contributed_, &withdrawn_})
    in.read_into(*number);
  in.read_into(lots_);
}

}  // namespace rialto::projections
