// What comes with every answer: names, tags, limits, origins, and the position it was read at.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

TEST(Headers, every_answer_names_its_request_and_keeps_browsers_in_check) {
  VenueOverHttp venue;
  auto http = venue.client();
  const Answer good = http.get("/api/instruments");
  const Answer bad = http.get("/api/orders");
  const Answer none = http.get("/nowhere");
  std::string last;
  for (const Answer* answer : {&good, &bad, &none}) {
    EXPECT_GT(answer->header("X-Request-Id"), last) << answer->head;
    last = answer->header("X-Request-Id");
    EXPECT_EQ(answer->header("X-Content-Type-Options"), "nosniff");
    EXPECT_NE(answer->header("Content-Security-Policy").find("frame-ancestors 'none'"),
              std::string::npos);
  }
  net::test::RawClient raw = venue.raw();
  raw.send("nonsense\r\n\r\n");
  EXPECT_NE(raw.answer().find("X-Request-Id: "), std::string::npos);
}

TEST(Headers, a_read_that_has_not_changed_is_not_sent_again) {
  VenueOverHttp venue;
  auto root = venue.administrator();
  auto alice = venue.person("alice");
  const Answer first = alice.http.get(alice.wallet_path());
  const std::string tag = first.header("ETag");
  ASSERT_FALSE(tag.empty()) << first.head;
  const std::string condition = fmt::format("If-None-Match: \"x\", W/{}\r\n", tag);
  const Answer again = alice.http.ask("GET", alice.wallet_path(), {}, condition);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.header("ETag"), tag);
  venue.fund(root, alice, "USD", "5");
  const Answer changed = alice.http.ask("GET", alice.wallet_path(), {}, condition);
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.at("balance.USD"), "5");
  EXPECT_NE(changed.header("ETag"), tag);
  EXPECT_EQ(alice.http.post("/api/wallets").header("ETag"), "") << "only reads are tagged";
}

TEST(Headers, a_read_says_as_of_what_and_a_position_of_the_future_is_refused) {
  const auto directory =
      std::filesystem::temp_directory_path() / fmt::format("rialto-token-{}", ::getpid());
  std::filesystem::create_directory(directory);
  std::string token;
  {
    VenueOverHttp venue({.directory = directory.string()});
    auto root = venue.administrator();
    const Answer credited = root.http.post(root.wallet_path() + "/credit", R"({"amount":"7"})");
    token = credited.at("sequence");
    const std::string header = "X-Consistency-Token: " + token + "\r\n";
    const Answer read = root.http.ask("GET", root.wallet_path(), {}, header);
    ASSERT_EQ(read.status, 200) << read.body;
    EXPECT_EQ(read.at("balance.USD"), "7");
    EXPECT_GE(std::stoull(read.header("X-Sequence")), std::stoull(token));
    const Answer early = root.http.get(root.wallet_path() + "?atLeast=999999999");
    EXPECT_EQ(early.status, 409);
    EXPECT_EQ(early.code(), "sequence_not_reached");
    EXPECT_GE(std::stoull(early.at("details.sequence")), std::stoull(token));
    EXPECT_EQ(root.http.get("/api/orders?atLeast=soon").code(), "consistency_token_malformed");
    EXPECT_EQ(root.http.get("/api/instruments?atLeast=999999999").status, 409) << "visitors too";
  }
  VenueOverHttp venue({.directory = directory.string()});
  auto again = venue.client();
  const Answer login =
      again.post("/api/users/login", R"({"userName":"root","password":"password of root"})");
  again.use_token(login.at("accessToken"));
  EXPECT_EQ(again.get("/api/orders?atLeast=" + token).status, 200) << "a restart forgets nothing";
  std::filesystem::remove_all(directory);
}

TEST(Headers, limits_are_told_before_they_bite) {
  VenueOptions options;
  options.rest.requests = {.per_second = 0.01, .burst = 3, .spare_loopback = false};
  VenueOverHttp venue(std::move(options));
  auto http = venue.client();
  const Answer first = http.get("/api/instruments");
  EXPECT_EQ(first.header("RateLimit-Limit"), "3");
  EXPECT_EQ(first.header("RateLimit-Remaining"), "2");
  EXPECT_EQ(first.header("RateLimit-Reset"), "100");
  http.get("/api/instruments");
  http.get("/api/instruments");
  const Answer refused = http.get("/api/instruments");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("RateLimit-Remaining"), "0");
  EXPECT_EQ(refused.header("Retry-After"), "100");
  EXPECT_EQ(VenueOverHttp().client().get("/api/instruments").header("RateLimit-Limit"), "")
      << "loopback is not counted unless it is asked for";
}

// NET-10
TEST(Headers, only_pages_of_named_origins_may_read) {
  VenueOptions options;
  options.rest.cors_origins = {"https://good.example", "http://localhost:5173"};
  VenueOverHttp venue(std::move(options));
  auto http = venue.client();
  const auto from = [&](std::string_view method, std::string_view path, std::string_view origin,
                        std::string_view more = "") {
    return http.ask(method, path, {}, fmt::format("Origin: {}\r\n{}", origin, more));
  };
  const Answer good = from("GET", "/api/instruments", "https://good.example");
  EXPECT_EQ(good.header("Access-Control-Allow-Origin"), "https://good.example");
  EXPECT_NE(good.header("Access-Control-Expose-Headers").find("X-Request-Id"), std::string::npos);
  const Answer error = from("GET", "/api/orders", "http://localhost:5173");
  EXPECT_EQ(error.status, 401);
  EXPECT_EQ(error.header("Access-Control-Allow-Origin"), "http://localhost:5173");
  for (const auto* origin : {"https://bad.example", "https://good.example.bad", "null"})
    EXPECT_EQ(from("GET", "/api/instruments", origin).header("Access-Control-Allow-Origin"), "");

  constexpr std::string_view post = "Access-Control-Request-Method: POST\r\n";
  const Answer preflight = from("OPTIONS", "/api/orders", "https://good.example", post);
  EXPECT_EQ(preflight.status, 204);
  EXPECT_NE(preflight.header("Access-Control-Allow-Methods").find("POST"), std::string::npos);
  EXPECT_NE(preflight.header("Access-Control-Allow-Headers").find("Authorization"),
            std::string::npos);
  const Answer refused = from("OPTIONS", "/api/orders", "https://bad.example", post);
  EXPECT_EQ(refused.header("Access-Control-Allow-Methods"), "");
  EXPECT_EQ(from("OPTIONS", "/nowhere", "https://good.example", post).status, 404);
}

TEST(Headers, an_order_is_placed_once_for_one_idempotency_key) {
  VenueOverHttp venue;
  auto root = venue.administrator();
  auto alice = venue.person("alice");
  venue.fund(root, alice, "USD", "1000");
  const std::string order = R"({"type":"buy","symbol":"BTC-USD","price":"100","quantity":"1"})";
  const auto place = [&](std::string_view body, std::string_view key) {
    return alice.http.post("/api/orders", body, fmt::format("Idempotency-Key: {}\r\n", key));
  };
  const Answer first = place(order, "once");
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(first.at("clientOrderId"), "once");
  EXPECT_EQ(place(order, "once").at("orderId"), first.at("orderId"));
  EXPECT_NE(place(order, "twice").at("orderId"), first.at("orderId"));
  const Answer other =
      place(R"({"type":"buy","symbol":"BTC-USD","price":"101","quantity":"1"})", "once");
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.code(), "client_order_id_reused");
  EXPECT_EQ(place(order, std::string(65, 'k')).code(), "idempotency_key_malformed");
  const Answer both = place(
      R"({"type":"buy","symbol":"BTC-USD","price":"100","quantity":"1","clientOrderId":"mine"})",
      "once");
  EXPECT_EQ(both.at("clientOrderId"), "mine") << "the field comes first";
}

}  // namespace
}  // namespace rialto::test
