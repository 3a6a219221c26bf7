// The market's read model against the plain list of trades, over kills and restarts.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include <rapidcheck.h>

#include "platform/sql/rows.hpp"
#include "projections/market/market_data.hpp"
#include "projections/market/tests/busy_market.hpp"
#include "projections/market/tests/naive.hpp"

namespace rialto::projections {
namespace {

using test::BusyMarket;
using test::naive_candles;
using test::naive_statistics;
using test::SeenTrade;

class MarketHistory : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        std::filesystem::temp_directory_path() / ("rialto-market-" + std::to_string(::getpid()));
    std::filesystem::remove_all(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::unique_ptr<MarketData> open(const std::string& name = "market.db") {
    auto opened = MarketData::open({(directory_ / name).string()});
    EXPECT_TRUE(opened) << opened.error();
    return std::move(*opened);
  }
  std::filesystem::path directory_;
};

std::vector<Candle> all(MarketData& market, InstrumentId instrument, Interval interval) {
  return market.candles(instrument, {.interval = interval, .limit = 1'000'000}, {INT64_MAX / 2});
}

void expect_equal_to_naive(MarketData& market, const std::vector<SeenTrade>& trades,
                           Timestamp now) {
  for (const InstrumentId instrument : {BusyMarket::btc_usd, BusyMarket::eth_usd}) {
    for (std::size_t i = 0; i < interval_count; ++i) {
      const auto interval = static_cast<Interval>(i);
      EXPECT_EQ(all(market, instrument, interval), naive_candles(trades, instrument, interval))
          << interval_text(interval);
    }
    EXPECT_EQ(market.statistics(instrument, now), naive_statistics(trades, instrument, now));
  }
}

TEST_F(MarketHistory, EqualsASecondCalculationFromTheTrades) {
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    auto market = open("market" + std::to_string(seed));
    BusyMarket busy({market.get()}, seed);
    // From bursts within a second to hours between two orders.
    const std::int64_t most_ns[] = {10'000'000, 2'000'000'000, 90'000'000'000, 7'200'000'000'000};
    for (int i = 0; i < 1'200; ++i) {
      busy.act(most_ns[seed - 1]);
      if (i % 97 == 0) {
        ASSERT_TRUE(busy.replica().store(false));
      }
    }
    ASSERT_GT(busy.trades().size(), 100u);
    expect_equal_to_naive(*market, busy.trades(), busy.now());
    busy.wait(86'400'000'000'000);
    EXPECT_EQ(market->statistics(BusyMarket::btc_usd, busy.now()).trades, 0u);
  }
}

TEST_F(MarketHistory, MarketOneAKillLosesNothingAndDoublesNothing) {
  auto market = open();
  BusyMarket busy({market.get()}, 7);
  for (int i = 0; i < 400; ++i) busy.act(3'000'000'000);
  ASSERT_TRUE(busy.replica().store(false));
  const Sequence kept = market->kept();
  for (int i = 0; i < 300; ++i) busy.act(3'000'000'000);
  // Some of what follows is in the open transaction already: it goes with the program.
  (void)market->trades(BusyMarket::btc_usd, {});
  market.reset();

  market = open();
  EXPECT_EQ(market->kept(), kept);
  const auto again = busy.recover({market.get()});
  expect_equal_to_naive(*market, busy.trades(), busy.now());
  ASSERT_TRUE(again->store(true));
  market.reset();
  market = open();
  expect_equal_to_naive(*market, busy.trades(), busy.now());
}

TEST_F(MarketHistory, ClearedItIsMadeAnewWithEqualRows) {
  auto market = open();
  BusyMarket busy({market.get()}, 8);
  for (int i = 0; i < 500; ++i) busy.act(20'000'000'000);
  ASSERT_TRUE(busy.replica().store(false));
  const auto trades = market->trades(BusyMarket::btc_usd, {.limit = 100'000});
  market->clear();
  EXPECT_EQ(market->kept(), Sequence{});
  EXPECT_TRUE(market->trades(BusyMarket::btc_usd, {}).empty());
  EXPECT_FALSE(market->price(BusyMarket::btc_usd));
  (void)busy.recover({market.get()});
  EXPECT_EQ(market->trades(BusyMarket::btc_usd, {.limit = 100'000}), trades);
  expect_equal_to_naive(*market, busy.trades(), busy.now());
}

TEST_F(MarketHistory, TheTapeIsReadByPagesAndTimes) {
  auto market = open();
  BusyMarket busy({market.get()}, 9);
  for (int i = 0; i < 800; ++i) busy.act(1'000'000);  // many at one time
  std::vector<Sequence> expected;
  for (const SeenTrade& seen : busy.trades())
    if (seen.trade.instrument == BusyMarket::btc_usd)
      expected.insert(expected.begin(), seen.at.sequence);
  ASSERT_GT(expected.size(), 50u);
  std::vector<Sequence> paged;
  TapeQuery query{.limit = 7};
  for (;;) {
    const auto page = market->trades(BusyMarket::btc_usd, query);
    for (const TradeRow& row : page) paged.push_back(row.sequence);
    if (page.size() < query.limit) break;
    query.before = page.back().sequence;
  }
  EXPECT_EQ(paged, expected);

  const Timestamp from = busy.trades()[10].at.time;
  const Timestamp to = busy.trades()[60].at.time;
  std::size_t count = 0;
  for (const SeenTrade& seen : busy.trades())
    count +=
        seen.trade.instrument == BusyMarket::btc_usd && seen.at.time >= from && seen.at.time < to;
  EXPECT_EQ(market->trades(BusyMarket::btc_usd, {.from = from, .to = to, .limit = 1'000}).size(),
            count);
}

TEST_F(MarketHistory, FilledCandlesHaveNoGaps) {
  auto market = open();
  BusyMarket busy({market.get()}, 10);
  for (int i = 0; i < 60; ++i) busy.act(600'000'000'000);
  const auto sparse = all(*market, BusyMarket::btc_usd, Interval::minute);
  ASSERT_GT(sparse.size(), 5u);
  const Timestamp from = sparse.front().start;
  const auto filled = market->candles(
      BusyMarket::btc_usd,
      {.interval = Interval::minute, .from = from, .limit = 100'000, .fill = true}, busy.now());
  ASSERT_EQ(filled.back().start, start_of(Interval::minute, busy.now()));
  std::size_t with_trades = 0;
  for (std::size_t i = 0; i < filled.size(); ++i) {
    ASSERT_EQ(filled[i].start.value, from.value + static_cast<std::int64_t>(i) * 60'000'000'000);
    if (filled[i].trades != 0) {
      EXPECT_EQ(filled[i], sparse[with_trades++]);
    } else {
      EXPECT_EQ(filled[i].open, filled[i - 1].close);
      EXPECT_EQ(filled[i].high, filled[i].low);
      EXPECT_EQ(filled[i].volume, 0);
    }
  }
  EXPECT_EQ(with_trades, sparse.size());

  const auto last = market->candles(
      BusyMarket::btc_usd, {.interval = Interval::minute, .limit = 10, .fill = true}, busy.now());
  ASSERT_EQ(last.size(), 10u);
  EXPECT_TRUE(std::equal(last.begin(), last.end(), filled.end() - 10));
  const auto newest =
      market->candles(BusyMarket::btc_usd, {.interval = Interval::minute, .limit = 3}, busy.now());
  EXPECT_TRUE(std::equal(newest.begin(), newest.end(), sparse.end() - 3, sparse.end()));
}

TEST_F(MarketHistory, EveryOrderHasItsReports) {
  auto market = open();
  BusyMarket busy({market.get()}, 11);
  for (int i = 0; i < 600; ++i) busy.act(1'000'000'000);
  std::set<ReportKind> seen;
  for (std::uint64_t id = 1; id <= busy.venue().orders.last_order().value; ++id) {
    const auto reports = market->reports({id});
    ASSERT_FALSE(reports.empty());
    EXPECT_EQ(reports.front().kind, ReportKind::accepted);
    Quantity left = reports.front().quantity;
    for (const ReportRow& report : reports) {
      seen.insert(report.kind);
      if (report.kind == ReportKind::executed) left -= report.trade_quantity;
      if (report.kind == ReportKind::executed) {
        EXPECT_EQ(report.remaining, left);
      }
    }
    const bool ended = reports.back().kind == ReportKind::cancelled ||
                       reports.back().kind == ReportKind::rejected || left.value == 0;
    EXPECT_EQ(busy.venue().orders.order({id}) == nullptr, ended);
  }
  EXPECT_TRUE(seen.contains(ReportKind::cancelled));
  EXPECT_TRUE(seen.contains(ReportKind::rejected));
}

TEST_F(MarketHistory, SettlementsAddUpToTheLedger) {
  auto market = open();
  BusyMarket busy({market.get()}, 12);
  for (int i = 0; i < 600; ++i) busy.act(1'000'000'000);
  std::map<std::pair<AccountId, AssetId>, std::int64_t> owned;
  for (std::uint64_t i = 0; i < BusyMarket::accounts; ++i)
    for (const AssetId asset : {BusyMarket::usd, BusyMarket::btc, BusyMarket::eth})
      owned[{{BusyMarket::first_account + i}, asset}] = 1'000'000'000'000'000;
  for (const SeenTrade& seen : busy.trades()) {
    const auto row = market->settlement(seen.at.sequence);
    ASSERT_TRUE(row);
    const auto& trade = seen.trade;
    owned[{trade.buyer, trade.base}] += row->base_amount.value;
    owned[{trade.seller, trade.base}] -= row->base_amount.value;
    owned[{trade.buyer, trade.quote}] -= row->notional.value + row->buyer_fee.value;
    owned[{trade.seller, trade.quote}] += row->notional.value - row->seller_fee.value;
    ASSERT_EQ(row->buyer_base_after.value, (owned[{trade.buyer, trade.base}]));
    ASSERT_EQ(row->buyer_quote_after.value, (owned[{trade.buyer, trade.quote}]));
    ASSERT_EQ(row->seller_base_after.value, (owned[{trade.seller, trade.base}]));
    ASSERT_EQ(row->seller_quote_after.value, (owned[{trade.seller, trade.quote}]));
  }
  ASSERT_TRUE(busy.replica().store(false));
  auto reader = sql::open_sqlite((directory_ / "market.db").string(), true);
  ASSERT_TRUE(reader) << reader.error();
  const auto balances = sql::select<BalanceRow>(**reader);
  ASSERT_TRUE(balances) << balances.error();
  EXPECT_EQ(balances->size(), owned.size());
  for (const BalanceRow& row : *balances)
    EXPECT_EQ(row.owned.value, (owned[{row.account_id, row.asset_id}]));
}

TEST_F(MarketHistory, AnAdministratorsTradesMoveBalancesAndNothingElse) {
  auto market = open();
  BusyMarket busy({market.get()}, 13);
  for (int i = 0; i < 300; ++i) busy.act(1'000'000'000);
  const auto tape = market->trades(BusyMarket::btc_usd, {.limit = 100'000});
  const auto& trade = busy.trades().front().trade;
  const corrections::SeenTrade seen{
      trade.trade,
      0,
      {trade.instrument, trade.buyer, trade.seller, trade.base, trade.quote},
      {trade.price, trade.quantity, trade.base_amount, trade.notional, trade.buyer_fee,
       trade.seller_fee}};
  const UserId root{1};
  const auto busted = busy.ask(corrections::BustTrade{seen, root, "erroneous"});
  ASSERT_FALSE(busted.rejection) << busted.rejection->code;
  const auto row = market->settlement(busted.sequence);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->trade_id, trade.trade);
  EXPECT_EQ(row->quantity.value, 0);
  EXPECT_EQ(row->notional, -trade.notional);
  EXPECT_EQ(row->buyer_fee, -trade.buyer_fee);
  const auto entered = busy.ask(corrections::EnterTrade{
      BusyMarket::btc_usd, trade.buyer, trade.seller, {1'000}, {50}, root, "agreed", {}, 0});
  ASSERT_FALSE(entered.rejection) << entered.rejection->code;
  EXPECT_EQ(market->settlement(entered.sequence)->quantity.value, 50);

  EXPECT_EQ(market->trades(BusyMarket::btc_usd, {.limit = 100'000}), tape);
  expect_equal_to_naive(*market, busy.trades(), busy.now());
  ASSERT_TRUE(busy.replica().store(false));
  auto reader = sql::open_sqlite((directory_ / "market.db").string(), true);
  const auto balances = sql::select<BalanceRow>(**reader);
  ASSERT_TRUE(balances) << balances.error();
  for (const BalanceRow& balance : *balances)
    EXPECT_EQ(balance.owned,
              busy.venue().ledger.balance(balance.account_id, balance.asset_id).owned);
}

}  // namespace
}  // namespace rialto::projections
