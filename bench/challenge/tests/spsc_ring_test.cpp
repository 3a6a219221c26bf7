#include "bench/challenge/spsc_ring.hpp"

#include <cstdint>
#include <numeric>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace rialto {
namespace {

using Ring = SpscRing<std::uint64_t>;

bool put(Ring& ring, std::uint64_t value) {
  std::uint64_t* const slot = ring.claim();
  if (slot == nullptr) return false;
  *slot = value;
  ring.commit();
  return true;
}

std::vector<std::uint64_t> take(Ring& ring, std::size_t most) {
  const auto slots = ring.ready(most);
  std::vector<std::uint64_t> values(slots.begin(), slots.end());
  ring.release(slots.size());
  return values;
}

TEST(SpscRing, shows_what_was_published_in_order) {
  Ring ring(64);
  EXPECT_TRUE(ring.ready(8).empty());
  put(ring, 1);
  put(ring, 2);
  EXPECT_TRUE(ring.ready(8).empty()) << "committed, not yet published";
  ring.publish();
  EXPECT_EQ(take(ring, 1), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(take(ring, 8), (std::vector<std::uint64_t>{2}));
  EXPECT_TRUE(ring.ready(8).empty());
}

TEST(SpscRing, publishes_a_full_batch_when_the_next_begins) {
  Ring ring(64);
  for (std::uint64_t i = 0; i < Ring::batch; ++i) {
    EXPECT_TRUE(ring.ready(100).empty());
    put(ring, i);
  }
  EXPECT_TRUE(ring.ready(100).empty());
  ring.claim();
  EXPECT_EQ(ring.ready(100).size(), Ring::batch);
}

TEST(SpscRing, is_full_until_the_reader_releases) {
  Ring ring(40);
  ASSERT_EQ(ring.capacity(), 64u);
  for (std::uint64_t i = 0; i < 64; ++i) ASSERT_TRUE(put(ring, i));
  EXPECT_FALSE(put(ring, 64));
  EXPECT_EQ(take(ring, 3).size(), 3u) << "a full ring publishes what it holds";
  for (std::uint64_t i = 64; i < 67; ++i) ASSERT_TRUE(put(ring, i));
  EXPECT_FALSE(put(ring, 67));
  ring.publish();
  std::vector<std::uint64_t> rest;
  for (auto some = take(ring, 100); !some.empty(); some = take(ring, 100))
    rest.insert(rest.end(), some.begin(), some.end());
  std::vector<std::uint64_t> expected(64);
  std::iota(expected.begin(), expected.end(), 3u);
  EXPECT_EQ(rest, expected);
}

TEST(SpscRing, carries_everything_between_two_threads) {
  constexpr std::uint64_t count = 300'000;
  Ring ring(128);
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < count;) {
      if (put(ring, i)) {
        ++i;
      } else {
        std::this_thread::yield();
      }
    }
    ring.publish();
  });
  std::uint64_t expected = 0;
  while (expected < count) {
    const auto slots = ring.ready(50);
    for (const std::uint64_t value : slots) EXPECT_EQ(value, expected++);
    ring.release(slots.size());
    if (slots.empty()) std::this_thread::yield();
  }
  writer.join();
  EXPECT_TRUE(ring.ready(1).empty());
}

}  // namespace
}  // namespace rialto
