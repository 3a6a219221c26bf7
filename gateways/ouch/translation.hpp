// Requests of the wire as commands of the venue, and the venue's reasons as codes of the wire. Pure
// functions: nothing is decided here but what can be said at all.
#pragma once

#include <expected>
#include <string_view>

#include "contexts/orders/contract.hpp"
#include "contexts/sessions/contract.hpp"
#include "gateways/ouch/listings.hpp"
#include "gateways/ouch/options.hpp"

namespace rialto::ouch {

/// Who sends a request, and when.
struct Sender {
  SessionId session;
  AccountId account;
  Timestamp now;
};

/// The command, or the stable code of the refusal. `payload`: the message, type and appendage
/// included, at least as long as its fields.
std::expected<orders::PlaceOrder, std::string_view> place_of(ByteView payload, const Sender&,
                                                             const Listings&);
/// `order` is what `original` stands for, on `instrument`.
std::expected<orders::AmendOrder, std::string_view> amend_of(ByteView payload, const Sender&,
                                                             const Listings&, OrderId order,
                                                             InstrumentId instrument);

/// The code of a Rejected message for a stable code of the venue (OUCH 5.0, appendix C).
std::uint16_t reject_code(std::string_view reason);
/// The code of a Canceled message (appendix B).
char cancel_code(orders::CancelReason);

/// A client's own order id, without its padding.
inline orders::ClientOrderId client_order_id(const WireOrderId& id) {
  return {id.view()};
}

// How orders are said in Accepted and Replaced.
char side_code(Side);
char time_in_force_code(orders::TimeInForce);
OrderOptions options_of(const orders::OrderCreated&);

inline constexpr std::int64_t day_ns = 86'400'000'000'000;
/// Nanoseconds since midnight UTC.
inline std::uint64_t time_of_day(Timestamp time) {
  return static_cast<std::uint64_t>(time.value % day_ns);
}

}  // namespace rialto::ouch
