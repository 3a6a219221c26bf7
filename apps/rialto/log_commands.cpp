#include "apps/rialto/log_commands.hpp"

#include <charconv>
#include <chrono>
#include <ctime>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/replay/progress_bar.hpp"
#include "apps/rialto/event_json.hpp"
#include "apps/rialto/state_json.hpp"
#include "flows/event_name.hpp"
#include "flows/registry.hpp"
#include "flows/venue.hpp"
#include "platform/eventlog/verify.hpp"
#include "platform/storage/posix_files.hpp"
#include "projections/published/events.hpp"

namespace rialto::apps {
namespace {

constexpr int damaged = 1;
constexpr int unusable = 2;

struct LogOptions {
  std::string directory;
  bool json = false;
  bool state_hash = false;
  bool state = false;
  bool published = false;
  std::string until;
  std::string head;
  std::uint64_t from = 1;
};

/// A venue's data directory, or the log inside it.
std::string log_directory(const std::string& directory) {
  const std::string inside = storage::join(directory, "log");
  return storage::posix_files().list(inside) ? inside : directory;
}

int report(const eventlog::Failure& failure, bool json) {
  const bool bad = failure.error == eventlog::LogError::corrupt ||
                   failure.error == eventlog::LogError::altered ||
                   failure.error == eventlog::LogError::ends_early;
  if (json) {
    std::string out;
    net::JsonWriter(out)
        .begin_object()
        .field("ok", false)
        .field("error", boost::describe::enum_to_string(failure.error, "unknown"))
        .field("segment", failure.place.segment.value)
        .field("offset", failure.place.offset)
        .field("sequence", failure.place.sequence.value)
        .field("message", eventlog::describe(failure))
        .end_object();
    fmt::print("{}\n", out);
  }
  fmt::print(stderr, "{}\n", eventlog::describe(failure));
  return bad ? damaged : unusable;
}

std::string time_text(Timestamp time) {
  const std::time_t seconds = time.value / 1'000'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  return fmt::format("{}.{:09}Z", text, time.value % 1'000'000'000);
}

/// A position (digits) or an instant (2026-11-21T12:00:00Z); the replay stops behind it.
struct Until {
  Sequence sequence{~std::uint64_t{0}};
  Timestamp time{INT64_MAX};
};
std::optional<Until> parse_until(const std::string& text) {
  Until until;
  if (text.empty()) return until;
  const char* end = text.data() + text.size();
  if (auto [at, error] = std::from_chars(text.data(), end, until.sequence.value);
      error == std::errc() && at == end)
    return until;
  until.sequence = {~std::uint64_t{0}};
  std::tm parts{};
  const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (!rest) return std::nullopt;
  std::int64_t fraction = 0;
  if (*rest == '.') {
    std::int64_t unit = 100'000'000;
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest, unit /= 10) fraction += (*rest - '0') * unit;
  }
  if (std::string_view(rest) != "Z") return std::nullopt;
  until.time = {timegm(&parts) * 1'000'000'000 + fraction};
  return until;
}

std::optional<eventlog::ChainPoint> parse_head(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  eventlog::ChainPoint point;
  const auto [at, error] = std::from_chars(text.data(), text.data() + colon, point.sequence.value);
  const auto head = eventlog::parse_chain_head(std::string_view(text).substr(colon + 1));
  if (error != std::errc() || at != text.data() + colon || !head) return std::nullopt;
  point.head = *head;
  return point;
}

int run_verify(const LogOptions& options) {
  std::optional<eventlog::ChainPoint> exported;
  if (!options.head.empty()) {
    exported = parse_head(options.head);
    if (!exported) {
      fmt::print(stderr, "--head must be SEQUENCE:HEX as `rialto log stat` prints it\n");
      return unusable;
    }
  }
  replay::ProgressBar bar("verifying");
  const auto progress = [&](std::uint64_t done, std::uint64_t total) {
    bar.show(total == 0 ? 1 : static_cast<double>(done) / static_cast<double>(total));
  };
  const auto result = eventlog::verify(storage::posix_files(), log_directory(options.directory),
                                       {exported, progress});
  if (!result) return report(result.error(), options.json);
  if (options.json) {
    std::string out;
    net::JsonWriter(out)
        .begin_object()
        .field("ok", true)
        .field("events", result->events)
        .field("frames", result->frames)
        .field("last", result->last.value)
        .field("tornBytes", result->torn_bytes)
        .field("sealed", result->sealed)
        .field("head", eventlog::to_text(result->head.head))
        .end_object();
    fmt::print("{}\n", out);
  } else {
    fmt::print("well: {} events in {} frames; head {}:{}\n", result->events, result->frames,
               result->head.sequence.value, eventlog::to_text(result->head.head));
    if (result->torn_bytes != 0)
      fmt::print("an unfinished write of {} bytes lies behind the end; the next start cuts it\n",
                 result->torn_bytes);
  }
  return 0;
}

int run_stat(const LogOptions& options) {
  const auto result =
      eventlog::verify(storage::posix_files(), log_directory(options.directory), {});
  if (!result) return report(result.error(), options.json);
  const double per_event = result->events == 0 ? 0
                                               : static_cast<double>(result->bytes) /
                                                     static_cast<double>(result->events);
  if (options.json) {
    std::string out;
    net::JsonWriter(out)
        .begin_object()
        .field("first", result->first.value)
        .field("last", result->last.value)
        .field("firstTime", time_text(result->first_time))
        .field("lastTime", time_text(result->last_time))
        .field("segments", result->segments)
        .field("frames", result->frames)
        .field("seals", result->seals)
        .field("events", result->events)
        .field("bytes", result->bytes)
        .field("sealed", result->sealed)
        .field("head", fmt::format("{}:{}", result->head.sequence.value,
                                   eventlog::to_text(result->head.head)))
        .end_object();
    fmt::print("{}\n", out);
    return 0;
  }
  fmt::print("events    {} ({} to {})\nframes    {} and {} seals in {} segments\n", result->events,
             result->first.value, result->last.value, result->frames, result->seals,
             result->segments);
  fmt::print("bytes     {} ({:.1f} per event)\ntime      {} to {}\nhead      {}:{}\n",
             result->bytes, per_event, time_text(result->first_time), time_text(result->last_time),
             result->head.sequence.value, eventlog::to_text(result->head.head));
  return 0;
}

eventlog::Failure unknown_event(const eventlog::LogReader& reader,
                                const eventlog::EventView& event) {
  return {eventlog::LogError::unknown_format, reader.frame_place(),
          fmt::format("event type {} is not known to this version", event.type.value)};
}

/// One line for a journal event, as the journal has it.
void print_event(const eventlog::EventView& event, const eventlog::Step& origin) {
  std::string line;
  net::JsonWriter out(line);
  out.begin_object()
      .field("sequence", event.sequence.value)
      .field("time", time_text(origin.time))
      .field("actor", origin.actor.value);
  const bool known = flows::decode_event(event.type, event.payload, [&](const auto& fact) {
    out.field("type", flows::event_name<std::decay_t<decltype(fact)>>());
    out.key("data");
    write_json(out, fact);
  });
  if (!known) out.field("unknownType", event.type.value);
  out.end_object();
  fmt::print("{}\n", line);
}

int run_dump(const LogOptions& options) {
  // The published language needs the state behind each event, so it is folded from the first one.
  flows::Venue venue;
  const Sequence after{options.published ? 0 : options.from - 1};
  auto reader = eventlog::LogReader::open(storage::posix_files(), log_directory(options.directory),
                                          {.after = after});
  if (!reader) return report(reader.error(), options.json);
  for (;;) {
    auto frame = reader->next();
    if (!frame) return report(frame.error(), options.json);
    if (!*frame) return 0;
    for (const eventlog::StepView& step : (*frame)->steps()) {
      for (const eventlog::EventView& event : step.events()) {
        if (!options.published) {
          if (event.sequence.value >= options.from) print_event(event, step.origin());
          continue;
        }
        if (!venue.replay(event.type, event.payload, event.time))
          return report(unknown_event(*reader, event), options.json);
        if (event.sequence.value < options.from) continue;
        for (const std::string& line : projections::published_events(
                 event.type, event.payload, event.sequence, event.time, venue))
          fmt::print("{}\n", line);
      }
    }
  }
}

int run_replay(const LogOptions& options) {
  const auto until = parse_until(options.until);
  if (!until) {
    fmt::print(stderr, "--until takes a position or an instant like 2026-11-21T12:00:00Z\n");
    return unusable;
  }
  replay::ProgressBar bar("replaying");
  eventlog::ReadOptions reading;
  reading.progress = [&](std::uint64_t done, std::uint64_t total) {
    bar.show(total == 0 ? 1 : static_cast<double>(done) / static_cast<double>(total));
  };
  auto reader = eventlog::LogReader::open(storage::posix_files(), log_directory(options.directory),
                                          std::move(reading));
  if (!reader) return report(reader.error(), options.json);

  flows::Venue venue;
  Sequence position;
  Timestamp time;
  const auto started = std::chrono::steady_clock::now();
  for (bool reached = false; !reached;) {
    auto frame = reader->next();
    if (!frame) return report(frame.error(), options.json);
    if (!*frame) break;
    for (const eventlog::StepView& step : (*frame)->steps()) {
      // A step is whole or not there: one that reaches beyond the position is left out.
      reached = step.last() > until->sequence || step.origin().time > until->time;
      if (reached) break;
      time = step.origin().time;
      for (const eventlog::EventView& event : step.events())
        if (!venue.replay(event.type, event.payload, event.time))
          return report(unknown_event(*reader, event), options.json);
      position = step.last();
    }
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  const std::string hash = options.state_hash ? state_hash(venue) : "";
  if (options.json || options.state) {
    std::string line;
    net::JsonWriter out(line);
    out.begin_object()
        .field("sequence", position.value)
        .field("time", time_text(time))
        .field("accounts", venue.ledger.accounts().size())
        .field("openOrders", venue.orders.open_count())
        .field("consistent", venue.ledger.consistent());
    out.key("seconds").raw(fmt::format("{:.3f}", seconds));
    if (options.state_hash) out.field("stateHash", hash);
    if (options.state) {
      out.key("state");
      write_state(out, venue);
    }
    out.end_object();
    fmt::print("{}\n", line);
  } else {
    fmt::print("{} events in {:.3f} s; {} accounts, {} open orders; books of {}\n", position.value,
               seconds, venue.ledger.accounts().size(), venue.orders.open_count(), time_text(time));
    if (options.state_hash) fmt::print("state {}\n", hash);
  }
  return venue.ledger.consistent() ? 0 : damaged;
}

CLI::App* add(CLI::App& parent, const std::shared_ptr<LogOptions>& options, const char* name,
              const char* description, std::function<int()>& chosen,
              int (*run)(const LogOptions&)) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->add_option("directory", options->directory, "a venue's data directory, or the log in it")
      ->required();
  command->add_flag("--json", options->json, "one JSON document on standard output");
  command->callback([&chosen, options, run] { chosen = [options, run] { return run(*options); }; });
  return command;
}

}  // namespace

void add_log_commands(CLI::App& app, std::function<int()>& chosen) {
  const auto options = std::make_shared<LogOptions>();
  CLI::App& log = *app.add_subcommand("log", "look into a journal: verify, dump, stat, replay");
  log.require_subcommand(1);
  add(log, options, "verify", "recompute every checksum and the hash chain", chosen, run_verify)
      ->add_option("--head", options->head, "a head kept elsewhere: SEQUENCE:HEX");
  add(log, options, "stat", "size, times and the chain's head", chosen, run_stat);
  CLI::App* dump = add(log, options, "dump", "every event as a line of JSON", chosen, run_dump);
  dump->add_option("--from", options->from, "the first event to show")->check(CLI::PositiveNumber);
  dump->add_flag("--published", options->published, "as the world outside sees them");
  CLI::App* replay = add(log, options, "replay", "rebuild the venue from its events; time travel",
                         chosen, run_replay);
  replay->add_option("--until", options->until, "stop behind this position or instant");
  replay->add_flag("--state-hash", options->state_hash, "SHA-256 of the canonical state");
  replay->add_flag("--state", options->state, "print books and balances as of then");
}

}  // namespace rialto::apps
