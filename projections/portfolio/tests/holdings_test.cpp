// Holdings against a second calculation and against the ledger, after every event of random
// trading; and the same over restarts.
#include "projections/portfolio/holdings.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <sqlite3.h>

#include <filesystem>

#include "core/tests/given.hpp"
#include "flows/tests/venue_under_test.hpp"
#include "projections/portfolio/tests/naive_books.hpp"
#include "projections/replica/replica.hpp"

namespace rialto::projections {
namespace {

using flows::abc;
using flows::alice;
using flows::bob;
using flows::def;
using flows::xyz;
using test::NaiveBooks;
using test::NaivePosition;
using test::Number;

constexpr AccountId house{6};
constexpr portfolio::PortfolioId first{portfolio::first_further_portfolio};

Number number(i128 value) {
  return Number(format_decimal(value, 0));
}
std::string text(const Number& value) {
  return value.str();
}

/// A venue whose events are told to a replica with what hangs on it, one by one.
class Trading {
 public:
  explicit Trading(std::vector<Follower*> followers) : replica(nullptr, std::move(followers)) {}

  flows::Reply run(const flows::Command& command) {
    while (engine.must_wait(command, now))
      step([&](EventSink& out) { return engine.drain(now, 64, out); });
    return step([&](EventSink& out) { return engine.execute(command, now, out); });
  }

  flows::Engine engine;
  Replica replica;
  Timestamp now{20'000 * calendar::day_ns};
  std::vector<std::pair<EventType, Bytes>> log;
  std::vector<corrections::SeenTrade> trades;  // as they were executed

 private:
  void remember(const matching::TradeExecuted& e) {
    trades.push_back({e.trade,
                      0,
                      {e.instrument, e.buyer, e.seller, e.base, e.quote},
                      {e.price, e.quantity, e.base_amount, e.notional, e.buyer_fee, e.seller_fee}});
  }
  template <class Do>
  flows::Reply step(Do work) {
    EventBlock block;
    const auto outcome = work(block);
    std::uint64_t sequence = outcome.first.value;
    block.each([&](EventType type, ByteView payload) {
      log.emplace_back(type, Bytes(payload.begin(), payload.end()));
      EXPECT_TRUE(replica.fold(type, payload, {sequence++}, now));
      flows::decode_event(type, payload, [&](const auto& event) {
        if constexpr (requires { remember(event); }) remember(event);
      });
    });
    return outcome.reply;
  }
};

/// Checks both invariants and the oracle right behind each event.
class Auditor final : public Follower {
 public:
  explicit Auditor(const Holdings& holdings) : holdings_(holdings) {}
  std::string_view name() const override { return "auditor"; }
  Sequence kept() const override { return nothing_to_keep; }

  void follow(const flows::AnyEvent& event, Moment at, const flows::Venue& after) override {
    books.hear(event, at.sequence.value, [&](InstrumentId id) {
      const auto mark = mark_of(after, id);
      return mark ? mark->value : 0;
    });
    for (const auto& [key, naive] : books.positions) compare(key, naive);
    for (const ledger::Account& account : after.ledger.accounts())
      if (account.kind != ledger::AccountKind::system) balance(account, after);
  }

  std::string faults;
  NaiveBooks books;

 private:
  void compare(const NaiveBooks::Key& key, const NaivePosition& naive) {
    const Position* position = holdings_.position({key.first}, {key.second});
    if (!position) return fault("a position is missing");
    same("quantity", naive.quantity(), position->quantity());
    same("cost", naive.cost(), position->open_cost());
    same("realized", naive.realized, position->realized());
    same("fees", naive.fees, position->fees());
    same("cash", naive.sold - naive.bought, position->cash());
    same("contributed", naive.given, position->contributed());
    same("withdrawn", naive.taken, position->withdrawn());
    same("lots", Number(naive.lots.size()), static_cast<i128>(position->lot_count()));
    i128 costs = 0;  // HOLDINGS-3
    for (std::size_t i = 0; i < std::min(naive.lots.size(), position->lot_count()); ++i) {
      same("lot", Number(naive.lots[i].id), static_cast<i128>(position->lot(i).id.value));
      same("lot size", Number(abs(naive.lots[i].quantity)),
           static_cast<i128>(position->lot(i).quantity.value));
      if (!naive.average)
        same("lot cost", position->is_short() ? Number(-naive.lots[i].cost) : naive.lots[i].cost,
             position->cost_of(i));
      costs += position->is_short() ? -position->cost_of(i) : position->cost_of(i);
    }
    same("cost of all lots", number(costs), position->open_cost());
    // HOLDINGS-2
    same("profit", number(position->realized() - position->open_cost()),
         position->cash() - position->contributed() + position->withdrawn());
  }

  /// HOLDINGS-1
  void balance(const ledger::Account& account, const flows::Venue& after) {
    for (const auto& asset : after.instruments.assets()) {
      i128 sum = 0;
      const auto add = [&](portfolio::PortfolioId id) {
        sum += holdings_.cash(id, asset.id, after.instruments);
        for (const auto& listed : after.instruments.instruments())
          if (const Position* position = holdings_.position(id, listed.id);
              position && listed.base == asset.id)
            sum += position->quantity();
      };
      add(portfolio::default_portfolio(account.id));
      for (const auto id : after.portfolios.further_of(account.id)) add(id);
      same("account's " + asset.code,
           Number(after.ledger.balance(account.id, asset.id).owned.value), sum);
    }
  }

  void same(const std::string& what, const Number& expected, i128 found) {
    if (expected != number(found))
      fault(what + ": " + text(expected) + " expected, " + text(number(found)) + " found");
  }
  void fault(const std::string& line) {
    if (faults.size() < 1000) faults += line + "; ";
  }

  const Holdings& holdings_;
};

/// What a random command is made of.
struct Raw {
  int kind = 0;
  int who = 0;
  int flags = 0;
  std::int64_t price = 0;
  std::int64_t quantity = 0;
};
std::ostream& operator<<(std::ostream& out, const Raw& raw) {
  return out << "{" << raw.kind << " " << raw.who << " " << raw.flags << " " << raw.price << " "
             << raw.quantity << "}";
}
rc::Gen<Raw> any_raw() {
  return rc::gen::resize(
      rc::kNominalSize,
      rc::gen::build<Raw>(rc::gen::set(&Raw::kind, rc::gen::inRange(0, 40)),
                          rc::gen::set(&Raw::who, rc::gen::inRange(0, 3)),
                          rc::gen::set(&Raw::flags, rc::gen::inRange(0, 1 << 20)),
                          rc::gen::set(&Raw::price, rc::gen::inRange<std::int64_t>(95, 106)),
                          rc::gen::set(&Raw::quantity, rc::gen::inRange<std::int64_t>(1, 30))));
}

/// Two customers and a house account that may be short; an instrument with awkward steps and fees,
/// one with rebates, and one that is quoted in the other's base.
void open(Trading& venue) {
  for (int i = 0; i < 3; ++i) venue.run(ledger::OpenAccount{ledger::AccountKind::system, {}});
  for (const char* code : {"XYZ", "ABC", "DEF"}) venue.run(instruments::RegisterAsset{code, 1});
  venue.run(ledger::OpenAccount{ledger::AccountKind::customer, {}});
  venue.run(ledger::OpenAccount{ledger::AccountKind::customer, {}});
  venue.run(ledger::OpenAccount{ledger::AccountKind::house, {}});
  venue.run(ledger::CreditAccount{alice, def, {123}, {}, 0});  // before there is a market
  const auto list = [&](const char* symbol, const char* base, const char* quote, FeeRate maker,
                        FeeRate taker) {
    instruments::Rules rules = flows::plain_rules();
    rules.maker_fee = maker;
    rules.taker_fee = taker;
    venue.run(instruments::ListInstrument{symbol, base, quote, {1, 0}, {3, 1}, rules});
  };
  list("ABC-XYZ", "ABC", "XYZ", {12'345}, {33'333});
  list("DEF-XYZ", "DEF", "XYZ", {-1'500}, {2'500});
  list("DEF-ABC", "DEF", "ABC", {}, {777});
  for (const AccountId account : {alice, bob, house}) {
    for (const AssetId asset : {xyz, abc, def})
      venue.run(ledger::CreditAccount{account, asset, {1'000'000}, {}, 0});
    venue.run(portfolio::CreatePortfolio{account, "p", portfolio::ReliefMethod::fifo});
  }
  for (const AssetId asset : {abc, def}) venue.run(ledger::SetShortLimit{house, asset, {100'000}});
}

AccountId account_of(const Raw& raw) {
  return {4 + static_cast<std::uint64_t>(raw.who)};
}
portfolio::PortfolioId portfolio_of(const Raw& raw) {
  return raw.flags % 2 == 0
             ? portfolio::default_portfolio(account_of(raw))
             : portfolio::PortfolioId{first.value + static_cast<std::uint64_t>(raw.who)};
}

/// A lot there is, often of that instrument.
portfolio::LotId lot_of(const Raw& raw, InstrumentId instrument, const Holdings& holdings) {
  const Position* position = holdings.position(portfolio_of(raw), instrument);
  if (!position || position->lot_count() == 0) return {1};
  return position->lot(static_cast<std::size_t>(raw.flags) % position->lot_count()).id;
}

/// What an administrator does to a trade: enters one, corrects one, busts one.
flows::Command change_of_trade(const Raw& raw, const Trading& venue) {
  if (raw.flags % 3 == 0 || venue.trades.empty())
    return corrections::EnterTrade{{1 + static_cast<std::uint32_t>(raw.flags) % 3},
                                   account_of(raw),
                                   {4 + static_cast<std::uint64_t>(raw.who + 1) % 3},
                                   {raw.price},
                                   {raw.quantity},
                                   {1},
                                   "agreed",
                                   {},
                                   0};
  corrections::SeenTrade trade =
      venue.trades[static_cast<std::size_t>(raw.flags) % venue.trades.size()];
  if (const auto* touched = venue.engine.venue.corrections.standing(trade.trade))
    trade = {trade.trade, touched->version, touched->parties, touched->terms};
  if (raw.flags % 3 == 1) return corrections::BustTrade{trade, {1}, "never"};
  return corrections::CorrectTrade{trade, Price{raw.price}, Quantity{raw.quantity}, {1}, "typo"};
}

flows::Command command_of(const Raw& raw, const Holdings& holdings, const Trading& venue) {
  const AssetId asset{1 + static_cast<std::uint32_t>(raw.flags) % 3};
  if (raw.kind == 0) return ledger::CreditAccount{account_of(raw), asset, {raw.quantity}, {}, 0};
  if (raw.kind == 1)
    return ledger::DebitAccount{account_of(raw), asset, {raw.quantity * 10'000}, {}, 0};
  if (raw.kind == 2)
    return portfolio::ChangePortfolio{
        portfolio_of(raw), {}, static_cast<portfolio::ReliefMethod>(raw.flags / 2 % 3)};
  if (raw.kind >= 36) return change_of_trade(raw, venue);
  orders::PlaceOrder order;
  order.account = account_of(raw);
  order.instrument = {1 + static_cast<std::uint32_t>(raw.kind) % 3};
  order.side = static_cast<Side>(raw.flags / 4 % 2);
  order.price = {raw.price};
  order.quantity = {raw.quantity};
  if (raw.flags % 8 < 4 && raw.kind < 34) return order;
  portfolio::Assignment assignment{portfolio_of(raw), {}};
  if (order.side == Side::sell && raw.flags / 8 % 2 == 0)
    assignment.lot = lot_of(raw, order.instrument, holdings);
  return flows::PlaceAssignedOrder{order, assignment};
}

TEST(Holdings, are_what_a_second_calculation_says_and_add_up_to_the_ledger) {
  EXPECT_TRUE(rc::check([] {
    auto holdings = Holdings::open(":memory:");
    RC_ASSERT(holdings.has_value());
    Auditor auditor(**holdings);
    Trading venue({holdings->get(), &auditor});
    open(venue);
    for (const Raw& raw : *rc::gen::container<std::vector<Raw>>(any_raw())) {
      venue.now.value += 1'000;
      venue.run(command_of(raw, **holdings, venue));
      if (!auditor.faults.empty()) RC_FAIL(auditor.faults);
    }
    // Realised profit is what the rows of each closing say.
    for (const auto& [key, naive] : auditor.books.positions) {
      Number sum = 0;
      (*holdings)->each_realized({key.first}, venue.engine.venue.instruments,
                                 [&](const RealizedRow& row) {
                                   if (row.instrument.value == key.second)
                                     sum += number(row.closing.realized);
                                   return true;
                                 });
      RC_ASSERT(sum == naive.realized);
    }
  }));
}

/// Everything there is to know of all positions.
std::string contents(const Holdings& holdings, const flows::Venue& venue) {
  std::string out;
  const auto add = [&](portfolio::PortfolioId id) {
    for (const auto& listed : venue.instruments.instruments())
      if (const Position* position = holdings.position(id, listed.id)) {
        const Bytes bytes = testing::bytes_of(*position);
        out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      }
    for (const auto& asset : venue.instruments.assets())
      out += format_decimal(holdings.cash(id, asset.id, venue.instruments), 0) + ' ';
    holdings.each_realized(id, venue.instruments, [&](const RealizedRow& row) {
      out += std::to_string(row.moment.sequence.value) + ':' +
             format_decimal(row.closing.realized, 0) + ' ';
      return true;
    });
  };
  for (const ledger::Account& account : venue.ledger.accounts())
    add(portfolio::default_portfolio(account.id));
  for (const auto& each : venue.portfolios.further()) add(each.id);
  return out;
}

// HOLDINGS-4
TEST(Holdings, a_restart_changes_nothing) {
  const auto directory = std::filesystem::path(::testing::TempDir()) / "rialto_holdings_test";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  const std::string path = directory / "portfolios.db";
  auto straight = Holdings::open(":memory:");
  auto stored = Holdings::open(path);
  ASSERT_TRUE(straight && stored);
  Trading venue({straight->get(), stored->get()});
  open(venue);
  std::size_t kept = 0;
  unsigned random = 1;
  const auto next = [&](int below) {
    random = random * 1'664'525 + 1'013'904'223;
    return static_cast<int>(random >> 8) % below;
  };
  for (int i = 0; i < 600; ++i) {
    const Raw raw{next(40), next(3), next(1 << 20), 95 + next(11), 1 + next(29)};
    venue.run(command_of(raw, **straight, venue));
    if (i == 300) {
      ASSERT_TRUE((*stored)->store(venue.replica.position(), true));
      kept = venue.log.size();
    }
    if (i == 450) {
      ASSERT_TRUE((*stored)->store(venue.replica.position(), false));
    }
  }
  const std::string expected = contents(**straight, venue.engine.venue);
  EXPECT_EQ(contents(**stored, venue.engine.venue), expected);

  // Killed: what was not stored for good is told again.
  stored->reset();
  stored = Holdings::open(path);
  ASSERT_TRUE(stored.has_value());
  EXPECT_EQ((*stored)->kept().value, kept);
  Replica restarted(nullptr, {stored->get()});
  const auto tell = [&](std::size_t from) {
    for (std::size_t i = from; i < venue.log.size(); ++i)
      ASSERT_TRUE(restarted.fold(venue.log[i].first, venue.log[i].second, {i + 1}, venue.now));
  };
  flows::Venue at_snapshot;
  for (std::size_t i = 0; i < kept; ++i)
    ASSERT_TRUE(at_snapshot.replay(venue.log[i].first, venue.log[i].second, venue.now));
  restarted.adopt(std::move(at_snapshot), {kept}, venue.now);
  tell(kept);
  EXPECT_EQ(contents(**stored, venue.engine.venue), expected);

  // Restored to an older snapshot after having been told more: told again, nothing twice.
  restarted.adopt(flows::Venue{}, {}, venue.now);
  tell(0);
  EXPECT_EQ(contents(**stored, venue.engine.venue), expected);

  // Made anew from the log alone.
  (*stored)->clear();
  EXPECT_EQ((*stored)->kept(), Sequence{});
  restarted.adopt(flows::Venue{}, {}, venue.now);
  tell(0);
  EXPECT_EQ(contents(**stored, venue.engine.venue), expected);
  stored->reset();
  std::filesystem::remove_all(directory);
}

TEST(Holdings, what_another_version_kept_is_made_anew) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "rialto_holdings_version.db";
  std::filesystem::remove(path);
  auto holdings = Holdings::open(path);
  ASSERT_TRUE(holdings && (*holdings)->store({7}, true));
  holdings->reset();
  EXPECT_EQ((*Holdings::open(path))->kept(), Sequence{7});
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, "PRAGMA user_version = 1", nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(database);
  EXPECT_EQ((*Holdings::open(path))->kept(), Sequence{});
  std::filesystem::remove(path);
}

TEST(Holdings, memory_of_a_hundred_thousand_accounts_is_stated) {
  auto holdings = Holdings::open(":memory:");
  ASSERT_TRUE(holdings.has_value());
  flows::Venue venue;
  venue.evolve(instruments::InstrumentListed{{1}, "A", {2}, {1}, {}, {}, {1}, {1}, {}}, {});
  for (std::uint64_t account = 4; account < 100'004; ++account)
    (*holdings)->follow(ledger::AccountCredited{{account}, {2}, {5}, {}, 0}, {{account}, {}},
                        venue);
  EXPECT_EQ((*holdings)->position_count(), 100'000u);
  // docs/portfolio.md says 35 MB.
  EXPECT_LT((*holdings)->bytes(), 36'000'000u);
  EXPECT_GT((*holdings)->bytes(), 20'000'000u);
}

}  // namespace
}  // namespace rialto::projections
