// `rialto load`: how fast a venue is, as its clients see it.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace rialto::load {

/// Exit codes: 0 done, 1 a connection was lost or the venue refused, 2 wrong options.
void add_load_command(CLI::App& app, std::function<int()>& chosen);

}  // namespace rialto::load
