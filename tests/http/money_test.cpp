// Credits and debits over HTTP: done once, never out of thin air, conserved under concurrency.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <random>
#include <thread>

#include "core/decimal.hpp"
#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

std::string amount(std::string_view text, std::string_view asset = "USD") {
  return fmt::format(R"({{"asset":"{}","amount":"{}"}})", asset, text);
}

class Money : public ::testing::Test {
 protected:
  VenueOverHttp venue;
  Person root = venue.administrator();
  Person alice = venue.person("alice");
};

TEST_F(Money, a_retried_credit_mints_nothing) {
  const std::string path = alice.wallet_path() + "/credit";
  const std::string key = "Idempotency-Key: monday-1\r\n";
  const Answer first = root.http.post(path, amount("100.25"), key);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.at("balance.USD"), "100.25");
  const Answer again = root.http.post(path, amount("100.250"), key);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  const Answer other = root.http.post(path, amount("100.26"), key);
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.code(), "idempotency_key_reused");
  EXPECT_EQ(root.http.post(path, amount("100.25", "BTC"), key).status, 409);
  EXPECT_EQ(root.http.post(alice.wallet_path() + "/debit", amount("100.25"), key).status, 409)
      << "a debit is another content";
  EXPECT_EQ(root.http.get(alice.wallet_path()).at("balance.USD"), "100.25");
  // Another wallet's keys are other keys; without one, every credit counts.
  EXPECT_EQ(root.http.post(root.wallet_path() + "/credit", amount("1"), key).at("balance.USD"),
            "1");
  EXPECT_EQ(root.http.post(path, amount("1")).at("balance.USD"), "101.25");
  EXPECT_EQ(root.http.post(path, amount("1")).at("balance.USD"), "102.25");
}

TEST_F(Money, is_an_administrators_to_make) {
  EXPECT_EQ(alice.http.post(alice.wallet_path() + "/credit", amount("1")).status, 403);
  EXPECT_EQ(alice.http.post(alice.wallet_path() + "/debit", amount("1")).status, 403);
  EXPECT_EQ(alice.http.put(alice.wallet_path(), R"({"balance":"5"})").status, 403);
  EXPECT_EQ(alice.http.get(root.wallet_path()).status, 404);
  EXPECT_EQ(alice.http.remove(root.wallet_path()).status, 404);
}

TEST_F(Money, that_is_malformed_or_missing_is_refused) {
  const std::string credit = alice.wallet_path() + "/credit";
  struct Row {
    std::string path, body, headers;
    int status;
    const char* code;
  };
  const Bytes before = venue.state();
  for (const Row& row : std::initializer_list<Row>{
           {credit, amount("0"), "", 422, "amount_must_be_positive"},
           {credit, amount("-1"), "", 422, "amount_must_be_positive"},
           {credit, amount("1e400"), "", 422, "number_too_large"},
           {credit, amount("0.00000001"), "", 422, "amount_too_precise"},
           {credit, amount("x"), "", 400, "not_a_number"},
           {credit, amount("1", "DOGE"), "", 422, "unknown_asset"},
           {credit, R"({"amount":null})", "", 400, "field_missing"},
           {credit, amount("1"), "Idempotency-Key: " + std::string(256, 'k') + "\r\n", 400,
            "idempotency_key_malformed"},
           {alice.wallet_path() + "/debit", amount("0.01"), "", 422, "insufficient_funds"},
           {"/api/wallets/99/credit", amount("1"), "", 404, "account_not_found"},
           {"/api/wallets/x/credit", amount("1"), "", 404, "account_not_found"},
           {"/api/wallets/1/credit", amount("1"), "", 403, "account_cannot_be_changed"}}) {
    const Answer answer = root.http.post(row.path, row.body, row.headers);
    EXPECT_EQ(answer.status, row.status) << row.path << row.body << answer.body;
    EXPECT_EQ(answer.code(), row.code) << row.path << row.body << answer.body;
    EXPECT_EQ(venue.state(), before);
  }
}

TEST_F(Money, can_be_set_and_a_wallet_closed_when_empty) {
  EXPECT_EQ(
      root.http.put(alice.wallet_path(), R"({"asset":"BTC","balance":"2"})").at("balance.BTC"),
      "2");
  EXPECT_EQ(root.http.put(alice.wallet_path(), R"({"balance":{"BTC":"1.5"}})").at("balance.BTC"),
            "1.5");
  EXPECT_EQ(root.http.put(alice.wallet_path(), R"({"balance":{"BTC":"1","USD":"1"}})").code(),
            "one_asset_at_a_time");
  EXPECT_EQ(root.http.put(alice.wallet_path(), R"({"balance":"-1"})").code(),
            "amount_must_be_positive");
  EXPECT_EQ(alice.http.remove(alice.wallet_path()).code(), "account_not_empty");
  EXPECT_EQ(root.http.put(alice.wallet_path(), R"({"balance":{"BTC":0}})").status, 200);
  EXPECT_EQ(alice.http.remove(alice.wallet_path()).at("closed"), "true");
  EXPECT_EQ(alice.http.get("/api/wallets").size("items"), 0u);
  EXPECT_EQ(alice.http.get(alice.wallet_path()).status, 404);
  EXPECT_EQ(
      alice.http.post("/api/orders", R"({"type":"buy","symbol":"BTC","price":"1","quantity":"1"})")
          .code(),
      "wallet_required");
  const Answer reopened = alice.http.post("/api/wallets");
  EXPECT_EQ(reopened.status, 201) << reopened.body;
  EXPECT_NE(reopened.at("walletId"), std::to_string(alice.wallet.value));
}

TEST_F(Money, a_debit_never_touches_what_is_on_hold) {
  venue.fund(root, alice, "USD", "100");
  ASSERT_EQ(
      alice.http.post("/api/orders", R"({"type":"buy","symbol":"BTC","price":"60","quantity":"1"})")
          .status,
      201);
  EXPECT_EQ(root.http.post(alice.wallet_path() + "/debit", amount("40.01")).code(),
            "insufficient_funds");
  EXPECT_EQ(root.http.post(alice.wallet_path() + "/debit", amount("40")).at("balance.USD"), "60");
}

// System E's property: random concurrent debit/credit pairs conserve the sum.
TEST_F(Money, is_conserved_under_concurrent_transfers) {
  constexpr int threads = 4;
  constexpr int pairs = 150;
  std::vector<Person> people;
  for (int i = 0; i < 4; ++i) {
    people.push_back(venue.person("p" + std::to_string(i)));
    venue.fund(root, people.back(), "USD", "100");
  }
  std::atomic<int> moved = 0;
  std::vector<std::jthread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([&, t] {
      std::mt19937 random(static_cast<unsigned>(t));
      HttpClient http = venue.client(root.http.token());
      for (int i = 0; i < pairs; ++i) {
        const std::string cents = fmt::format("{}.{:02}", random() % 40, random() % 99 + 1);
        const auto& from = people[random() % people.size()];
        const auto& to = people[random() % people.size()];
        const Answer taken = http.post(from.wallet_path() + "/debit", amount(cents));
        if (taken.status == 422) continue;
        ASSERT_EQ(taken.status, 200) << taken.body;
        const Answer given = http.post(to.wallet_path() + "/credit", amount(cents));
        ASSERT_EQ(given.status, 200) << given.body;
        ++moved;
      }
    });
  workers.clear();
  EXPECT_GT(moved, threads * pairs / 4);
  std::int64_t sum = 0;
  for (Person& person : people)
    sum += *parse_decimal(person.http.get(person.wallet_path()).at("balance.USD"), 7);
  EXPECT_EQ(sum, 400 * 10'000'000LL);
  EXPECT_TRUE(venue.read(
      [](const projections::Replica& replica) { return replica.venue().ledger.consistent(); }));
}

}  // namespace
}  // namespace rialto::test
