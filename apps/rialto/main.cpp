// The one binary: `rialto serve` runs a venue, the other commands look into one or replay real
// markets.
#include <functional>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "apps/load/command.hpp"
#include "apps/replay/commands.hpp"
#include "apps/rialto/log_commands.hpp"
#include "apps/rialto/projection_commands.hpp"
#include "apps/rialto/serve.hpp"

int main(int argc, char** argv) {
  CLI::App app("Rialto: a trading venue in one binary");
  app.name("rialto");
  app.set_version_flag("--version", "rialto " RIALTO_VERSION);
  app.require_subcommand(1);
  std::function<int()> chosen;
  rialto::apps::add_serve_command(app, chosen);
  rialto::apps::add_log_commands(app, chosen);
  rialto::apps::add_projection_commands(app, chosen);
  rialto::replay::add_commands(app, chosen);
  rialto::load::add_load_command(app, chosen);
  try {
    app.parse(argc, argv);
    return chosen();
  } catch (const CLI::ParseError& error) {
    // 0 for --help and --version, 2 for a command line that cannot be understood.
    return app.exit(error) == 0 ? 0 : 2;
  }
}
