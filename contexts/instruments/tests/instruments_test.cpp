// Given assets and instruments / when a command / then an event or a reject.
#include "contexts/instruments/instruments.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "core/tests/given.hpp"

namespace rialto::instruments {
namespace {

using testing::expect_event;
using testing::expect_refused;

Rules rules() {
  return {.maker_fee = {-100},
          .taker_fee = {250},
          .max_quantity = {1'000'000},
          .max_notional = {largest_number},
          .price_band_ppm = 0,
          .collar_ppm = 50'000,
          .max_open_orders = 100};
}

ListInstrument btc_usd() {
  return {"BTC-USD", "BTC", "USD", {1, 2}, {1, 5}, rules()};
}

/// USD (7 decimal places), BTC (8), and BTC-USD.
Instruments one_instrument() {
  Instruments list;
  list.evolve(list.decide(RegisterAsset{"USD", 7}).value());
  list.evolve(list.decide(RegisterAsset{"BTC", 8}).value());
  list.evolve(list.decide(btc_usd()).value());
  return list;
}

TEST(Instruments, registers_assets) {
  const Instruments list = one_instrument();
  expect_event("next number", list.decide(RegisterAsset{"ETH", 18}),
               AssetRegistered{{3}, "ETH", 18});
  const struct {
    const char* code;
    int scale;
    Reject reject;
  } refused[] = {
      {"", 2, Reject::asset_code_malformed},
      {"eth", 2, Reject::asset_code_malformed},
      {"ABCDEFGHIJKLM", 2, Reject::asset_code_malformed},
      {"E-H", 2, Reject::asset_code_malformed},
      {"E\xc3\x89", 2, Reject::asset_code_malformed},
      {"USD", 2, Reject::asset_already_registered},
      {"USD", 99, Reject::asset_already_registered},
      {"ETH", 19, Reject::asset_scale_out_of_range},
      {"ETH", -1, Reject::asset_scale_out_of_range},
  };
  for (const auto& c : refused)
    expect_refused(c.code, list, RegisterAsset{c.code, c.scale}, c.reject);
}

TEST(Instruments, lists_with_whole_minor_units_on_both_sides) {
  // INSTRUMENTS-1: tick × lot = 0.01 × 0.00001 = 1 of 10^-7 USD. INSTRUMENTS-2: a lot is 1000 of
  // 10^-8.
  Instruments list;
  list.evolve(list.decide(RegisterAsset{"USD", 7}).value());
  list.evolve(list.decide(RegisterAsset{"BTC", 8}).value());
  expect_event(
      "listed", list.decide(btc_usd()),
      InstrumentListed{{1}, "BTC-USD", {2}, {1}, {1, 2}, {1, 5}, Amount{1}, Amount{1000}, rules()});
}

struct Refused {
  const char* label;
  Reject reject;
  std::function<void(ListInstrument&)> spoil;
};

// In order of precedence.
const Refused refused_listings[] = {
    {"no symbol", Reject::symbol_malformed, [](auto& c) { c.symbol = ""; }},
    {"listed", Reject::symbol_already_listed, [](auto& c) { c.symbol = "BTC-USD"; }},
    {"base", Reject::unknown_asset, [](auto& c) { c.base = "XRP"; }},
    {"same", Reject::base_and_quote_must_differ, [](auto& c) { c.base = c.quote = "USD"; }},
    {"step", Reject::step_out_of_range, [](auto& c) { c.tick = {0, 0}; }},
    {"whole quote", Reject::tick_times_lot_must_be_whole_minor_units,
     [](auto& c) {
       c.lot = {1, 5};
       c.tick = {1, 3};
     }},
    {"whole base", Reject::lot_must_be_whole_minor_units,
     [](auto& c) {
       c.lot = {1, 9};
       c.tick = {1'000'000, 0};
     }},
    {"rules", Reject::rules_out_of_range, [](auto& c) { c.rules.max_open_orders = 0; }},
};

ListInstrument another() {
  ListInstrument command = btc_usd();
  command.symbol = "BTC2-USD";
  return command;
}

TEST(Instruments, refuses_listings) {
  const Instruments list = one_instrument();
  ASSERT_TRUE(list.decide(another()).has_value());
  for (const Refused& c : refused_listings) {
    ListInstrument command = another();
    c.spoil(command);
    expect_refused(c.label, list, command, c.reject);
  }
}

TEST(Instruments, the_first_of_two_reasons_is_given) {
  const Instruments list = one_instrument();
  for (std::size_t second = 1; second < std::size(refused_listings); ++second)
    for (std::size_t first = 0; first < second; ++first) {
      const Refused& expected = refused_listings[first];
      ListInstrument command = another();
      refused_listings[second].spoil(command);
      expected.spoil(command);
      const std::string label =
          std::string(expected.label) + " before " + refused_listings[second].label;
      expect_refused(label.c_str(), list, command, expected.reject);
    }
}

TEST(Instruments, refuses_steps_out_of_range) {
  const Instruments list = one_instrument();
  const Step out[] = {{0, 0}, {-1, 0}, {1'000'000'001, 0}, {1, -1}, {1, 19}};
  for (const Step& step : out) {
    ListInstrument command = another();
    command.tick = step;
    expect_refused("tick", list, command, Reject::step_out_of_range);
    command = another();
    command.lot = step;
    expect_refused("lot", list, command, Reject::step_out_of_range);
  }
  // 10^9 × 10^9 units of 1 at 7 places are 10^25 minor units: beyond 18 digits.
  ListInstrument huge = another();
  huge.tick = huge.lot = {1'000'000'000, 0};
  expect_refused("18 digits", list, huge, Reject::tick_times_lot_must_be_whole_minor_units);
}

TEST(Instruments, accepts_the_symbols_of_the_field_and_no_others) {
  const Instruments list = one_instrument();
  for (const char* symbol : {"A", "BRK.B", "EUR_USD", "X-Y-Z", "ABCDEFGHIJKLMNOPQRSTUVWX"}) {
    ListInstrument command = another();
    command.symbol = symbol;
    EXPECT_TRUE(list.decide(command).has_value()) << symbol;
  }
  for (const char* symbol : {"btc-usd", "A B", "A/B", "ABCDEFGHIJKLMNOPQRSTUVWXY", "A\n"}) {
    ListInstrument command = another();
    command.symbol = symbol;
    expect_refused(symbol, list, command, Reject::symbol_malformed);
  }
}

TEST(Instruments, changes_rules_within_their_ranges) {
  // INSTRUMENTS-3
  Instruments list = one_instrument();
  Rules changed = rules();
  changed.collar_ppm = 7;
  const auto decided = list.decide(ChangeRules{{1}, changed});
  expect_event("changed", decided, InstrumentRulesChanged{{1}, changed});
  list.evolve(*decided);
  EXPECT_EQ(list.instrument(InstrumentId{1})->rules, changed);

  const struct {
    const char* label;
    std::function<void(Rules&)> spoil;
  } out[] = {
      {"a rebate above the other's fee", [](Rules& r) { r.maker_fee = {-251}; }},
      {"a fee above the proceeds", [](Rules& r) { r.taker_fee = {1'000'001}; }},
      {"a rebate of everything", [](Rules& r) { r = rules(), r.taker_fee = {-1'000'000}; }},
      {"no quantity", [](Rules& r) { r.max_quantity = {}; }},
      {"19 digits of quantity", [](Rules& r) { r.max_quantity = {largest_number + 1}; }},
      {"no notional", [](Rules& r) { r.max_notional = {}; }},
      {"19 digits of notional", [](Rules& r) { r.max_notional = {largest_number + 1}; }},
      {"collar", [](Rules& r) { r.collar_ppm = 10'000'001; }},
      {"band", [](Rules& r) { r.price_band_ppm = 1'000'000'001; }},
      {"no orders", [](Rules& r) { r.max_open_orders = 0; }},
  };
  for (const auto& c : out) {
    Rules spoiled = rules();
    c.spoil(spoiled);
    expect_refused(c.label, list, ChangeRules{{1}, spoiled}, Reject::rules_out_of_range);
    expect_refused(c.label, list, ChangeRules{{2}, spoiled}, Reject::instrument_not_found);
  }
}

TEST(Instruments, halts_and_resumes) {
  Instruments list = one_instrument();
  expect_refused("unknown", list, HaltInstrument{{2}}, Reject::instrument_not_found);
  expect_refused("unknown", list, ResumeInstrument{{0}}, Reject::instrument_not_found);
  expect_refused("trading", list, ResumeInstrument{{1}}, Reject::instrument_not_halted);
  const auto halted = list.decide(HaltInstrument{{1}});
  expect_event("halted", halted, InstrumentHalted{{1}});
  list.evolve(*halted);
  EXPECT_TRUE(list.instrument(InstrumentId{1})->halted);
  expect_refused("halted", list, HaltInstrument{{1}}, Reject::instrument_already_halted);
  testing::expect_saves_and_loads(list);
  const auto resumed = list.decide(ResumeInstrument{{1}});
  expect_event("resumed", resumed, InstrumentResumed{{1}});
  list.evolve(*resumed);
  EXPECT_FALSE(list.instrument(InstrumentId{1})->halted);
}

TEST(Instruments, finds_by_symbol_and_by_bare_base) {
  const Instruments list = one_instrument();
  ASSERT_NE(list.instrument("BTC-USD"), nullptr);
  EXPECT_EQ(list.instrument("BTC-USD"), list.instrument("BTC"));
  EXPECT_EQ(list.instrument("ETH"), nullptr);
  EXPECT_EQ(list.asset("ETH"), nullptr);
  EXPECT_EQ(list.asset("USD")->id, AssetId{1});
}

}  // namespace
}  // namespace rialto::instruments
