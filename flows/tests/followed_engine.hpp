// A venue whose events are told to listeners one by one, each with the state right behind it: what
// a replica does for its followers. For tests of read models only; one thread.
#pragma once

#include <functional>
#include <vector>

#include "flows/engine.hpp"

namespace rialto::flows {

class FollowedEngine {
 public:
  using Listener = std::function<void(const AnyEvent&, Sequence, Timestamp, const Venue& after)>;

  Reply run(const Command& command) {
    while (engine.must_wait(command, now) && engine.has_work(now)) {
      EventBlock events;
      tell(events, engine.drain(now, 64, events));
    }
    EventBlock events;
    const Engine::Outcome outcome = engine.execute(command, now, events);
    tell(events, outcome);
    return outcome.reply;
  }
  /// Tells everything again, from the first event on, to this listener alone.
  void replay(const Listener& listener) const {
    Venue state;
    for (const Told& told : journal_) {
      std::visit([&](const auto& event) { state.evolve(event, told.time); }, told.event);
      listener(told.event, told.sequence, told.time, state);
    }
  }

  Engine engine;
  Timestamp now{20'000 * calendar::day_ns};
  std::vector<Listener> listeners;
  Venue replica;  // behind the last event told

 private:
  struct Told {
    AnyEvent event;
    Sequence sequence;
    Timestamp time;
  };
  void tell(const EventBlock& events, const Engine::Outcome& outcome) {
    Sequence sequence = outcome.first;
    events.each([&](EventType type, ByteView payload) {
      decode_event(type, payload, [&](const auto& event) {
        replica.evolve(event, now);
        journal_.push_back({event, sequence, now});
        for (const Listener& listener : listeners)
          listener(journal_.back().event, sequence, now, replica);
      });
      ++sequence.value;
    });
  }

  std::vector<Told> journal_;
};

/// Three system accounts, assets XYZ, ABC and DEF, ABC-XYZ and DEF-XYZ of one unit a lot, users 1
/// to 3 with accounts 4 to 6 and a million of everything. `maker` and `taker` in ppm.
inline void open_small_venue(FollowedEngine& venue, std::int32_t maker = 0,
                             std::int32_t taker = 0) {
  instruments::Rules rules{.maker_fee = {maker},
                           .taker_fee = {taker},
                           .max_quantity = {largest_number},
                           .max_notional = {largest_number},
                           .price_band_ppm = 0,
                           .collar_ppm = 100'000,
                           .max_open_orders = 1'000'000};
  for (int i = 0; i < 3; ++i) venue.run(ledger::OpenAccount{ledger::AccountKind::system, {}});
  for (const char* code : {"XYZ", "ABC", "DEF"}) venue.run(instruments::RegisterAsset{code, 0});
  for (const char* base : {"ABC", "DEF"})
    venue.run(instruments::ListInstrument{
        std::string(base) + "-XYZ", base, "XYZ", {1, 0}, {1, 0}, rules});
  for (std::uint64_t user = 1; user <= 3; ++user) {
    identity::RegisterUser command;
    command.person = {1, user};
    command.profile = {"name", "email", {2, user}, {3, user}};
    const AccountId account = venue.run(command).account;
    for (std::uint32_t asset = 1; asset <= 3; ++asset)
      venue.run(ledger::CreditAccount{account, {asset}, {1'000'000}, {}, 0});
  }
}

}  // namespace rialto::flows
