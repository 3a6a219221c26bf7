#include "apps/replay/commands.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/replay/conformance.hpp"
#include "apps/replay/progress_bar.hpp"
#include "platform/net/json_writer.hpp"

namespace rialto::replay {
namespace {

int complain(const InputProblem& problem) {
  fmt::print(stderr, "rialto: {}\n", problem.message);
  return unusable_input;
}

std::string json_of(const LobsterReport& report) {
  std::string out;
  net::JsonWriter(out)
      .begin_object()
      .field("rows", report.rows)
      .field("rowsChecked", report.rows_checked)
      .field("rowsEqual", report.rows_equal)
      .field("executions", report.executions)
      .field("executionsChecked", report.executions_checked)
      .field("executionsMakerEqual", report.executions_maker_equal)
      .field("corrections", report.corrections)
      .key("seconds")
      .raw(fmt::format("{:.3f}", report.seconds))
      .end_object();
  return out;
}

void print(const LobsterReport& report) {
  fmt::print("rows         {} ({:.0f} a second, {:.3f} s)\n", report.rows,
             static_cast<double>(report.rows) / report.seconds, report.seconds);
  fmt::print("rows equal   {} of {}\n", report.rows_equal, report.rows_checked);
  fmt::print("executions   {}\n", report.executions);
  fmt::print("makers equal {} of {}\n", report.executions_maker_equal, report.executions_checked);
  fmt::print("corrections  {}\n", report.corrections);
}

void print(const ConformanceResult& result) {
  fmt::print("{} {}: {} of {} equal, {} required, {:.3f} s{}{}\n",
             result.passed() ? "ok    " : "FAILED", result.name, result.equal, result.checked,
             result.required, result.seconds, result.remark.empty() ? "" : "; ", result.remark);
}

std::string json_of(const std::vector<ConformanceResult>& results, bool passed) {
  std::string out;
  net::JsonWriter json(out);
  json.begin_object().field("passed", passed).key("results").begin_array();
  for (const ConformanceResult& result : results)
    json.begin_object()
        .field("name", result.name)
        .field("passed", result.passed())
        .field("checked", result.checked)
        .field("equal", result.equal)
        .field("required", result.required)
        .key("seconds")
        .raw(fmt::format("{:.3f}", result.seconds))
        .field("remark", result.remark)
        .end_object();
  json.end_array().end_object();
  return out;
}

/// Draws one bar for each file that is replayed.
class Bars {
 public:
  void show(const std::string& name, double fraction) {
    if (name != name_) {
      bar_.reset();
      bar_.emplace(name_ = name);
    }
    bar_->show(fraction);
  }

 private:
  std::string name_;
  std::optional<ProgressBar> bar_;
};

Results check(const std::string& kind, const ConformanceOptions& options) {
  Bars bars;
  const Progress progress = [&](const std::string& name, double fraction) {
    bars.show(name, fraction);
  };
  const auto& files = options.files;
  if (kind == "uchicago")
    return files.empty() ? all_uchicago(options.data) : uchicago_pair(files[0], files[1]);
  if (kind == "kraken")
    return files.empty() ? all_kraken(options.data) : kraken_pair(files[0], files[1]);
  if (kind == "bitstamp")
    return files.empty() ? all_bitstamp(options.data, progress) : bitstamp_day(files[0], progress);
  return all_lobster(options.data, progress);
}

void add_kind(CLI::App& conformance, std::function<int()>& chosen,
              const std::shared_ptr<ConformanceOptions>& options, const std::string& kind,
              const std::string& what, const std::string& files, int count) {
  CLI::App* command = conformance.add_subcommand(kind, what);
  command->add_option("--data", options->data, "Folder of the recorded data")
      ->capture_default_str();
  command->add_flag("--json", options->json, "One JSON object on standard output");
  if (count > 0)
    command->add_option("files", options->files, "Only these: " + files)->expected(count);
  command->callback([&chosen, options, kind] {
    chosen = [options, kind] { return run_conformance(kind, *options); };
  });
}

void add_lobster(CLI::App& replay, std::function<int()>& chosen) {
  struct Parsed {
    LobsterOptions options;
    bool json = false;
  };
  const auto parsed = std::make_shared<Parsed>();
  CLI::App* command = replay.add_subcommand("lobster", "A LOBSTER day through the real order path");
  command->add_option("--messages", parsed->options.messages, "Message file: plain, gz, xz or zst")
      ->required();
  command->add_option("--orderbook", parsed->options.orderbook,
                      "Order book file, to check every row");
  command->add_option("--levels", parsed->options.levels, "Levels of the order book file")
      ->required()
      ->check(CLI::Range(1, 1000));
  command->add_flag("--json", parsed->json, "One JSON object on standard output");
  command->callback([&chosen, parsed] {
    chosen = [parsed] { return run_replay_lobster(parsed->options, parsed->json); };
  });
}

}  // namespace

int run_replay_lobster(const LobsterOptions& options, bool json) {
  Read<LobsterReport> report = [&] {
    ProgressBar bar("replaying");
    return replay_lobster(options, [&](double fraction) { bar.show(fraction); });
  }();
  if (!report) return complain(report.error());
  if (json)
    fmt::print("{}\n", json_of(*report));
  else
    print(*report);
  if (report->first_unequal_row != 0)
    fmt::print(stderr, "rialto: the first row that differs is row {}\n", report->first_unequal_row);
  if (report->broken_invariant) {
    fmt::print(stderr, "rialto: {}\n", *report->broken_invariant);
    return invariant_broken;
  }
  return report->passed() ? all_equal : different;
}

int run_conformance(const std::string& kind, const ConformanceOptions& options) {
  std::vector<std::string> kinds{kind};
  if (kind == "all") kinds = {"uchicago", "kraken", "bitstamp", "lobster"};
  std::vector<ConformanceResult> results;
  for (const std::string& each : kinds) {
    const auto checked = check(each, options);
    if (!checked) return complain(checked.error());
    for (const ConformanceResult& result : *checked) {
      results.push_back(result);
      if (!options.json) print(result);
    }
  }
  const bool passed = !results.empty() && std::ranges::all_of(results, &ConformanceResult::passed);
  if (options.json) fmt::print("{}\n", json_of(results, passed));
  return passed ? all_equal : different;
}

void add_commands(CLI::App& app, std::function<int()>& chosen) {
  CLI::App* replay = app.add_subcommand("replay", "Recorded markets through the real order path");
  replay->require_subcommand(1);
  add_lobster(*replay, chosen);

  CLI::App* conformance =
      app.add_subcommand("conformance", "The venue against what others recorded or wrote down");
  conformance->require_subcommand(1);
  const auto options = std::make_shared<ConformanceOptions>();
  add_kind(*conformance, chosen, options, "uchicago", "A university's exchange tests",
           "ORDERS EXPECTED", 2);
  add_kind(*conformance, chosen, options, "kraken", "The post-only order book exercise",
           "INPUT EXPECTED", 2);
  add_kind(*conformance, chosen, options, "bitstamp", "An order-level day of 2015", "FEED", 1);
  add_kind(*conformance, chosen, options, "lobster", "Nasdaq days, with their required figures", "",
           0);
  add_kind(*conformance, chosen, options, "all", "All of them", "", 0);
}

}  // namespace rialto::replay
