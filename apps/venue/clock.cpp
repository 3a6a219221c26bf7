#include "apps/venue/clock.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include <fmt/core.h>

namespace rialto::apps {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t most_ahead_ns = 60 * second_ns;
constexpr std::int64_t most_slew_ppm = 50'000;

std::int64_t read(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return t.tv_sec * second_ns + t.tv_nsec;
}

}  // namespace

TimeSources system_time() {
  return {[] { return read(CLOCK_REALTIME); }, [] { return read(CLOCK_MONOTONIC); }};
}

std::expected<VenueClock, std::string> VenueClock::start(TimeSources sources, Timestamp last) {
  const std::int64_t wall = sources.wall();
  if (last.value > wall + most_ahead_ns)
    return std::unexpected(fmt::format(
        "the log ends {:.0f} s ahead of this machine's clock: set the clock right first",
        static_cast<double>(last.value - wall) / second_ns));
  return VenueClock(std::move(sources), std::max(wall, last.value));
}

VenueClock::VenueClock(TimeSources sources, std::int64_t anchor)
    : sources_(std::move(sources)),
      venue_at_anchor_(anchor),
      monotonic_at_anchor_(sources_.monotonic()) {}

Timestamp VenueClock::now() {
  const std::int64_t elapsed = sources_.monotonic() - monotonic_at_anchor_;
  return {venue_at_anchor_ + elapsed +
          static_cast<std::int64_t>(static_cast<i128>(elapsed) * slew_ppm_ / 1'000'000)};
}

std::int64_t VenueClock::offset_ns() {
  return sources_.wall() - now().value;
}

bool VenueClock::discipline() {
  const std::int64_t offset = offset_ns();
  // A new anchor, so that the new rate counts from here on only.
  venue_at_anchor_ = now().value;
  monotonic_at_anchor_ = sources_.monotonic();
  // Half of the difference within the next second, or as fast as allowed.
  slew_ppm_ = std::clamp(offset / 2 / 1'000, -most_slew_ppm, most_slew_ppm);
  const bool far = std::abs(offset) > second_ns;
  const bool alarm = far && !alarmed_;
  alarmed_ = far;
  return alarm;
}

}  // namespace rialto::apps
