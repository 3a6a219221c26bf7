// Connections that log in, fall silent, misbehave, read slowly or come back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include <fmt/format.h>

#include "tests/http/venue_over_http.hpp"
#include "tests/ouch/ouch_trader.hpp"

namespace rialto::ouch::test {
namespace {

using rialto::test::Answer;
using rialto::test::Person;
using rialto::test::VenueOptions;
using rialto::test::VenueOverHttp;
using ::testing::HasSubstr;

/// What the gateway says about its connections.
class Notes {
 public:
  void add(const std::string& line) {
    const std::lock_guard lock(mutex_);
    text_ += line + "\n";
  }
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

class Connections : public ::testing::Test {
 protected:
  void start(GatewaySettings settings = {}) {
    VenueOptions options;
    settings.note = [this](const std::string& line) { notes.add(line); };
    options.ouch = std::move(settings);
    venue = std::make_unique<VenueOverHttp>(std::move(options));
    root.emplace(venue->administrator());
    alice.emplace(venue->person("alice"));
    venue->fund(*root, *alice, "USD", "1000000000");
    const Answer answer = alice->http.post("/api/ouch-sessions");
    user_name = answer.at("userName");
    password = answer.at("password");
  }
  Client connect() {
    auto client = Client::connect("127.0.0.1", venue->ouch_port());
    EXPECT_TRUE(client) << client.error();
    return std::move(*client);
  }
  Trader trader(std::uint64_t sequence = 0) {
    return {venue->ouch_port(), user_name, password, sequence};
  }
  /// Whether the server closes the connection.
  static bool closed(Client& client) {
    for (int i = 0; i < 30; ++i) {
      if (!client.receive(100)) return true;
      while (client.next()) {
      }
    }
    return false;
  }

  Notes notes;
  std::unique_ptr<VenueOverHttp> venue;
  std::optional<Person> root, alice;
  std::string user_name, password;
};

// OUCH-6
TEST_F(Connections, only_the_right_password_opens) {
  start();
  const struct {
    const char* name;
    std::string user_name, password;
    std::uint64_t sequence;
    const char* refusal;
  } rows[] = {{"wrong password", user_name, "0123456789", 0, "the log-in was rejected: A"},
              {"no password", user_name, "", 0, "the log-in was rejected: A"},
              {"unknown user", "R99999", password, 0, "the log-in was rejected: A"},
              {"no user", "", password, 0, "the log-in was rejected: A"},
              {"a message from the future", user_name, password, 99, "the log-in was rejected: S"}};
  for (const auto& row : rows) {
    const Trader refused(venue->ouch_port(), row.user_name, row.password, row.sequence);
    EXPECT_EQ(refused.refusal(), row.refusal) << row.name;
  }
  Trader good = trader(1);
  EXPECT_EQ(good.refusal(), "");
  EXPECT_EQ(good.first_sequence(), 1u);
  EXPECT_EQ(good.told(), "S S");
  std::string small = user_name;
  small[0] = 'r';
  EXPECT_EQ(Trader(venue->ouch_port(), small, password).refusal(), "") << "letter case is free";
}

TEST_F(Connections, whoever_does_not_log_in_or_falls_silent_is_given_up) {
  start({.login_within_ns = 300'000'000,
         .heartbeat_every_ns = 100'000'000,
         .silence_ns = 600'000'000});
  Client mute = connect();
  EXPECT_TRUE(closed(mute));
  EXPECT_THAT(notes.text(), HasSubstr("did not log in"));
  Trader silent = trader();
  EXPECT_EQ(silent.told(), "(closed)");
  EXPECT_GE(silent.heartbeats(), 2u) << "the server's own heartbeats come meanwhile";
  EXPECT_THAT(notes.text(), HasSubstr("sends no heartbeats"));
  Trader alive = trader();
  for (int i = 0; i < 8; ++i) {
    alive.client().add_packet(PacketType::client_heartbeat);
    ASSERT_TRUE(alive.client().send());
    ASSERT_TRUE(alive.client().receive(150));
  }
  alive.buy(1, 1, 100.00);
  EXPECT_EQ(alive.told(), "A 1 buy 1 @ 100.00 live");
}

TEST_F(Connections, nonsense_ends_the_connection_and_nothing_else) {
  start();
  const Bytes before = venue->state();
  const auto bytes = [](std::initializer_list<int> values) {
    Bytes out;
    for (const int value : values) out.push_back(static_cast<std::byte>(value));
    return out;
  };
  const struct {
    const char* name;
    Bytes bytes;
    bool logged_in;
    const char* note;
  } rows[] = {
      {"a packet of length 0", bytes({0, 0}), true, "without a type"},
      {"a packet that is too long", bytes({0xff, 0xff, 'U'}), true, "closed by the client"},
      {"a server's packet", bytes({0, 1, 'H'}), true, "that only servers send"},
      {"an unknown packet", bytes({0, 1, '?'}), true, "that only servers send"},
      {"an empty request", bytes({0, 1, 'U'}), true, "cannot be understood"},
      {"an unknown request", bytes({0, 2, 'U', '?'}), true, "cannot be understood"},
      {"a short order", bytes({0, 4, 'U', 'O', 0, 0}), true, "cannot be understood"},
      {"a number far ahead", bytes({0, 10, 'U', 'D', 0x7f, 0, 0, 0, ' ', ' ', ' ', ' '}), true,
       "cannot be understood"},
      {"an order before the log-in", bytes({0, 2, 'U', 'O'}), false, "before the log-in"},
      {"HTTP", bytes({'G', 'E', 'T', ' ', '/', '\r', '\n'}), false, "closed by the client"},
  };
  for (const auto& row : rows) {
    Client client = connect();
    if (row.logged_in) {
      ASSERT_TRUE(client.log_in(user_name, password)) << row.name;
    }
    client.add_raw(row.bytes);
    ASSERT_TRUE(client.send());
    if (std::string_view(row.note) == "closed by the client")
      continue;  // the rest never comes: waited for until the client goes
    EXPECT_TRUE(closed(client)) << row.name;
    EXPECT_THAT(notes.text(), HasSubstr(row.note)) << row.name;
  }
  Client long_packet = connect();
  ASSERT_TRUE(long_packet.log_in(user_name, password));
  long_packet.add_raw(Bytes(70'000, std::byte{0x55}));
  ASSERT_TRUE(long_packet.send());
  EXPECT_TRUE(closed(long_packet));
  EXPECT_THAT(notes.text(), HasSubstr("too long"));
  EXPECT_EQ(venue->state(), before);
}

TEST_F(Connections, are_bounded_in_number_and_one_to_a_session) {
  start({.connections = 2});
  Trader first = trader();
  Trader second = trader();
  EXPECT_EQ(first.told(), "(closed)");
  EXPECT_THAT(notes.text(), HasSubstr("replaced by a new log-in"));
  Client third = connect();
  Client fourth = connect();
  EXPECT_TRUE(closed(fourth));
  EXPECT_THAT(notes.text(), HasSubstr("too many connections"));
  second.buy(1, 1, 100.00);
  EXPECT_EQ(second.told(), "A 1 buy 1 @ 100.00 live");
}

TEST_F(Connections, a_logout_ends_it) {
  start();
  Trader mine = trader();
  mine.client().add_packet(PacketType::logout_request);
  ASSERT_TRUE(mine.client().send());
  EXPECT_EQ(mine.told(), "(closed)");
}

/// Fills a session's stream: `count` orders, each cancelled at once.
std::vector<Bytes> churn(Trader& mine, std::uint32_t first_ref, std::uint32_t count) {
  constexpr std::uint32_t at_once = 500;
  for (std::uint32_t done = 0; done < count; done += at_once) {
    for (std::uint32_t i = 0; i < at_once; ++i) {
      mine.client().add(mine.order(first_ref + done + i, 'B', 1, 100.00));
      mine.client().add(CancelOrder{first_ref + done + i, 0});
    }
    EXPECT_TRUE(mine.client().send());
    for (std::uint32_t i = 0; i < at_once * 2; ++i) mine.told();
  }
  return mine.messages();
}

// OUCH-1
TEST_F(Connections, everything_can_be_told_again_from_memory_and_from_the_file) {
  start();
  std::vector<Bytes> all;
  {
    Trader mine = trader(1);
    mine.told();
    all = churn(mine, 1, 40'000);  // beyond what memory keeps
  }
  ASSERT_EQ(all.size(), 80'001u);
  for (const std::uint64_t from : {1u, 2u, 777u, 40'000u, 79'000u, 80'001u}) {
    Trader again = trader(from);
    EXPECT_EQ(again.first_sequence(), from);
    for (std::uint64_t i = from; i <= all.size(); ++i) {
      again.told();
      ASSERT_EQ(again.messages().back(), all[i - 1]) << "message " << i << " from " << from;
    }
    again.client().add(MassCancel{static_cast<std::uint32_t>(100'000 + from)});
    ASSERT_TRUE(again.client().send());
    EXPECT_EQ(again.told(), fmt::format("X {}  ", 100'000 + from)) << "and goes on";
    all.push_back(again.messages().back());
  }
}

TEST_F(Connections, a_slow_reader_falls_back_to_the_file_and_misses_nothing) {
  start();
  Trader slow = trader();
  Trader* reader = &slow;
  constexpr std::uint32_t orders = 60'000;
  // Sends on without reading, until the sockets' buffers and then the memory are full.
  std::uint32_t sent = 0;
  while (sent < orders) {
    for (std::uint32_t i = 0; i < 1'000; ++i, ++sent)
      slow.client().add(slow.order(sent + 1, 'B', 1, 0.01 * (1 + sent % 50)));
    ASSERT_TRUE(slow.client().send());
    while (!slow.client().all_sent()) ASSERT_TRUE(slow.client().send());
  }
  for (std::uint32_t i = 1; i <= orders; ++i) {
    reader->told();
    const Bytes& message = reader->messages().back();
    std::uint32_t user_ref = 0;
    read_wire(message.data() + 9, user_ref);
    ASSERT_EQ(user_ref, i);
  }
}

TEST_F(Connections, who_reads_nothing_is_disconnected_and_resumes_by_number) {
  start({.blocked_ns = 300'000'000});
  {
    Trader deaf = trader();
    std::uint32_t sent = 0;
    // Each round trip of requests leaves its answers in the sockets; in the end they are full.
    for (int round = 0; round < 400 && deaf.client().send(); ++round)
      for (std::uint32_t i = 0; i < 500; ++i) deaf.client().add(deaf.order(++sent, 'B', 1, 0.01));
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (notes.text().find("reads too slowly") == std::string::npos &&
           std::chrono::steady_clock::now() < until)
      if (!deaf.client().send()) break;
  }
  EXPECT_THAT(notes.text(), HasSubstr("reads too slowly"));
  Trader again = trader(1);
  EXPECT_EQ(again.told(), "S S");
  EXPECT_EQ(again.told(), "A 1 buy 1 @ 0.01 live");
}

}  // namespace
}  // namespace rialto::ouch::test
