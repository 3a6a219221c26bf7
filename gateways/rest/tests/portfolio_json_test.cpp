#include "gateways/rest/portfolio_json.hpp"

#include <gtest/gtest.h>

namespace rialto::rest {
namespace {

TEST(UnitPrice, is_exact_where_it_can_be_and_rounds_half_up) {
  const instruments::Asset btc{{1}, "BTC", 8}, usd{{2}, "USD", 2}, share{{3}, "AAPL", 0},
      fine{{4}, "FINE", 18};
  const struct {
    i128 cost, quantity;
    const instruments::Asset& base;
    const instruments::Asset& quote;
    int places;
    const char* text;
  } cases[] = {
      {15'315'300, 300'000'000, btc, usd, 10, "51051"},
      {100, 3, share, usd, 10, "0.3333333333"},
      {200, 3, share, usd, 10, "0.6666666667"},
      {-100, 3, share, usd, 10, "-0.3333333333"},
      {0, 7, share, usd, 10, "0"},
      {1, 100'000'000, btc, fine, 18, "0.000000000000000001"},
      {largest_number, 1, fine, usd, 10, "9999999999999999990000000000000000"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(unit_price_text(c.cost, c.quantity, c.base, c.quote, c.places), c.text) << c.text;
}

TEST(HalfTicks, lie_between_two_ticks) {
  instruments::Instrument instrument;
  instrument.tick = {5, 2};
  EXPECT_EQ(price_text(projections::HalfTicks{4}, instrument), "0.1");
  EXPECT_EQ(price_text(projections::HalfTicks{3}, instrument), "0.075");
}

}  // namespace
}  // namespace rialto::rest
