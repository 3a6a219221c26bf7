// kill -9 at random moments under concurrent load, hundreds of times: every acknowledged command
// survives, nothing is half done, money is conserved, and what recovers equals a replay.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/crash/directory.hpp"
#include "tests/crash/judge.hpp"
#include "tests/crash/stream.hpp"
#include "tests/simulation/random.hpp"

namespace rialto::crash {
namespace {

/// RIALTO_KILLS: how often; RIALTO_KILL_SEED: which moments.
std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

TEST(Kill, a_venue_survives_hundreds_of_kills_under_load) {
  const std::uint64_t kills = from_environment("RIALTO_KILLS", 300);
  const std::uint64_t seed = from_environment("RIALTO_KILL_SEED", 1);
  simulation::Random random(seed);
  Directory directory;
  Judge judge(directory.path());
  std::size_t recoveries = 0;
  std::size_t killed_in_recovery = 0;
  for (std::uint64_t life = 0; life < kills; ++life) {
    const auto expected = state_digest(judge.replayed());
    const std::uint64_t first = first_load + (life << 24);
    Child child(directory.path(), {judge.opened(), first, judge.ask_again()});
    // One in six dies at any moment of its start.
    const bool early = random.one_in(6);
    const bool alive = early ? child.listen(random.between(0, 60'000))
                             : child.await_start() && child.listen(random.between(200, 25'000));
    child.kill();
    ASSERT_TRUE(alive) << "ended by itself: "
                       << (child.messages().empty() ? "" : child.messages().back().told());
    const auto& messages = child.messages();
    if (messages.empty()) {
      ++killed_in_recovery;
    } else {
      ASSERT_EQ(messages.front().kind, Message::Kind::recovered) << messages.front().told();
      ASSERT_EQ(messages.front().state, expected)
          << "life " << life << ": recovered is not replayed";
      ++recoveries;
    }
    judge.after_kill(messages);
    ASSERT_TRUE(judge.content()) << "life " << life << ", seed " << seed << ": "
                                 << judge.findings().front();
  }
  RecordProperty("recoveries", static_cast<int>(recoveries));
  std::printf(
      "%zu recoveries, %zu killed in recovery, %zu answers (%zu of repetitions), %zu steps "
      "survived "
      "unacknowledged, %zu trades, %lu events\n",
      recoveries, killed_in_recovery, judge.answers(), judge.repeated(), judge.unacknowledged(),
      judge.trades(), judge.seen().value);
  // What never happened was not tested.
  EXPECT_GT(recoveries, kills / 2);
  EXPECT_GT(judge.answers(), kills * 20);
  EXPECT_GT(judge.repeated(), 0u);
  EXPECT_GT(judge.trades(), kills);
}

TEST(Kill, while_a_slow_replica_catches_up_from_the_files) {
  constexpr std::uint64_t sleeps_for = 1'500;  // answers: some 200 KiB of log
  simulation::Random random(from_environment("RIALTO_KILL_SEED", 1));
  Directory directory;
  Judge judge(directory.path());
  std::size_t behind = 0;
  for (std::uint64_t life = 0; life < 12; ++life) {
    const auto expected = state_digest(judge.replayed());
    Child child(directory.path(),
                {judge.opened(), first_load + (life << 24), judge.ask_again(), sleeps_for});
    ASSERT_TRUE(child.await_start());
    // Until it is released, and for a moment after: it is on its way through the files, or back.
    for (int tries = 0; child.messages().size() < sleeps_for + 20 && tries < 20'000; ++tries)
      ASSERT_TRUE(child.listen(500));
    ASSERT_TRUE(child.listen(random.between(0, 4'000)));
    child.kill();
    ASSERT_EQ(child.messages().front().kind, Message::Kind::recovered)
        << child.messages().front().told();
    ASSERT_EQ(child.messages().front().state, expected) << "life " << life;
    behind += child.messages().size() > sleeps_for;
    judge.after_kill(child.messages());
    ASSERT_TRUE(judge.content()) << "life " << life << ": " << judge.findings().front();
  }
  EXPECT_EQ(behind, 12u);
}

}  // namespace
}  // namespace rialto::crash
