// A whole venue in one thread and virtual time: random clients, injected faults, and checks after
// every recovery. Everything follows from the seed, so a failure is repeated from its number.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "tests/simulation/auditor.hpp"
#include "tests/simulation/clients.hpp"
#include "tests/simulation/machine.hpp"
#include "tests/simulation/random.hpp"

namespace rialto::simulation {

struct Outcome {
  std::uint64_t seed{};
  std::vector<std::string> findings;          // empty: all is well
  std::vector<std::string> trace;             // the last things that happened
  std::map<std::string, std::size_t> counts;  // what happened how often
  std::string chain_head;                     // of the final log: equal runs have equal heads
  bool passed() const { return findings.empty(); }
};

class Simulator {
 public:
  explicit Simulator(std::uint64_t seed, Sabotage sabotage = {});

  /// Runs until the first finding, at most so many steps; then restarts once more and compares all.
  Outcome run(std::size_t steps);
  /// For a caller that is being aborted.
  const std::deque<std::string>& trace() const { return trace_; }

 private:
  struct Answer {
    std::uint64_t id{};
    flows::Reply reply;
  };

  // The course of things (simulator.cpp).
  void open_venue();
  void step();
  void pass_time();
  void submit(const Request& request);
  void turn();
  void hand_out_answers();
  void hand_out(const Answer& answer);
  void housekeeping();
  void snapshot();
  void on_durable(const eventlog::StepView& durable);

  // Faults (faults.cpp).
  void maybe_fault();
  void power_cut_soon();
  void failing_disk();
  void fill_disk();
  void free_disk();
  void set_wall();
  void damage_snapshots();
  void damage_log();
  void restart_with_wrong_clock();
  void after_failure();
  void lose_answers();
  void restart(bool power_cut);
  void recover();
  bool try_start();
  void on_recovered(const eventlog::StepView& recovered);

  // Comparisons (comparisons.cpp).
  void compare();
  void compare_recovered();
  void compare_with_replay();
  void compare_with_every_snapshot();
  void verify_log();
  bool replay(Sequence after, flows::Venue& venue);

  void note(std::string line);
  void count(const std::string& what, std::size_t times = 1) { counts_[what] += times; }

  std::uint64_t seed_;
  Sabotage sabotage_;
  Random random_;
  Findings findings_;
  Auditor auditor_;
  Clients clients_;
  Machine machine_;

  std::vector<apps::Submission> batch_;
  std::map<std::uint64_t, Request> outstanding_;  // submitted, not answered
  std::vector<Answer> answers_;                   // of this turn
  std::uint64_t next_id_ = 0;
  std::vector<std::uint64_t> digests_;  // of every event shown to the world; index = number - 1
  std::size_t full_for_ = 0;            // steps for which the disk stays full
  bool expects_failure_ = false;        // a fault is armed: the journal may fail
  bool clock_alarmed_ = false;
  bool opening_ = true;
  Timestamp last_now_;
  std::int64_t last_monotonic_ns_ = 0;
  std::vector<eventlog::ChainPoint> exported_;
  std::map<std::string, std::size_t> counts_;
  std::deque<std::string> trace_;
};

}  // namespace rialto::simulation
