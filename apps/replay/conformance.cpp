#include "apps/replay/conformance.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "apps/replay/kraken.hpp"
#include "apps/replay/lobster_replay.hpp"
#include "apps/replay/uchicago.hpp"

namespace rialto::replay {
namespace {

// How many of the day's real trades a plain price-time venue must reproduce.
constexpr std::uint64_t bitstamp_required = 513;
constexpr std::uint64_t bitstamp_real = 575;

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

std::string told(const Difference& difference) {
  return fmt::format("line {}: expected \"{}\", got \"{}\"", difference.line, difference.expected,
                     difference.actual);
}

struct LobsterDay {
  std::string_view messages;
  std::string_view orderbook;  // empty: messages only
  std::uint32_t levels;
  std::uint64_t makers_required;  // executions that must name the recorded maker
};

// The figures are CONTRACT's; the last pair is short and has no figure there: all of its makers are
// right.
constexpr std::array<LobsterDay, 5> lobster_days{{
    {"AMZN_2012-06-21_34200000_57600000_message_5", "AMZN_2012-06-21_34200000_57600000_orderbook_5",
     5, 7272},
    {"AMZN_2012-06-21_34200000_57600000_message_1", "AMZN_2012-06-21_34200000_57600000_orderbook_1",
     1, 4474},
    {"AAPL_2012-06-21_34200000_57600000_message_1", "AAPL_2012-06-21_34200000_57600000_orderbook_1",
     1, 10913},
    {"AAPL_2012-06-21_34200000_37800000_message_50", "", 50, 4046},
    {"AAPL_2012-06-21_first672rows_message_50", "AAPL_2012-06-21_first672rows_orderbook_50", 50,
     56},
}};

void add_lobster(std::vector<ConformanceResult>& results, const LobsterDay& day,
                 const LobsterReport& report) {
  const std::string name = fmt::format("lobster {}", day.messages);
  results.push_back(
      {name + " makers", report.executions_checked, report.executions_maker_equal,
       day.makers_required, report.seconds,
       report.broken_invariant.value_or(fmt::format("{} corrections", report.corrections))});
  if (report.broken_invariant) results.back().equal = 0;
  if (day.orderbook.empty()) return;
  results.push_back({name + " rows", report.rows_checked, report.rows_equal, report.rows_checked, 0,
                     report.first_unequal_row == 0
                         ? ""
                         : fmt::format("first differs: row {}", report.first_unequal_row)});
}

}  // namespace

Results uchicago_pair(const std::string& orders, const std::string& expected) {
  const Stopwatch watch;
  const auto report = check_uchicago(orders, expected);
  if (!report) return std::unexpected(report.error());
  const std::string name =
      fmt::format("uchicago {}", std::filesystem::path(orders).filename().string());
  return std::vector{
      ConformanceResult{name, 1, report->passed() ? 1u : 0u, 1, watch.seconds(),
                        report->difference ? told(*report->difference) : std::string()}};
}

Results kraken_pair(const std::string& input, const std::string& expected) {
  const Stopwatch watch;
  const auto report = check_kraken(input, expected);
  if (!report) return std::unexpected(report.error());
  std::string remark;
  if (report->without_input > 0)
    remark = fmt::format("{} expected scenarios have no input", report->without_input);
  if (report->difference)
    remark = fmt::format("scenario {}, {}", report->first_unequal, told(*report->difference));
  return std::vector{ConformanceResult{"kraken exercise", report->scenarios, report->equal,
                                       report->scenarios, watch.seconds(), remark}};
}

Results bitstamp_day(const std::string& feed, const Progress& progress) {
  const std::string name =
      fmt::format("bitstamp {}", std::filesystem::path(feed).filename().string());
  const auto report = replay_bitstamp(feed, [&](double fraction) { progress(name, fraction); });
  if (!report) return std::unexpected(report.error());
  const std::uint64_t required =
      (report->real_trades * bitstamp_required + bitstamp_real - 1) / bitstamp_real;
  return std::vector{ConformanceResult{
      name, report->real_trades, report->reproduced, required, report->seconds,
      fmt::format("{} created, {} changed, {} deleted, {} trades here", report->created,
                  report->changed, report->deleted, report->trades)}};
}

Results all_uchicago(const std::string& data) {
  const std::string folder = data + "/golden/uchicago";
  constexpr std::string_view ending = "_actions_expected.csv";
  std::error_code error;
  std::vector<std::string> stems;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (const std::string path = entry.path().string(); path.ends_with(ending))
      stems.push_back(path.substr(0, path.size() - ending.size()));
  if (error)
    return std::unexpected(
        InputProblem{InputError::cannot_open, fmt::format("{}: {}", folder, error.message())});
  std::ranges::sort(stems);
  std::vector<ConformanceResult> results;
  for (const std::string& stem : stems) {
    auto pair = uchicago_pair(stem + "_orders.csv", stem + std::string(ending));
    if (!pair) return pair;
    results.push_back(std::move(pair->front()));
  }
  return results;
}

Results all_kraken(const std::string& data) {
  const std::string folder = data + "/golden/kraken_exercise";
  return kraken_pair(folder + "/input_file.csv", folder + "/output_file.csv");
}

Results all_bitstamp(const std::string& data, const Progress& progress) {
  return bitstamp_day(data + "/crypto/bitstamp_l3_2015-05-01.log.xz", progress);
}

Results all_lobster(const std::string& data, const Progress& progress) {
  std::vector<ConformanceResult> results;
  for (const LobsterDay& day : lobster_days) {
    const auto path = [&](std::string_view file) {
      return fmt::format("{}/lobster/{}.csv.xz", data, file);
    };
    LobsterOptions options{path(day.messages), std::nullopt, day.levels};
    if (!day.orderbook.empty()) options.orderbook = path(day.orderbook);
    const auto report = replay_lobster(
        options, [&](double fraction) { progress(std::string(day.messages), fraction); });
    if (!report) return std::unexpected(report.error());
    add_lobster(results, day, *report);
  }
  return results;
}

}  // namespace rialto::replay
