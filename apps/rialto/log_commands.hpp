// `rialto log verify|dump|stat|replay`: look into a journal without starting a venue. They only
// read; a running venue is not disturbed.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace rialto::apps {

/// Adds the commands; `chosen` is set to the one that was called, its result being the exit code:
/// 0 well, 1 the log is damaged or altered, 2 it cannot be read or the arguments are wrong.
void add_log_commands(CLI::App& app, std::function<int()>& chosen);

}  // namespace rialto::apps
