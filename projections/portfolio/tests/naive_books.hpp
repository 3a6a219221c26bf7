// The same figures a second time, from the history of trades alone: written for clarity with
// numbers of any size, one flat list of lots, and no state but that. The oracle of Holdings.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include <boost/multiprecision/cpp_int.hpp>

#include "flows/registry.hpp"

namespace rialto::projections::test {

using Number = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>,
                                             boost::multiprecision::et_off>;

struct NaiveLot {
  std::uint64_t id;
  std::uint64_t order;
  Number half_ticks;
  Number quantity;  // below zero: short
  Number cost;      // below zero: received
};

struct NaivePosition {
  std::vector<NaiveLot> lots;
  Number pool;  // with average cost: what all of them cost
  bool average = false;
  Number realized, fees, bought, sold, given, taken;

  Number quantity() const {
    Number sum = 0;
    for (const NaiveLot& lot : lots) sum += lot.quantity;
    return sum;
  }
  Number cost() const {
    if (average) return pool;
    Number sum = 0;
    for (const NaiveLot& lot : lots) sum += lot.cost;
    return sum;
  }
};

/// Half up, of any sign.
inline Number rounded(const Number& above, const Number& below) {
  const Number twice = above * 2 + below;
  Number floor = twice / (below * 2);
  if (floor * below * 2 > twice) --floor;
  return floor;
}

class NaiveBooks {
 public:
  using Key = std::pair<std::uint64_t, std::uint32_t>;  // portfolio, instrument

  /// One event of the log; `mark` is the price of deposits, in half ticks, 0 where there is none.
  template <class Mark>
  void hear(const flows::AnyEvent& any, std::uint64_t sequence, Mark mark) {
    if (const auto* e = std::get_if<instruments::InstrumentListed>(&any)) {
      listed.push_back(*e);
      // What was money so far comes in at no cost.
      for (auto& [of, amount] : money)
        if (of.second == e->base.value && amount != 0)
          transfer({of.first}, e->base, std::exchange(amount, 0), sequence,
                   [](InstrumentId) { return 0; });
    }
    if (const auto* e = std::get_if<portfolio::OrderAssigned>(&any)) assigned[e->order.value] = *e;
    if (const auto* e = std::get_if<portfolio::PortfolioCreated>(&any))
      methods[e->portfolio.value] = e->method;
    if (const auto* e = std::get_if<portfolio::PortfolioChanged>(&any))
      methods[e->portfolio.value] = e->method;
    if (const auto* e = std::get_if<matching::TradeExecuted>(&any)) {
      side(*e, Side::buy, e->buy_order, e->buyer, e->buyer_fee, sequence);
      side(*e, Side::sell, e->sell_order, e->seller, e->seller_fee, sequence);
    }
    if (const auto* e = std::get_if<corrections::TradeEntered>(&any))
      settle(e->parties, e->terms, 1, sequence);
    if (const auto* e = std::get_if<corrections::TradeCorrected>(&any)) {
      settle(e->parties, e->before, -1, sequence);
      settle(e->parties, e->after, 1, sequence);
    }
    if (const auto* e = std::get_if<corrections::TradeBusted>(&any))
      settle(e->parties, e->terms, -1, sequence);
    if (const auto* e = std::get_if<ledger::AccountCredited>(&any))
      transfer(e->account, e->asset, Number(e->amount.value), sequence, mark);
    if (const auto* e = std::get_if<ledger::AccountDebited>(&any))
      transfer(e->account, e->asset, -Number(e->amount.value), sequence, mark);
  }

  std::map<Key, NaivePosition> positions;
  std::vector<instruments::InstrumentListed> listed;

 private:
  portfolio::ReliefMethod method(std::uint64_t id) {
    return methods.contains(id) ? methods[id] : portfolio::ReliefMethod::fifo;
  }

  void side(const matching::TradeExecuted& trade, Side which, OrderId order, AccountId account,
            Amount fee, std::uint64_t sequence) {
    std::uint64_t id = account.value;
    std::uint64_t lot = 0;
    if (const auto at = assigned.find(order.value); at != assigned.end())
      id = at->second.portfolio.value, lot = at->second.lot.value;
    NaivePosition& position = positions[{id, trade.instrument.value}];
    const bool buys = which == Side::buy;
    const Number notional = trade.notional.value;
    position.fees += fee.value;
    (buys ? position.bought : position.sold) += buys ? notional + fee.value : notional - fee.value;
    const Number flow = buys ? notional + fee.value : -(notional - fee.value);
    const Number quantity = buys ? trade.base_amount.value : -trade.base_amount.value;
    add(position, method(id), quantity, flow, lot,
        {sequence, order.value, Number(trade.price.value) * 2, 0, 0});
  }

  /// `way` -1: undone.
  void settle(const corrections::Parties& parties, const corrections::Terms& terms, int way,
              std::uint64_t sequence) {
    for (const int party : {1, -1}) {
      const AccountId account = party > 0 ? parties.buyer : parties.seller;
      NaivePosition& position = positions[{account.value, parties.instrument.value}];
      const Number half_ticks = Number(terms.price.value) * 2;
      const Number fee = party > 0 ? terms.buyer_fee.value : terms.seller_fee.value;
      const Number flow = way * (party * Number(terms.notional.value) + fee);
      std::uint64_t named = 0;
      if (way < 0)
        for (const NaiveLot& lot : position.lots)
          if (lot.half_ticks == half_ticks) named = lot.id;
      position.fees += way * fee;
      position.bought += flow;
      add(position, method(account.value), way * party * Number(terms.base_amount.value), flow,
          named, {sequence, 0, half_ticks, 0, 0});
    }
  }

  template <class Mark>
  void transfer(AccountId account, AssetId asset, Number amount, std::uint64_t sequence,
                Mark mark) {
    for (const auto& home : listed) {
      if (home.base != asset) continue;
      const Number price = mark(home.instrument);
      const Number size = abs(amount);
      const Number value = rounded(price * size * home.quote_per_tick_lot.value,
                                   Number(home.base_per_lot.value) * 2);
      NaivePosition& position = positions[{account.value, home.instrument.value}];
      const auto by = method(account.value);
      if (amount > 0) {
        position.given += value;
        add(position, by, amount, value, 0, {sequence, 0, price, 0, 0});
        return;
      }
      // What is there leaves at cost: a sale at exactly that, which earns nothing.
      switch_to(position, by);
      const Number owned = position.quantity();
      const Number there = owned > 0 ? std::min(owned, size) : Number(0);
      const Number cost = there > 0 ? relieve(position, by, there, 0) : Number(0);
      const Number rest = value - (there > 0 ? rounded(value * there, size) : Number(0));
      position.taken += cost + (there < size ? rest : Number(0));
      if (there < size) put(position, {sequence, 0, price, there - size, -rest});
      return;
    }
    money[{account.value, asset.value}] += amount;
  }

  /// quantity > 0 costs `flow`; quantity < 0 brings -flow.
  void add(NaivePosition& position, portfolio::ReliefMethod by, const Number& quantity,
           const Number& flow, std::uint64_t named, NaiveLot opened) {
    switch_to(position, by);
    const Number owned = position.quantity();
    Number closes = 0;
    if ((owned > 0 && quantity < 0) || (owned < 0 && quantity > 0))
      closes = std::min(Number(abs(owned)), Number(abs(quantity)));
    Number used = 0;
    if (closes != 0) {
      used = quantity > 0 ? rounded(flow * closes, abs(quantity))
                          : -rounded(-flow * closes, abs(quantity));
      // Long: cost, then -used is what it brought. Short: -cost was received, used is paid.
      position.realized += -used - relieve(position, by, closes, named);
    }
    if (closes == abs(quantity)) return;
    opened.quantity = quantity > 0 ? quantity - closes : quantity + closes;
    opened.cost = flow - used;
    put(position, opened);
  }

  void put(NaivePosition& position, const NaiveLot& opened) {
    position.pool += opened.cost;
    if (!position.lots.empty() && opened.order != 0) {
      NaiveLot& last = position.lots.back();
      if (last.order == opened.order && last.half_ticks == opened.half_ticks) {
        last.quantity += opened.quantity;
        last.cost += opened.cost;
        return;
      }
    }
    position.lots.push_back(opened);
  }

  /// Uses up `size` of the lots; what they cost, below zero for short ones.
  Number relieve(NaivePosition& position, portfolio::ReliefMethod by, const Number& size,
                 std::uint64_t named) {
    const Number all = abs(position.quantity());
    const int sign = position.quantity() < 0 ? -1 : 1;
    const Number averaged = sign * rounded(sign * position.pool * size, all);
    std::vector<NaiveLot*> order;
    for (NaiveLot& lot : position.lots) order.push_back(&lot);
    if (by == portfolio::ReliefMethod::lifo) std::reverse(order.begin(), order.end());
    std::stable_partition(order.begin(), order.end(),
                          [&](const NaiveLot* lot) { return named != 0 && lot->id == named; });
    Number left = size;
    Number cost = 0;
    for (NaiveLot* lot : order) {
      const Number whole = abs(lot->quantity);
      const Number part = std::min(left, whole);
      if (part == 0) continue;
      const Number taken = sign * rounded(sign * lot->cost * part, whole);
      lot->cost -= taken;
      lot->quantity -= sign * part;
      left -= part;
      cost += taken;
    }
    std::erase_if(position.lots, [](const NaiveLot& lot) { return lot.quantity == 0; });
    if (position.average) cost = averaged;
    position.pool -= cost;
    return cost;
  }

  void switch_to(NaivePosition& position, portfolio::ReliefMethod by) {
    const bool average = by == portfolio::ReliefMethod::average_cost;
    if (average == position.average) return;
    if (average) {
      position.pool = position.cost();
    } else {
      const Number all = position.quantity();
      const int sign = all < 0 ? -1 : 1;
      Number before = 0, given = 0;
      for (NaiveLot& lot : position.lots) {
        before += lot.quantity;
        const Number upto = sign * rounded(position.pool * before, sign * all);
        lot.cost = upto - given;
        given = upto;
      }
    }
    position.average = average;
  }

  std::map<Key, Number> money;  // by account and asset, where there is no market
  std::map<std::uint64_t, portfolio::OrderAssigned> assigned;
  std::map<std::uint64_t, portfolio::ReliefMethod> methods;
};

}  // namespace rialto::projections::test
