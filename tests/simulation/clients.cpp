#include "tests/simulation/clients.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/assert.hpp"

namespace rialto::simulation {
namespace {

using orders::OrderType;
using orders::PlaceOrder;
using orders::SelfTradePrevention;
using orders::TimeInForce;

constexpr UserId operator_user{1};
constexpr std::int64_t second_ns = 1'000'000'000;

identity::SealedProfile profile(std::uint64_t serial) {
  return {
      fmt::format("sealed-{}", serial), fmt::format("mail-{}", serial), {11, serial}, {12, serial}};
}

template <class T>
void keep_last(std::deque<T>& queue, std::size_t most) {
  while (queue.size() > most) queue.pop_front();
}

}  // namespace

std::vector<Request> Clients::opening() {
  std::vector<Request> all;
  const auto add = [&](flows::Command command) { all.push_back({std::move(command), {}}); };
  for (int i = 0; i < 3; ++i) add(ledger::OpenAccount{ledger::AccountKind::system, {}});
  add(instruments::RegisterAsset{"USD", 7});
  add(instruments::RegisterAsset{"BTC", 5});
  add(instruments::RegisterAsset{"AAPL", 2});
  add(instruments::ListInstrument{"BTC-USD", "BTC", "USD", {1, 2}, {1, 5}, rules()});
  add(instruments::ListInstrument{"AAPL-USD", "AAPL", "USD", {5, 2}, {1, 0}, rules()});
  // A pair of two assets that are both held by traders anyway.
  add(instruments::ListInstrument{"AAPL-BTC", "AAPL", "BTC", {1, 3}, {1, 2}, rules()});
  markets_ = {{{1}, 6'000'000, 300, 2'000}, {{2}, 4'000, 30, 20}, {{3}, 700, 8, 300}};
  add(identity::RegisterUser{
      {3, 0}, profile(0), {5, 0}, identity::Roles::trader | identity::Roles::administrator});
  add(ledger::OpenAccount{ledger::AccountKind::house, {}});
  const std::uint64_t people = 4 + random_.below(8);
  for (std::uint64_t i = 1; i <= people; ++i)
    add(identity::RegisterUser{{3, i}, profile(i), {5, i}, identity::Roles::trader});
  user_serial_ = people;
  // Accounts 1 to 3 are the system's, 4 the operator's, 5 the house's.
  add(ledger::SetShortLimit{{5}, {1}, {1'000'000'000'000}});
  return all;
}

void Clients::follow(const FeedStep& step) {
  for (const Report& report : step.reports) {
    if (const auto* opened = std::get_if<ledger::AccountOpened>(&report)) {
      if (opened->kind == ledger::AccountKind::system) continue;
      traders_.push_back({opened->account, opened->owner});
      if (opened->owner.value != 0) users_.push_back(opened->owner);
      // Some stay poor, and can be closed.
      if (traders_.size() < 5 || !random_.one_in(3)) finance(opened->account);
    } else if (const auto* created = std::get_if<orders::OrderCreated>(&report)) {
      open_.push_back({created->order, created->account, created->key, created->side,
                       created->price.value, created->quantity.value});
    } else if (const auto* cancelled = std::get_if<matching::OrderCancelled>(&report)) {
      shrink(cancelled->order, {largest_number});
    } else if (const auto* reduced = std::get_if<matching::OrderReduced>(&report)) {
      shrink(reduced->order, reduced->by);
    } else if (const auto* trade = std::get_if<matching::TradeExecuted>(&report)) {
      shrink(trade->buy_order, trade->quantity);
      shrink(trade->sell_order, trade->quantity);
      Market& market = markets_.at(trade->instrument.value - 1);
      if (random_.one_in(8)) market.mid += random_.between(-market.spread, market.spread) / 4;
      market.mid = std::max<std::int64_t>(market.mid, market.spread * 4);
      trades_.push_back(
          {trade->trade,
           0,
           {trade->instrument, trade->buyer, trade->seller, trade->base, trade->quote},
           {trade->price, trade->quantity, trade->base_amount, trade->notional, trade->buyer_fee,
            trade->seller_fee}});
      keep_last(trades_, 50);
    } else if (const auto* entered = std::get_if<corrections::TradeEntered>(&report)) {
      trades_.push_back({entered->trade, 0, entered->parties, entered->terms});
    } else if (const auto* changed = std::get_if<corrections::TradeCorrected>(&report)) {
      trades_.push_back({changed->trade, changed->version, changed->parties, changed->after});
    }
  }
}

void Clients::shrink(OrderId id, Quantity by) {
  const auto own = std::ranges::find(open_, id, &OwnOrder::order);
  if (own == open_.end()) return;
  own->quantity -= by.value;
  if (own->quantity > 0) return;
  if (random_.one_in(20) || closed_.empty()) closed_.push_back(*own);
  *own = open_.back();
  open_.pop_back();
}

void Clients::finance(AccountId account) {
  const auto credit = [&](std::uint32_t asset, std::int64_t most) {
    send_later(1,
               ledger::CreditAccount{account, {asset}, {random_.between(most / 50, most)}, {}, 0});
  };
  credit(1, 9'000'000'000'000'000);
  credit(2, 40'000'000);
  credit(3, 9'000'000);
}

void Clients::left_in_doubt(const Request& request) {
  doubtful_.push_back(request);
}

Request Clients::next(Timestamp now) {
  ++clock_;
  if (auto request = due()) return *request;
  const std::uint64_t dice = random_.below(1000);
  if (dice < 560) return place(now);
  if (dice < 700) return cancel();
  if (dice < 790) return amend();
  if (dice < 850) return transfer();
  if (dice < 900 && !sent_.empty()) return sent_[random_.below(sent_.size())];
  if (dice < 912)
    return {
        orders::CancelAllOrders{someone().account, {static_cast<std::uint32_t>(random_.below(4))}},
        {}};
  if (dice < 935) return operate();
  if (dice < 955) return use_session();
  if (dice < 965) return change_trade();
  if (dice < 973) return manage_people();
  if (dice < 983) return manage_portfolios();
  return manage_users();
}

/// What was planned, and what has to be asked again.
std::optional<Request> Clients::due() {
  if (const auto first = planned_.begin(); first != planned_.end() && first->first <= clock_) {
    Request request{std::move(first->second), operator_user};
    planned_.erase(first);
    return request;
  }
  if (!doubtful_.empty() && random_.one_in(4)) {
    Request request = std::move(doubtful_.front());
    doubtful_.pop_front();
    return request;
  }
  return std::nullopt;
}

void Clients::send_later(std::size_t steps, flows::Command command) {
  planned_.emplace(clock_ + steps, std::move(command));
}

Request Clients::place(Timestamp now) {
  const Trader& trader = someone();
  PlaceOrder order;
  order.account = trader.account;
  Market& market = markets_[random_.below(markets_.size())];
  order.instrument = market.instrument;
  order.side = random_.one_in(2) ? Side::buy : Side::sell;
  order.quantity = {1 +
                    static_cast<std::int64_t>(random_.below(
                        static_cast<std::uint64_t>(market.lots) * (random_.one_in(10) ? 8 : 2)))};
  shape(order, market, now);
  if (random_.one_in(25)) spoil(order);
  if (!random_.one_in(3)) {
    order.key = fresh_key();
    order.content = serial_;
    order.client_order_id = orders::ClientOrderId(fmt::format("c{}", serial_));
    sent_.push_back({order, trader.user});
    keep_last(sent_, 200);
    // The same key for something else.
    if (random_.one_in(40)) {
      PlaceOrder other = order;
      other.content = ++serial_;
      other.quantity.value += 1;
      sent_.push_back({other, trader.user});
    }
  }
  if (random_.one_in(12))
    return {flows::PlaceAssignedOrder{order, {some_portfolio(trader.account), {}}}, trader.user};
  return {order, trader.user};
}

/// Of that account, of another one, or of nobody.
portfolio::PortfolioId Clients::some_portfolio(AccountId account) {
  if (random_.one_in(3)) return portfolio::default_portfolio(account);
  return {portfolio::first_further_portfolio + random_.below(12)};
}

Request Clients::manage_portfolios() {
  const AccountId account = someone().account;
  const auto method = static_cast<portfolio::ReliefMethod>(random_.below(3));
  switch (random_.below(4)) {
    case 0:
    case 1:
      return {portfolio::CreatePortfolio{account, "p", method}, operator_user};
    case 2:
      return {portfolio::ChangePortfolio{some_portfolio(account), {}, method}, operator_user};
    default:
      return {portfolio::DeletePortfolio{some_portfolio(account)}, operator_user};
  }
}

void Clients::shape(PlaceOrder& order, Market& market, Timestamp now) {
  constexpr std::int64_t signs[] = {1, -1};
  const std::int64_t sign = signs[static_cast<int>(order.side)];
  const auto near = [&](std::int64_t low, std::int64_t high) {
    return Price{std::max<std::int64_t>(1, market.mid - sign * random_.between(low, high))};
  };
  const std::uint64_t kind = random_.below(100);
  order.self_trade_prevention = static_cast<SelfTradePrevention>(random_.below(5));
  if (kind < 70) {
    order.type = OrderType::limit;
    order.price = near(-market.spread / 3, market.spread);
  } else if (kind < 80) {
    order.type = OrderType::market;
  } else if (kind < 90) {
    order.type = OrderType::stop;
    order.stop_price = near(-market.spread, -1);
  } else {
    order.type = OrderType::stop_limit;
    order.stop_price = near(-market.spread, -1);
    order.price = near(-market.spread * 2, market.spread / 4);
  }
  const bool rests = order.type == OrderType::limit || order.type == OrderType::stop_limit;
  const std::uint64_t lifetime = random_.below(20);
  if (lifetime < 2) {
    order.time_in_force = TimeInForce::ioc;
  } else if (lifetime < 4) {
    order.time_in_force = TimeInForce::fok;
  } else if (lifetime < 6 && order.type != OrderType::market) {
    order.time_in_force = TimeInForce::day;
  } else if (lifetime < 9 && order.type != OrderType::market) {
    order.time_in_force = TimeInForce::gtd;
    order.expire_time = {now.value + random_.between(1, 600) * second_ns / 10};
  }
  const bool immediate =
      order.time_in_force == TimeInForce::ioc || order.time_in_force == TimeInForce::fok;
  if (!rests || immediate) return;
  if (random_.one_in(5)) order.display = {1 + order.quantity.value / random_.between(2, 6)};
  order.post_only = random_.one_in(6);
}

/// Nonsense that must be refused, whole.
void Clients::spoil(PlaceOrder& order) {
  switch (random_.below(8)) {
    case 0:
      order.quantity = {random_.between(-5, 0)};
      break;
    case 1:
      order.price = {-order.price.value - 1};
      break;
    case 2:
      order.quantity = {largest_number - random_.between(0, 5)};
      break;
    case 3:
      order.price = {largest_number};
      break;
    case 4:
      order.instrument = {static_cast<std::uint32_t>(random_.below(2) * 99)};
      break;
    case 5:
      order.account = {random_.below(4)};
      break;
    case 6:
      order.display = {order.quantity.value + 1};
      break;
    default:
      order.expire_time = {1};
      break;
  }
}

/// Mostly an open one; none: nobody has any.
const Clients::OwnOrder* Clients::some_order() {
  const auto& from = open_.empty() || random_.one_in(12) ? closed_ : open_;
  return from.empty() ? nullptr : &random_.pick(from);
}

Request Clients::amend() {
  const OwnOrder* own = some_order();
  if (!own) return transfer();
  orders::AmendOrder amend{own->account, own->order, {}, {}, {}};
  if (random_.one_in(30)) amend.account = someone().account;
  if (!random_.one_in(3)) amend.quantity = Quantity{own->quantity * random_.between(1, 7) / 4};
  if (random_.one_in(3) && own->price != 0)
    amend.price = Price{own->price + random_.between(-20, 20)};
  if (random_.one_in(20)) amend.stop_price = Price{own->price + random_.between(-50, 50)};
  return {amend, {}};
}

Request Clients::cancel() {
  const OwnOrder* own = some_order();
  if (!own) return transfer();
  orders::CancelOrder cancel{own->account, own->order, {}, orders::CancelReason::user};
  if (random_.one_in(3) && !own->key.empty()) {
    cancel.order = {};
    cancel.key = own->key;
  }
  if (random_.one_in(30)) cancel.account = someone().account;
  return {cancel, {}};
}

Request Clients::transfer() {
  const AccountId account = someone().account;
  const AssetId asset{static_cast<std::uint32_t>(1 + random_.below(random_.one_in(30) ? 9 : 3))};
  const std::int64_t unit = asset.value == 1 ? 1'000'000'000 : 100;
  const Amount amount{random_.between(random_.one_in(20) ? -3 : 1, 50'000) * unit};
  if (random_.one_in(12)) return {flows::SetBalance{account, asset, amount}, operator_user};
  const bool keyed = !random_.one_in(4);
  const Fingerprint key = keyed ? fresh_key() : Fingerprint{};
  Request request{ledger::CreditAccount{account, asset, amount, key, serial_}, operator_user};
  if (random_.one_in(2))
    request.command = ledger::DebitAccount{account, asset, amount, key, serial_};
  if (keyed) {
    sent_.push_back(request);
    keep_last(sent_, 200);
  }
  return request;
}

Request Clients::operate() {
  const InstrumentId instrument{static_cast<std::uint32_t>(1 + random_.below(3))};
  const std::size_t later = 2 + random_.below(30);
  switch (random_.below(6)) {
    case 0:
      send_later(later, instruments::ResumeInstrument{instrument});
      return {instruments::HaltInstrument{instrument}, operator_user};
    case 1: {
      const AccountId account = someone().account;
      send_later(later, orders::UnblockTrading{account});
      return {orders::BlockTrading{account}, operator_user};
    }
    case 2:
      if (!random_.one_in(3)) break;
      send_later(later / 2, orders::UnblockTrading{});
      return {orders::BlockTrading{}, operator_user};
    case 3:
      return {instruments::ChangeRules{instrument, rules()}, operator_user};
    case 4:
      return {ledger::SetShortLimit{{5},
                                    {static_cast<std::uint32_t>(1 + random_.below(3))},
                                    {random_.between(0, 1'000'000'000'000)}},
              operator_user};
    default:
      break;
  }
  return {flows::AdvanceClock{}, operator_user};
}

/// Sessions as such: their orders are the crash tests' of order entry. Numbers increase, but for
/// some that are used again.
Request Clients::use_session() {
  const SessionId session{1 + random_.below(6)};
  const std::uint32_t user_ref = random_.one_in(6) ? user_ref_ : ++user_ref_;
  switch (random_.below(8)) {
    case 0:
    case 1: {
      const Trader& trader = someone();
      return {sessions::OpenSession{trader.user, trader.account, random_.one_in(2), fresh_key()},
              trader.user};
    }
    case 2:
      return {sessions::RevokeSession{session, {}}, operator_user};
    case 3:
    case 4:
      return {sessions::RefuseOrder{session, user_ref, sessions::Reason("symbol_unknown"), {}}, {}};
    case 5:
    case 6:
      return {sessions::CancelSessionOrders{session, user_ref, {}, {}}, {}};
    default:
      return {sessions::SwitchOrderEntry{session, user_ref, random_.one_in(2), {}}, {}};
  }
}

/// What an administrator does to trades; at times to one that has changed since.
Request Clients::change_trade() {
  const std::string reason = random_.one_in(20) ? "" : "as agreed";
  if (trades_.empty() || random_.one_in(4)) {
    const Market& market = random_.pick(markets_);
    corrections::EnterTrade entry{market.instrument,
                                  someone().account,
                                  someone().account,
                                  {market.mid},
                                  {random_.between(1, market.lots)},
                                  operator_user,
                                  reason,
                                  fresh_key(),
                                  serial_};
    sent_.push_back({entry, operator_user});
    keep_last(sent_, 200);
    return {entry, operator_user};
  }
  const auto& seen = trades_[random_.below(trades_.size())];
  if (random_.one_in(3))
    return {corrections::BustTrade{seen, operator_user, reason}, operator_user};
  corrections::CorrectTrade change{seen, {}, {}, operator_user, reason};
  if (random_.one_in(2)) change.price = Price{seen.terms.price.value + random_.between(-10, 10)};
  if (random_.one_in(2))
    change.quantity = Quantity{seen.terms.quantity.value * random_.between(1, 7) / 4};
  return {change, operator_user};
}

/// The people behind the accounts, and what they are told of.
Request Clients::manage_people() {
  const Trader& trader = someone();
  switch (random_.below(6)) {
    case 0:
    case 1: {
      accounts::RegisterAccount registration{
          trader.user, {}, {"n", "p", "c", "a"}, {1}, {random_.between(-1, 20) * 1'000}, {}, 0};
      // Persons are numbered as their users are, but for those who came by a name that was taken.
      registration.person = {3, trader.user.value - 1};
      if (random_.one_in(4)) registration.user = {};
      if (random_.one_in(2)) {
        registration.key = fresh_key();
        registration.content = serial_;
        sent_.push_back({registration, operator_user});
        keep_last(sent_, 200);
      }
      return {registration, operator_user};
    }
    case 2:
      return {accounts::ChangeContact{trader.account, "c2"}, trader.user};
    case 3:
      return {accounts::ChangeAddress{trader.account, "a2"}, trader.user};
    case 4:
      return {notifications::SetPreferences{trader.user,
                                            {{static_cast<std::uint8_t>(random_.below(33))}, {1}}},
              trader.user};
    default:
      break;
  }
  if (random_.one_in(2))
    return {notifications::PostMessage{trader.user, operator_user, "title", "text"}, operator_user};
  return {
      notifications::MarkRead{
          trader.user, {1 + random_.below(100)}, notifications::Kind::wallet, random_.one_in(2)},
      trader.user};
}

Request Clients::manage_users() {
  const UserId user = users_.empty() ? UserId{2} : random_.pick(users_);
  if (random_.one_in(6)) {
    if (random_.one_in(2))
      return {apikeys::RevokeApiKey{{1 + random_.below(4)}, {}}, operator_user};
    return {apikeys::CreateApiKey{user,
                                  apikeys::KeyKind::hmac,
                                  static_cast<apikeys::Scopes>(random_.below(16)),
                                  fresh_key(),
                                  {}},
            user};
  }
  switch (random_.below(5)) {
    case 0:
    case 1: {
      if (users_.size() > 40) break;
      const std::uint64_t serial =
          random_.one_in(5) ? random_.below(user_serial_ + 1) : ++user_serial_;
      return {identity::RegisterUser{
                  {3, serial}, profile(serial), {5, serial}, identity::Roles::trader},
              {}};
    }
    case 2:
      return {identity::UpdateUser{
                  user, profile(++user_serial_), {5, user_serial_}, identity::Roles::trader},
              user};
    case 3:
      return {identity::DeleteUser{user}, operator_user};
    default:
      break;
  }
  if (random_.one_in(2)) return {flows::OpenWallet{user}, operator_user};
  return {ledger::CloseAccount{someone().account}, operator_user};
}

instruments::Rules Clients::rules() {
  instruments::Rules rules;
  rules.taker_fee = {static_cast<std::int32_t>(random_.between(0, 3) * 333)};
  rules.maker_fee = {static_cast<std::int32_t>(random_.between(-rules.taker_fee.value, 700))};
  rules.max_quantity = {random_.between(20'000, 1'000'000)};
  rules.max_notional = {random_.between(1, 100) * 1'000'000'000'000'000};
  rules.price_band_ppm = random_.one_in(2) ? 0 : 100'000;
  rules.collar_ppm = static_cast<std::uint32_t>(random_.between(1, 60)) * 1'000;
  rules.max_open_orders = static_cast<std::uint32_t>(random_.between(5, 40));
  return rules;
}

}  // namespace rialto::simulation
