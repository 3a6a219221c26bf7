// Market data over HTTP: books at three levels, the tape, candles, tickers, status.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

class Market : public ::testing::Test {
 protected:
  Market() : root(venue.administrator()), a(venue.person("a")), b(venue.person("b")) {
    venue.fund(root, a, "USD", "1000000");
    venue.fund(root, b, "BTC", "100");
  }
  Answer order(Person& who, std::string_view side, std::string_view quantity,
               std::string_view price, std::string_view more = "") {
    const Answer answer = who.http.post(
        "/api/orders",
        fmt::format(
            R"({{"type":"{}","symbol":"BTC-USD","orderType":"limit","quantity":"{}","price":"{}"{}}})",
            side, quantity, price, more));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer;
  }
  /// Three trades: 1 at 100.5, 2 at 101, 0.5 at 99.25.
  void trade() {
    order(a, "buy", "1", "100.5");
    order(b, "sell", "1", "100.5");
    order(b, "sell", "2", "101");
    order(a, "buy", "2", "102");
    order(a, "buy", "0.5", "99.25");
    order(b, "sell", "0.5", "99");
  }

  VenueOverHttp venue;
  Person root;
  Person a;
  Person b;
  HttpClient http = venue.client();
};

TEST_F(Market, a_book_has_three_levels_of_detail) {
  const Answer first = order(a, "buy", "1", "100");
  const Answer second = order(a, "buy", "2", "100", R"(,"displayQuantity":"0.5")");
  order(a, "buy", "3", "99");
  order(b, "sell", "4", "101");

  const Answer one = http.get("/api/instruments/BTC-USD/book?level=1");
  EXPECT_EQ(one.size("bids"), 1u);
  EXPECT_EQ(one.at("bids.0.quantity"), "1.5");
  EXPECT_EQ(one.at("bids.0.orders"), "2");
  const Answer two = http.get("/api/instruments/BTC-USD/book");
  EXPECT_EQ(two.at("level"), "2");
  EXPECT_EQ(two.size("bids"), 2u);
  const Answer three = http.get("/api/instruments/BTC-USD/book?level=3");
  ASSERT_EQ(three.size("bids"), 3u) << three.body;
  EXPECT_EQ(three.at("bids.0.orderId"), first.at("orderId"));
  EXPECT_EQ(three.at("bids.1.orderId"), second.at("orderId"));
  EXPECT_EQ(three.at("bids.1.quantity"), "0.5") << "an iceberg shows its peak only";
  EXPECT_EQ(three.size("bids.0"), 3u) << "nobody learns whose it is";
  EXPECT_EQ(three.at("complete"), "true");
  EXPECT_NE(three.at("sequence"), "(none)");
  const Answer shallow = http.get("/api/instruments/BTC-USD/book?level=3&depth=1");
  EXPECT_EQ(shallow.size("bids"), 2u);
  EXPECT_EQ(shallow.at("complete"), "false");
  EXPECT_EQ(http.get("/api/instruments/BTC-USD/book?level=4").code(), "level_out_of_range");
}

TEST_F(Market, the_tape_is_anonymous_newest_first_and_paged) {
  trade();
  const Answer tape = http.get("/api/instruments/BTC/trades");
  ASSERT_EQ(tape.status, 200) << tape.body;
  ASSERT_EQ(tape.size("items"), 3u);
  EXPECT_EQ(tape.at("items.0.price"), "99.25");
  EXPECT_EQ(tape.at("items.0.quantity"), "0.5");
  EXPECT_EQ(tape.at("items.0.takerSide"), "sell");
  EXPECT_EQ(tape.at("items.2.price"), "100.5");
  EXPECT_EQ(tape.size("items.0"), 7u) << "no orders, no wallets";
  EXPECT_EQ(tape.at("next"), "null");

  const Answer page = http.get("/api/instruments/BTC/trades?limit=2");
  EXPECT_EQ(page.size("items"), 2u);
  const Answer rest = http.get("/api/instruments/BTC/trades?limit=2&before=" + page.at("next"));
  ASSERT_EQ(rest.size("items"), 1u);
  EXPECT_EQ(rest.at("items.0.price"), "100.5");
  EXPECT_EQ(http.get("/api/instruments/BTC/trades?to=" + tape.at("items.1.time")).size("items"),
            1u);
  EXPECT_EQ(http.get("/api/instruments/BTC/trades?from=" + tape.at("items.1.time")).size("items"),
            2u);
  EXPECT_EQ(http.get("/api/instruments/BTC/trades?from=yesterday").code(), "time_malformed");
  EXPECT_EQ(http.get("/api/instruments/ETH/trades").size("items"), 0u);
  EXPECT_EQ(http.get("/api/instruments/NOPE/trades").status, 404);
}

TEST_F(Market, what_has_not_changed_is_not_sent_again) {
  trade();
  const Answer tape = http.get("/api/instruments/BTC/trades");
  const auto at = tape.head.find("ETag: ");
  ASSERT_NE(at, std::string::npos) << tape.head;
  const std::string tag = tape.head.substr(at + 6, tape.head.find("\r\n", at) - at - 6);
  const std::string header = "If-None-Match: " + tag + "\r\n";
  EXPECT_EQ(http.ask("GET", "/api/instruments/BTC/trades", "", header).status, 304);
  EXPECT_EQ(http.ask("GET", "/api/instruments/BTC/candles", "", header).status, 304);
  trade();
  EXPECT_EQ(http.ask("GET", "/api/instruments/BTC/trades", "", header).status, 200);
}

TEST_F(Market, candles_hold_what_was_traded) {
  trade();
  const Answer days = http.get("/api/instruments/BTC-USD/candles?interval=1M");
  ASSERT_EQ(days.status, 200) << days.body;
  ASSERT_EQ(days.size("items"), 1u);
  EXPECT_EQ(days.at("items.0.open"), "100.5");
  EXPECT_EQ(days.at("items.0.high"), "101");
  EXPECT_EQ(days.at("items.0.low"), "99.25");
  EXPECT_EQ(days.at("items.0.close"), "99.25");
  EXPECT_EQ(days.at("items.0.volume"), "3.5");
  EXPECT_EQ(days.at("items.0.quoteVolume"), "352.125");
  EXPECT_EQ(days.at("items.0.vwap"), "100.6071428571");
  EXPECT_EQ(days.at("items.0.count"), "3");
  EXPECT_EQ(days.at("interval"), "1M");

  const Answer filled = http.get("/api/instruments/BTC-USD/candles?interval=1s&fill=true&limit=3");
  EXPECT_LE(filled.size("items"), 3u);
  EXPECT_GE(filled.size("items"), 1u);
  const Answer later = http.get("/api/instruments/BTC-USD/candles?from=2100-01-01T00:00:00Z");
  EXPECT_EQ(later.size("items"), 0u);
  EXPECT_EQ(http.get("/api/instruments/BTC-USD/candles?interval=2m").code(), "unknown_value");
  EXPECT_EQ(http.get("/api/instruments/BTC-USD/candles?fill=maybe").code(), "unknown_value");
  EXPECT_EQ(http.get("/api/instruments/ETH-USD/candles?fill=true").size("items"), 0u);
}

TEST_F(Market, tickers_sum_up_the_day) {
  const Answer before = http.get("/api/instruments/BTC/ticker");
  EXPECT_EQ(before.at("last"), "null");
  EXPECT_EQ(before.at("vwap"), "null");
  EXPECT_EQ(before.at("volume"), "0");
  trade();
  order(a, "buy", "7", "98");
  const Answer ticker = http.get("/api/instruments/BTC/ticker");
  ASSERT_EQ(ticker.status, 200) << ticker.body;
  EXPECT_EQ(ticker.at("last"), "99.25");
  EXPECT_EQ(ticker.at("bid"), "98");
  EXPECT_EQ(ticker.at("bidQuantity"), "7");
  EXPECT_EQ(ticker.at("ask"), "null");
  EXPECT_EQ(ticker.at("open"), "100.5");
  EXPECT_EQ(ticker.at("high"), "101");
  EXPECT_EQ(ticker.at("low"), "99.25");
  EXPECT_EQ(ticker.at("close"), "99.25");
  EXPECT_EQ(ticker.at("change"), "-1.25");
  EXPECT_EQ(ticker.at("volume"), "3.5");
  EXPECT_EQ(ticker.at("quoteVolume"), "352.125");
  EXPECT_EQ(ticker.at("count"), "3");
  EXPECT_EQ(ticker.at("vwap"), "100.6071428571");
  EXPECT_EQ(ticker.at("status"), "open");
  const Answer all = http.get("/api/tickers");
  EXPECT_EQ(all.size("items"), 4u);
  EXPECT_EQ(all.at("items.0.last"), "99.25");
}

TEST_F(Market, status_tells_whether_it_can_be_traded) {
  EXPECT_EQ(http.get("/api/instruments/BTC/status").at("status"), "open");
  EXPECT_EQ(http.get("/api/instruments/BTC/status").at("trading"), "true");
  EXPECT_EQ(root.http.post("/api/instruments/BTC/halt").status, 200);
  const Answer halted = http.get("/api/instruments/BTC/status");
  EXPECT_EQ(halted.at("status"), "halted");
  EXPECT_EQ(halted.at("trading"), "false");
  EXPECT_EQ(halted.at("venue"), "open");
}

TEST(MarketOverRestarts, history_is_the_same_after_a_restart) {
  const auto directory = std::filesystem::temp_directory_path() / "rialto-market-restart";
  std::filesystem::remove_all(directory);
  std::string tape;
  std::string candles;
  const auto look = [&](VenueOverHttp& venue) {
    auto http = venue.client();
    tape = http.get("/api/instruments/BTC/trades").body;
    candles = http.get("/api/instruments/BTC/candles?interval=1d").at("items.0.volume");
    return http.get("/api/instruments/BTC/ticker").at("count");
  };
  {
    VenueOverHttp venue({.directory = directory.string()});
    auto root = venue.administrator();
    auto a = venue.person("a");
    venue.fund(root, a, "USD", "1000");
    auto b = venue.person("b");
    venue.fund(root, b, "BTC", "10");
    for (int i = 0; i < 5; ++i) {
      a.http.post(
          "/api/orders",
          R"({"type":"buy","symbol":"BTC","orderType":"limit","quantity":"1","price":"1.15"})");
      b.http.post("/api/orders",
                  R"({"type":"sell","symbol":"BTC","orderType":"market","quantity":"1"})");
    }
    EXPECT_EQ(look(venue), "5");
  }
  const std::string before = tape;
  EXPECT_EQ(candles, "5");
  {
    VenueOverHttp venue({.directory = directory.string()});
    EXPECT_EQ(look(venue), "5");
    EXPECT_EQ(tape, before);
    EXPECT_EQ(candles, "5");
  }
  // The store is nothing but a picture of the log.
  std::filesystem::remove_all(directory / "projections");
  {
    VenueOverHttp venue({.directory = directory.string()});
    EXPECT_EQ(look(venue), "5");
    EXPECT_EQ(tape, before);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace rialto::test
