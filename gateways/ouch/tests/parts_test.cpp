// The gateway's parts below sockets: numbers to orders, symbols to instruments, prices to ticks,
// and what is kept of a session's messages.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "gateways/ouch/listings.hpp"
#include "gateways/ouch/paged_window.hpp"
#include "gateways/ouch/session_stream.hpp"
#include "gateways/ouch/translation.hpp"

namespace rialto::ouch {
namespace {

TEST(PagedWindow, is_a_map_of_numbers) {
  PagedWindow<std::uint64_t, 4> window;
  std::map<std::uint64_t, std::uint64_t> model;
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t number = 1'000 + static_cast<std::uint64_t>(i) / 8 + random() % 200;
    if (random() % 2 == 0 && !model.contains(number)) {
      model[number] = number * 3;
      window.insert(number, number * 3);
    } else if (model.erase(number) != 0) {
      window.erase(number);
    }
    const std::uint64_t asked = random() % 5'000;
    const auto* found = window.find(asked);
    ASSERT_EQ(found != nullptr, model.contains(asked)) << asked;
    if (found) {
      ASSERT_EQ(*found, model[asked]);
    }
    ASSERT_EQ(window.empty(), model.empty());
  }
  for (const auto& [number, value] : model) window.erase(number);
  EXPECT_TRUE(window.empty());
  window.insert(7, 1);
  EXPECT_DEATH(window.insert(7, 2), "");
}

TEST(Listings, only_what_can_be_said_exactly_is_listed) {
  Listings listings;
  listings.add({1}, "AAPL-USD", {1, 2});   // 0.01
  listings.add({2}, "NINE-CHAR", {1, 2});  // too long
  listings.add({3}, "FINE-USD", {1, 6});   // 0.000001
  listings.add({4}, "ODD-USD", {25, 5});   // 0.00025 is two and a half units
  listings.add({5}, "EVEN-USD", {50, 5});  // 0.0005
  listings.add({6}, "WHOLE", {5, 0});
  EXPECT_EQ(listings.find({"AAPL-USD"})->units_per_tick, 100u);
  EXPECT_EQ(listings.find({"EVEN-USD"})->units_per_tick, 5u);
  EXPECT_EQ(listings.find({"WHOLE"})->units_per_tick, 50'000u);
  for (const char* name : {"NINE-CHA", "NINE-CHAR", "FINE-USD", "ODD-USD", "", "AAPL"})
    EXPECT_EQ(listings.find({name}), nullptr) << name;
  EXPECT_EQ(listings.wire_price({1}, {12'345}), 1'234'500u);
  for (std::uint32_t i = 7; i < 2'000; ++i) listings.add({i}, "I" + std::to_string(i), {1, 2});
  for (std::uint32_t i = 7; i < 2'000; ++i)
    ASSERT_EQ(listings.find({"I" + std::to_string(i)})->instrument, InstrumentId{i});
}

TEST(SessionStream, keeps_what_is_recent_and_hands_over_what_is_full) {
  SessionStream stream(5);
  std::vector<std::shared_ptr<Block>> full;
  const auto add = [&](std::uint64_t value, std::size_t size = 100) {
    std::byte* at = stream.add(size, {value},
                               [&](const std::shared_ptr<Block>& block) { full.push_back(block); });
    write_wire(at, value);
  };
  EXPECT_EQ(stream.oldest(), 5u);
  auto cursor = stream.end();
  EXPECT_TRUE(stream.unread(cursor)->empty());
  for (std::uint64_t i = 5; i < 50'000; ++i) add(i);
  EXPECT_EQ(stream.next(), 50'000u);
  EXPECT_GT(stream.oldest(), 5u);
  EXPECT_FALSE(stream.unread(cursor)) << "too far behind";
  // What was handed over and what is left are everything, in order.
  std::uint64_t expected = 5;
  for (const auto& block : full) {
    EXPECT_EQ(block->first, expected);
    EXPECT_LE(block->packets.size(), SessionStream::block_bytes);
    expected += block->messages;
    EXPECT_EQ(block->position.value, expected - 1);
  }
  for (const std::uint64_t from : {stream.oldest(), stream.oldest() + 1, std::uint64_t{49'000}}) {
    cursor = stream.seek(from);
    std::uint64_t next = from;
    for (auto unread = stream.unread(cursor); !unread->empty(); unread = stream.unread(cursor)) {
      bool malformed = false;
      const auto packet = first_packet(*unread, malformed);
      std::uint64_t value = 0;
      read_wire(packet->payload.data(), value);
      ASSERT_EQ(value, next++);
      cursor.offset += packet->size();
    }
    EXPECT_EQ(next, 50'000u);
  }
  const std::size_t before = full.size();
  stream.close([&](const std::shared_ptr<Block>& block) { full.push_back(block); });
  stream.close([&](const std::shared_ptr<Block>& block) { full.push_back(block); });
  EXPECT_EQ(full.size(), before + 1) << "closed once";
  add(50'000);
  EXPECT_EQ(full.size(), before + 1);
  EXPECT_EQ(stream.first_of(stream.end()), 50'000u) << "a block of its own";
}

TEST(Translation, every_reason_has_a_code_and_every_cancel_a_letter) {
  EXPECT_EQ(reject_code("price_must_be_on_tick"), 0x1d);
  EXPECT_EQ(reject_code("insufficient_funds"), 0x0f);
  EXPECT_EQ(reject_code(""), 0x0f);
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(orders::CancelReason::kill_switch); ++i)
    EXPECT_NE(cancel_code(static_cast<orders::CancelReason>(i)), 'Z') << int{i};
}

}  // namespace
}  // namespace rialto::ouch
