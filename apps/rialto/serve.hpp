// `rialto serve`: recover a venue, open its gateways, run until told to stop.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace rialto::apps {

/// Exit codes: 0 stopped as asked, 1 the venue could not be recovered or its journal failed, 2
/// arguments or address unusable.
void add_serve_command(CLI::App& app, std::function<int()>& chosen);

}  // namespace rialto::apps
