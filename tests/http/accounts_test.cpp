// Accounts over HTTP: the people behind them, money in and out, statements.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "tests/http/venue_over_http.hpp"

namespace rialto::test {
namespace {

constexpr std::string_view details =
    R"("name":"Ada Lovelace","profile":"keeps accounts","contact":{"email":"ada@example.org","phone":"+44 20 555"},"address":{"street":"12 St James's Square","city":"London"})";

std::string application(std::string_view more = {}) {
  return fmt::format("{{{}{}{}}}", details, more.empty() ? "" : ",", more);
}

std::string account_path(const Person& person) {
  return "/api/accounts/" + std::to_string(person.wallet.value);
}

class Accounts : public ::testing::Test {
 protected:
  VenueOverHttp venue;
  Person root = venue.administrator();
  Person ada = venue.person("ada");
};

TEST_F(Accounts, are_opened_seen_and_changed_by_their_owners) {
  const Answer opened = ada.http.post("/api/accounts", application());
  ASSERT_EQ(opened.status, 201) << opened.body;
  EXPECT_EQ(opened.at("accountId"), std::to_string(ada.wallet.value));
  EXPECT_EQ(opened.at("walletId"), opened.at("accountId"));
  EXPECT_EQ(opened.at("userId"), std::to_string(ada.user.value));
  EXPECT_EQ(opened.at("name"), "Ada Lovelace");
  EXPECT_EQ(opened.at("profile"), "keeps accounts");
  EXPECT_EQ(opened.at("contact.phone"), "+44 20 555");
  EXPECT_EQ(opened.at("balance.USD"), "0");
  const Answer again = ada.http.post("/api/accounts", application());
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "account_details_exist");
  EXPECT_EQ(again.at("details.accountId"), opened.at("accountId"));

  const std::string path = account_path(ada);
  EXPECT_EQ(ada.http.put(path + "/contact", R"({"contact":{"email":"new@example.org"}})")
                .at("contact.email"),
            "new@example.org");
  EXPECT_EQ(ada.http.put(path + "/address", R"({"city":"Turin"})").at("address.city"), "Turin");
  const Answer profile = ada.http.get(path + "/profile");
  EXPECT_EQ(profile.at("address.city"), "Turin");
  EXPECT_EQ(profile.at("address.street"), "(none)");
  EXPECT_EQ(profile.at("name"), "Ada Lovelace");
  EXPECT_EQ(root.http.get(path).at("contact.email"), "new@example.org");
  EXPECT_EQ(ada.http.get(path + "/balance").at("balance.USD"), "0");
  EXPECT_EQ(ada.http.get("/api/accounts").size("items"), 1u);
  EXPECT_EQ(root.http.get("/api/accounts").at("items.0.name"), "Ada Lovelace");

  Person bea = venue.person("bea");
  for (const std::string_view part : {"", "/balance", "/profile", "/statement"}) {
    const Answer hidden = bea.http.get(path + std::string(part));
    EXPECT_EQ(hidden.status, 404) << part;
    EXPECT_EQ(hidden.code(), "account_not_found") << part;
  }
  EXPECT_EQ(bea.http.put(path + "/contact", R"({"contact":"x"})").status, 404);
  EXPECT_EQ(bea.http.get("/api/accounts").size("items"), 0u);
  EXPECT_EQ(bea.http.get(account_path(bea)).at("name"), "null") << "a wallet nobody described";
  EXPECT_EQ(bea.http.get(account_path(bea) + "/profile").code(), "account_details_not_found");
}

TEST_F(Accounts, of_others_are_an_administrators_to_open) {
  Person bea = venue.person("bea");
  const std::string for_bea = fmt::format(R"("userId":"{}","openBalance":"250.5")", bea.user.value);
  EXPECT_EQ(ada.http.post("/api/accounts", application(for_bea)).status, 404);
  const Answer opened = root.http.post("/api/accounts", application(for_bea));
  ASSERT_EQ(opened.status, 201) << opened.body;
  EXPECT_EQ(opened.at("accountId"), std::to_string(bea.wallet.value));
  EXPECT_EQ(opened.at("balance.USD"), "250.5");
  EXPECT_EQ(bea.http.get(bea.wallet_path()).at("balance.USD"), "250.5");

  // A person without a login; a retry opens no second account.
  const std::string key = "Idempotency-Key: walk-in-1\r\n";
  const std::string walk_in = application(R"("openBalance":40)");
  const Answer first = root.http.post("/api/accounts", walk_in, key);
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(first.at("userId"), "null");
  const Answer retried = root.http.post("/api/accounts", walk_in, key);
  EXPECT_EQ(retried.status, 201);
  EXPECT_EQ(retried.at("accountId"), first.at("accountId"));
  EXPECT_EQ(retried.at("balance.USD"), "40");
  EXPECT_EQ(root.http.post("/api/accounts", application(R"("openBalance":41)"), key).status, 409);
  EXPECT_EQ(root.http.get("/api/accounts?limit=1").at("items.0.accountId"), first.at("accountId"));

  const std::string path = "/api/accounts/" + first.at("accountId");
  EXPECT_EQ(root.http.remove(path).code(), "account_not_empty");
  EXPECT_EQ(root.http.post(path + "/withdraw", R"({"amount":"40"})").at("balance.USD"), "0");
  EXPECT_EQ(root.http.remove(path).at("closed"), "true");
  EXPECT_EQ(root.http.get(path).status, 404);
}

TEST_F(Accounts, refuse_what_does_not_fit) {
  struct Row {
    std::string body;
    int status;
    const char* code;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"{}", 400, "field_missing"},
           {R"({"name":""})", 400, "name_length"},
           {fmt::format(R"({{"name":"{}"}})", std::string(201, 'x')), 400, "name_length"},
           {R"({"name":"x","profile":[1]})", 400, "field_has_wrong_type"},
           {R"({"name":"x","contact":{"a":{"b":1}}})", 400, "field_has_wrong_type"},
           {R"({"name":"x","address":7})", 400, "field_has_wrong_type"},
           {fmt::format(R"({{"name":"x","address":"{}"}})", std::string(3000, 'x')), 400,
            "field_too_long"},
           {R"({"name":"x","openBalance":"-1"})", 422, "amount_must_be_positive"},
           {R"({"name":"x","openBalance":"1"})", 403, "administrator_only"},
           {R"({"name":"x","openBalance":"1","asset":"XYZ"})", 422, "unknown_asset"},
           {R"({"name":"x","userId":"999"})", 404, "user_not_found"}}) {
    const Answer answer = ada.http.post("/api/accounts", row.body);
    EXPECT_EQ(answer.status, row.status) << row.body << answer.body;
    EXPECT_EQ(answer.code(), row.code) << row.body << answer.body;
  }
  EXPECT_EQ(venue.client().get("/api/accounts").status, 401);
  for (const char* query : {"?from=yesterday", "?to=2026-13-01", "?limit=0", "?limit=1001",
                            "?after=x", "?from=2026-02-01&to=2026-01-01"})
    EXPECT_EQ(ada.http.get(account_path(ada) + "/statement" + query).status, 400) << query;
}

TEST_F(Accounts, take_deposits_from_administrators_and_give_no_more_than_they_hold) {
  const std::string path = account_path(ada);
  EXPECT_EQ(ada.http.post(path + "/deposit", R"({"amount":"1"})").code(), "administrator_only");
  EXPECT_EQ(ada.http.post(path + "/withdraw", R"({"amount":"1"})").code(), "administrator_only");
  const std::string key = "Idempotency-Key: tuesday\r\n";
  EXPECT_EQ(root.http.post(path + "/deposit", R"({"amount":"100"})", key).at("balance.USD"), "100");
  EXPECT_EQ(root.http.post(path + "/deposit", R"({"amount":100})", key).at("balance.USD"), "100");
  EXPECT_EQ(root.http.post(path + "/deposit", R"({"amount":"2","asset":"BTC"})").at("balance.BTC"),
            "2");
  ASSERT_EQ(
      ada.http.post("/api/orders", R"({"type":"buy","symbol":"BTC","quantity":"1","price":"60"})")
          .status,
      201);
  const Answer held = root.http.post(path + "/withdraw", R"({"amount":"40.01"})");
  EXPECT_EQ(held.status, 422) << "60 are on hold";
  EXPECT_EQ(held.code(), "insufficient_funds");
  EXPECT_EQ(root.http.post(path + "/withdraw", R"({"amount":"40"})").at("balance.USD"), "60");
}

TEST(DemoAccounts, move_their_own_play_money) {
  VenueOptions options;
  options.rest.demo_users = {{1}};
  VenueOverHttp venue(std::move(options));
  Person ada = venue.person("ada");
  ASSERT_EQ(ada.user, UserId{1});
  Person bea = venue.person("bea");
  EXPECT_EQ(ada.http.post("/api/accounts", application(R"("openBalance":"10")")).status, 201);
  EXPECT_EQ(ada.http.post(account_path(ada) + "/deposit", R"({"amount":"5"})").at("balance.USD"),
            "15");
  EXPECT_EQ(ada.http.post(account_path(ada) + "/withdraw", R"({"amount":"16"})").status, 422);
  EXPECT_EQ(ada.http.post(account_path(bea) + "/deposit", R"({"amount":"5"})").status, 404);
}

// STATEMENTS-1
TEST_F(Accounts, state_every_posting) {
  Person bea = venue.person("bea");
  venue.fund(root, ada, "USD", "1000");
  venue.fund(root, bea, "BTC", "3");
  ASSERT_EQ(root.http.put("/api/instruments/BTC-USD", R"({"takerFee":"0.01"})").status, 200);
  ASSERT_EQ(
      bea.http.post("/api/orders", R"({"type":"sell","symbol":"BTC","quantity":"2","price":"100"})")
          .status,
      201);
  ASSERT_EQ(
      ada.http.post("/api/orders", R"({"type":"buy","symbol":"BTC","quantity":"2","price":"100"})")
          .at("status"),
      "filled");
  const std::string path = account_path(ada) + "/statement";
  const Answer statement = ada.http.get(path);
  ASSERT_EQ(statement.status, 200) << statement.body;
  EXPECT_EQ(statement.at("openingBalance.USD"), "0");
  EXPECT_EQ(statement.at("closingBalance.USD"), "798");
  EXPECT_EQ(statement.at("closingBalance.BTC"), "2");
  EXPECT_EQ(statement.size("items"), 4u);
  EXPECT_EQ(statement.at("items.0.type"), "credit");
  EXPECT_EQ(statement.at("items.0.balance"), "1000");
  EXPECT_EQ(statement.at("items.1.asset"), "BTC");
  EXPECT_EQ(statement.at("items.2.amount"), "-200");
  EXPECT_EQ(statement.at("items.2.balance"), "800");
  EXPECT_EQ(statement.at("items.3.type"), "fee");
  EXPECT_EQ(statement.at("items.3.amount"), "-2");
  EXPECT_EQ(statement.at("items.3.tradeId"), "1");
  EXPECT_EQ(statement.at("items.3.balance"), ada.http.get(ada.wallet_path()).at("balance.USD"));

  const Answer first = ada.http.get(path + "?limit=1");
  EXPECT_EQ(first.size("items"), 1u);
  const Answer second = ada.http.get(path + "?limit=1&after=" + first.at("next"));
  EXPECT_EQ(second.size("items"), 3u) << "a trade's legs stay together";
  EXPECT_EQ(second.at("next"), "null");

  // A period in between: nothing before, everything at its opening behind.
  EXPECT_EQ(ada.http.get(path + "?to=2020-01-01").size("items"), 0u);
  EXPECT_EQ(ada.http.get(path + "?to=2020-01-01").at("closingBalance.USD"), "0");
  const Answer future = ada.http.get(path + "?from=2200-01-01T00:00:00Z");
  EXPECT_EQ(future.size("items"), 0u);
  EXPECT_EQ(future.at("openingBalance.USD"), "798");

  const Answer csv = ada.http.ask("GET", path, {}, "Accept: text/csv\r\n");
  EXPECT_NE(csv.head.find("text/csv"), std::string::npos);
  EXPECT_EQ(csv.body, ada.http.get(path + "?format=csv").body);
  EXPECT_TRUE(csv.body.starts_with("sequence,time,type,asset,amount,balance,tradeId,orderId\r\n"))
      << csv.body;
  EXPECT_EQ(std::ranges::count(csv.body, '\n'), 1 + 4 + 2) << csv.body;
  EXPECT_NE(csv.body.find(",,closing,USD,,798,,\r\n"), std::string::npos) << csv.body;
}

std::string everything_in(const std::filesystem::path& directory) {
  std::string text;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    text.append(std::istreambuf_iterator<char>(in), {});
  }
  return text;
}

// ACCOUNTS-1
TEST(AccountsAtRest, hold_no_person_in_plain_text_and_forget_who_leaves) {
  const auto directory =
      std::filesystem::temp_directory_path() / fmt::format("rialto-people-{}", ::getpid());
  std::filesystem::create_directory(directory);
  std::string sealed_before;
  {
    VenueOverHttp venue(VenueOptions{.directory = directory.string()});
    Person root = venue.administrator();
    Person ada = venue.person("ada");
    ASSERT_EQ(ada.http.post("/api/accounts", application()).status, 201);
    const Answer walk_in = root.http.post("/api/accounts", application());
    ASSERT_EQ(walk_in.status, 201);
    const auto person_of = [&](AccountId account) {
      return venue.read(
          [&](const auto& replica) { return replica.venue().accounts.details(account)->person; });
    };
    const AccountId other{std::stoull(walk_in.at("accountId"))};
    const Fingerprint user_person = person_of(ada.wallet);
    const Fingerprint walk_in_person = person_of(other);
    ASSERT_TRUE(venue.vault().seal(walk_in_person, "f", "x").has_value());
    ASSERT_EQ(ada.http.remove("/api/users/profile").status, 200);
    ASSERT_EQ(root.http.remove("/api/accounts/" + walk_in.at("accountId")).status, 200);
    EXPECT_FALSE(venue.vault().seal(user_person, "f", "x").has_value());
    EXPECT_FALSE(venue.vault().seal(walk_in_person, "f", "x").has_value());
    EXPECT_EQ(root.http.get("/api/accounts").size("items"), 0u);
  }
  const std::string all = everything_in(directory);
  ASSERT_GT(all.size(), 10'000u);
  for (const char* text : {"Lovelace", "keeps accounts", "example.org", "+44 20 555", "James"})
    EXPECT_EQ(all.find(text), all.npos) << text;
  std::filesystem::remove_all(directory);
}

TEST(AccountsAtRest, are_there_after_a_restart) {
  const auto directory =
      std::filesystem::temp_directory_path() / fmt::format("rialto-accounts-{}", ::getpid());
  std::filesystem::create_directory(directory);
  std::string token;
  std::string path;
  std::string statement;
  {
    VenueOverHttp venue(VenueOptions{.directory = directory.string()});
    Person root = venue.administrator();
    Person ada = venue.person("ada");
    ASSERT_EQ(ada.http.post("/api/accounts", application()).status, 201);
    venue.fund(root, ada, "USD", "12.5");
    token = ada.http.token();
    path = account_path(ada);
    statement = ada.http.get(path + "/statement").body;
  }
  VenueOverHttp venue(VenueOptions{.directory = directory.string()});
  auto http = venue.client(token);
  EXPECT_EQ(http.get(path).at("name"), "Ada Lovelace");
  EXPECT_EQ(http.get(path + "/statement").body, statement);
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace rialto::test
