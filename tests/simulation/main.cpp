// rialto_sim --seed N [--steps N] [--seeds FROM..TO] [--json]: repeats one run, or makes many.
#include <csignal>
#include <cstdio>

#include <CLI/CLI.hpp>

#include "tests/simulation/simulator.hpp"

namespace {

using rialto::simulation::Outcome;
using rialto::simulation::Simulator;

const Simulator* running = nullptr;
std::uint64_t running_seed = 0;

/// An assertion of the venue fails: say where to find it again, then go down.
extern "C" void on_abort(int) {
  std::signal(SIGABRT, SIG_DFL);
  if (running) {
    for (const std::string& line : running->trace()) fmt::print(stderr, "  {}\n", line);
    fmt::print(stderr, "aborted; repeat with: --seed {}\n", running_seed);
  }
  std::abort();
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

void print_json(const Outcome& outcome) {
  std::string findings;
  for (const auto& finding : outcome.findings)
    findings += (findings.empty() ? "" : ",") + quoted(finding);
  std::string counts;
  for (const auto& [what, times] : outcome.counts)
    counts += fmt::format("{}{}:{}", counts.empty() ? "" : ",", quoted(what), times);
  fmt::print("{{\"seed\":{},\"passed\":{},\"chainHead\":{},\"findings\":[{}],\"counts\":{{{}}}}}\n",
             outcome.seed, outcome.passed(), quoted(outcome.chain_head), findings, counts);
}

void print_text(const Outcome& outcome, bool details) {
  if (outcome.passed()) {
    fmt::print("seed {}: passed, {} events, {} recoveries, chain {}\n", outcome.seed,
               outcome.counts.at("events"),
               outcome.counts.contains("recoveries") ? outcome.counts.at("recoveries") : 0,
               outcome.chain_head.substr(0, 16));
    if (details)
      for (const auto& [what, times] : outcome.counts) fmt::print("  {:>8} {}\n", times, what);
    return;
  }
  fmt::print("seed {}: FAILED; the last commands and answers:\n", outcome.seed);
  for (const auto& line : outcome.trace) fmt::print("  {}\n", line);
  for (const auto& finding : outcome.findings) fmt::print("found: {}\n", finding);
  fmt::print("repeat with: --seed {}\n", outcome.seed);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Drives the whole venue in one thread with virtual time and injected faults."};
  std::uint64_t seed = 1;
  std::size_t steps = 2'000;
  std::string seeds;
  bool json = false;
  app.add_option("--seed", seed, "the run to make");
  app.add_option("--steps", steps, "turns of the venue");
  app.add_option("--seeds", seeds, "FROM..TO: many runs, up to the first that fails");
  app.add_flag("--json", json);
  CLI11_PARSE(app, argc, argv);
  std::uint64_t from = seed;
  std::uint64_t to = seed;
  if (!seeds.empty() && std::sscanf(seeds.c_str(), "%lu..%lu", &from, &to) != 2) {
    fmt::print(stderr, "--seeds wants FROM..TO\n");
    return 2;
  }
  std::signal(SIGABRT, on_abort);
  for (std::uint64_t n = from; n <= to; ++n) {
    Simulator simulator(n);
    running = &simulator;
    running_seed = n;
    const Outcome outcome = simulator.run(steps);
    json ? print_json(outcome) : print_text(outcome, from == to);
    running = nullptr;
    if (!outcome.passed()) return 1;
  }
  return 0;
}
