// The market's rows in PostgreSQL: equal to SQLite's, each exactly once, whatever is killed when.
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <future>

#include "platform/sql/rows.hpp"
#include "projections/market/market_data.hpp"
#include "projections/market/postgres_copy.hpp"
#include "projections/market/schema.hpp"
#include "projections/market/tests/busy_market.hpp"
#include "tests/postgres/server.hpp"

namespace rialto::test {
namespace {

using namespace projections;
using projections::test::BusyMarket;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

class Copying : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = PostgresServer::make();
    if (!server_) GTEST_SKIP() << PostgresServer::why_not();
    directory_ =
        std::filesystem::temp_directory_path() / ("rialto-copy-" + std::to_string(::getpid()));
    std::filesystem::remove_all(directory_);
    open_market();
    busy_.emplace(std::vector<Follower*>{market_.get()}, 3);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string source() const { return (directory_ / "market.db").string(); }
  void open_market() {
    auto opened = MarketData::open({source()});
    ASSERT_TRUE(opened) << opened.error();
    market_ = std::move(*opened);
  }
  void trade(int orders) {
    for (int i = 0; i < orders; ++i) busy_->act(5'000'000'000);
    ASSERT_TRUE(busy_->replica().store(false));
  }
  PostgresCopy::Settings settings() {
    PostgresCopy::Settings made;
    made.url = server_->url();
    made.source = source();
    made.first_pause = 20ms;
    made.longest_pause = 100ms;
    return made;
  }
  template <class Row>
  static std::vector<Row> rows(sql::Connection& connection) {
    auto found = sql::select<Row>(connection);
    EXPECT_TRUE(found) << found.error();
    std::ranges::sort(*found, [](const Row& a, const Row& b) { return text(a) < text(b); });
    return *found;
  }
  template <class Row>
  static std::string text(const Row& row) {
    std::string out;
    boost::mp11::mp_for_each<sql::Members<Row>>([&](auto member) {
      const sql::Cell cell = sql::cell_of(row.*member.pointer);
      out += cell.kind == sql::Kind::text
                 ? std::string(cell.text)
                 : std::to_string(static_cast<std::int64_t>(cell.number >> 64)) + ":" +
                       std::to_string(static_cast<std::int64_t>(cell.number));
      out += '|';
    });
    return out;
  }
  template <class Row>
  static void expect_equal_rows(sql::Connection& a, sql::Connection& b) {
    const auto of_a = rows<Row>(a);
    const auto of_b = rows<Row>(b);
    ASSERT_EQ(of_a.size(), of_b.size()) << Row::table;
    EXPECT_FALSE(of_a.empty()) << Row::table;
    for (std::size_t i = 0; i < of_a.size(); ++i)
      ASSERT_EQ(text(of_a[i]), text(of_b[i])) << Row::table;
  }
  void expect_equal_databases() {
    auto sqlite = sql::open_sqlite(source(), true);
    auto market = sql::open_postgres(server_->url(), "market_data");
    auto clearing = sql::open_postgres(server_->url(), "clearing_data");
    ASSERT_TRUE(sqlite && market && clearing);
    expect_equal_rows<AssetRow>(**sqlite, **market);
    expect_equal_rows<InstrumentRow>(**sqlite, **market);
    expect_equal_rows<TradeRow>(**sqlite, **market);
    expect_equal_rows<CandleRow>(**sqlite, **market);
    expect_equal_rows<PriceRow>(**sqlite, **market);
    expect_equal_rows<ReportRow>(**sqlite, **market);
    expect_equal_rows<AssetRow>(**sqlite, **clearing);
    expect_equal_rows<InstrumentRow>(**sqlite, **clearing);
    expect_equal_rows<BalanceRow>(**sqlite, **clearing);
    expect_equal_rows<SettlementRow>(**sqlite, **clearing);
  }
  Sequence position_of(const std::string& database) {
    auto connection = sql::open_postgres(server_->url(), database);
    EXPECT_TRUE(connection) << connection.error();
    return stored_position(**connection, database)->sequence;
  }
  std::size_t count_of(const std::string& database, const std::string& table) {
    auto connection = sql::open_postgres(server_->url(), database);
    const sql::Kind kind[] = {sql::Kind::integer};
    std::size_t count = 0;
    EXPECT_TRUE((*connection)->ask("SELECT count(*) FROM " + table, {}, kind, [&](auto cells) {
      count = static_cast<std::size_t>(cells[0].number);
    }));
    return count;
  }

  std::unique_ptr<PostgresServer> server_;
  std::filesystem::path directory_;
  std::unique_ptr<MarketData> market_;
  std::optional<BusyMarket> busy_;
};

TEST_F(Copying, MakesWhatIsMissingAndEqualRowsAsTradingGoesOn) {
  PostgresCopy copy(settings());
  for (int round = 0; round < 6; ++round) {
    trade(150);
    copy.notice();
    ASSERT_TRUE(copy.wait_for(market_->kept(), 30s));
  }
  expect_equal_databases();
}

TEST_F(Copying, ViewsShowDecimals) {
  trade(300);
  PostgresCopy copy(settings());
  ASSERT_TRUE(copy.wait_for(market_->kept(), 30s));
  auto clearing = sql::open_postgres(server_->url(), "clearing_data");
  const auto* account = busy_->venue().ledger.account({BusyMarket::first_account});
  const auto owned = busy_->venue().ledger.balance(account->id, BusyMarket::btc).owned;
  const sql::Kind kind[] = {sql::Kind::text};
  const sql::Cell parameters[] = {sql::Cell::integer(static_cast<std::int64_t>(account->id.value))};
  std::string quantity;
  ASSERT_TRUE(
      (*clearing)->ask("SELECT (quantity * 100000)::bigint::text FROM holdings"
                       " WHERE security_id = 'BTC-USD' AND account_id = $1",
                       parameters, kind, [&](auto cells) { quantity = cells[0].text; }));
  EXPECT_EQ(quantity, std::to_string(owned.value));
  EXPECT_EQ(count_of("market_data", "tape"), busy_->trades().size());
}

TEST_F(Copying, CopyOneAKillRightBeforeTheCommitDoublesNothingAndLosesNothing) {
  trade(200);
  const Sequence first = market_->kept();
  {
    PostgresCopy copy(settings());
    ASSERT_TRUE(copy.wait_for(first, 30s));
  }
  const std::size_t trades = count_of("market_data", "trades");
  for (const std::string_view victim : {"market_data", "clearing_data"}) {
    trade(200);
    const Sequence before = position_of(std::string(victim));
    const pid_t child = ::fork();
    if (child == 0) {
      PostgresCopy::Settings deadly = settings();
      deadly.before_commit = [&](std::string_view database) {
        if (database == victim) ::raise(SIGKILL);
      };
      PostgresCopy copy(std::move(deadly));
      copy.wait_for({~std::uint64_t{0}}, 30s);
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(position_of(std::string(victim)), before);
    if (victim == "market_data") {
      EXPECT_EQ(count_of("market_data", "trades"), trades);
    }
  }
  PostgresCopy copy(settings());
  ASSERT_TRUE(copy.wait_for(market_->kept(), 30s));
  expect_equal_databases();
}

TEST_F(Copying, AServerThatGoesAwayHoldsNobodyBackAndCatchesUp) {
  std::vector<std::string> alarms;
  std::mutex mutex;
  std::condition_variable raised;
  PostgresCopy::Settings watched = settings();
  watched.alarm = [&](const std::string& line) {
    const std::lock_guard lock(mutex);
    alarms.push_back(line);
    raised.notify_all();
  };
  const auto await_alarms = [&](std::size_t count) {
    std::unique_lock lock(mutex);
    return raised.wait_for(lock, 30s, [&] { return alarms.size() >= count; });
  };
  PostgresCopy copy(std::move(watched));
  trade(200);
  copy.notice();
  ASSERT_TRUE(copy.wait_for(market_->kept(), 30s));
  server_->kill();
  trade(200);
  copy.notice();
  ASSERT_TRUE(await_alarms(2));  // one for each database, however often it is tried
  EXPECT_NE(alarms[0].find("lags behind"), std::string::npos) << alarms[0];
  trade(200);
  EXPECT_LT(copy.position(), market_->kept());
  ASSERT_TRUE(server_->start());
  ASSERT_TRUE(copy.wait_for(market_->kept(), 30s));
  ASSERT_TRUE(await_alarms(4));
  EXPECT_NE(alarms[3].find("again"), std::string::npos) << alarms[3];
  expect_equal_databases();
}

TEST_F(Copying, RowsOfAnotherVenueAreNotMixedIn) {
  trade(100);
  {
    PostgresCopy copy(settings());
    ASSERT_TRUE(copy.wait_for(market_->kept(), 30s));
  }
  const std::size_t trades = count_of("market_data", "trades");
  busy_.reset();
  market_.reset();
  std::filesystem::remove_all(directory_);
  open_market();
  busy_.emplace(std::vector<Follower*>{market_.get()}, 4, 1);
  trade(400);
  std::promise<std::string> alarm;
  PostgresCopy::Settings watched = settings();
  watched.alarm = [&, told = false](const std::string& line) mutable {
    if (!std::exchange(told, true)) alarm.set_value(line);
  };
  auto future = alarm.get_future();
  PostgresCopy copy(std::move(watched));
  ASSERT_EQ(future.wait_for(30s), std::future_status::ready);
  EXPECT_NE(future.get().find("another venue"), std::string::npos);
  EXPECT_EQ(count_of("market_data", "trades"), trades);
}

TEST_F(Copying, OnRequestAllOfItIsCopiedAnew) {
  trade(200);
  {
    PostgresCopy copy(settings());
    ASSERT_TRUE(copy.wait_for(market_->kept(), 30s));
  }
  auto market = sql::open_postgres(server_->url(), "market_data");
  ASSERT_TRUE((*market)->run("DELETE FROM trades; UPDATE candles SET high = high + 1"));
  PostgresCopy::Settings anew = settings();
  anew.anew = true;
  PostgresCopy copy(std::move(anew));
  ASSERT_TRUE(copy.wait_for(market_->kept(), 30s));
  expect_equal_databases();
}

}  // namespace
}  // namespace rialto::test
