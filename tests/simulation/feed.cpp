#include "tests/simulation/feed.hpp"

#include "core/assert.hpp"
#include "flows/registry.hpp"

namespace rialto::simulation {

FeedStep feed_step(const eventlog::StepView& durable) {
  FeedStep step{
      durable.first(), durable.last(), durable.origin().time, durable.origin().command, {}};
  for (const eventlog::EventView& event : durable.events()) {
    const bool known = flows::decode_event(event.type, event.payload, [&](const auto& decoded) {
      if constexpr (std::is_constructible_v<Report, decltype(decoded)>)
        step.reports.emplace_back(decoded);
    });
    RIALTO_ASSERT(known);
  }
  return step;
}

}  // namespace rialto::simulation
