#include "platform/net/rate_limiter.hpp"

#include <algorithm>

namespace rialto::net {

RateLimiter::Bucket& RateLimiter::bucket(std::string_view key, Time now) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return by_use_.front();
  }
  if (by_key_.size() >= std::max<std::size_t>(1, limit_.keys_max)) {
    by_key_.erase(by_use_.back().key);
    by_use_.pop_back();
  }
  by_use_.push_front({std::string{key}, limit_.burst, now});
  by_key_.emplace(by_use_.front().key, by_use_.begin());
  return by_use_.front();
}

std::optional<std::chrono::nanoseconds> RateLimiter::take(std::string_view key, Time now) {
  Bucket& own = bucket(key, now);
  const double elapsed = std::chrono::duration<double>(now - own.filled).count();
  own.tokens = std::min(limit_.burst, own.tokens + std::max(0.0, elapsed) * limit_.per_second);
  own.filled = now;
  if (own.tokens >= 1) {
    own.tokens -= 1;
    return std::nullopt;
  }
  const std::chrono::duration<double> wait{(1 - own.tokens) / limit_.per_second};
  return std::chrono::ceil<std::chrono::nanoseconds>(wait);
}

std::optional<std::chrono::nanoseconds> RateLimiter::take(const Request& request, Time now) {
  if (request.from_loopback && limit_.spare_loopback) return std::nullopt;
  return take(request.peer, now);
}

RateStanding RateLimiter::standing(std::string_view key) const {
  const auto found = by_key_.find(key);
  const double tokens = found == by_key_.end() ? limit_.burst : found->second->tokens;
  const std::chrono::duration<double> reset{(limit_.burst - tokens) / limit_.per_second};
  return {static_cast<std::uint64_t>(limit_.burst), static_cast<std::uint64_t>(tokens),
          std::chrono::ceil<std::chrono::seconds>(reset)};
}

}  // namespace rialto::net
