// The list of assets and instruments: definitions only, no trading. Owned by the venue's state;
// read on the path of every order by dense number, by name only at the gateways.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "contexts/instruments/contract.hpp"
#include "core/codec.hpp"

namespace rialto::instruments {

struct Asset {
  AssetId id;
  std::string code;
  std::int32_t scale{};
};
BOOST_DESCRIBE_STRUCT(Asset, (), (id, code, scale))

struct Instrument {
  InstrumentId id;
  std::string symbol;
  AssetId base;
  AssetId quote;
  Step tick;
  Step lot;
  Amount quote_per_tick_lot;
  Amount base_per_lot;
  Rules rules;
  bool halted = false;
};
BOOST_DESCRIBE_STRUCT(Instrument, (),
                      (id, symbol, base, quote, tick, lot, quote_per_tick_lot, base_per_lot, rules,
                       halted))

class Instruments {
 public:
  std::expected<AssetRegistered, Reject> decide(const RegisterAsset&) const;
  std::expected<InstrumentListed, Reject> decide(const ListInstrument&) const;
  std::expected<InstrumentRulesChanged, Reject> decide(const ChangeRules&) const;
  std::expected<InstrumentHalted, Reject> decide(const HaltInstrument&) const;
  std::expected<InstrumentResumed, Reject> decide(const ResumeInstrument&) const;

  void evolve(const AssetRegistered&);
  void evolve(const InstrumentListed&);
  void evolve(const InstrumentRulesChanged&);
  void evolve(const InstrumentHalted&);
  void evolve(const InstrumentResumed&);

  /// Null where there is none. Dense array access.
  const Asset* asset(AssetId) const;
  const Instrument* instrument(InstrumentId) const;
  const Asset* asset(std::string_view code) const;
  /// By symbol, or by a bare base asset: "BTC" means BTC-USD (DESIGN section 5).
  const Instrument* instrument(std::string_view symbol) const;
  const std::vector<Asset>& assets() const { return assets_; }
  const std::vector<Instrument>& instruments() const { return instruments_; }

  void save(BinaryWriter&) const;
  void load(BinaryReader&);

 private:
  std::vector<Asset> assets_;            // index = number - 1
  std::vector<Instrument> instruments_;  // index = number - 1
  boost::unordered_flat_map<std::string, AssetId> asset_by_code_;
  boost::unordered_flat_map<std::string, InstrumentId> instrument_by_symbol_;
};

}  // namespace rialto::instruments
