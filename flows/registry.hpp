// The one list of all events: what a journal may contain, and the permanent number of each type.
//
// Adding an event is one line here. Numbers are never reused (SCHEMA-1); fields are only ever added
// at the end of an event (SCHEMA-2), and what is missing in older bytes has its default (SCHEMA-3).
// schema/golden holds the bytes of every released version.
#pragma once

#include <array>
#include <variant>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/integral.hpp>
#include <boost/mp11/list.hpp>

#include "contexts/accounts/contract.hpp"
#include "contexts/apikeys/contract.hpp"
#include "contexts/calendar/contract.hpp"
#include "contexts/corrections/contract.hpp"
#include "contexts/identity/contract.hpp"
#include "contexts/instruments/contract.hpp"
#include "contexts/ledger/contract.hpp"
#include "contexts/matching/contract.hpp"
#include "contexts/notifications/contract.hpp"
#include "contexts/orders/contract.hpp"
#include "contexts/portfolio/contract.hpp"
#include "contexts/sessions/contract.hpp"
#include "core/event_sink.hpp"

namespace rialto::flows {

template <std::uint16_t Number, class E>
struct Registered {
  static constexpr EventType number{Number};
  using Event = E;
};

using Registry = boost::mp11::mp_list<
    Registered<1, identity::UserCreated>, Registered<2, identity::UserUpdated>,
    Registered<3, identity::UserDeleted>, Registered<10, instruments::AssetRegistered>,
    Registered<11, instruments::InstrumentListed>,
    Registered<12, instruments::InstrumentRulesChanged>,
    Registered<13, instruments::InstrumentHalted>, Registered<14, instruments::InstrumentResumed>,
    Registered<20, ledger::AccountOpened>, Registered<21, ledger::AccountClosed>,
    Registered<22, ledger::AccountCredited>, Registered<23, ledger::AccountDebited>,
    Registered<24, ledger::ShortLimitSet>, Registered<30, orders::OrderCreated>,
    Registered<31, orders::OrderUpdated>, Registered<32, orders::MassCancelRequested>,
    Registered<33, orders::TradingBlocked>, Registered<34, orders::TradingUnblocked>,
    Registered<35, orders::KillSwitchAdvanced>, Registered<40, matching::TradeExecuted>,
    Registered<41, matching::OrderCancelled>, Registered<42, matching::OrderReduced>,
    Registered<43, matching::OrderProcessed>, Registered<44, matching::OrderTriggered>,
    Registered<50, calendar::DayHasPassed>, Registered<60, sessions::SessionOpened>,
    Registered<61, sessions::SessionRevoked>, Registered<62, sessions::OrderRefused>,
    Registered<63, sessions::SessionCancelAccepted>, Registered<64, sessions::OrderEntrySwitched>,
    Registered<70, portfolio::PortfolioCreated>, Registered<71, portfolio::PortfolioChanged>,
    Registered<72, portfolio::PortfolioDeleted>, Registered<73, portfolio::OrderAssigned>,
    Registered<80, accounts::AccountRegistered>, Registered<81, accounts::ContactChanged>,
    Registered<82, accounts::AddressChanged>, Registered<90, corrections::TradeEntered>,
    Registered<91, corrections::TradeCorrected>, Registered<92, corrections::TradeBusted>,
    Registered<100, notifications::PreferencesSet>, Registered<101, notifications::MessagePosted>,
    Registered<102, notifications::NotificationMarked>, Registered<110, apikeys::ApiKeyCreated>,
    Registered<111, apikeys::ApiKeyRevoked>>;

template <class E>
struct IsEvent {
  template <class Entry>
  using fn = std::is_same<typename Entry::Event, E>;
};

template <class E>
inline constexpr EventType event_type =
    boost::mp11::mp_at<Registry, boost::mp11::mp_find_if_q<Registry, IsEvent<E>>>::number;

/// Where in the registry each number stands; the registry's size where it does not.
inline constexpr auto registry_places = [] {
  constexpr std::size_t size = boost::mp11::mp_size<Registry>::value;
  std::array<std::uint8_t, boost::mp11::mp_back<Registry>::number.value + 1> places{};
  places.fill(size);
  std::uint8_t place = 0;
  boost::mp11::mp_for_each<Registry>(
      [&](auto entry) { places[decltype(entry)::number.value] = place++; });
  return places;
}();

/// Decodes one event and calls visit(const Event&). False for an unknown type, bytes that do not
/// parse, or more of them than this version knows fields (SCHEMA-4): the caller must refuse the
/// log. One jump.
template <class Visit>
bool decode_event(EventType type, ByteView payload, Visit&& visit) {
  constexpr std::size_t size = boost::mp11::mp_size<Registry>::value;
  const std::size_t place =
      type.value < registry_places.size() ? registry_places[type.value] : size;
  if (place == size) return false;
  return boost::mp11::mp_with_index<size>(place, [&](auto at) {
    BinaryReader reader(payload);
    const auto event =
        reader.read_versioned<typename boost::mp11::mp_at<Registry, decltype(at)>::Event>();
    if (reader.failed() || !reader.at_end()) return false;
    visit(event);
    return true;
  });
}

template <class... Entries>
std::variant<typename Entries::Event...> any_of(boost::mp11::mp_list<Entries...>);
/// An event of any type.
using AnyEvent = decltype(any_of(Registry{}));

}  // namespace rialto::flows
