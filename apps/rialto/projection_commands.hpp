// `rialto projections rebuild|status`: the read models' stores, from the outside.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace rialto::apps {

/// Adds the commands; `chosen` is set to the one that was called, its result being the exit code:
/// 0 well, 1 it could not be done, or a store cannot be read, 2 the arguments are wrong.
void add_projection_commands(CLI::App& app, std::function<int()>& chosen);

}  // namespace rialto::apps
