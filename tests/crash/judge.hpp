// Judges what a killed venue left behind: reads its log as anybody could, and holds it against the
// answers that were given before the kill.
#pragma once

#include <set>
#include <string>

#include "projections/replica/replica.hpp"
#include "tests/crash/child.hpp"
#include "tests/simulation/auditor.hpp"

namespace rialto::crash {

class Judge {
 public:
  explicit Judge(std::string directory) : log_directory_(directory + "/log") {}

  /// After a kill: everything that was answered must be in the log, whole and once, and the
  /// auditor's books must equal a replay.
  void after_kill(const std::deque<Message>& messages);
  /// Numbers of requests to send again: some answered, and some the log knows that were not.
  std::vector<std::uint64_t> ask_again() const;
  /// How many of opening()'s requests are done; they are sent one after another.
  std::uint64_t opened() const { return opened_; }

  const std::vector<std::string>& findings() const { return findings_.all(); }
  bool content() const { return findings_.none(); }
  /// The state of a replay from the first event, so far.
  const flows::Venue& replayed() const { return replica_.venue(); }
  Sequence seen() const { return seen_; }
  std::size_t answers() const { return answers_; }
  std::size_t repeated() const { return repeated_; }
  std::size_t unacknowledged() const { return unacknowledged_; }
  std::size_t trades() const;

 private:
  void ask(std::uint64_t number);
  void read_log();
  void hear(const Message& message);

  std::string log_directory_;
  simulation::Findings findings_;
  simulation::Auditor auditor_{findings_};
  projections::Replica replica_{nullptr};
  Sequence seen_;
  std::set<std::uint64_t> asked_;
  std::vector<std::uint64_t> in_log_;    // requests with a step, of this life
  std::vector<std::uint64_t> answered_;  // of this life
  std::uint64_t opened_ = 0;
  std::size_t answers_ = 0;
  std::size_t repeated_ = 0;
  std::size_t unacknowledged_ = 0;
};

}  // namespace rialto::crash
