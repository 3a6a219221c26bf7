#include "contexts/corrections/corrections.hpp"
#include "core/assert.hpp"
#include "core/wide.hpp"

namespace rialto::corrections {
namespace {

std::optional<Reject> refuse_reason(const std::string& reason) {
  // CORRECTIONS-4: who, when and why is known of every change.
  if (reason.empty()) return Reject::reason_required;
  if (reason.size() > longest_reason) return Reject::reason_too_long;
  return std::nullopt;
}

/// Price and quantity in minor units; fees are the caller's.
std::expected<Terms, Reject> priced(Price price, Quantity quantity, const Sizing& sizing) {
  if (price.value <= 0) return std::unexpected(Reject::price_must_be_positive);
  if (quantity.value <= 0) return std::unexpected(Reject::quantity_must_be_positive);
  if (price.value > largest_number || quantity.value > largest_number)
    return std::unexpected(Reject::number_too_large);
  const auto notional =
      checked_product(price.value, quantity.value, sizing.quote_per_tick_lot.value);
  const auto base = checked_product(quantity.value, sizing.base_per_lot.value);
  if (!notional || !base) return std::unexpected(Reject::number_too_large);
  return Terms{price, quantity, {*base}, {*notional}, {}, {}};
}

bool within_18_digits(i128 number) {
  return number <= largest_number && number >= -largest_number;
}

/// Whether such a trade can be of that instrument.
bool plausible(const SeenTrade& seen, const Sizing& sizing) {
  auto terms = priced(seen.terms.price, seen.terms.quantity, sizing);
  if (!terms || !within_18_digits(seen.terms.buyer_fee.value) ||
      !within_18_digits(seen.terms.seller_fee.value))
    return false;
  terms->buyer_fee = seen.terms.buyer_fee;
  terms->seller_fee = seen.terms.seller_fee;
  return *terms == seen.terms && seen.parties.base == sizing.base &&
         seen.parties.quote == sizing.quote;
}

}  // namespace

// CORRECTIONS-3: the rate that was charged stays the rate, whatever it was made of: no fee table is
// asked. Rounded up, in the venue's favour, as fees are.
i128 fee_for(Amount fee, Amount notional_before, Amount notional_after) {
  return ceil_divide(static_cast<i128>(fee.value) * notional_after.value, notional_before.value);
}

std::expected<std::optional<TradeId>, Reject> Corrections::done_before(const EnterTrade& command,
                                                                       Timestamp now) const {
  if (command.key.empty()) return std::nullopt;
  if (const Remembered* earlier = done_.find(command.key)) {
    if (earlier->content != command.content) return std::unexpected(Reject::idempotency_key_reused);
    return TradeId{earlier->answer};
  }
  if (done_.full(now)) return std::unexpected(Reject::idempotency_capacity_exhausted);
  return std::nullopt;
}

std::expected<TradeEntered, Reject> Corrections::decide(const EnterTrade& command, TradeId next,
                                                        const Sizing& sizing) const {
  if (const auto refused = refuse_reason(command.reason)) return std::unexpected(*refused);
  if (command.buyer == command.seller) return std::unexpected(Reject::buyer_and_seller_must_differ);
  const auto terms = priced(command.price, command.quantity, sizing);
  if (!terms) return std::unexpected(terms.error());
  const Parties parties{command.instrument, command.buyer, command.seller, sizing.base,
                        sizing.quote};
  return TradeEntered{next,           parties,     *terms,         command.by,
                      command.reason, command.key, command.content};
}

/// CORRECTIONS-2: a change is made to what its author saw, or not at all.
std::expected<Standing, Reject> Corrections::current(const SeenTrade& seen, TradeId next,
                                                     const Sizing& sizing) const {
  const Standing* touched = standing(seen.trade);
  if (!touched && (seen.trade.value == 0 || seen.trade >= next || !plausible(seen, sizing)))
    return std::unexpected(Reject::trade_not_found);
  if (touched && touched->busted) return std::unexpected(Reject::trade_already_busted);
  if (seen.seen != (touched ? touched->version : 0))
    return std::unexpected(Reject::trade_changed_meanwhile);
  if (touched) return *touched;
  return Standing{seen.trade, 0, false, false, seen.parties, seen.terms};
}

std::expected<TradeCorrected, Reject> Corrections::decide(const CorrectTrade& command, TradeId next,
                                                          const Sizing& sizing) const {
  if (const auto refused = refuse_reason(command.reason)) return std::unexpected(*refused);
  const auto now = current(command.trade, next, sizing);
  if (!now) return std::unexpected(now.error());
  const Terms& before = now->terms;
  auto after = priced(command.price.value_or(before.price),
                      command.quantity.value_or(before.quantity), sizing);
  if (!after) return std::unexpected(after.error());
  const i128 buyer_fee = fee_for(before.buyer_fee, before.notional, after->notional);
  const i128 seller_fee = fee_for(before.seller_fee, before.notional, after->notional);
  if (!within_18_digits(buyer_fee) || !within_18_digits(seller_fee))
    return std::unexpected(Reject::number_too_large);
  after->buyer_fee = {static_cast<std::int64_t>(buyer_fee)};
  after->seller_fee = {static_cast<std::int64_t>(seller_fee)};
  if (*after == before) return std::unexpected(Reject::nothing_to_change);
  return TradeCorrected{now->trade, now->version + 1, now->parties,  before,
                        *after,     command.by,       command.reason};
}

std::expected<TradeBusted, Reject> Corrections::decide(const BustTrade& command, TradeId next,
                                                       const Sizing& sizing) const {
  if (const auto refused = refuse_reason(command.reason)) return std::unexpected(*refused);
  const auto now = current(command.trade, next, sizing);
  if (!now) return std::unexpected(now.error());
  return TradeBusted{now->trade, now->version + 1, now->parties,
                     now->terms, command.by,       command.reason};
}

void Corrections::evolve(const TradeEntered& event, Timestamp now) {
  done_.expire(now);
  const Standing entered{event.trade, 0, true, false, event.parties, event.terms};
  const bool fresh = touched_.emplace(event.trade, entered).second;
  RIALTO_ASSERT(fresh);
  if (!event.key.empty()) {
    done_.remember(event.key, {event.content, event.trade.value});
    done_.close(event.key, now);
  }
}

void Corrections::evolve(const TradeCorrected& event) {
  Standing& touched = touched_[event.trade];
  RIALTO_ASSERT(event.version == touched.version + 1 && !touched.busted);
  touched = {event.trade, event.version, touched.entered, false, event.parties, event.after};
}

void Corrections::evolve(const TradeBusted& event) {
  Standing& touched = touched_[event.trade];
  RIALTO_ASSERT(event.version == touched.version + 1 && !touched.busted);
  touched = {event.trade, event.version, touched.entered, true, event.parties, event.terms};
}

const Standing* Corrections::standing(TradeId trade) const {
  const auto found = touched_.find(trade);
  return found == touched_.end() ? nullptr : &found->second;
}

void Corrections::save(BinaryWriter& out) const {
  out.write(static_cast<std::uint64_t>(touched_.size()));
  for (const auto& [trade, standing] : touched_) out.write(standing);
  done_.save(out);
}

void Corrections::load(BinaryReader& in) {
  touched_.clear();
  for (auto left = in.read<std::uint64_t>(); left > 0 && !in.failed(); --left) {
    const auto each = in.read<Standing>();
    touched_.emplace(each.trade, each);
  }
  done_.load(in);
}

}  // namespace rialto::corrections
