// FLOWS-5: random commands over few accounts and instruments: nothing that comes in may stop the
// program, and after every step the venue's checks hold (see venue_under_test.hpp). A failure
// prints its shrunk commands.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "flows/tests/venue_under_test.hpp"

namespace rialto::flows {
namespace {

/// Numbers from which a command is made: small ones mostly, and at times the edges of what is
/// possible.
struct Raw {
  int kind = 0;
  int account = 0;
  int instrument = 0;
  int flags = 0;
  std::int64_t price = 0;
  std::int64_t quantity = 0;
  std::int64_t other = 0;
};

std::ostream& operator<<(std::ostream& out, const Raw& raw) {
  return out << "{kind " << raw.kind << " account " << raw.account << " instrument "
             << raw.instrument << " flags " << raw.flags << " price " << raw.price << " quantity "
             << raw.quantity << " other " << raw.other << "}";
}

constexpr std::int64_t edges[] = {
    0, -1, 1, largest_number, largest_number + 1, INT64_MAX, INT64_MIN, 1ll << 48, 1'000'000'000};

rc::Gen<std::int64_t> number(std::int64_t from, std::int64_t to) {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(0, (to - from) * 64), [=](std::int64_t n) {
    const std::int64_t edge = n % 64 == 63 ? n / 64 : -1;
    return edge >= 0 && edge < std::ssize(edges) ? edges[edge] : from + n / 64;
  });
}

rc::Gen<Raw> any_raw() {
  const auto any = rc::gen::build<Raw>(rc::gen::set(&Raw::kind, rc::gen::inRange(0, 144)),
                                       rc::gen::set(&Raw::account, rc::gen::inRange(0, 80)),
                                       rc::gen::set(&Raw::instrument, rc::gen::inRange(0, 80)),
                                       rc::gen::set(&Raw::flags, rc::gen::inRange(0, 1 << 30)),
                                       rc::gen::set(&Raw::price, number(95, 105)),
                                       rc::gen::set(&Raw::quantity, number(1, 20)),
                                       rc::gen::set(&Raw::other, number(90, 110)));
  return rc::gen::resize(rc::kNominalSize, any);  // short runs see all kinds, too
}

AccountId account_of(const Raw& raw) {
  if (raw.account == 0) return {99};
  if (raw.account == 1) return {0};
  if (raw.account == 2) return {(std::uint64_t{1} << shard_shift) + 4};
  if (raw.account == 3) return ledger::clearing_account;
  return {4 + static_cast<std::uint64_t>(raw.account) % 4};  // alice, bob, carol, the house
}
InstrumentId instrument_of(const Raw& raw) {
  return raw.instrument == 0 ? InstrumentId{99}
                             : InstrumentId{1 + static_cast<std::uint32_t>(raw.instrument) % 3};
}
AssetId asset_of(const Raw& raw) {
  return {1 + static_cast<std::uint32_t>(raw.flags) % 4};
}

OrderId order_of(const Raw& raw, const Venue& venue) {
  if (raw.flags % 16 == 0) return {static_cast<std::uint64_t>(raw.other)};
  const std::uint64_t last = venue.orders.last_order().value;
  return last == 0 ? OrderId{}
                   : OrderId{last - static_cast<std::uint64_t>(raw.flags) %
                                        std::min<std::uint64_t>(last, 12)};
}

orders::PlaceOrder place_of(const Raw& raw, Timestamp now) {
  using orders::OrderType;
  orders::PlaceOrder command;
  int bits = raw.flags / 512;  // the lower ones tell how time goes on
  const auto take = [&](int choices) { return std::exchange(bits, bits / choices) % choices; };
  command.account = account_of(raw);
  command.instrument = instrument_of(raw);
  command.side = static_cast<Side>(take(2));
  command.type = static_cast<OrderType>(std::max(0, take(10) - 6));
  command.self_trade_prevention = static_cast<orders::SelfTradePrevention>(take(5));
  command.time_in_force = static_cast<orders::TimeInForce>(std::max(0, take(12) - 7));
  command.post_only = take(10) == 0;
  const bool stops = command.type == OrderType::stop || command.type == OrderType::stop_limit;
  const bool priced = command.type == OrderType::limit || command.type == OrderType::stop_limit;
  const bool wild = take(20) == 0;  // shapes that do not fit together
  if (priced || wild) command.price = {raw.price};
  if (stops || wild) command.stop_price = {raw.other};
  command.quantity = {raw.quantity};
  if (take(4) == 0) command.display = {std::max<std::int64_t>(1, raw.quantity / 3)};
  if (command.time_in_force == orders::TimeInForce::gtd || wild)
    command.expire_time = now + Timestamp{raw.other % 100 * second};
  if (take(3) == 0) {
    command.key = {1, static_cast<std::uint64_t>(raw.flags) % 8 + 1};
    command.content = static_cast<std::uint64_t>(raw.flags) % 2;
  }
  return command;
}

instruments::Rules rules_of(const Raw& raw) {
  instruments::Rules rules = plain_rules();
  rules.taker_fee = {static_cast<std::int32_t>(raw.flags % 500'000)};
  rules.maker_fee = {static_cast<std::int32_t>(raw.price % 500 * 1000) -
                     rules.taker_fee.value % 2 * rules.taker_fee.value};
  rules.price_band_ppm = raw.other % 3 == 0 ? 100'000 : 0;
  rules.collar_ppm = static_cast<std::uint32_t>(raw.flags % 100'000);
  rules.max_open_orders = 1 + static_cast<std::uint32_t>(raw.flags) % 20;
  return rules;
}

identity::SealedProfile profile_of(const Raw& raw) {
  return {"name",
          "email",
          {2, static_cast<std::uint64_t>(raw.flags) % 6},
          {3, static_cast<std::uint64_t>(raw.flags) % 6}};
}

/// A trade that is there, mostly as it was seen: touched before, entered, or made up.
corrections::SeenTrade seen_of(const Raw& raw, const Venue& venue) {
  const std::uint64_t next = venue.orders.next_trade().value;
  const TradeId trade{raw.flags % 8 == 0 ? static_cast<std::uint64_t>(raw.other)
                                         : 1 + static_cast<std::uint64_t>(raw.flags) % next};
  if (const auto* touched = venue.corrections.standing(trade))
    return {trade, touched->version + (raw.flags % 5 == 0), touched->parties, touched->terms};
  const InstrumentId instrument = instrument_of(raw);
  const AssetId base{instrument.value == 1 ? 2u : 3u};
  return {trade,
          0,
          {instrument, account_of(raw), {4 + static_cast<std::uint64_t>(raw.flags) % 4}, base, xyz},
          {{raw.price},
           {raw.quantity},
           {raw.quantity},
           {raw.price * (raw.quantity % 1000)},
           {raw.flags % 3 == 0 ? raw.other : 0},
           {}}};
}

Command change_of_trade(const Raw& raw, const Venue& venue) {
  const std::string reason = raw.flags % 11 == 0 ? "" : "agreed by telephone";
  if (raw.flags % 3 == 0)
    return corrections::EnterTrade{instrument_of(raw),
                                   account_of(raw),
                                   {4 + static_cast<std::uint64_t>(raw.flags) % 5},
                                   {raw.price},
                                   {raw.quantity},
                                   {1},
                                   reason,
                                   {5, static_cast<std::uint64_t>(raw.flags) % 64},
                                   static_cast<std::uint64_t>(raw.flags) % 2};
  if (raw.flags % 3 == 1) return corrections::BustTrade{seen_of(raw, venue), {1}, reason};
  corrections::CorrectTrade command{seen_of(raw, venue), {}, {}, {1}, reason};
  if (raw.other % 2 == 0) command.price = Price{raw.price};
  if (raw.other % 3 == 0) command.quantity = Quantity{raw.quantity};
  return command;
}

/// The people: their accounts and what they are told of.
Command personal_command(const Raw& raw) {
  const UserId user{static_cast<std::uint64_t>(raw.account) % 6};
  switch (raw.flags % 6) {
    case 0:
    case 1:
      return accounts::RegisterAccount{raw.flags % 4 == 0 ? UserId{} : user,
                                       {1, user.value},
                                       {"name", "profile", "contact", "address"},
                                       asset_of(raw),
                                       {raw.quantity - 5},
                                       {6, static_cast<std::uint64_t>(raw.flags) % 64},
                                       static_cast<std::uint64_t>(raw.flags) % 2};
    case 2:
      return accounts::ChangeContact{account_of(raw), "contact"};
    case 3:
      return accounts::ChangeAddress{account_of(raw), std::string(raw.flags % 64 * 200, 'a')};
    case 4:
      return notifications::SetPreferences{
          user, {{static_cast<std::uint8_t>(raw.flags)}, {static_cast<std::uint8_t>(raw.other)}}};
    default:
      if (raw.flags % 12 == 5) return notifications::PostMessage{user, {1}, "title", "text"};
      return notifications::MarkRead{user,
                                     {static_cast<std::uint64_t>(raw.other)},
                                     static_cast<notifications::Kind>(raw.flags % 7),
                                     true};
  }
}

portfolio::ReliefMethod method_of(const Raw& raw) {
  return static_cast<portfolio::ReliefMethod>(raw.flags / 64 % 3);
}
portfolio::PortfolioId portfolio_of(const Raw& raw, AccountId account) {
  const auto which = static_cast<std::uint64_t>(raw.flags) / 16 % 8;
  return which == 0 ? portfolio::default_portfolio(account)
                    : portfolio::PortfolioId{portfolio::first_further_portfolio + which / 2};
}

/// The rarer commands.
Command other_command(const Raw& raw) {
  const UserId user{static_cast<std::uint64_t>(raw.account) % 6};
  const Amount amount{raw.quantity};
  const Fingerprint key{4, static_cast<std::uint64_t>(raw.flags) % 4};
  const auto content = static_cast<std::uint64_t>(raw.flags) % 2;
  switch (raw.kind) {
    case 0:
      return orders::BlockTrading{raw.flags % 8 == 0 ? AccountId{} : account_of(raw)};
    case 1:
      return orders::UnblockTrading{raw.flags % 4 == 0 ? AccountId{} : account_of(raw)};
    case 2:
      return orders::UnblockTrading{};
    case 3:
      return ledger::CreditAccount{account_of(raw), asset_of(raw), amount, key, content};
    case 4:
      return ledger::DebitAccount{account_of(raw), asset_of(raw), amount, key, content};
    case 5:
      return SetBalance{account_of(raw), asset_of(raw), {raw.flags % 3 == 0 ? 0 : raw.other}};
    case 6:
      return ledger::OpenAccount{static_cast<ledger::AccountKind>(raw.flags % 3), user};
    case 7:
      return ledger::CloseAccount{account_of(raw)};
    case 8:
      return OpenWallet{user};
    case 9:
      return ledger::SetShortLimit{account_of(raw), asset_of(raw), {raw.other}};
    case 10:
      return identity::RegisterUser{key, profile_of(raw), key, identity::Roles::trader};
    case 11:
      return identity::UpdateUser{user, profile_of(raw), key,
                                  identity::Roles{static_cast<std::uint8_t>(raw.flags % 8)}};
    case 12:
      return identity::DeleteUser{user};
    case 13:
      return instruments::ChangeRules{instrument_of(raw), rules_of(raw)};
    case 14:
      if (raw.flags % 2 == 0) return AdvanceClock{};
      return instruments::HaltInstrument{instrument_of(raw)};
    case 15:
    case 16:
      return instruments::ResumeInstrument{instrument_of(raw)};
    case 17:
      return orders::CancelAllOrders{account_of(raw),
                                     raw.flags % 2 == 0 ? InstrumentId{} : instrument_of(raw)};
    case 18:
      return instruments::RegisterAsset{"A" + std::to_string(raw.flags % 3),
                                        static_cast<std::int32_t>(raw.other % 30)};
    case 19:
      return instruments::ListInstrument{"S" + std::to_string(raw.flags % 3),
                                         "ABC",
                                         "DEF",
                                         {raw.price, 0},
                                         {raw.quantity, 0},
                                         rules_of(raw)};
    case 20: {
      const auto portfolio = portfolio_of(raw, account_of(raw));
      if (raw.flags % 3 == 0) return portfolio::DeletePortfolio{portfolio};
      if (raw.flags % 3 == 1) return portfolio::ChangePortfolio{portfolio, {}, method_of(raw)};
      return portfolio::CreatePortfolio{account_of(raw), raw.flags % 16 == 2 ? "" : "p",
                                        method_of(raw)};
    }
    default:
      return AdvanceClock{};
  }
}

Command command_of(const Raw& raw, const Venue& venue, Timestamp now) {
  if (raw.kind >= 136) return change_of_trade(raw, venue);
  if (raw.kind >= 128) return personal_command(raw);
  if (raw.kind >= 120) {
    const orders::PlaceOrder order = place_of(raw, now);
    return PlaceAssignedOrder{
        order, {portfolio_of(raw, order.account), {static_cast<std::uint64_t>(raw.flags) % 5 / 4}}};
  }
  if (raw.kind >= 44) return place_of(raw, now);
  if (raw.kind >= 33) {
    orders::AmendOrder amend{account_of(raw), order_of(raw, venue), {}, {}, {}};
    if (raw.flags % 2 == 0) amend.quantity = Quantity{raw.quantity};
    if (raw.flags % 3 == 0) amend.price = Price{raw.price};
    if (raw.flags % 7 == 0) amend.stop_price = Price{raw.other};
    // The order's owner, mostly: another's orders are not found.
    if (const auto* order = venue.orders.order(amend.order); order && raw.flags % 10 != 0)
      amend.account = order->account;
    return amend;
  }
  if (raw.kind >= 22) {
    orders::CancelOrder cancel{account_of(raw), order_of(raw, venue), {}};
    if (const auto* order = venue.orders.order(cancel.order); order && raw.flags % 10 != 0)
      cancel.account = order->account;
    if (raw.flags % 5 == 0)
      cancel.order = {}, cancel.key = {1, static_cast<std::uint64_t>(raw.flags) % 8 + 1};
    return cancel;
  }
  return other_command(raw);
}

TEST(RandomCommands, never_stop_the_venue_and_always_replay) {
  EXPECT_TRUE(rc::check([] {
    VenueUnderTest venue;
    venue.budget = *rc::gen::inRange<std::uint32_t>(1, 10);
    venue.accept(ledger::OpenAccount{ledger::AccountKind::house, {}});
    venue.accept(ledger::SetShortLimit{{7}, abc, {500}});
    instruments::Rules costly = plain_rules();
    costly.maker_fee = {-1'500};
    costly.taker_fee = {2'500};
    for (const AccountId account : {alice, bob, AccountId{7}})
      venue.accept(portfolio::CreatePortfolio{account, "p", portfolio::ReliefMethod::fifo});
    venue.accept(instruments::ListInstrument{"DEAR", "DEF", "XYZ", {7, 0}, {3, 0}, costly});
    const auto raws = *rc::gen::scale(2.0, rc::gen::container<std::vector<Raw>>(any_raw()));
    for (const Raw& raw : raws) {
      if (raw.flags % 8 == 0) venue.advance(raw.other % 100 * second);
      if (raw.flags % 512 == 0) venue.advance(calendar::day_ns);
      venue.run(command_of(raw, venue.engine.venue, venue.now));
      if (raw.flags % 3 == 0 && venue.engine.has_work(venue.now)) venue.drain();
      if (!venue.faults().empty()) RC_FAIL(venue.faults());
    }
  }));
}

}  // namespace
}  // namespace rialto::flows
