#include "apps/rialto/projection_commands.hpp"

#include <chrono>
#include <memory>
#include <mutex>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/replay/progress_bar.hpp"
#include "apps/rialto/projections.hpp"
#include "platform/net/json_writer.hpp"
#include "platform/storage/posix_files.hpp"
#include "projections/market/postgres_copy.hpp"

namespace rialto::apps {
namespace {

constexpr int failed = 1;

struct ProjectionOptions {
  std::string directory = "data";
  std::vector<std::string> names;
  std::string postgres;  // empty: SQLite alone
  bool json = false;
};

int refuse(const std::string& why, bool json) {
  if (json) {
    std::string out;
    net::JsonWriter(out).begin_object().field("ok", false).field("message", why).end_object();
    fmt::print("{}\n", out);
  }
  fmt::print(stderr, "rialto: {}\n", why);
  return failed;
}

/// The error, if there is one.
std::optional<std::string> copy_anew(const ProjectionOptions& options, Sequence position) {
  std::mutex mutex;
  std::optional<std::string> error;
  projections::PostgresCopy::Settings settings;
  settings.url = options.postgres;
  settings.source = market_path(options.directory);
  settings.anew = true;
  settings.alarm = [&](const std::string& line) {
    const std::lock_guard lock(mutex);
    if (!error) error = line;
  };
  projections::PostgresCopy copy(std::move(settings));
  for (;;) {
    if (copy.wait_for(position, std::chrono::milliseconds(100))) return std::nullopt;
    const std::lock_guard lock(mutex);
    if (error) return error;
  }
}

int run_rebuild(const ProjectionOptions& options) {
  auto rebuilt = [&] {
    replay::ProgressBar bar("rebuilding");
    return rebuild_projections(
        options.directory, options.names, [&](std::uint64_t done, std::uint64_t total) {
          bar.show(total == 0 ? 1 : static_cast<double>(done) / static_cast<double>(total));
        });
  }();
  if (!rebuilt) return refuse(rebuilt.error(), options.json);
  if (!options.postgres.empty())
    if (const auto error = copy_anew(options, rebuilt->front().position))
      return refuse(*error, options.json);
  if (!options.json) {
    for (const Rebuilt& each : *rebuilt)
      fmt::print("{:<10} made anew from {} events in {:.2f} s\n", each.name, each.position.value,
                 each.seconds);
    return 0;
  }
  std::string out;
  net::JsonWriter json(out);
  json.begin_object().field("ok", true).key("rebuilt").begin_array();
  for (const Rebuilt& each : *rebuilt) {
    json.begin_object().field("name", each.name).field("sequence", each.position.value);
    json.key("seconds").raw(fmt::format("{:.3f}", each.seconds)).end_object();
  }
  json.end_array().end_object();
  fmt::print("{}\n", out);
  return 0;
}

/// The log's last event; reads only what lies behind the stores.
std::optional<Sequence> log_end(const std::string& directory, Sequence from) {
  auto reader = eventlog::LogReader::open(storage::posix_files(), storage::join(directory, "log"),
                                          {.after = from});
  if (!reader) return std::nullopt;
  for (;;) {
    const auto frame = reader->next();
    if (!frame) return std::nullopt;
    if (!*frame) return Sequence{reader->ending().place.sequence.value - 1};
  }
}

int run_status(const ProjectionOptions& options) {
  const auto all = projection_status(options.directory);
  Sequence least{~std::uint64_t{0}};
  bool well = true;
  for (const ProjectionStatus& each : all) {
    least = std::min(least, each.position.value_or(Sequence{}));
    well = well && each.position.has_value();
  }
  const auto end = log_end(options.directory, least);
  if (!end) return refuse("the log in " + options.directory + " cannot be read", options.json);
  std::string out;
  net::JsonWriter json(out);
  json.begin_object().field("log", end->value).key("projections").begin_array();
  for (const ProjectionStatus& each : all) {
    const std::uint64_t position = each.position.value_or(Sequence{}).value;
    const std::uint64_t behind = end->value - std::min(position, end->value);
    json.begin_object().field("name", each.name).field("sequence", position);
    json.field("behind", behind).field("bytes", each.bytes).field("path", each.path);
    if (!each.problem.empty()) json.field("problem", each.problem);
    json.end_object();
    if (!options.json)
      fmt::print("{:<10} at {} of {}, {} behind, {:.1f} MB{}{}\n", each.name, position, end->value,
                 behind, static_cast<double>(each.bytes) / 1e6, each.problem.empty() ? "" : "; ",
                 each.problem);
  }
  json.end_array().end_object();
  if (options.json) fmt::print("{}\n", out);
  return well ? 0 : failed;
}

}  // namespace

void add_projection_commands(CLI::App& app, std::function<int()>& chosen) {
  const auto options = std::make_shared<ProjectionOptions>();
  CLI::App& group = *app.add_subcommand("projections", "the read models: status, rebuild");
  group.require_subcommand(1);
  const auto add = [&](const char* name, const char* description,
                       int (*run)(const ProjectionOptions&)) {
    CLI::App* command = group.add_subcommand(name, description);
    command->add_option("--data", options->directory, "the venue's directory")
        ->capture_default_str();
    command->add_flag("--json", options->json, "one JSON document on standard output");
    command->callback(
        [&chosen, options, run] { chosen = [options, run] { return run(*options); }; });
    return command;
  };
  CLI::App* rebuild =
      add("rebuild", "make stores anew from the log; the venue must not run", run_rebuild);
  rebuild->add_option("--postgres", options->postgres,
                      "a server whose databases are to be filled anew from the market's store");
  rebuild->add_option("names", options->names, "which ones; all without")
      ->check(CLI::IsMember(projection_names()));
  add("status", "how far each store has come; a running venue is not disturbed", run_status);
}

}  // namespace rialto::apps
