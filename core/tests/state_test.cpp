// The small parts of state that contexts are made of: strong types, inline text, key tables, dense
// indices, and the names of rejections.
#include <algorithm>
#include <map>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "core/event_sink.hpp"
#include "core/growing_array.hpp"
#include "core/idempotency.hpp"
#include "core/key_table.hpp"
#include "core/paged_index.hpp"
#include "core/rejection.hpp"
#include "core/tests/given.hpp"

namespace rialto {
namespace {

template <class A, class B>
concept Adds = requires(A a, B b) { a + b; };
template <class A, class B>
concept Compares = requires(A a, B b) { a == b; };
template <class A, class B>
concept Assigns = requires(A a, B b) { a = b; };

// Misuse does not compile.
static_assert(Adds<Price, Price> && !Adds<Price, Quantity> && !Adds<Amount, std::int64_t>);
static_assert(!Adds<OrderId, OrderId> && !Compares<OrderId, TradeId> &&
              !Assigns<AccountId, UserId>);
static_assert(!Assigns<std::int64_t, Price> && !Assigns<Price, std::int64_t>);

TEST(Strong, numbers_add_within_their_kind) {
  EXPECT_EQ(Price{3} + Price{4} - Price{1}, Price{6});
  EXPECT_EQ(-Amount{3}, Amount{-3});
  EXPECT_LT(OrderId{3}, OrderId{4});
}

TEST(InlineText, holds_up_to_its_capacity) {
  const InlineText<4> text{"abcd"};
  EXPECT_EQ(text.view(), "abcd");
  EXPECT_TRUE(InlineText<4>{}.empty());
  EXPECT_FALSE((text == InlineText<4>{"abc"}));
  EXPECT_DEATH(InlineText<4>{"abcde"}, "assertion failed");
}

TEST(InlineText, a_longer_one_in_the_bytes_is_refused) {
  Bytes bytes;
  BinaryWriter(bytes).write(InlineText<8>{"abcdefgh"});
  BinaryReader reader(bytes);
  (void)reader.read<InlineText<4>>();
  EXPECT_TRUE(reader.failed());
}

TEST(KeyTable, agrees_with_a_map_while_it_grows_and_shrinks) {
  KeyTable table(100'000);
  std::map<Fingerprint, std::uint64_t> model;
  std::mt19937_64 random(7);
  // Few bits differ, so that searches collide; the table moves to its successor six times on the
  // way.
  const auto some_key = [&] { return Fingerprint{1 + random() % 3, (random() % 40'000) << 32}; };
  std::size_t largest = 0;
  for (int i = 0; i < 400'000; ++i) {
    const Fingerprint key = some_key();
    const Remembered* found = table.find(key);
    const auto expected = model.find(key);
    ASSERT_EQ(found != nullptr, expected != model.end()) << i;
    if (found) {
      ASSERT_EQ(found->answer, expected->second);
    }
    const bool growing = (i / 50'000) % 2 == 0;
    if (!found && (growing || random() % 4 == 0)) {
      table.insert(key, {0, static_cast<std::uint64_t>(i)});
      model[key] = static_cast<std::uint64_t>(i);
    } else if (found && (!growing || random() % 4 == 0)) {
      table.erase(key);
      model.erase(expected);
    }
    ASSERT_EQ(table.size(), model.size());
    largest = std::max(largest, table.size());
  }
  EXPECT_GT(largest, 30'000u);
  std::map<Fingerprint, std::uint64_t> seen;
  table.each([&](const Fingerprint& key, const Remembered& remembered) {
    EXPECT_TRUE(seen.emplace(key, remembered.answer).second);
  });
  EXPECT_EQ(seen, model);
}

TEST(KeyTable, takes_as_many_keys_as_it_was_made_for) {
  KeyTable table(5'000);
  for (std::uint64_t i = 1; i <= 5'000; ++i) table.insert({i, i}, {i, i});
  for (std::uint64_t i = 1; i <= 5'000; ++i) ASSERT_EQ(table.find({i, i})->answer, i);
  EXPECT_EQ(table.find({9, 1}), nullptr);
  EXPECT_DEATH(table.insert({3, 3}, {}), "assertion failed");
}

TEST(GrowingArray, grows_in_place) {
  GrowingArray<std::string> texts(1'000'000);
  EXPECT_TRUE(texts.empty());
  const std::string* first = &texts.push_back("first");
  for (int i = 1; i < 200'000; ++i) texts.push_back(std::to_string(i));
  EXPECT_EQ(first, &texts[0]);
  EXPECT_EQ(texts[199'999], "199999");
  GrowingArray<std::string> other = std::move(texts);
  EXPECT_EQ(first, &other[0]);
  texts = std::move(other);
  texts.grow_to(300'000);
  EXPECT_EQ(texts[299'999], "");
  EXPECT_DEATH(texts.grow_to(1'000'001), "assertion failed");
}

TEST(IdempotencyTable, keeps_open_keys_and_closed_ones_for_their_time) {
  IdempotencyTable table(10, 2);
  const Fingerprint a{1, 1}, b{1, 2}, c{1, 3};
  table.remember(a, {7, 70});
  table.remember(b, {8, 80});
  EXPECT_EQ(*table.find(a), (Remembered{7, 70}));
  EXPECT_EQ(table.find(c), nullptr);
  EXPECT_TRUE(table.full({1'000'000})) << "open keys never make room";
  table.close(a, {100});
  table.expire({110});
  EXPECT_NE(table.find(a), nullptr);
  EXPECT_TRUE(table.full({110}));
  EXPECT_FALSE(table.full({111})) << "its time is over, expire() will make room";
  table.expire({111});
  EXPECT_EQ(table.find(a), nullptr);
  EXPECT_EQ(table.size(), 1u);
  EXPECT_DEATH(table.remember(b, {}), "assertion failed");
}

TEST(IdempotencyTable, forgets_two_keys_a_call_at_most) {
  IdempotencyTable table(10, 100);
  for (std::uint64_t i = 1; i <= 5; ++i) {
    table.remember({1, i}, {});
    table.close({1, i}, {0});
  }
  table.expire({1'000});
  EXPECT_EQ(table.size(), 3u);
  EXPECT_EQ(table.find({1, 1}), nullptr);
  EXPECT_NE(table.find({1, 3}), nullptr);
}

TEST(IdempotencyTable, saves_the_same_bytes_whatever_its_history) {
  IdempotencyTable table(10, 100), other(10, 100);
  table.remember({1, 1}, {1, 1});
  table.remember({1, 2}, {2, 2});
  other.remember({9, 9}, {});
  other.close({9, 9}, {0});
  other.remember({1, 2}, {2, 2});
  other.expire({11});
  other.remember({1, 1}, {1, 1});
  EXPECT_EQ(testing::bytes_of(table), testing::bytes_of(other));
  const Bytes bytes = testing::bytes_of(table);
  BinaryReader reader(bytes);
  IdempotencyTable loaded(10, 100);
  loaded.load(reader);
  EXPECT_TRUE(reader.at_end() && !reader.failed());
  EXPECT_EQ(testing::bytes_of(loaded), bytes);
}

TEST(PagedIndex, finds_what_is_in_it_across_pages) {
  PagedIndex index;
  constexpr std::uint64_t apart = 4095;
  for (std::uint64_t i = 0; i < 10; ++i) index.insert(i * apart, static_cast<std::uint32_t>(i));
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_EQ(index.find(i * apart), i);
  EXPECT_EQ(index.find(1), PagedIndex::none);
  EXPECT_EQ(index.find(UINT64_MAX), PagedIndex::none);
  for (std::uint64_t i = 0; i < 10; ++i) index.erase(i * apart);
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_EQ(index.find(i * apart), PagedIndex::none);
  index.insert(3, 33);
  EXPECT_EQ(index.find(3), 33u) << "a page that was emptied comes back empty";
  EXPECT_EQ(index.find(0), PagedIndex::none);
  EXPECT_DEATH(index.insert(3, 34), "assertion failed");
  EXPECT_DEATH(index.erase(4), "assertion failed");
  index.clear();
  EXPECT_EQ(index.find(3), PagedIndex::none);
  EXPECT_EQ(index.pages_in_use(), 0u);
}

TEST(PagedIndex, finds_what_was_put_and_nothing_else_in_any_shard) {
  PagedIndex index;
  std::map<std::uint64_t, std::uint32_t> expected;
  std::mt19937_64 random(7);
  for (std::uint32_t step = 0; step < 100'000; ++step) {
    const std::uint64_t shard = random() % 3;
    const std::uint64_t id = shard << shard_shift | (step / 2 + random() % 20'000);
    index.prefetch(id);
    if (const auto at = expected.find(id); at != expected.end()) {
      ASSERT_EQ(index.find(id), at->second);
      ASSERT_EQ(index.erase(id), at->second);
      expected.erase(at);
    } else {
      ASSERT_EQ(index.find(id), PagedIndex::none);
      index.insert(id, step);
      expected[id] = step;
    }
  }
  for (const auto& [id, slot] : expected) EXPECT_EQ(index.find(id), slot);
}

TEST(PagedIndex, pages_follow_what_is_alive_not_the_history) {
  PagedIndex index;
  const std::size_t before = ReservedMemory::in_use();
  for (std::uint64_t id = 1; id <= 8'000'000; ++id) {
    index.insert(id, 1);
    if (id > 100) index.erase(id - 100);
    if (id % 10'000 == 0) {
      ASSERT_LE(index.pages_in_use(), 2u);
    }
  }
  EXPECT_EQ(ReservedMemory::in_use() - before,
            PagedIndex::blocks_before_collecting * ReservedMemory::huge_page);
}

TEST(ReservedMemory, is_empty_aligned_and_given_back) {
  constexpr std::size_t page = ReservedMemory::huge_page;
  const std::size_t before = ReservedMemory::in_use();
  {
    ReservedMemory memory(4 * page, ReservedMemory::Pages::huge);
    EXPECT_EQ(memory.size(), 0u);
    memory.commit(page + 1);
    EXPECT_EQ(memory.size(), 2 * page);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory.data()) % page, 0u);
    EXPECT_TRUE(std::all_of(memory.data(), memory.data() + memory.size(),
                            [](std::byte byte) { return byte == std::byte{}; }));
    const ReservedMemory other = std::move(memory);
    EXPECT_EQ(ReservedMemory::in_use() - before, 2 * page);
  }
  EXPECT_EQ(ReservedMemory::in_use(), before);
}

TEST(ReservedMemory, stays_small_while_little_is_wanted) {
  ReservedMemory memory(std::size_t{1} << 30);
  memory.commit(100);
  EXPECT_EQ(memory.size(), 64u << 10);
  memory.data()[0] = std::byte{7};
  memory.commit(ReservedMemory::huge_page + 1);
  EXPECT_EQ(memory.size(), 2 * ReservedMemory::huge_page);
  EXPECT_EQ(memory.data()[0], std::byte{7});
  EXPECT_DEATH(memory.commit(memory.limit() + 1), "assertion failed");
}

TEST(GrowingArray, is_zero_again_after_it_was_cleared) {
  GrowingArray<std::uint64_t> array(1 << 20);
  array.grow_zeroed_to(1'000);
  array[999] = 7;
  array.grow_zeroed_to(1 << 20);
  EXPECT_EQ(array[999], 7u);
  EXPECT_EQ(array[(1 << 20) - 1], 0u);
  array.clear();
  array.grow_zeroed_to(1'000);
  EXPECT_EQ(array[999], 0u);
}

BOOST_DEFINE_FIXED_ENUM_CLASS(TestReject, std::uint8_t, first_rule, second_rule)
constexpr RejectKind kind(TestReject) {
  return RejectKind::conflict;
}

TEST(Rejection, is_named_after_the_rule) {
  EXPECT_EQ(rejection_of(TestReject::second_rule),
            (Rejection{RejectKind::conflict, "second_rule"}));
}

TEST(EventBlock, gives_back_what_it_took) {
  EventBlock block;
  append_event(block, EventType{7}, AccountId{1});
  append_event(block, EventType{8}, std::string("two"));
  std::vector<std::pair<std::uint16_t, std::size_t>> seen;
  block.each(
      [&](EventType type, ByteView payload) { seen.emplace_back(type.value, payload.size()); });
  EXPECT_EQ(seen, (std::vector<std::pair<std::uint16_t, std::size_t>>{{7, 8}, {8, 7}}));
}

}  // namespace
}  // namespace rialto
