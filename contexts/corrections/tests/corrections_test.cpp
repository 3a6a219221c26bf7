#include "contexts/corrections/corrections.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "core/tests/given.hpp"

namespace rialto::corrections {
namespace {

constexpr Sizing sizing{{2}, {1}, {3}, {5}};

SeenTrade trade(std::int64_t price, std::int64_t quantity, std::int64_t buyer_fee) {
  return {{1},
          0,
          {{1}, {4}, {5}, {2}, {1}},
          {{price}, {quantity}, {quantity * 5}, {price * quantity * 3}, {buyer_fee}, {}}};
}

// CORRECTIONS-3: worked by hand.
TEST(Fees, follow_the_notional) {
  EXPECT_EQ(fee_for({25}, {1000}, {1000}), 25);
  EXPECT_EQ(fee_for({25}, {1000}, {1070}), 27);    // 26.75
  EXPECT_EQ(fee_for({25}, {1000}, {1}), 1);        // 0.025
  EXPECT_EQ(fee_for({-25}, {1000}, {1070}), -26);  // a rebate of 26.75, less what is no whole unit
  EXPECT_EQ(fee_for({0}, {1000}, {1070}), 0);
}

TEST(Corrections, fees_beyond_18_digits_are_refused) {
  const Corrections corrections;
  CorrectTrade command{trade(1, 1, largest_number), Price{2}, {}, {9}, "r"};
  EXPECT_EQ(corrections.decide(command, {2}, sizing).error(), Reject::number_too_large);
}

TEST(Corrections, a_chain_of_corrections_is_as_one) {
  EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& prices) {
    Corrections corrections;
    SeenTrade seen = trade(100, 10, 0);
    for (const std::uint8_t price : prices) {
      const CorrectTrade command{seen, Price{price}, {}, {9}, "r"};
      const auto event = corrections.decide(command, {2}, sizing);
      if (!event) {
        RC_ASSERT(price == 0 || Price{price} == seen.terms.price);
        continue;
      }
      RC_ASSERT(event->before == seen.terms);
      corrections.evolve(*event);
      const Standing& standing = *corrections.standing({1});
      RC_ASSERT(standing.version == seen.seen + 1);
      RC_ASSERT(standing.terms.notional.value == price * 30);
      seen = {{1}, standing.version, standing.parties, standing.terms};
    }
    const Bytes bytes = testing::bytes_of(corrections);
    Corrections loaded;
    BinaryReader reader(bytes);
    loaded.load(reader);
    RC_ASSERT(testing::bytes_of(loaded) == bytes);
  }));
}

}  // namespace
}  // namespace rialto::corrections
