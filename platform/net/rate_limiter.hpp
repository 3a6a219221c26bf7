// Token buckets by key (an address, a user): each key may do `burst` things at once and
// `per_second` in the long run. Memory is bounded: beyond `keys_max` the key unseen for longest is
// forgotten, which only ever forgives (a forgotten key starts with a full bucket). One thread. Time
// is the caller's, and monotonic.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "platform/net/message.hpp"

namespace rialto::net {

struct RateLimit {
  double per_second = 100;
  double burst = 200;
  std::size_t keys_max = 65536;
  bool spare_loopback = true;
};

/// What a limit says of one key: how many at once, how many are left, and when all are back.
struct RateStanding {
  std::uint64_t limit;
  std::uint64_t remaining;
  std::chrono::seconds reset;
};

class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit RateLimiter(RateLimit limit) : limit_(limit) {}

  /// Takes one token of `key`. Nothing when there was one; else how long until there is. O(1).
  std::optional<std::chrono::nanoseconds> take(std::string_view key, Time now);
  /// The same by the request's address; loopback is spared unless the limit says otherwise.
  std::optional<std::chrono::nanoseconds> take(const Request& request, Time now);

  /// After take(): how the key stands. A key that was forgotten stands full. O(1).
  RateStanding standing(std::string_view key) const;

  std::size_t keys() const { return by_key_.size(); }

 private:
  struct Bucket {
    std::string key;
    double tokens;
    Time filled;
  };

  Bucket& bucket(std::string_view key, Time now);

  RateLimit limit_;
  std::list<Bucket> by_use_;  // most recently used first; by_key_ views the keys in here
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_key_;
};

}  // namespace rialto::net
