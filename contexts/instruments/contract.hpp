// What can be traded, in which units and under which limits.
#pragma once

#include <cstdint>
#include <string>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "core/rejection.hpp"
#include "core/types.hpp"

namespace rialto::instruments {

/// A decimal step: units × 10^-scale. A tick of 0.01 is {1, 2}; of 0.05, {5, 2}.
struct Step {
  std::int64_t units = 1;
  std::int32_t scale = 0;
  friend bool operator==(const Step&, const Step&) = default;
};
BOOST_DESCRIBE_STRUCT(Step, (), (units, scale))

/// The limits and prices an administrator may change.
struct Rules {
  FeeRate maker_fee;
  FeeRate taker_fee;
  Quantity max_quantity;            // lots in one order
  Amount max_notional;              // quote minor units of one order
  std::uint32_t price_band_ppm{};   // farthest limit from the reference price; 0 = no band
  std::uint32_t collar_ppm{};       // how far beyond the best price a market order may trade
  std::uint32_t max_open_orders{};  // of one account, on all instruments together
  friend bool operator==(const Rules&, const Rules&) = default;
};
BOOST_DESCRIBE_STRUCT(Rules, (),
                      (maker_fee, taker_fee, max_quantity, max_notional, price_band_ppm, collar_ppm,
                       max_open_orders))

// Commands.
struct RegisterAsset {
  std::string code;      // 1 to 12 of A-Z 0-9
  std::int32_t scale{};  // decimal places of its minor unit, 0 to 18
};
struct ListInstrument {
  std::string symbol;  // "BTC-USD"; 1 to 24 of A-Z 0-9 - . _
  std::string base;    // asset codes, registered before
  std::string quote;
  Step tick;  // smallest price step, in quote for one unit of base
  Step lot;   // smallest quantity step, in base
  Rules rules;
};
struct ChangeRules {
  InstrumentId instrument;
  Rules rules;
};
struct HaltInstrument {
  InstrumentId instrument;
};
struct ResumeInstrument {
  InstrumentId instrument;
};

// Events.
struct AssetRegistered {
  AssetId asset;
  std::string code;
  std::int32_t scale{};
};
BOOST_DESCRIBE_STRUCT(AssetRegistered, (), (asset, code, scale))
struct InstrumentListed {
  InstrumentId instrument;
  std::string symbol;
  AssetId base;
  AssetId quote;
  Step tick;
  Step lot;
  Amount quote_per_tick_lot;  // one tick × one lot, quote minor units
  Amount base_per_lot;        // one lot, base minor units
  Rules rules;
};
BOOST_DESCRIBE_STRUCT(InstrumentListed, (),
                      (instrument, symbol, base, quote, tick, lot, quote_per_tick_lot, base_per_lot,
                       rules))
struct InstrumentRulesChanged {
  InstrumentId instrument;
  Rules rules;
};
BOOST_DESCRIBE_STRUCT(InstrumentRulesChanged, (), (instrument, rules))
struct InstrumentHalted {
  InstrumentId instrument;
};
BOOST_DESCRIBE_STRUCT(InstrumentHalted, (), (instrument))
struct InstrumentResumed {
  InstrumentId instrument;
};
BOOST_DESCRIBE_STRUCT(InstrumentResumed, (), (instrument))

BOOST_DEFINE_FIXED_ENUM_CLASS(Reject, std::uint8_t, instrument_not_found, asset_code_malformed,
                              asset_already_registered, asset_scale_out_of_range, symbol_malformed,
                              symbol_already_listed, unknown_asset, base_and_quote_must_differ,
                              step_out_of_range, tick_times_lot_must_be_whole_minor_units,
                              lot_must_be_whole_minor_units, rules_out_of_range,
                              instrument_already_halted, instrument_not_halted)

constexpr RejectKind kind(Reject reject) {
  switch (reject) {
    case Reject::asset_code_malformed:
    case Reject::symbol_malformed:
      return RejectKind::malformed;
    case Reject::asset_already_registered:
    case Reject::symbol_already_listed:
    case Reject::instrument_already_halted:
    case Reject::instrument_not_halted:
      return RejectKind::conflict;
    case Reject::instrument_not_found:
      return RejectKind::not_found;
    default:
      return RejectKind::business;
  }
}

}  // namespace rialto::instruments
