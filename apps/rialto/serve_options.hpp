// What an operator may say about a venue, in one place: by flags, by the environment (RIALTO_HTTP
// for
// --http), or in a TOML file; the earlier of these wins.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "platform/eventlog/log.hpp"
#include "platform/net/server.hpp"
#include "platform/telemetry/log_lines.hpp"

namespace CLI {
class App;
}

namespace rialto::apps {

inline constexpr const char* default_ouch = "127.0.0.1:7001";

struct ServeOptions {
  std::string data = "data";
  std::string http = "127.0.0.1:8080";
  std::string https;            // empty: nowhere
  std::string tls_certificate;  // PEM files; without them, one of the venue's own
  std::string tls_key;
  std::string ouch = default_ouch;
  std::string postgres;  // empty: SQLite alone
  std::string durability = "sync";
  std::string smtp;  // empty: no e-mail
  std::string smtp_from = "rialto@localhost";
  bool no_demo = false;
  double rate_limit = 0;  // requests a second, loopback included; 0: the default, loopback spared
  std::int64_t spin_us = 50;
  std::uint64_t snapshot_events = 2'000'000;
  std::vector<std::string> cors_origins;  // none: the venue's own pages only
  std::string log_format = "text";
  std::string log_level = "info";
  bool print_config = false;
  bool check = false;
  bool json = false;
};

/// The same, understood.
struct ServeSettings {
  net::Endpoint http;
  std::optional<net::Endpoint> https;
  eventlog::Durability durability;
  telemetry::LineFormat log_format{};
  telemetry::Level log_level{};
};

/// Adds every option to the command, which is one of `app`; the file is `app`'s.
void add_serve_options(CLI::App& app, CLI::App& command, ServeOptions& options);

/// The error is a sentence for the operator.
std::expected<ServeSettings, std::string> understand(const ServeOptions& options);

/// All options with their present values, as a file that --config takes.
std::string as_toml(const CLI::App& command);

}  // namespace rialto::apps
