// What an administrator did to trades, worked out again.
#include "tests/simulation/auditor.hpp"

namespace rialto::simulation {
namespace {

template <class Command>
const Command* asked_for(const auto* cause) {
  return cause ? std::get_if<Command>(&cause->command) : nullptr;
}

/// The old fee in proportion, rounded up.
__int128 in_proportion(Amount fee, Amount before, Amount after) {
  const __int128 product = static_cast<__int128>(fee.value) * after.value;
  const __int128 quotient = product / before.value;
  return quotient + (product % before.value > 0 ? 1 : 0);
}

}  // namespace

void Auditor::number(TradeId trade) {
  findings_.expect(trade.value == last_trade_ + 1, "trade {} follows trade {}", trade.value,
                   last_trade_);
  last_trade_ = trade.value;
}

void Auditor::post(const corrections::Parties& parties, const corrections::Terms& terms, int sign) {
  const Wide base = Wide{terms.base_amount.value} * sign;
  const Wide notional = Wide{terms.notional.value} * sign;
  const Wide buyer_fee = Wide{terms.buyer_fee.value} * sign;
  const Wide seller_fee = Wide{terms.seller_fee.value} * sign;
  post(parties.buyer, parties.base, base);
  post(parties.buyer, parties.quote, -notional - buyer_fee);
  post(parties.seller, parties.base, -base);
  post(parties.seller, parties.quote, notional - seller_fee);
  post(ledger::venue_fees_account, parties.quote, buyer_fee + seller_fee);
}

void Auditor::report(const corrections::TradeEntered& event, const FeedStep& step) {
  ++counts_["trades entered"];
  number(event.trade);
  const auto* asked = asked_for<corrections::EnterTrade>(cause_);
  if (!findings_.expect(asked != nullptr, "step {}: nobody entered trade {}", step.first.value,
                        event.trade.value))
    return;
  const Listed& terms = listed(asked->instrument);
  findings_.expect(
      event.parties.buyer == asked->buyer && event.parties.seller == asked->seller &&
          event.parties.base == terms.base && event.parties.quote == terms.quote &&
          event.terms.price == asked->price && event.terms.quantity == asked->quantity &&
          event.terms.base_amount.value == asked->quantity.value * terms.base_per_lot &&
          event.terms.notional.value ==
              Wide{asked->price.value} * asked->quantity.value * terms.quote_per_tick_lot &&
          event.terms.buyer_fee.value == 0 && event.terms.seller_fee.value == 0,
      "trade {} is not what was entered", event.trade.value);
  trades_[event.trade.value] = {event.parties, event.terms};
  post(event.parties, event.terms, 1);
}

void Auditor::report(const corrections::TradeCorrected& event, const FeedStep& step) {
  ++counts_["trades corrected"];
  const auto* asked = asked_for<corrections::CorrectTrade>(cause_);
  const auto known = trades_.find(event.trade.value);
  if (!findings_.expect(asked && known != trades_.end(), "step {}: nobody corrected trade {}",
                        step.first.value, event.trade.value))
    return;
  Trade& trade = known->second;
  findings_.expect(event.version == ++trade.version && !trade.busted && event.before == trade.terms,
                   "trade {} was corrected from what it never was", event.trade.value);
  const Listed& terms = listed(trade.parties.instrument);
  const corrections::Terms& after = event.after;
  findings_.expect(
      after.price == asked->price.value_or(trade.terms.price) &&
          after.quantity == asked->quantity.value_or(trade.terms.quantity) &&
          after.base_amount.value == after.quantity.value * terms.base_per_lot &&
          after.notional.value ==
              Wide{after.price.value} * after.quantity.value * terms.quote_per_tick_lot &&
          after.buyer_fee.value ==
              in_proportion(trade.terms.buyer_fee, trade.terms.notional, after.notional) &&
          after.seller_fee.value ==
              in_proportion(trade.terms.seller_fee, trade.terms.notional, after.notional),
      "trade {} was not corrected as asked", event.trade.value);
  post(trade.parties, trade.terms, -1);
  post(trade.parties, after, 1);
  trade.terms = after;
}

void Auditor::report(const corrections::TradeBusted& event, const FeedStep& step) {
  ++counts_["trades busted"];
  const auto* asked = asked_for<corrections::BustTrade>(cause_);
  const auto known = trades_.find(event.trade.value);
  if (!findings_.expect(asked && known != trades_.end(), "step {}: nobody busted trade {}",
                        step.first.value, event.trade.value))
    return;
  Trade& trade = known->second;
  findings_.expect(event.version == ++trade.version && !trade.busted && event.terms == trade.terms,
                   "trade {} was busted as what it never was", event.trade.value);
  trade.busted = true;
  post(trade.parties, trade.terms, -1);
}

}  // namespace rialto::simulation
