// The promise itself, from seeds: whatever the moment of the power cut and whichever sectors it
// tears, every acknowledged step survives, no half step appears, and the log goes on.
#include <random>

#include "platform/eventlog/tests/log_fixture.hpp"

namespace rialto::eventlog {
namespace {

using storage::FaultyFileSystem;

class CrashRun {
 public:
  explicit CrashRun(std::uint64_t seed) : random_(seed), files_(seed * 7919 + 1) {
    options_ = small_segments();
    const std::uint64_t mode = below(4);
    if (mode == 2) options_.durability = {DurabilityMode::interval, 5};
    if (mode == 3) options_.durability = {DurabilityMode::none, 0};
    files_.set_short_reads(below(4) == 0);
    files_.refuse_direct(below(4) == 0);
  }

  void life() {
    Seen seen;
    // Sometimes the power fails during recovery itself.
    if (below(3) == 0) files_.lose_power_after(1 + below(30));
    auto log = reopen(files_, seen, options_);
    if (files_.powered()) {
      ASSERT_TRUE(log) << describe(log.error());
      check(seen, **log);
      files_.lose_power_after(1 + below(60));
      while (files_.powered() && (*log)->intake() != Intake::stopped) act(**log);
    }
    log = std::unexpected(Failure{});
    if (below(4) == 0) {
      files_.kill();
    } else {
      files_.crash();
    }
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  void check(const Seen& seen, const Log& log) {
    ASSERT_EQ(seen.last, log.last().value);
    ASSERT_GE(seen.last, safe_) << "an acknowledged event is gone";
    // Exactly the steps that were appended, up to where the log ends now.
    std::vector<std::pair<std::uint64_t, std::uint32_t>> expected;
    for (const auto& frame : appended_) {
      if (frame.first + frame.second - 1 <= seen.last) expected.push_back(frame);
    }
    ASSERT_EQ(seen.steps, expected);
    appended_ = seen.steps;
    safe_ = seen.last;
  }

  void act(Log& log) {
    ++now_;
    const std::uint64_t choice = below(20);
    if (choice == 0) {
      if (log.seal({now_})) safe_ = log.last().value;
    } else if (choice == 1) {
      (void)log.prepare_next(below(3) * 16384);
    } else if (choice == 2) {
      if (log.sync({now_})) safe_ = log.last().value;
    } else if (choice == 3 && below(5) == 0) {
      files_.fail_datasyncs(1);
    } else {
      append_some(log);
      if (below(3) != 0 && log.commit({now_})) safe_ = std::max(safe_, log.durable().value);
    }
  }

  void append_some(Log& log) {
    StepWriter steps({log.last().value + 1});
    for (std::uint64_t i = 0; i <= below(4); ++i)
      write_step(steps, static_cast<std::uint32_t>(1 + below(4)),
                 below(below(8) == 0 ? 3000 : 300));
    (void)log.append(steps.frames());
    // Of an append that failed, some may have been taken and even written.
    for (const FrameView& frame : frames_in(steps.frames())) {
      for (const StepView& step : frame.steps())
        if (step.last() <= log.last())
          appended_.emplace_back(step.first().value, step.event_count());
    }
    safe_ = std::max(safe_, log.durable().value);
  }

  std::mt19937_64 random_;
  FaultyFileSystem files_;
  Options options_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> appended_;
  std::uint64_t safe_ = 0;
  std::int64_t now_ = 0;
};

TEST(Crash, every_acknowledged_step_survives_and_no_half_step_appears) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    CrashRun run(seed);
    for (int life = 0; life < 8; ++life) {
      run.life();
      if (testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace rialto::eventlog
