#include "flows/tests/venue_under_test.hpp"

#include <map>

namespace rialto::flows {

instruments::Rules plain_rules() {
  return {.maker_fee = {},
          .taker_fee = {},
          .max_quantity = {largest_number},
          .max_notional = {largest_number},
          .price_band_ppm = 0,
          .collar_ppm = 100'000,
          .max_open_orders = million};
}

orders::PlaceOrder limit(AccountId account, Side side, std::int64_t price, std::int64_t quantity) {
  orders::PlaceOrder command;
  command.account = account;
  command.instrument = abc_xyz;
  command.side = side;
  command.price = {price};
  command.quantity = {quantity};
  return command;
}

orders::PlaceOrder market_order(AccountId account, Side side, std::int64_t quantity) {
  orders::PlaceOrder command = limit(account, side, 0, quantity);
  command.type = orders::OrderType::market;
  return command;
}

orders::PlaceOrder stop(AccountId account, Side side, std::int64_t stop_price,
                        std::int64_t quantity) {
  orders::PlaceOrder command = limit(account, side, 0, quantity);
  command.type = orders::OrderType::stop;
  command.stop_price = {stop_price};
  return command;
}

/// A command whose refusal is an event.
bool sequenced(const Command& command) {
  if (const auto* c = std::get_if<orders::PlaceOrder>(&command)) return c->session.value != 0;
  if (const auto* c = std::get_if<orders::AmendOrder>(&command)) return c->session.value != 0;
  return false;
}

/// PORTFOLIO-4: what portfolios know of open orders is what the orders are.
std::string portfolio_faults(const Venue& venue) {
  std::string faults;
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::pair<std::int64_t, std::int64_t>> open;
  for (const ledger::Account& account : venue.ledger.accounts())
    venue.orders.each_open(account.id, [&](const orders::Order& order) {
      const portfolio::AssignedOrder* assigned = venue.portfolios.assigned(order.id);
      if (!assigned) return;
      if (assigned->remaining != order.remaining || assigned->filled != order.filled)
        faults += "assigned order " + testing::text_of(order.id) + " is not as it is known; ";
      auto& [buying, selling] = open[{assigned->portfolio.value, order.instrument.value}];
      (order.side == Side::buy ? buying : selling) += order.remaining.value;
    });
  for (const portfolio::Portfolio& each : venue.portfolios.further())
    venue.portfolios.each_position(each.id, [&](InstrumentId instrument, auto position) {
      const auto& [buying, selling] = open[{each.id.value, instrument.value}];
      if (position.buying.value != buying || position.selling.value != selling)
        faults += "portfolio " + testing::text_of(each.id) + " miscounts its open orders; ";
    });
  return faults;
}

std::string audit(const Venue& venue) {
  std::string faults;
  if (!venue.ledger.consistent()) faults += "ledger is not consistent; ";
  std::size_t open = 0;
  for (const ledger::Account& account : venue.ledger.accounts()) {
    std::map<std::uint32_t, std::int64_t> holds;
    venue.orders.each_open(account.id, [&](const orders::Order& order) {
      ++open;
      holds[order.hold_asset.value] += order.hold.value;
      if (venue.matching.remaining(order.id) != order.remaining)
        faults += "order " + testing::text_of(order.id) + " differs from its book; ";
    });
    venue.ledger.each_balance(account, [&](const ledger::Balance& balance) {
      if (balance.held.value != holds[balance.asset.value])
        faults += "account " + testing::text_of(account.id) + " holds " +
                  testing::text_of(balance.held) + " of asset " + testing::text_of(balance.asset) +
                  ", its orders " + std::to_string(holds[balance.asset.value]) + "; ";
    });
  }
  if (open != venue.orders.open_count() || open != venue.matching.order_count())
    faults += "open orders and books differ in number; ";
  faults += portfolio_faults(venue);
  for (const auto& listed : venue.instruments.instruments()) {
    const auto bid = venue.matching.best(listed.id, Side::buy);
    const auto ask = venue.matching.best(listed.id, Side::sell);
    if (bid && ask && *bid >= *ask) faults += "crossed book; ";
  }
  return faults;
}

VenueUnderTest::VenueUnderTest(bool registers) {
  for (int i = 0; i < 3; ++i) accept(ledger::OpenAccount{ledger::AccountKind::system, {}});
  for (const char* code : {"XYZ", "ABC", "DEF"}) accept(instruments::RegisterAsset{code, 0});
  for (const char* base : {"ABC", "DEF"})
    accept(instruments::ListInstrument{
        std::string(base) + "-XYZ", base, "XYZ", {}, {}, plain_rules()});
  if (!registers) return;
  for (std::uint64_t user = 1; user <= 3; ++user) {
    identity::RegisterUser command;
    command.person = {1, user};
    command.profile = {"name", "email", {2, user}, {3, user}};
    const AccountId account = accept(command).account;
    for (const AssetId asset : {xyz, abc, def})
      accept(ledger::CreditAccount{account, asset, {million}, {}, 0});
  }
}

Reply VenueUnderTest::run(const Command& command) {
  last_.clear();
  for (int steps = 0; engine.must_wait(command, now); ++steps) {
    if (!engine.has_work(now) || steps > 1'000'000) {
      fault("a command waits for ever");
      break;
    }
    drain_once(budget);
  }
  const Bytes before = checks_every_step ? testing::bytes_of(engine.venue) : Bytes{};
  EventBlock events;
  const Engine::Outcome outcome = engine.execute(command, now, events);
  const bool told =
      outcome.reply.rejection && sequenced(command) && outcome.events == 1;  // FLOWS-6
  if ((outcome.reply.rejection || outcome.reply.repeated) && !told) {        // FLOWS-1
    if (outcome.events != 0) fault("a refused or repeated command emitted events");
    if (checks_every_step && testing::bytes_of(engine.venue) != before)
      fault("a refused or repeated command changed the state");
  }
  after_step(std::move(events), outcome);
  return outcome.reply;
}

Reply VenueUnderTest::accept(const Command& command) {
  const Reply reply = run(command);
  if (reply.rejection) fault("refused: " + std::string(reply.rejection->code));
  return reply;
}

std::uint32_t VenueUnderTest::drain_once(std::uint32_t most) {
  EventBlock events;
  const Engine::Outcome outcome = engine.drain(now, most, events);
  if (outcome.events == 0) fault("a step of queued work did nothing");
  after_step(std::move(events), outcome);
  return outcome.events;
}

void VenueUnderTest::drain() {
  last_.clear();
  while (engine.has_work(now) && faults_.empty()) drain_once(budget);
}

void VenueUnderTest::after_step(EventBlock events, const Engine::Outcome& outcome) {
  std::uint32_t counted = 0;
  bool replayed = true;
  events.each([&](EventType type, ByteView payload) {
    ++counted;
    replayed = replayed && twin_.replay(type, payload, now);
  });
  if (counted != outcome.events) fault("the step miscounted its events");
  if (outcome.reply.sequence != engine.last()) fault("the reply names another event than the last");
  if (!replayed) fault("the step's events do not replay");
  last_.push_back(std::move(events));
  if (checks_every_step) check_state();
}

void VenueUnderTest::check_state() {
  // FLOWS-3, then FLOWS-2
  faults_ += audit(engine.venue);
  const Bytes state = testing::bytes_of(engine.venue);
  if (testing::bytes_of(twin_) != state) fault("the replayed twin differs");
  Venue loaded;
  if (!loaded.load(state)) fault("the snapshot does not load");
  if (testing::bytes_of(loaded) != state) fault("the snapshot loads as another state");
}

std::size_t VenueUnderTest::emitted_count() const {
  std::size_t count = 0;
  for (const EventBlock& step : last_) step.each([&](EventType, ByteView) { ++count; });
  return count;
}

Amount VenueUnderTest::owned(AccountId account, AssetId asset) const {
  return engine.venue.ledger.balance(account, asset).owned;
}
Amount VenueUnderTest::held(AccountId account, AssetId asset) const {
  return engine.venue.ledger.balance(account, asset).held;
}

}  // namespace rialto::flows
