// An administrator's changes of trades, as whole steps: what moves, and what moves nothing.
#include <gtest/gtest.h>

#include "flows/tests/venue_under_test.hpp"

namespace rialto::flows {
namespace {

constexpr UserId root{9};

class TradeChanges : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(venue.faults(), ""); }
  std::string code(const Command& command) {
    const Reply reply = venue.run(command);
    if (reply.repeated) return "repeated";
    return reply.rejection ? std::string(reply.rejection->code) : "accepted";
  }
  /// A trade of the book: alice buys from bob.
  corrections::SeenTrade traded(std::int64_t price, std::int64_t quantity) {
    venue.place(limit(bob, Side::sell, price, quantity));
    venue.place(limit(alice, Side::buy, price, quantity));
    const auto trade = venue.emitted<matching::TradeExecuted>().at(0);
    return {trade.trade,
            0,
            {trade.instrument, trade.buyer, trade.seller, trade.base, trade.quote},
            {trade.price, trade.quantity, trade.base_amount, trade.notional, trade.buyer_fee,
             trade.seller_fee}};
  }
  /// As its reader sees it after changes.
  corrections::SeenTrade seen(TradeId trade) {
    const auto& standing = *venue.engine.venue.corrections.standing(trade);
    return {trade, standing.version, standing.parties, standing.terms};
  }
  static corrections::EnterTrade entry(std::int64_t price, std::int64_t quantity) {
    return {abc_xyz, alice, bob, {price}, {quantity}, root, "agreed", {}, 0};
  }
  static corrections::CorrectTrade correction(corrections::SeenTrade trade,
                                              std::optional<std::int64_t> price,
                                              std::optional<std::int64_t> quantity) {
    corrections::CorrectTrade command{trade, {}, {}, root, "fat finger"};
    if (price) command.price = Price{*price};
    if (quantity) command.quantity = Quantity{*quantity};
    return command;
  }
  std::int64_t fees() { return venue.owned(ledger::venue_fees_account, xyz).value; }
  void expect_owned(std::int64_t alice_xyz, std::int64_t alice_abc, std::int64_t bob_xyz,
                    std::int64_t bob_abc) {
    EXPECT_EQ(venue.owned(alice, xyz).value - million, alice_xyz);
    EXPECT_EQ(venue.owned(alice, abc).value - million, alice_abc);
    EXPECT_EQ(venue.owned(bob, xyz).value - million, bob_xyz);
    EXPECT_EQ(venue.owned(bob, abc).value - million, bob_abc);
  }
  VenueUnderTest venue;
};

TEST_F(TradeChanges, an_entered_trade_moves_both_sides_and_costs_nothing) {
  const Reply reply = venue.accept(entry(100, 5));
  EXPECT_EQ(reply.trade, TradeId{1});
  EXPECT_EQ(venue.emitted_count(), 1u);
  expect_owned(-500, 5, 500, -5);
  EXPECT_EQ(venue.engine.venue.matching.last_price(abc_xyz), std::nullopt)
      << "no price was traced on the book";
  EXPECT_EQ(traded(90, 1).trade, TradeId{2}) << "one row of numbers";
  EXPECT_EQ(venue.accept(entry(100, 5)).trade, TradeId{3});
}

// CORRECTIONS-5
TEST_F(TradeChanges, a_key_enters_one_trade) {
  auto command = entry(100, 5);
  command.key = {7, 7};
  venue.accept(command);
  const Reply again = venue.run(command);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.trade, TradeId{1});
  command.content = 1;
  EXPECT_EQ(code(command), "idempotency_key_reused");
  expect_owned(-500, 5, 500, -5);
}

// CORRECTIONS-1
TEST_F(TradeChanges, a_correction_moves_the_difference) {
  auto trade = traded(100, 10);
  expect_owned(-1000, 10, 1000, -10);
  venue.accept(correction(trade, 90, {}));
  expect_owned(-900, 10, 900, -10);
  trade = seen(trade.trade);
  EXPECT_EQ(trade.seen, 1u);
  venue.accept(correction(trade, {}, 12));
  const auto event = venue.emitted<corrections::TradeCorrected>().at(0);
  EXPECT_EQ(event.version, 2u);
  EXPECT_EQ(event.before.notional.value, 900);
  EXPECT_EQ(event.after.notional.value, 1080);
  EXPECT_EQ(event.by, root);
  EXPECT_EQ(event.reason, "fat finger");
  expect_owned(-1080, 12, 1080, -12);
  venue.accept(corrections::BustTrade{seen(trade.trade), root, "never agreed"});
  expect_owned(0, 0, 0, 0);
}

// CORRECTIONS-3
TEST_F(TradeChanges, fees_follow_the_notional_and_round_up) {
  instruments::Rules costly = plain_rules();
  costly.maker_fee = {10'000};
  costly.taker_fee = {25'000};
  venue.accept(instruments::ChangeRules{abc_xyz, costly});
  auto trade = traded(100, 10);  // bob makes: 10; alice takes: 25
  expect_owned(-1025, 10, 990, -10);
  EXPECT_EQ(fees(), 35);
  // A change of rules does not matter: the rate of the trade is what it was.
  venue.accept(instruments::ChangeRules{abc_xyz, plain_rules()});
  venue.accept(correction(trade, 107, {}));  // 1070: 10.7 and 26.75
  expect_owned(-1070 - 27, 10, 1070 - 11, -10);
  EXPECT_EQ(fees(), 38);
  venue.accept(corrections::BustTrade{seen(trade.trade), root, "all back"});
  expect_owned(0, 0, 0, 0);
  EXPECT_EQ(fees(), 0);
}

TEST_F(TradeChanges, take_no_held_funds_and_nobody_below_zero) {
  const auto trade = traded(100, 10);
  // Bob has spent what he got but for 99: 99 of the 1000 can go back.
  venue.accept(SetBalance{bob, xyz, {99}});
  const corrections::BustTrade bust{trade, root, "too late"};
  EXPECT_EQ(code(bust), "insufficient_funds");
  EXPECT_EQ(code(correction(trade, 90, {})), "insufficient_funds");
  venue.accept(SetBalance{bob, xyz, {100}});
  venue.place(limit(bob, Side::buy, 1, 1));
  EXPECT_EQ(code(correction(trade, 90, {})), "insufficient_funds") << "one is on hold";
  venue.accept(SetBalance{bob, xyz, {101}});
  EXPECT_EQ(code(correction(trade, 90, {})), "accepted");
  EXPECT_EQ(venue.owned(bob, xyz).value, 1);
  // The base asset likewise.
  venue.accept(SetBalance{alice, abc, {9}});
  EXPECT_EQ(code(corrections::BustTrade{seen(trade.trade), root, "gone"}), "insufficient_funds");
}

// CORRECTIONS-2
TEST_F(TradeChanges, are_made_to_what_was_seen) {
  const auto trade = traded(100, 10);
  venue.accept(correction(trade, 90, {}));
  EXPECT_EQ(code(correction(trade, 80, {})), "trade_changed_meanwhile");
  EXPECT_EQ(code(corrections::BustTrade{trade, root, "r"}), "trade_changed_meanwhile");
  venue.accept(corrections::BustTrade{seen(trade.trade), root, "r"});
  EXPECT_EQ(code(corrections::BustTrade{seen(trade.trade), root, "r"}), "trade_already_busted");
  EXPECT_EQ(code(correction(seen(trade.trade), 80, {})), "trade_already_busted");
}

TEST_F(TradeChanges, refused_move_nothing) {
  const auto trade = traded(100, 10);
  auto made_up = trade;
  made_up.trade = {99};
  auto twisted = trade;
  twisted.terms.notional.value += 1;
  auto to_self = entry(100, 1);
  to_self.seller = alice;
  auto to_nobody = entry(100, 1);
  to_nobody.seller = {99};
  auto to_the_venue = entry(100, 1);
  to_the_venue.buyer = ledger::clearing_account;
  auto elsewhere = entry(100, 1);
  elsewhere.instrument = {99};
  auto unexplained = entry(100, 1);
  unexplained.reason.clear();
  auto verbose = entry(100, 1);
  verbose.reason = std::string(corrections::longest_reason + 1, 'x');
  const struct {
    const char* label;
    Command command;
    const char* code;
  } cases[] = {
      {"instrument", elsewhere, "instrument_not_found"},
      {"no reason", unexplained, "reason_required"},
      {"long reason", verbose, "reason_too_long"},
      {"one party", to_self, "buyer_and_seller_must_differ"},
      {"nobody", to_nobody, "party_has_no_account"},
      {"the venue's", to_the_venue, "party_has_no_account"},
      {"price", entry(0, 1), "price_must_be_positive"},
      {"quantity", entry(1, -1), "quantity_must_be_positive"},
      {"too large", entry(largest_number, 2), "number_too_large"},
      {"funds", entry(million, 2), "insufficient_funds"},
      {"unknown trade", correction(made_up, 1, {}), "trade_not_found"},
      {"not that trade", corrections::BustTrade{twisted, root, "r"}, "trade_not_found"},
      {"nothing", correction(trade, 100, 10), "nothing_to_change"},
      {"corrected to nothing", correction(trade, {}, 0), "quantity_must_be_positive"},
  };
  for (const auto& c : cases) EXPECT_EQ(code(c.command), c.code) << c.label;
}

}  // namespace
}  // namespace rialto::flows
