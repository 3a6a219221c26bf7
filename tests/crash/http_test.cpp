// kill -9 of the real program under concurrent HTTP load, and what clients see after its restart.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <map>
#include <thread>

#include "core/decimal.hpp"
#include "platform/eventlog/log_reader.hpp"
#include "platform/security/credential_store.hpp"
#include "platform/security/person_vault.hpp"
#include "platform/storage/posix_files.hpp"
#include "projections/replica/replica.hpp"
#include "tests/crash/directory.hpp"
#include "tests/crash/server_process.hpp"
#include "tests/simulation/random.hpp"

namespace rialto::crash {
namespace {

using simulation::Random;
using test::Answer;

constexpr std::size_t traders = 3;

/// What a client sent, and what it heard.
struct Sent {
  bool credit = false;
  std::string path;
  std::string body;
  std::string key;  // client order id, or Idempotency-Key
  std::optional<Answer> answer;
};

struct Client {
  std::string token;
  std::string wallet;
  std::vector<Sent> sent;  // in this life of the server
  std::uint64_t next = 0;
};

std::string order_body(Random& random, const std::string& key) {
  const std::int64_t cents = 5'000'000 + random.between(-300, 300);
  return fmt::format(
      R"({{"type":"{}","symbol":"BTC-USD","orderType":"limit","quantity":"0.{:05}","price":"{}.{:02}","clientOrderId":"{}"}})",
      random.one_in(2) ? "buy" : "sell", random.between(1, 9'999), cents / 100, cents % 100, key);
}

/// Sends until the server is gone.
void send_until_killed(std::uint16_t port, const std::string& admin, Client& client,
                       std::uint64_t seed) {
  Random random(seed);
  Caller trader(port, client.token);
  Caller operator_desk(port, admin);
  while (true) {
    Sent sent;
    sent.key = fmt::format("w{}-{}", client.wallet, ++client.next);
    sent.credit = random.one_in(8);
    if (sent.credit) {
      sent.path = fmt::format("/api/wallets/{}/credit", client.wallet);
      sent.body = fmt::format(R"({{"asset":"USD","amount":"{}.01"}})", random.between(1, 900));
      sent.answer = operator_desk.ask("POST", sent.path, sent.body, sent.key);
    } else {
      sent.path = "/api/orders";
      sent.body = order_body(random, sent.key);
      sent.answer = trader.ask("POST", sent.path, sent.body);
    }
    client.sent.push_back(sent);
    if (!client.sent.back().answer) return;
    if (!sent.credit && random.one_in(3) &&
        !trader.ask("DELETE", "/api/orders?clientOrderId=" + sent.key))
      return;
  }
}

/// The state a replay of the log gives.
class Replayed {
 public:
  explicit Replayed(const std::string& directory) {
    auto reader = eventlog::LogReader::open(storage::posix_files(), directory + "/log", {});
    EXPECT_TRUE(reader.has_value());
    while (reader) {
      const auto frame = reader->next();
      EXPECT_TRUE(frame.has_value());
      if (!frame || !*frame) break;
      for (const eventlog::EventView& event : (*frame)->events())
        EXPECT_TRUE(replica.fold(event.type, event.payload, event.sequence, event.time));
    }
    EXPECT_TRUE(venue().ledger.consistent());
  }
  const flows::Venue& venue() const { return replica.venue(); }
  std::string amount(std::uint64_t account, std::string_view code, bool held) const {
    const auto* asset = venue().instruments.asset(code);
    const auto balance = venue().ledger.balance({account}, asset->id);
    return format_decimal(held ? balance.held.value : balance.owned.value, asset->scale);
  }
  projections::Replica replica{nullptr};
};

class Http : public ::testing::Test {
 protected:
  /// A venue with traders who have funds; stopped.
  void found() {
    ServerProcess server(directory.path());
    ASSERT_TRUE(server.open()) << server.said();
    admin = log_in(server.port(), "admin", admin_password);
    for (std::size_t i = 0; i < traders; ++i) {
      Caller caller(server.port());
      const std::string name = fmt::format("trader{}", i);
      const auto made = caller.must(
          "POST", "/api/users/register",
          fmt::format(R"({{"userName":"{}","email":"{}@example.org","password":"{} secret"}})",
                      name, name, name));
      ASSERT_EQ(made.status, 201) << made.body;
      Client& client = clients.emplace_back();
      client.token = log_in(server.port(), name, name + " secret");
      caller.use(client.token);
      client.wallet = caller.must("GET", "/api/wallets").at("items.0.walletId");
      caller.use(admin);
      for (const auto* body :
           {R"({"asset":"USD","amount":"9000000"})", R"({"asset":"BTC","amount":"500"})"}) {
        const auto credited =
            caller.must("POST", fmt::format("/api/wallets/{}/credit", client.wallet), body);
        ASSERT_EQ(credited.status, 200) << credited.body;
      }
    }
    EXPECT_EQ(server.stop(), 0);
    cents_owed = 9'000'000'00 * static_cast<std::int64_t>(traders);
  }

  /// Asks again for everything of the last life: a second time where it was answered.
  void settle(std::uint16_t port, Client& client) {
    for (const Sent& sent : client.sent) {
      Caller caller(port, sent.credit ? admin : client.token);
      const bool again = sent.answer.has_value();
      if (again && sent.answer->status >= 300) {
        EXPECT_EQ(sent.answer->status, 422) << sent.answer->body;
        continue;
      }
      const auto answer = caller.must("POST", sent.path, sent.body, sent.credit ? sent.key : "");
      if (answer.status == 422) {
        EXPECT_FALSE(again) << "refused after it was done: " << answer.body;
        continue;
      }
      ASSERT_EQ(answer.status, sent.credit ? 200 : 201) << answer.body;
      if (sent.credit) {
        // "N.01": whole cents in the text, without the point.
        const auto at = sent.body.find(R"("amount":")") + 10;
        cents_owed += *parse_decimal(sent.body.substr(at, sent.body.find('"', at) - at), 2);
        ++credits;
        continue;
      }
      ++orders;
      if (!again) continue;
      EXPECT_EQ(answer.at("orderId"), sent.answer->at("orderId"))
          << "the same request, another order";
      const auto shown = caller.must("GET", "/api/orders/" + sent.answer->at("orderId"));
      EXPECT_EQ(shown.status, 200) << "an acknowledged order is gone";
      EXPECT_EQ(shown.at("clientOrderId"), sent.key);
    }
    client.sent.clear();
  }

  /// No money came or went; and the same client order id never became two orders.
  void count_money(std::uint16_t port) {
    Caller caller(port, admin);
    const auto wallets = caller.must("GET", "/api/wallets");
    std::int64_t dollars = 0;
    std::int64_t coins = 0;
    for (std::size_t i = 0; i < wallets.size("items"); ++i) {
      const std::string item = fmt::format("items.{}.", i);
      if (wallets.at(item + "walletId") == "1") continue;  // the world outside
      dollars += *parse_decimal(wallets.at(item + "balance.USD"), 7);
      const std::string coin = wallets.at(item + "balance.BTC");
      if (coin != "(none)") coins += *parse_decimal(coin, 8);
    }
    EXPECT_EQ(dollars, cents_owed * 100'000);
    EXPECT_EQ(coins, 500 * static_cast<std::int64_t>(traders) * 100'000'000);
  }

  Directory directory;
  std::string admin;
  std::vector<Client> clients;
  std::int64_t cents_owed = 0;
  std::size_t orders = 0;
  std::size_t credits = 0;
};

TEST_F(Http, what_was_answered_survives_kills_and_repetitions_do_nothing_twice) {
  ASSERT_NO_FATAL_FAILURE(found());
  Random random(11);
  constexpr int kills = 25;
  for (int life = 0; life < kills; ++life) {
    ServerProcess server(directory.path());
    ASSERT_TRUE(server.open()) << server.said();
    for (Client& client : clients) ASSERT_NO_FATAL_FAILURE(settle(server.port(), client));
    count_money(server.port());
    std::vector<std::thread> threads;
    for (Client& client : clients)
      threads.emplace_back(send_until_killed, server.port(), admin, std::ref(client),
                           random.below(1 << 30));
    std::this_thread::sleep_for(std::chrono::microseconds(random.between(1'000, 150'000)));
    server.kill();
    for (auto& thread : threads) thread.join();
    if (HasFailure()) return;
  }
  ServerProcess server(directory.path());
  ASSERT_TRUE(server.open()) << server.said();
  for (Client& client : clients) ASSERT_NO_FATAL_FAILURE(settle(server.port(), client));
  count_money(server.port());
  std::map<std::string, Answer> wallets;
  for (const Client& client : clients)
    wallets[client.wallet] =
        Caller(server.port(), client.token).must("GET", "/api/wallets/" + client.wallet);
  EXPECT_EQ(server.stop(), 0);

  // What clients saw equals a replay of the log from its first event.
  const Replayed replayed(directory.path());
  for (const auto& [wallet, shown] : wallets)
    for (const std::string code : {"USD", "BTC"}) {
      EXPECT_EQ(shown.at("balance." + code), replayed.amount(std::stoull(wallet), code, false));
      const std::string held = shown.at("held." + code);
      EXPECT_EQ(held == "(none)" ? "0" : held, replayed.amount(std::stoull(wallet), code, true));
    }
  EXPECT_EQ(run_program({"log", "verify", directory.path()}).code, 0);
  const auto first = run_program({"log", "replay", directory.path(), "--state-hash", "--json"});
  EXPECT_EQ(first.code, 0);
  EXPECT_NE(first.output.find(R"("consistent":true)"), std::string::npos) << first.output;
  std::printf("%d kills, %zu orders and %zu credits settled\n", kills, orders, credits);
  EXPECT_GT(orders, 200u);
  EXPECT_GT(credits, 20u);
}

TEST_F(Http, a_registration_is_done_or_can_be_done_again_after_a_kill) {
  Random random(5);
  for (int life = 0; life < 10; ++life) {
    const std::string name = fmt::format("person{}", life);
    const std::string body = fmt::format(
        R"({{"userName":"{}","email":"{}@example.org","password":"{} secret"}})", name, name, name);
    std::optional<Answer> answer;
    {
      ServerProcess server(directory.path());
      ASSERT_TRUE(server.open()) << server.said();
      std::thread applicant([&, port = server.port()] {
        answer = Caller(port).ask("POST", "/api/users/register", body);
      });
      std::this_thread::sleep_for(std::chrono::microseconds(random.between(1'000, 250'000)));
      server.kill();
      applicant.join();
    }
    ServerProcess server(directory.path());
    ASSERT_TRUE(server.open()) << server.said();
    const auto again = Caller(server.port()).must("POST", "/api/users/register", body);
    const bool done_before = again.status == 409;
    EXPECT_TRUE(done_before || again.status == 201) << again.body;
    const bool acknowledged = answer && answer->status == 201;
    EXPECT_TRUE(done_before || !acknowledged) << "an acknowledged user is gone";
    EXPECT_FALSE(log_in(server.port(), name, name + " secret").empty());
    EXPECT_EQ(server.stop(), 0);
  }
}

TEST_F(Http, what_a_crash_left_between_credential_store_and_journal_is_swept) {
  ASSERT_NO_FATAL_FAILURE(found());
  Fingerprint credential;
  Fingerprint person;
  std::size_t before = 0;
  {
    const auto database = security::Database::open(directory.path() + "/credentials.db");
    ASSERT_TRUE(database.has_value());
    security::CredentialStore credentials(**database);
    before = credentials.ids()->size();
    credential = *credentials.put("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA");
    person = *security::PersonVault(**database).create();
  }
  {
    ServerProcess server(directory.path());
    ASSERT_TRUE(server.open()) << server.said();
    EXPECT_FALSE(log_in(server.port(), "trader0", "trader0 secret").empty());
    EXPECT_EQ(server.stop(), 0);
  }
  const auto database = security::Database::open(directory.path() + "/credentials.db");
  ASSERT_TRUE(database.has_value());
  EXPECT_FALSE(security::CredentialStore(**database).find(credential).has_value());
  EXPECT_EQ(security::CredentialStore(**database).ids()->size(), before);
  EXPECT_FALSE(security::PersonVault(**database).seal(person, "email", "x").has_value());
}

TEST_F(Http, a_client_that_disconnects_in_mid_request_leaves_nothing_half_done) {
  ASSERT_NO_FATAL_FAILURE(found());
  ServerProcess server(directory.path());
  ASSERT_TRUE(server.open()) << server.said();
  Random random(3);
  const std::string& token = clients[0].token;
  for (int i = 0; i < 40; ++i) {
    const std::string key = fmt::format("cut{}", i);
    const std::string body = order_body(random, key);
    {
      Caller caller(server.port(), token);
      const std::string text = caller.text("POST", "/api/orders", body);
      // In the head, in the body, or whole and gone before the answer.
      const std::size_t part = i % 4 == 3 ? text.size() : random.below(text.size());
      ASSERT_TRUE(caller.raw().send(std::string_view(text).substr(0, part)));
      if (random.one_in(2)) caller.raw().reset();
    }
    Caller caller(server.port(), token);
    const auto answer = caller.must("POST", "/api/orders", body);
    ASSERT_EQ(answer.status, 201) << answer.body;
    const auto found_again = caller.must("GET", "/api/orders/" + answer.at("orderId"));
    EXPECT_EQ(found_again.at("clientOrderId"), key);
  }
  EXPECT_EQ(server.stop(), 0);
  const Replayed replayed(directory.path());
  EXPECT_EQ(replayed.venue().orders.last_order().value, 40u) << "each client order id, one order";
}

TEST_F(Http, a_failing_disk_stops_intake_with_a_clear_error_and_reads_go_on) {
  ASSERT_NO_FATAL_FAILURE(found());
  ServerProcess server(directory.path());
  ASSERT_TRUE(server.open()) << server.said();
  Random random(9);
  Caller caller(server.port(), clients[0].token);
  const auto done = caller.must("POST", "/api/orders", order_body(random, "before"));
  ASSERT_EQ(done.status, 201) << done.body;
  const auto wallet = caller.must("GET", "/api/wallets/" + clients[0].wallet);
  // From now on no file of the server can be written any further than one byte.
  const rlimit none{1, RLIM_INFINITY};
  ASSERT_EQ(::prlimit(server.pid(), RLIMIT_FSIZE, &none, nullptr), 0);
  const auto unknown = caller.must("POST", "/api/orders", order_body(random, "during"));
  EXPECT_EQ(unknown.status, 503) << unknown.body;
  EXPECT_EQ(unknown.code(), "outcome_unknown");
  const auto refused = caller.must("POST", "/api/orders", order_body(random, "after"));
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_EQ(refused.code(), "intake_failed");
  EXPECT_EQ(caller.must("GET", "/readyz").status, 503);
  EXPECT_EQ(caller.must("GET", "/api/wallets/" + clients[0].wallet).at("held.USD"),
            wallet.at("held.USD"));
  EXPECT_EQ(caller.must("GET", "/api/orders/" + done.at("orderId")).status, 200);
  EXPECT_EQ(server.stop(), 1) << "an operator must see it";
  ServerProcess again(directory.path());
  ASSERT_TRUE(again.open()) << again.said();
  Caller later(again.port(), clients[0].token);
  EXPECT_EQ(later.must("GET", "/api/orders/" + done.at("orderId")).status, 200);
  EXPECT_EQ(later.must("POST", "/api/orders", order_body(random, "restarted")).status, 201);
}

}  // namespace
}  // namespace rialto::crash
