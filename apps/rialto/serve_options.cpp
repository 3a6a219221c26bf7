#include "apps/rialto/serve_options.hpp"

#include "apps/rialto/mail_service.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace rialto::apps {
namespace {

std::string variable_of(std::string_view option) {
  std::string name = "RIALTO_";
  for (const char c : option) name += c == '-' ? '_' : static_cast<char>(c & ~0x20);
  return name;
}

/// A file of `serve`: its keys need no section, and give way to the environment.
class ServeFile final : public CLI::ConfigTOML {
 public:
  explicit ServeFile(std::string command) : command_(std::move(command)) {}

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    std::vector<CLI::ConfigItem> read = CLI::ConfigTOML::from_config(input);
    std::erase_if(read, [](const CLI::ConfigItem& item) {
      const bool empty_list =  // CLI11 would take its brackets for a value
          item.inputs.empty() || (item.inputs.size() == 1 && item.inputs[0] == "[]");
      return empty_list || std::getenv(variable_of(item.name).c_str()) != nullptr;
    });
    for (CLI::ConfigItem& item : read)
      if (item.parents.empty() && item.name != "++" && item.name != "--")
        item.parents.push_back(command_);
    return read;
  }

 private:
  std::string command_;
};

/// sync, interval:MS or none.
std::optional<eventlog::Durability> parse_durability(std::string_view text) {
  if (text == "sync") return eventlog::Durability{};
  if (text == "none") return eventlog::Durability{eventlog::DurabilityMode::none, 0};
  constexpr std::string_view prefix = "interval:";
  if (!text.starts_with(prefix)) return std::nullopt;
  std::int64_t ms = 0;
  const auto [end, error] =
      std::from_chars(text.data() + prefix.size(), text.data() + text.size(), ms);
  if (error != std::errc{} || end != text.data() + text.size() || ms < 1 || ms > 60'000)
    return std::nullopt;
  return eventlog::Durability{eventlog::DurabilityMode::interval, ms * 1'000'000};
}

std::optional<telemetry::Level> parse_level(std::string_view text) {
  using telemetry::Level;
  if (text == "debug") return Level::debug;
  if (text == "info") return Level::info;
  if (text == "warning") return Level::warning;
  if (text == "error") return Level::error;
  return std::nullopt;
}

/// As a browser writes it: scheme, host and port, nothing behind.
bool is_origin(std::string_view text) {
  if (text == "*") return true;
  const auto host = text.starts_with("https://")  ? text.substr(8)
                    : text.starts_with("http://") ? text.substr(7)
                                                  : std::string_view();
  return !host.empty() && host.find_first_of("/?# ") == std::string_view::npos;
}

}  // namespace

void add_serve_options(CLI::App& app, CLI::App& command, ServeOptions& options) {
  app.set_config("--config", "", "a TOML file with the options of `serve`");
  app.config_formatter(std::make_shared<ServeFile>(command.get_name()));
  // A misspelt key is an error, not a default.
  app.allow_config_extras(CLI::config_extras_mode::error);
  command.allow_config_extras(CLI::config_extras_mode::error);
  command.fallthrough();  // --config may stand behind the command
  command.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  const auto add = [&](const std::string& name, auto& value, const std::string& help) {
    return command.add_option("--" + name, value, help)
        ->envname(variable_of(name))
        ->capture_default_str();
  };
  const auto add_flag = [&](const std::string& name, bool& value, const std::string& help) {
    return command.add_flag("--" + name, value, help)->envname(variable_of(name));
  };
  add("data", options.data, "the venue's directory");
  add("http", options.http, "where HTTP listens");
  add("https", options.https, "where HTTP over TLS listens besides; empty: nowhere");
  add("tls-certificate", options.tls_certificate,
      "PEM file, the chain included; without it the venue makes one of its own");
  add("tls-key", options.tls_key, "PEM file of the certificate's key");
  add("ouch", options.ouch, "where OUCH order entry listens (a numeric address); empty: nowhere");
  add("postgres", options.postgres,
      "a PostgreSQL server (postgresql://user@host/) that gets market data and clearing too; "
      "empty: none");
  add("durability", options.durability, "sync, interval:MS or none");
  add("smtp", options.smtp, "the mail server, smtp://user:password@host:port; empty: no e-mail");
  add("smtp-from", options.smtp_from, "the address that e-mail comes from");
  add_flag("no-demo", options.no_demo, "no demo traders, funds or quotes");
  add("rate-limit", options.rate_limit,
      "requests a second of one user or address, loopback included; 0: the default, loopback "
      "spared")
      ->check(CLI::NonNegativeNumber);
  add("cors-origin", options.cors_origins,
      "an origin whose pages may use the API (https://example.org), or *; may be repeated")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->delimiter(',');
  add("spin-us", options.spin_us, "how long an idle venue thread looks for work")
      ->check(CLI::Range(0, 1'000'000));
  add("snapshot-events", options.snapshot_events, "events between two snapshots")
      ->check(CLI::Range(1'000, 2'000'000'000));
  add("log-format", options.log_format, "of the lines on standard error: text or json");
  add("log-level", options.log_level, "debug (every command), info, warning or error");
  command.add_flag("--print-config", options.print_config, "print all options as TOML and stop")
      ->configurable(false);
  command.add_flag("--check", options.check, "say whether the options are usable and stop")
      ->configurable(false);
  command.add_flag("--json", options.json, "--check answers in JSON")->configurable(false);
}

std::expected<ServeSettings, std::string> understand(const ServeOptions& options) {
  ServeSettings settings;
  const auto http = net::parse_endpoint(options.http);
  if (!http) return std::unexpected("--http takes HOST:PORT");
  settings.http = *http;
  if (!options.https.empty()) {
    settings.https = net::parse_endpoint(options.https);
    if (!settings.https) return std::unexpected("--https takes HOST:PORT");
  }
  if (options.tls_certificate.empty() != options.tls_key.empty())
    return std::unexpected("--tls-certificate and --tls-key go together");
  if (!options.ouch.empty() && !net::parse_endpoint(options.ouch))
    return std::unexpected("--ouch takes HOST:PORT");
  const auto durability = parse_durability(options.durability);
  if (!durability) return std::unexpected("--durability takes sync, interval:MS or none");
  settings.durability = *durability;
  if (options.log_format != "text" && options.log_format != "json")
    return std::unexpected("--log-format takes text or json");
  settings.log_format =
      options.log_format == "json" ? telemetry::LineFormat::json : telemetry::LineFormat::text;
  const auto level = parse_level(options.log_level);
  if (!level) return std::unexpected("--log-level takes debug, info, warning or error");
  settings.log_level = *level;
  if (const auto problem = problem_with({options.smtp, options.smtp_from, {}, {}});
      !problem.empty())
    return std::unexpected(problem);
  for (const std::string& origin : options.cors_origins)
    if (!is_origin(origin))
      return std::unexpected("--cors-origin takes https://HOST[:PORT], http://HOST[:PORT] or *");
  if (options.data.empty()) return std::unexpected("--data takes a directory");
  return settings;
}

std::string as_toml(const CLI::App& command) {
  return command.config_to_str(true, true);
}

}  // namespace rialto::apps
