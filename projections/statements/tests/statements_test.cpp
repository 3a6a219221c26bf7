#include "projections/statements/statements.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <filesystem>

#include "flows/tests/followed_engine.hpp"

namespace rialto::projections {
namespace {

constexpr AssetId xyz{1}, abc{2};
constexpr AccountId alice{4}, bob{5};
constexpr InstrumentId abc_xyz{1};

class Desk {
 public:
  Desk() {
    remove();
    open();
    venue.listeners.push_back([this](auto& event, Sequence sequence, Timestamp time, auto& after) {
      if (sequence > statements->kept()) statements->follow(event, {sequence, time}, after);
    });
    flows::open_small_venue(venue, 1'000, 2'500);
  }
  ~Desk() {
    statements.reset();
    remove();
  }
  void open() {
    statements.reset();
    auto opened = Statements::open(path);
    EXPECT_TRUE(opened) << opened.error();
    statements = std::move(*opened);
  }
  void remove() {
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  }
  void place(AccountId account, Side side, std::int64_t price, std::int64_t quantity) {
    orders::PlaceOrder order;
    order.account = account;
    order.instrument = abc_xyz;
    order.side = side;
    order.price = {price};
    order.quantity = {quantity};
    order.self_trade_prevention = orders::SelfTradePrevention::none;
    venue.run(order);
  }
  corrections::SeenTrade seen(const matching::TradeExecuted& t) {
    if (const auto* touched = venue.replica.corrections.standing(t.trade))
      return {t.trade, touched->version, touched->parties, touched->terms};
    return {t.trade,
            0,
            {t.instrument, t.buyer, t.seller, t.base, t.quote},
            {t.price, t.quantity, t.base_amount, t.notional, t.buyer_fee, t.seller_fee}};
  }

  flows::FollowedEngine venue;
  std::unique_ptr<Statements> statements;
  const std::string path =
      ::testing::TempDir() + "rialto_statements_" + std::to_string(::getpid()) + ".db";
};

AssetAmounts sum(AssetAmounts opening, const std::vector<Posting>& postings) {
  for (const Posting& posting : postings)
    for (const Leg& leg : posting.legs) opening[leg.asset] += leg.change;
  return opening;
}

void drop_zeros(AssetAmounts& holdings) {
  std::erase_if(holdings, [](const auto& each) { return each.second.value == 0; });
}

/// What is wrong with an account's statement; empty if nothing is. STATEMENTS-1
std::string faults(const Desk& desk, AccountId account, const Period& asked) {
  Period period = asked;
  std::vector<Posting> all;
  Statement page;
  do {
    page = desk.statements->statement(account, period);
    all.insert(all.end(), page.postings.begin(), page.postings.end());
    period.after = page.next;
  } while (page.next);
  AssetAmounts reached = sum(page.opening, all);
  AssetAmounts closing = page.closing;
  drop_zeros(reached);
  drop_zeros(closing);
  if (reached != closing) return "opening and postings do not make the closing balance";
  for (std::size_t i = 1; i < all.size(); ++i)
    if (all[i].sequence <= all[i - 1].sequence) return "out of order";
  for (const Posting& posting : all)
    if ((period.from && posting.time < *period.from) || (period.to && posting.time >= *period.to))
      return "outside the period";
  if (period.to) return "";
  AssetAmounts owned;
  const auto& ledger = desk.venue.replica.ledger;
  ledger.each_balance(*ledger.account(account),
                      [&](const ledger::Balance& b) { owned[b.asset] = b.owned; });
  drop_zeros(owned);
  return owned == closing ? "" : "the ledger says something else";
}

TEST(Statements, tell_each_leg_and_fee) {
  Desk desk;
  desk.venue.now.value += 1'000;
  const Timestamp start = desk.venue.now;
  desk.place(bob, Side::sell, 100, 10);
  desk.place(alice, Side::buy, 100, 10);
  desk.venue.run(ledger::DebitAccount{alice, xyz, {5}, {}, 0});
  const Statement statement = desk.statements->statement(alice, {.from = start});
  EXPECT_EQ(statement.opening.at(xyz).value, 1'000'000);
  ASSERT_EQ(statement.postings.size(), 2u);
  const Posting& trade = statement.postings[0];
  EXPECT_EQ(trade.kind, PostingKind::trade);
  EXPECT_EQ(trade.trade, TradeId{1});
  EXPECT_EQ(trade.order, OrderId{2});
  ASSERT_EQ(trade.legs.size(), 3u);
  EXPECT_EQ(trade.legs[0].change.value, 10);
  EXPECT_EQ(trade.legs[1].change.value, -1000);
  EXPECT_EQ(trade.legs[2].change.value, -3) << "2.5 rounded up";
  EXPECT_TRUE(trade.legs[2].fee);
  EXPECT_EQ(statement.postings[1].kind, PostingKind::debit);
  EXPECT_EQ(statement.closing.at(xyz).value, 1'000'000 - 1000 - 3 - 5);
  EXPECT_EQ(desk.statements->statement({99}, {}).postings.size(), 0u);
}

TEST(Statements, survive_a_restart_and_are_not_told_twice) {
  Desk desk;
  desk.place(bob, Side::sell, 100, 10);
  desk.place(alice, Side::buy, 100, 10);
  ASSERT_TRUE(desk.statements->store(desk.venue.engine.last(), true));
  const std::size_t before = desk.statements->statement(alice, {}).postings.size();
  desk.venue.run(ledger::DebitAccount{alice, xyz, {5}, {}, 0});  // lost with the program
  desk.open();
  EXPECT_EQ(desk.statements->statement(alice, {}).postings.size(), before);
  desk.venue.replay([&](auto& event, Sequence sequence, Timestamp time, auto& after) {
    if (sequence > desk.statements->kept()) desk.statements->follow(event, {sequence, time}, after);
  });
  EXPECT_EQ(desk.statements->statement(alice, {}).postings.size(), before + 1);
  EXPECT_EQ(faults(desk, alice, {}), "");
}

// STATEMENTS-1
TEST(Statements, reconcile_with_the_ledger_whatever_happens) {
  EXPECT_TRUE(rc::check([](const std::vector<std::tuple<std::uint8_t, std::uint8_t>>& deeds) {
    Desk desk;
    std::vector<matching::TradeExecuted> trades;
    desk.venue.listeners.push_back([&](auto& event, Sequence, Timestamp, auto&) {
      if (const auto* trade = std::get_if<matching::TradeExecuted>(&event))
        trades.push_back(*trade);
    });
    std::vector<Timestamp> times{desk.venue.now};
    for (const auto& [kind, number] : deeds) {
      if (number % 3 == 0) desk.venue.now.value += number;
      times.push_back(desk.venue.now);
      const AccountId who{4 + number % 3u};
      const auto small = static_cast<std::int64_t>(number);
      if (kind % 8 < 4)
        desk.place(who, kind % 2 ? Side::buy : Side::sell, 95 + number % 10, 1 + number % 20);
      else if (kind % 8 == 4)
        desk.venue.run(ledger::CreditAccount{who, abc, {small + 1}, {}, 0});
      else if (kind % 8 == 5)
        desk.venue.run(
            corrections::EnterTrade{abc_xyz, alice, bob, {100}, {small + 1}, {1}, "r", {}, 0});
      else if (trades.empty())
        continue;
      else if (kind % 8 == 6)
        desk.venue.run(corrections::CorrectTrade{
            desk.seen(trades[number % trades.size()]), Price{90 + number % 20}, {}, {1}, "r"});
      else
        desk.venue.run(corrections::BustTrade{desk.seen(trades[number % trades.size()]), {1}, "r"});
    }
    for (const std::uint64_t id : {4u, 5u, 6u}) {
      RC_ASSERT(faults(desk, {id}, {.limit = 3}) == "");
      const Timestamp middle = times[times.size() / 2];
      RC_ASSERT(faults(desk, {id}, {.from = middle, .limit = 2}) == "");
      RC_ASSERT(faults(desk, {id}, {.to = middle, .limit = 5}) == "");
      RC_ASSERT(faults(desk, {id}, {.from = times[times.size() / 3], .to = middle}) == "");
    }
  }));
}

}  // namespace
}  // namespace rialto::projections
