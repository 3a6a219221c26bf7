// What must never get in, each with its clear refusal, and with nothing changed by it.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

struct BadOrder {
  const char* name;
  std::string body;
  int status;
  const char* code;
};

std::string buy(std::string_view price, std::string_view quantity, std::string_view more = {}) {
  return fmt::format(R"({{"type":"buy","symbol":"BTC-USD","price":{},"quantity":{}{}}})", price,
                     quantity, more);
}

std::string nested(std::size_t depth) {
  std::string text = R"({"type":)";
  for (std::size_t i = 0; i < depth; ++i) text += R"({"a":)";
  text += "1" + std::string(depth, '}') + "}";
  return text;
}

const std::vector<BadOrder>& bad_orders() {
  static const std::vector<BadOrder> table{
      {"NaN", buy("NaN", "1"), 400, "malformed_json"},
      {"NaN as text", buy("\"NaN\"", "1"), 400, "not_a_number"},
      {"Infinity as text", buy("\"Infinity\"", "1"), 400, "not_a_number"},
      {"hexadecimal", buy("\"0x10\"", "1"), 400, "not_a_number"},
      {"empty number", buy("\"\"", "1"), 400, "not_a_number"},
      {"space in a number", buy("\"1 \"", "1"), 400, "not_a_number"},
      {"comma in a number", buy("\"1,5\"", "1"), 400, "not_a_number"},
      {"plus sign", buy("\"+1\"", "1"), 400, "not_a_number"},
      {"1e400", buy("1e400", "1"), 422, "number_too_large"},
      {"1e400 as text", buy("\"1e400\"", "1"), 422, "number_too_large"},
      {"1e-400", buy("1e-400", "1"), 422, "price_must_be_on_tick"},
      {"minus zero", buy("-0", "1"), 400, "not_a_number"},
      {"minus zero as text", buy("\"-0.00\"", "1"), 400, "not_a_number"},
      {"19 digits", buy("\"1234567890123456789\"", "1"), 422, "number_too_large"},
      {"exponent of a thousand digits", buy("\"1e" + std::string(1000, '9') + "\"", "1"), 422,
       "number_too_large"},
      {"off tick", buy("\"1.155\"", "1"), 422, "price_must_be_on_tick"},
      {"off tick by a hair", buy("1.15000000000000001", "1"), 422, "price_must_be_on_tick"},
      {"off lot", buy("100", "\"0.000001\""), 422, "quantity_must_be_on_lot"},
      {"zero price", buy("0", "1"), 422, "price_must_be_positive"},
      {"negative price", buy("-1", "1"), 422, "price_must_be_positive"},
      {"zero quantity", buy("100", "0"), 422, "quantity_must_be_positive"},
      {"negative quantity", buy("100", "\"-0.5\""), 422, "quantity_must_be_positive"},
      {"no price", R"({"type":"buy","symbol":"BTC","quantity":"1"})", 422, "price_required"},
      {"overflow of price times quantity", buy("\"9999999999999999\"", "\"9999999999999\""), 422,
       "notional_above_maximum"},
      {"more than the wallet holds", buy("100", "\"1000000\""), 422, "insufficient_funds"},
      {"unknown symbol", R"({"type":"buy","symbol":"XYZ-USD","price":"1","quantity":"1"})", 404,
       "instrument_not_found"},
      {"symbol of a kilobyte",
       R"({"type":"buy","symbol":")" + std::string(1000, 'A') + R"(","price":"1","quantity":"1"})",
       404, "instrument_not_found"},
      {"two symbols",
       R"({"type":"buy","symbol":"BTC-USD","product":"ETH-USD","price":"1","quantity":"1"})", 400,
       "unknown_value"},
      {"unknown side", R"({"type":"hold","symbol":"BTC","price":"1","quantity":"1"})", 400,
       "unknown_value"},
      {"unknown order type", buy("1", "1", R"(,"orderType":"pegged")"), 400, "unknown_value"},
      {"unknown time in force", buy("1", "1", R"(,"timeInForce":"GTX")"), 400, "unknown_value"},
      {"no self-trade prevention at all", buy("1", "1", R"(,"selfTradePrevention":"none")"), 400,
       "unknown_value"},
      {"misspelt field", buy("1", "1", R"(,"stopprice":"2")"), 400, "unknown_field"},
      {"wrong type of a field", buy("[1]", "1"), 400, "field_has_wrong_type"},
      {"text for a boolean", buy("1", "1", R"(,"postOnly":"yes")"), 400, "field_has_wrong_type"},
      {"no side", R"({"symbol":"BTC","price":"1","quantity":"1"})", 400, "field_missing"},
      {"no symbol", R"({"type":"buy","price":"1","quantity":"1"})", 400, "field_missing"},
      {"no quantity", R"({"type":"buy","symbol":"BTC","price":"1"})", 400, "field_missing"},
      {"price twice", buy("1", "1", R"(,"price":"2")"), 400, "duplicate_field"},
      {"price of a market order", buy("1", "1", R"(,"orderType":"market")"), 422,
       "price_not_allowed"},
      {"stop without a stop price", buy("1", "1", R"(,"orderType":"stop_limit")"), 422,
       "stop_price_required"},
      {"stop price of a limit order", buy("1", "1", R"(,"stopPrice":"2")"), 422,
       "stop_price_not_allowed"},
      {"off-tick stop price", buy("1", "1", R"(,"orderType":"stop_limit","stopPrice":"2.001")"),
       422, "stop_price_must_be_on_tick"},
      {"display above quantity", buy("1", "1", R"(,"displayQuantity":"2")"), 422,
       "display_quantity_out_of_range"},
      {"post-only IOC", buy("1", "1", R"(,"postOnly":true,"timeInForce":"IOC")"), 422,
       "post_only_not_allowed"},
      {"GTD without an end", buy("1", "1", R"(,"timeInForce":"GTD")"), 422, "expire_time_required"},
      {"end in the past",
       buy("1", "1", R"(,"timeInForce":"GTD","expireTime":"2001-01-01T00:00:00Z")"), 422,
       "expire_time_in_the_past"},
      {"end that is no time", buy("1", "1", R"(,"timeInForce":"GTD","expireTime":"tomorrow")"), 400,
       "expire_time_malformed"},
      {"client order id of 65 bytes",
       buy("1", "1", R"(,"clientOrderId":")" + std::string(65, 'x') + "\""), 400,
       "client_order_id_malformed"},
      {"empty client order id", buy("1", "1", R"(,"clientOrderId":"")"), 400,
       "client_order_id_malformed"},
      {"control character", buy("1", "1", R"(,"clientOrderId":"a\u0000b")"), 400,
       "client_order_id_malformed"},
      {"empty body", "", 400, "malformed_json"},
      {"not JSON", "price=1", 400, "malformed_json"},
      {"cut off", R"({"type":"buy")", 400, "malformed_json"},
      {"something after the end", buy("1", "1") + "x", 400, "malformed_json"},
      {"an array", "[]", 400, "body_must_be_an_object"},
      {"deeply nested", nested(20), 400, "nested_too_deeply"},
      {"very deeply nested", nested(100'000), 400, "nested_too_deeply"},
      {"not UTF-8", buy("1", "1", ",\"clientOrderId\":\"\xff\xfe\""), 400, "not_utf8"},
      {"half a surrogate", buy("1", "1", R"(,"clientOrderId":"\ud800")"), 400, "malformed_json"},
  };
  return table;
}

class BadInput : public ::testing::Test {
 protected:
  BadInput() { venue.fund(root, alice, "USD", "1000000"); }

  VenueOverHttp venue;
  Person root = venue.administrator();
  Person alice = venue.person("alice");
};

TEST_F(BadInput, every_bad_order_is_refused_clearly_and_changes_nothing) {
  const Bytes before = venue.state();
  for (const BadOrder& row : bad_orders()) {
    const Answer answer = alice.http.post("/api/orders", row.body);
    EXPECT_EQ(answer.status, row.status) << row.name << ": " << answer.body;
    EXPECT_EQ(answer.code(), row.code) << row.name << ": " << answer.body;
    EXPECT_NE(answer.at("message"), "") << row.name;
    EXPECT_EQ(venue.state(), before) << row.name;
  }
}

TEST_F(BadInput, cents_are_exact) {
  const Answer placed = alice.http.post("/api/orders", buy("\"1.15\"", "1"));
  ASSERT_EQ(placed.status, 201) << placed.body;
  EXPECT_EQ(placed.at("price"), "1.15");
  EXPECT_EQ(alice.http.get(alice.wallet_path()).at("held.USD"), "1.15");
  EXPECT_EQ(alice.http.post("/api/orders", buy("1.15", "1e-5")).at("quantity"), "0.00001");
}

// REST-3, REST-4
TEST_F(BadInput, a_refusal_names_what_would_have_been_right) {
  const Answer off_tick = alice.http.post("/api/orders", buy("\"1.155\"", "1"));
  EXPECT_EQ(off_tick.at("details.field"), "price");
  EXPECT_EQ(off_tick.at("details.tickSize"), "0.01");
  EXPECT_EQ(off_tick.at("details.nearest.below"), "1.15");
  EXPECT_EQ(off_tick.at("details.nearest.above"), "1.16");
  const Answer poor = alice.http.post("/api/orders", buy("100", "1000000"));
  EXPECT_EQ(poor.at("details.asset"), "USD");
  const Answer unknown = alice.http.post("/api/orders", buy("1", "1", R"(,"stopprice":"2")"));
  EXPECT_EQ(unknown.at("details.field"), "stopprice");
  EXPECT_EQ(alice.http.post("/api/orders", buy("1", "1", R"(,"timeInForce":"X")"))
                .at("details.allowed.4"),
            "GTD");
}

TEST_F(BadInput, tokens_that_are_no_good) {
  const std::string good = alice.http.token();
  std::string forged = good;
  forged[forged.size() - 5] = forged[forged.size() - 5] == 'A' ? 'B' : 'A';
  struct Row {
    std::string token;
    const char* code;
  };
  const Bytes before = venue.state();
  for (const Row& row :
       {Row{"", "token_missing"}, Row{"x", "token_malformed"}, Row{forged, "token_forged"},
        Row{"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "token_forged"}}) {
    auto http = venue.client(row.token);
    const Answer answer = http.post("/api/orders", buy("1", "1"));
    EXPECT_EQ(answer.status, 401) << row.code;
    EXPECT_EQ(answer.code(), row.code) << answer.body;
    EXPECT_NE(answer.head.find("WWW-Authenticate: Bearer"), std::string::npos);
  }
  venue.advance_wall(std::chrono::hours{2});
  EXPECT_EQ(alice.http.post("/api/orders", buy("1", "1")).code(), "token_expired");
  EXPECT_EQ(venue.state(), before);
}

TEST_F(BadInput, a_body_of_ten_megabytes_is_cut_off) {
  const Bytes before = venue.state();
  const Answer answer = alice.http.post("/api/orders", buy("1", "1") + std::string(10 << 20, ' '));
  EXPECT_EQ(answer.status, 413) << answer.body;
  EXPECT_EQ(venue.state(), before);
}

TEST_F(BadInput, a_client_that_leaves_in_the_middle_leaves_nothing_half_done) {
  const std::string body = buy("1", "1");
  auto raw = venue.raw();
  ASSERT_TRUE(raw.send("POST /api/orders HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " +
                       alice.http.token() + "\r\nContent-Length: " + std::to_string(body.size()) +
                       "\r\n\r\n" + body.substr(0, 20)));
  raw.disconnect();
  EXPECT_EQ(alice.http.get("/api/orders").size("items"), 0u);
}

TEST(SlowHeaders, are_timed_out) {
  VenueOptions options;
  options.limits.header_timeout = std::chrono::milliseconds{200};
  VenueOverHttp venue(std::move(options));
  auto raw = venue.raw();
  ASSERT_TRUE(raw.send("POST /api/orders HTTP/1.1\r\nHost: te"));
  EXPECT_EQ(net::test::status_of_answer(raw.answer()), 408);
  EXPECT_TRUE(raw.at_end());
}

}  // namespace
}  // namespace rialto::test
