// The parts under the book, each against the simplest thing that does the same.
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "contexts/matching/ladder.hpp"
#include "contexts/matching/order_pool.hpp"

namespace rialto::matching {
namespace {

/// Ranks from the whole range: around a market that wanders and jumps, and anywhere at all.
class Ranks {
 public:
  explicit Ranks(std::uint64_t seed) : random_(seed) {}
  std::uint64_t up_to(std::uint64_t bound) { return random_() % (bound + 1); }
  Rank next() {
    if (up_to(999) == 0) market_ = anywhere();
    if (up_to(9) == 0) market_ += static_cast<std::int64_t>(up_to(2'000)) - 1'000;
    if (up_to(49) == 0) return {anywhere()};
    const std::int64_t spread = up_to(9) == 0 ? 10'000 : 100;
    return {market_ + static_cast<std::int64_t>(up_to(2 * spread)) - spread};
  }

 private:
  std::int64_t anywhere() {
    return static_cast<std::int64_t>(up_to(2 * largest_number)) - largest_number;
  }
  std::mt19937_64 random_;
  std::int64_t market_ = 1'000;
};

/// A ladder whose levels hold a count.
struct Counts {
  LevelPool levels;
  Ladder ladder{{{1}, Side::sell, false}};

  std::uint64_t add(Rank rank) { return ++levels[ladder.open(rank, levels)].lots; }
  std::uint64_t at(Rank rank) const { return levels[ladder.find(rank)].lots; }
  void close(Rank rank) {
    levels[ladder.find(rank)] = {};
    ladder.close(rank, levels);
  }
};

void expect_equal(const Counts& counts, const std::map<Rank, std::uint32_t>& expected) {
  auto at = expected.begin();
  counts.ladder.each([&](Rank rank, LevelSlot level) {
    EXPECT_NE(at, expected.end());
    EXPECT_EQ(rank, at->first);
    EXPECT_EQ(counts.levels[level].lots, at->second);
    EXPECT_EQ(counts.levels.rank(level), rank);
    return ++at != expected.end();
  });
  EXPECT_EQ(at, expected.end());
}

TEST(Ladder, is_a_sorted_map_of_levels_at_any_price) {  // MATCHING-9
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Ranks ranks(seed);
    Counts counts;
    const Ladder& ladder = counts.ladder;
    std::map<Rank, std::uint32_t> expected;
    for (int step = 0; step < 20'000; ++step) {
      const bool shrinks = ranks.up_to(99) < (step / 2'000 % 2 == 0 ? 30u : 70u);
      if (shrinks && !expected.empty()) {
        auto at = ranks.up_to(1) == 0 ? expected.begin() : expected.lower_bound(ranks.next());
        if (at == expected.end()) at = std::prev(at);
        ASSERT_EQ(counts.at(at->first), at->second);
        counts.close(at->first);
        expected.erase(at);
      } else {
        const Rank rank = ranks.next();
        ASSERT_EQ(counts.add(rank), ++expected[rank]);
      }
      ASSERT_EQ(ladder.best(), expected.empty() ? Ladder::none : expected.begin()->first);
      if (!expected.empty()) {
        ASSERT_EQ(counts.levels.rank(ladder.level(ladder.best())), ladder.best());
      }
      if (step % 500 == 0) expect_equal(counts, expected);
    }
    expect_equal(counts, expected);
  }
}

TEST(Ladder, extremes_of_the_range_are_prices_like_any_other) {
  Counts counts;
  const Ladder& ladder = counts.ladder;
  for (const std::int64_t rank :
       {largest_number, std::int64_t{1}, -largest_number, std::int64_t{0}})
    counts.add({rank});
  for (const std::int64_t rank :
       {-largest_number, std::int64_t{0}, std::int64_t{1}, largest_number}) {
    EXPECT_EQ(ladder.best(), Rank{rank});
    counts.close({rank});
  }
  EXPECT_EQ(ladder.best(), Ladder::none);
}

TEST(OrderPool, reuses_slots_and_never_moves_a_node) {
  OrderPool pool;
  const Slot first = pool.take();
  EXPECT_NE(first.value, 0u);
  const Node* where = &pool[first];
  std::vector<Slot> slots;
  for (int i = 0; i < 100'000; ++i) slots.push_back(pool.take());
  EXPECT_EQ(&pool[first], where);
  pool.give_back(slots.back());
  EXPECT_EQ(pool.take(), slots.back());
}

}  // namespace
}  // namespace rialto::matching
