#include "apps/load/command.hpp"

#include <cstdlib>
#include <fstream>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/load/floor.hpp"
#include "apps/load/run.hpp"
#include "platform/net/json_writer.hpp"
#include "platform/net/server.hpp"

namespace rialto::load {
namespace {

constexpr int failed = 1;
constexpr int unusable = 2;

struct LoadOptions {
  std::string ouch = "127.0.0.1:7001";
  std::string http = "127.0.0.1:8080";
  std::string admin_password;
  std::vector<std::string> sessions;  // USER:PASSWORD
  std::size_t connections = 2;
  std::size_t floor_rounds = 2'000;
  std::size_t floor_bytes = 256;
  std::string floor_directory;
  std::string json;
  RunPlan plan;
};

int refuse(const std::string& line, int code) {
  fmt::print(stderr, "rialto: {}\n", line);
  return code;
}

constexpr std::pair<const char*, double> shares[] = {
    {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}};

void print(const char* name, const Histogram& latencies) {
  fmt::print("{:<12}", name);
  for (const auto& [label, share] : shares)
    fmt::print(" {} {:>8.1f}", label, static_cast<double>(latencies.percentile(share)) / 1e3);
  fmt::print(" max {:>8.1f} us  ({} measured)\n", static_cast<double>(latencies.largest()) / 1e3,
             latencies.count());
}

void write(net::JsonWriter& json, const char* name, const Histogram& latencies) {
  json.key(name).begin_object().field("count", latencies.count());
  for (const auto& [label, share] : shares) json.field(label, latencies.percentile(share));
  json.field("max", latencies.largest()).end_object();
}

std::string json_of(const RunPlan& plan, const RunReport& report, const Histogram* floor) {
  std::string text;
  net::JsonWriter json(text);
  const double a_second = static_cast<double>(report.counts.answered) / report.seconds;
  json.begin_object()
      .field("connections", plan.sessions.size())
      .field("window", plan.rate == 0 ? plan.window : 0)
      .key("offeredPerSecond")
      .raw(fmt::format("{:.0f}", plan.rate))
      .key("seconds")
      .raw(fmt::format("{:.3f}", report.seconds))
      .field("sent", report.counts.sent)
      .field("answered", report.counts.answered)
      .field("rejected", report.counts.rejected)
      .field("executions", report.counts.executions)
      .field("messages", report.counts.messages)
      .key("answeredPerSecond")
      .raw(fmt::format("{:.0f}", a_second))
      .field("completed", report.completed)
      .field("unit", "ns");
  write(json, "latency", report.latencies);
  write(json, "afterIdle", report.after_idle);
  if (floor) write(json, "floor", *floor);
  json.end_object();
  return text;
}

/// Given ones, or new ones over HTTP.
std::expected<std::vector<SessionLogin>, std::string> sessions_of(const LoadOptions& options) {
  std::vector<SessionLogin> logins;
  for (const std::string& session : options.sessions) {
    const auto colon = session.find(':');
    if (colon == session.npos) return std::unexpected("--session takes USER:PASSWORD");
    logins.push_back({session.substr(0, colon), session.substr(colon + 1)});
  }
  if (!logins.empty()) return logins;
  const auto endpoint = net::parse_endpoint(options.http);
  if (!endpoint) return std::unexpected("--http takes HOST:PORT");
  if (options.admin_password.empty())
    return std::unexpected(
        "give sessions (--session), or the administrator's password (--admin-password, "
        "RIALTO_ADMIN_PASSWORD) to open new ones");
  const std::string host = endpoint->host == "localhost" ? "127.0.0.1" : endpoint->host;
  return open_sessions({host, endpoint->port, options.admin_password, options.connections,
                        options.plan.flow.symbols});
}

int load(LoadOptions options) {
  const auto endpoint = net::parse_endpoint(options.ouch);
  if (!endpoint) return refuse("--ouch takes HOST:PORT", unusable);
  options.plan.host = endpoint->host;
  options.plan.port = endpoint->port;
  if (options.plan.flow.mix.cancels + options.plan.flow.mix.passive > 100)
    return refuse("--passive and --cancels are shares of 100", unusable);
  auto sessions = sessions_of(options);
  if (!sessions) return refuse(sessions.error(), failed);
  options.plan.sessions = std::move(*sessions);

  std::optional<Histogram> floor;
  if (!options.floor_directory.empty()) {
    auto measured =
        measure_floor(options.floor_directory, options.floor_bytes, options.floor_rounds);
    if (!measured) return refuse(measured.error(), failed);
    floor = std::move(*measured);
  }
  const auto report = run(options.plan);
  if (!report) return refuse(report.error(), failed);

  fmt::print("{:.0f} requests a second answered ({} in {:.2f} s; {} rejected, {} executions)\n",
             static_cast<double>(report->counts.answered) / report->seconds,
             report->counts.answered, report->seconds, report->counts.rejected,
             report->counts.executions);
  print("latency", report->latencies);
  if (report->after_idle.count() != 0) print("after idle", report->after_idle);
  if (floor) print("floor", *floor);
  if (!options.json.empty()) {
    const std::string text = json_of(options.plan, *report, floor ? &*floor : nullptr);
    if (options.json == "-")
      fmt::print("{}\n", text);
    else if (!(std::ofstream(options.json) << text << '\n'))
      return refuse(options.json + " cannot be written", failed);
  }
  return report->completed ? 0 : refuse("a connection was lost", failed);
}

}  // namespace

void add_load_command(CLI::App& app, std::function<int()>& chosen) {
  const auto options = std::make_shared<LoadOptions>();
  CLI::App& command = *app.add_subcommand("load", "drive a venue over OUCH and measure it");
  RunPlan& plan = options->plan;
  command.add_option("--ouch", options->ouch, "the venue's order entry")->capture_default_str();
  command.add_option("--http", options->http, "where sessions are opened")->capture_default_str();
  command.add_option("--admin-password", options->admin_password, "to open users and sessions")
      ->envname("RIALTO_ADMIN_PASSWORD");
  command.add_option("--session", options->sessions,
                     "USER:PASSWORD of a session there is; once for each connection");
  command.add_option("--connections", options->connections, "sessions to open")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  command.add_option("--window", plan.window, "requests in flight on each connection")
      ->capture_default_str()
      ->check(CLI::Range(1, 20'000));
  command.add_option("--rate", plan.rate,
                     "requests a second over all connections, whatever the answers do (latency "
                     "counts from when each was due); instead of --window");
  command.add_option("--seconds", plan.seconds, "how long is measured")->capture_default_str();
  command.add_option("--warm-up", plan.warm_up_seconds, "seconds before that")
      ->capture_default_str();
  command.add_option("--symbols", plan.flow.symbols, "instruments, by symbol")
      ->delimiter(',')
      ->capture_default_str();
  command.add_option("--passive", plan.flow.mix.passive, "orders that rest, of 100 requests")
      ->capture_default_str();
  command.add_option("--cancels", plan.flow.mix.cancels, "cancels, of 100; the rest is marketable")
      ->capture_default_str();
  command.add_option("--open", plan.flow.most_open, "open orders of one connection at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 30'000));
  command.add_flag("--spin", plan.spin, "never sleep: a core of its own");
  command.add_option("--idle-probes", plan.idle_probes, "single orders after a pause, at the end")
      ->capture_default_str();
  command.add_option("--floor", options->floor_directory,
                     "also measure append + fdatasync + TCP round trip in this directory");
  command.add_option("--floor-bytes", options->floor_bytes, "appended in each of its rounds")
      ->capture_default_str();
  command.add_option("--json", options->json, "write the report there; - for standard output");
  command.callback([&chosen, options] { chosen = [options] { return load(*options); }; });
}

}  // namespace rialto::load
