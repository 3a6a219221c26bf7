// The simulator's runs as tests. A failure prints its seed: `./dev sim --seed N` repeats it.
#include <gtest/gtest.h>

#include "tests/simulation/simulator.hpp"

namespace rialto::simulation {
namespace {

constexpr std::size_t steps = 400;

std::string told(const Outcome& outcome) {
  std::string text = fmt::format("seed {}\n", outcome.seed);
  for (const auto& line : outcome.trace) text += "  " + line + "\n";
  for (const auto& finding : outcome.findings) text += "found: " + finding + "\n";
  return text;
}

TEST(Simulation, a_hundred_seeds_pass_and_meet_everything) {
  std::map<std::string, std::size_t> counts;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Outcome outcome = Simulator(seed).run(steps);
    ASSERT_TRUE(outcome.passed()) << told(outcome);
    for (const auto& [what, times] : outcome.counts) counts[what] += times;
  }
  // What never happens is not tested: the runs must have met all of this.
  for (const auto& what : {"fault: power cut in a write or sync",
                           "fault: failing sync",
                           "fault: failing write",
                           "fault: full disk",
                           "fault: wall set back",
                           "fault: wall set forward",
                           "fault: damaged snapshot",
                           "fault: flipped bit",
                           "fault: clock behind the log",
                           "power cuts during recovery",
                           "steps survived unacknowledged",
                           "damaged log refused",
                           "intake reopened",
                           "clock alarms",
                           "answers lost",
                           "answered: done before",
                           "refused: outcome_unknown",
                           "refused: intake_failed",
                           "refused: intake_disk_full",
                           "refused: client_order_id_reused",
                           "refused: insufficient_funds",
                           "stops triggered",
                           "orders reduced",
                           "snapshots replayed",
                           "ended: expired",
                           "ended: fill_or_kill",
                           "ended: immediate_or_cancel",
                           "ended: kill_switch",
                           "ended: mass_cancel",
                           "ended: no_liquidity",
                           "ended: post_only_would_take",
                           "ended: self_trade_prevention",
                           "ended: user"})
    EXPECT_GT(counts[what], 0u) << what;
  // All commands but the one that no client sends.
  const std::size_t clock = flows::Command(flows::AdvanceClock{}).index();
  for (std::size_t kind = 0; kind < std::variant_size_v<flows::Command>; ++kind) {
    if (kind == clock) continue;
    EXPECT_GT(counts[fmt::format("done: command {}", kind)], 0u) << kind;
  }
  EXPECT_GT(counts["trades"], 5'000u);
}

TEST(Simulation, a_seed_repeats_its_run_to_the_last_byte) {
  for (const std::uint64_t seed : {3u, 4u, 5u}) {
    const Outcome first = Simulator(seed).run(200);
    const Outcome second = Simulator(seed).run(200);
    EXPECT_EQ(first.counts, second.counts);
    EXPECT_EQ(first.chain_head, second.chain_head);
    EXPECT_FALSE(first.chain_head.empty());
  }
  EXPECT_NE(Simulator(3).run(50).chain_head, Simulator(4).run(50).chain_head);
}

}  // namespace
}  // namespace rialto::simulation
