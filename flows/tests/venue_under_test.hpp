// A whole venue that checks itself: every step is audited, replayed into a twin, and a refused one
// must have changed nothing. Three users with a million of everything, and instruments in plain
// units (one tick × one lot is one minor unit of XYZ). For tests only; one thread.
#pragma once

#include <string>
#include <vector>

#include "core/tests/given.hpp"
#include "flows/engine.hpp"

namespace rialto::flows {

inline constexpr AssetId xyz{1}, abc{2}, def{3};
inline constexpr InstrumentId abc_xyz{1}, def_xyz{2};
inline constexpr UserId alice_user{1}, bob_user{2}, carol_user{3};
inline constexpr AccountId alice{4}, bob{5}, carol{6};
inline constexpr std::int64_t million = 1'000'000;
inline constexpr std::int64_t second = 1'000'000'000;

instruments::Rules plain_rules();
orders::PlaceOrder limit(AccountId, Side, std::int64_t price, std::int64_t quantity);
orders::PlaceOrder market_order(AccountId, Side, std::int64_t quantity);
orders::PlaceOrder stop(AccountId, Side, std::int64_t stop_price, std::int64_t quantity);

/// What is wrong between ledger, orders and books; empty if nothing is.
std::string audit(const Venue&);

class VenueUnderTest {
 public:
  /// `registers` false: nothing but the system's accounts.
  explicit VenueUnderTest(bool registers = true);

  /// Does the work the command has to wait for, then the command. Faults are kept for faults().
  Reply run(const Command&);
  /// As run; the command must be accepted.
  Reply accept(const Command&);
  OrderId place(const orders::PlaceOrder& command) { return accept(command).order.order; }
  /// One step of queued work. Returns the number of its events.
  std::uint32_t drain_once(std::uint32_t budget);
  void drain();
  void advance(std::int64_t ns) { now.value += ns; }

  /// Events of this type out of the last run(), accept() or drain(), in order.
  template <class Event>
  std::vector<Event> emitted() const {
    std::vector<Event> events;
    for (const EventBlock& step : last_)
      step.each([&](EventType type, ByteView payload) {
        BinaryReader reader(payload);
        if (type == event_type<Event>) events.push_back(reader.read_versioned<Event>());
      });
    return events;
  }
  std::size_t emitted_count() const;

  Amount owned(AccountId, AssetId) const;
  Amount held(AccountId, AssetId) const;
  /// Checks between venue, twin and snapshot that cost O(state).
  void check_state();
  /// What any step has been found to break so far; empty if nothing.
  const std::string& faults() const { return faults_; }

  Engine engine;
  Timestamp now{20'000 * calendar::day_ns};
  std::uint32_t budget = 64;
  bool checks_every_step = true;  // off: only check_state() looks, for tests of many orders

 private:
  void after_step(EventBlock events, const Engine::Outcome&);
  void fault(const std::string& text) { faults_ += text + '\n'; }

  Venue twin_;                    // knows the events only
  std::vector<EventBlock> last_;  // one per step
  std::string faults_;
};

}  // namespace rialto::flows
