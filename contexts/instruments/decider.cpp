#include "contexts/instruments/instruments.hpp"

#include <algorithm>
#include <optional>

#include "core/assert.hpp"
#include "core/wide.hpp"

namespace rialto::instruments {
namespace {

constexpr int largest_scale = 18;

bool is_name(std::string_view text, std::size_t longest, std::string_view extra) {
  return !text.empty() && text.size() <= longest &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || extra.find(c) != extra.npos;
         });
}

bool in_range(const Step& step) {
  return step.units >= 1 && step.units <= 1'000'000'000 && step.scale >= 0 &&
         step.scale <= largest_scale;
}

/// units × 10^exponent as a whole number of at most 18 digits, or nothing.
std::optional<std::int64_t> whole(i128 units, int exponent) {
  for (; exponent < 0; ++exponent) {
    if (units % 10 != 0) return std::nullopt;
    units /= 10;
  }
  for (; exponent > 0 && units <= largest_number; --exponent) units *= 10;
  if (units > largest_number) return std::nullopt;
  return static_cast<std::int64_t>(units);
}

/// INSTRUMENTS-3: under one set of rules a rebate never exceeds what the other side pays.
bool in_range(const Rules& rules) {
  const auto rate_ok = [](FeeRate rate) {
    return rate.value > -fee_rate_unit && rate.value <= fee_rate_unit;
  };
  return rate_ok(rules.maker_fee) && rate_ok(rules.taker_fee) &&
         rules.maker_fee.value + rules.taker_fee.value >= 0 && rules.max_quantity.value >= 1 &&
         rules.max_quantity.value <= largest_number && rules.max_notional.value >= 1 &&
         rules.max_notional.value <= largest_number && rules.collar_ppm <= fee_rate_unit * 10 &&
         rules.price_band_ppm <= fee_rate_unit * 1000 && rules.max_open_orders >= 1;
}

template <class List, class Id>
auto* find_dense(List& list, Id id) {
  const std::size_t index = id.value - 1;
  return index < list.size() ? &list[index] : nullptr;
}

}  // namespace

std::expected<AssetRegistered, Reject> Instruments::decide(const RegisterAsset& command) const {
  if (!is_name(command.code, 12, "")) return std::unexpected(Reject::asset_code_malformed);
  if (asset(command.code)) return std::unexpected(Reject::asset_already_registered);
  if (command.scale < 0 || command.scale > largest_scale)
    return std::unexpected(Reject::asset_scale_out_of_range);
  return AssetRegistered{
      {static_cast<std::uint32_t>(assets_.size() + 1)}, command.code, command.scale};
}

std::expected<InstrumentListed, Reject> Instruments::decide(const ListInstrument& command) const {
  if (!is_name(command.symbol, 24, "-._")) return std::unexpected(Reject::symbol_malformed);
  if (instrument_by_symbol_.contains(command.symbol))
    return std::unexpected(Reject::symbol_already_listed);
  const Asset* base = asset(command.base);
  const Asset* quote = asset(command.quote);
  if (!base || !quote) return std::unexpected(Reject::unknown_asset);
  if (base == quote) return std::unexpected(Reject::base_and_quote_must_differ);
  if (!in_range(command.tick) || !in_range(command.lot))
    return std::unexpected(Reject::step_out_of_range);
  // INSTRUMENTS-1, INSTRUMENTS-2: every price × quantity is a whole number of minor units on both
  // sides.
  const auto quote_per_tick_lot = whole(static_cast<i128>(command.tick.units) * command.lot.units,
                                        quote->scale - command.tick.scale - command.lot.scale);
  if (!quote_per_tick_lot) return std::unexpected(Reject::tick_times_lot_must_be_whole_minor_units);
  const auto base_per_lot = whole(command.lot.units, base->scale - command.lot.scale);
  if (!base_per_lot) return std::unexpected(Reject::lot_must_be_whole_minor_units);
  if (!in_range(command.rules)) return std::unexpected(Reject::rules_out_of_range);
  return InstrumentListed{{static_cast<std::uint32_t>(instruments_.size() + 1)},
                          command.symbol,
                          base->id,
                          quote->id,
                          command.tick,
                          command.lot,
                          {*quote_per_tick_lot},
                          {*base_per_lot},
                          command.rules};
}

std::expected<InstrumentRulesChanged, Reject> Instruments::decide(
    const ChangeRules& command) const {
  if (!instrument(command.instrument)) return std::unexpected(Reject::instrument_not_found);
  if (!in_range(command.rules)) return std::unexpected(Reject::rules_out_of_range);
  return InstrumentRulesChanged{command.instrument, command.rules};
}

std::expected<InstrumentHalted, Reject> Instruments::decide(const HaltInstrument& command) const {
  const Instrument* found = instrument(command.instrument);
  if (!found) return std::unexpected(Reject::instrument_not_found);
  if (found->halted) return std::unexpected(Reject::instrument_already_halted);
  return InstrumentHalted{command.instrument};
}

std::expected<InstrumentResumed, Reject> Instruments::decide(
    const ResumeInstrument& command) const {
  const Instrument* found = instrument(command.instrument);
  if (!found) return std::unexpected(Reject::instrument_not_found);
  if (!found->halted) return std::unexpected(Reject::instrument_not_halted);
  return InstrumentResumed{command.instrument};
}

void Instruments::evolve(const AssetRegistered& event) {
  RIALTO_ASSERT(event.asset.value == assets_.size() + 1);
  assets_.push_back({event.asset, event.code, event.scale});
  asset_by_code_.emplace(event.code, event.asset);
}

void Instruments::evolve(const InstrumentListed& event) {
  RIALTO_ASSERT(event.instrument.value == instruments_.size() + 1);
  instruments_.push_back({event.instrument, event.symbol, event.base, event.quote, event.tick,
                          event.lot, event.quote_per_tick_lot, event.base_per_lot, event.rules,
                          false});
  instrument_by_symbol_.emplace(event.symbol, event.instrument);
}

void Instruments::evolve(const InstrumentRulesChanged& event) {
  auto* found = find_dense(instruments_, event.instrument);
  RIALTO_ASSERT(found);
  found->rules = event.rules;
}

void Instruments::evolve(const InstrumentHalted& event) {
  auto* found = find_dense(instruments_, event.instrument);
  RIALTO_ASSERT(found && !found->halted);
  found->halted = true;
}

void Instruments::evolve(const InstrumentResumed& event) {
  auto* found = find_dense(instruments_, event.instrument);
  RIALTO_ASSERT(found && found->halted);
  found->halted = false;
}

const Asset* Instruments::asset(AssetId id) const {
  return find_dense(assets_, id);
}

const Instrument* Instruments::instrument(InstrumentId id) const {
  return find_dense(instruments_, id);
}

const Asset* Instruments::asset(std::string_view code) const {
  const auto at = asset_by_code_.find(std::string(code));
  return at == asset_by_code_.end() ? nullptr : asset(at->second);
}

const Instrument* Instruments::instrument(std::string_view symbol) const {
  auto at = instrument_by_symbol_.find(std::string(symbol));
  if (at == instrument_by_symbol_.end())
    at = instrument_by_symbol_.find(std::string(symbol) + "-USD");
  return at == instrument_by_symbol_.end() ? nullptr : instrument(at->second);
}

void Instruments::save(BinaryWriter& out) const {
  out.write(assets_);
  out.write(instruments_);
}

void Instruments::load(BinaryReader& in) {
  *this = {};
  in.read_into(assets_);
  in.read_into(instruments_);
  for (const Asset& asset : assets_) asset_by_code_.emplace(asset.code, asset.id);
  for (const Instrument& listed : instruments_)
    instrument_by_symbol_.emplace(listed.symbol, listed.id);
}

}  // namespace rialto::instruments
