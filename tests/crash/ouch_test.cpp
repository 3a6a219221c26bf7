// The real program under OUCH load, killed at any moment: whatever a session was told before is
// told again in the same words at the same numbers, and what it goes on with fits.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <random>
#include <set>

#include "tests/crash/directory.hpp"
#include "tests/crash/server_process.hpp"
#include "tests/ouch/ouch_trader.hpp"

namespace rialto::crash {
namespace {

using ouch::CancelOrder;
using ouch::Client;
using ouch::EnterOrder;
using ouch::PacketType;

constexpr int kills = 8;

struct SessionLogin {
  std::string user_name, password;
};

SessionLogin open_session(std::uint16_t port) {
  Caller administrator(port, log_in(port, "admin", admin_password));
  const auto user = administrator.must(
      "POST", "/api/users",
      R"({"userName":"dealer","email":"dealer@example.org","password":"a dealer's password"})");
  for (const auto& [asset, amount] : {std::pair("USD", "1000000000"), std::pair("AAPL", "1000000")})
    administrator.must("POST", fmt::format("/api/wallets/{}/credit", user.at("walletId")),
                       fmt::format(R"({{"asset":"{}","amount":"{}"}})", asset, amount));
  Caller dealer(port, log_in(port, "dealer", "a dealer's password"));
  const auto session = dealer.must("POST", "/api/ouch-sessions", "{}");
  EXPECT_EQ(session.status, 201) << session.body;
  return {session.at("userName"), session.at("password")};
}

/// A client that remembers everything it was told, over all its connections.
class Memory {
 public:
  /// Checks a message against what was told before at the same number.
  void hear(std::uint64_t sequence, ByteView message) {
    if (sequence > told_.size()) {
      ASSERT_EQ(sequence, told_.size() + 1) << "a gap";
      told_.emplace_back(message.begin(), message.end());
    } else {
      ASSERT_EQ(told_[sequence - 1], Bytes(message.begin(), message.end()))
          << "message " << sequence << " was " << ouch::test::text_of(told_[sequence - 1]);
    }
  }
  std::size_t size() const { return told_.size(); }
  const std::vector<Bytes>& told() const { return told_; }

 private:
  std::vector<Bytes> told_;
};

/// Connects and hears everything again from `sequence`, then trades until `messages` were heard or
/// the server is gone. `kill` is called in the middle.
template <class Kill>
void trade(std::uint16_t port, const SessionLogin& login, Memory& memory, std::uint64_t sequence,
           std::uint32_t& next_ref, std::size_t messages, std::mt19937& random, Kill kill) {
  auto connected = Client::connect("127.0.0.1", port);
  ASSERT_TRUE(connected) << connected.error();
  Client client(std::move(*connected));
  const auto first = client.log_in(login.user_name, login.password, sequence);
  ASSERT_TRUE(first) << first.error();
  ASSERT_EQ(*first, sequence);
  for (std::size_t heard = 0; heard < messages;) {
    for (int i = 0; i < 20; ++i) {
      EnterOrder order;
      order.user_ref = next_ref++;
      order.side = random() % 2 == 0 ? 'B' : 'S';
      order.quantity = static_cast<std::uint32_t>(1 + random() % 5);
      order.symbol = {"AAPL-USD"};
      order.price = (19'900 + random() % 200) * 100;
      if (random() % 16 == 0) order.price += 1;  // off tick
      client.add(order);
      client.add(CancelOrder{next_ref - 1 - static_cast<std::uint32_t>(random() % 20), 0});
    }
    if (!client.send()) return;
    if (heard > messages / 2) kill();
    const bool alive = client.receive(50);
    for (;;) {
      const std::uint64_t number = client.next_sequence();
      const auto packet = client.next();
      if (!packet) break;
      if (packet->type != PacketType::sequenced) continue;
      ++heard;
      ASSERT_NO_FATAL_FAILURE(memory.hear(number, packet->payload));
    }
    if (!alive) return;
  }
}

/// Every request that was answered was answered once.
void expect_single_answers(const Memory& memory) {
  std::set<std::uint32_t> answered;
  for (const Bytes& message : memory.told()) {
    const char type = static_cast<char>(message[0]);
    if (type != ouch::Accepted::type && type != ouch::Rejected::type) continue;
    std::uint32_t user_ref = 0;
    ouch::read_wire(message.data() + 9, user_ref);
    EXPECT_TRUE(answered.insert(user_ref).second) << user_ref << " was answered twice";
  }
  EXPECT_GT(answered.size(), 1'000u);
}

// OUCH-1, OUCH-2
TEST(OuchCrash, sessions_are_told_the_same_after_kill_9) {
  const Directory directory;
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  SessionLogin login;
  {
    ServerProcess server(directory.path());
    ASSERT_TRUE(server.open()) << server.said();
    login = open_session(server.port());
    EXPECT_EQ(server.stop(), 0);
  }
  Memory memory;
  std::uint32_t next_ref = 100;
  for (int round = 0; round < kills; ++round) {
    ServerProcess server(directory.path());
    ASSERT_TRUE(server.open()) << server.said();
    bool killed = false;
    // From the start, from the middle, or from where it was.
    const std::uint64_t from = round % 3 == 0   ? 1
                               : round % 3 == 1 ? 1 + memory.size() / 2
                                                : memory.size() + 1;
    ASSERT_NO_FATAL_FAILURE(trade(server.ouch_port(), login, memory, from, next_ref,
                                  memory.size() - from + 1 + 1'500 + random() % 1'500, random, [&] {
                                    if (!std::exchange(killed, true)) server.kill();
                                  }));
    next_ref += 100;  // some of the last were perhaps never received: never used again
  }
  ServerProcess server(directory.path());
  ASSERT_TRUE(server.open()) << server.said();
  ASSERT_NO_FATAL_FAILURE(
      trade(server.ouch_port(), login, memory, 1, next_ref, memory.size() + 500, random, [] {}));
  expect_single_answers(memory);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(run_program({"log", "verify", directory.path()}).code, 0);
}

}  // namespace
}  // namespace rialto::crash
