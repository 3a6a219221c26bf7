// The messages of OUCH 5.0, field by field, as docs/protocols/ouch.md lists them. Each begins with
// its type, one byte, which is not among its fields. Wire numbers keep their wire types: quantities
// count lots, prices have four implied decimals, timestamps are nanoseconds since midnight UTC.
#pragma once

#include <cstdint>

#include "gateways/ouch/wire.hpp"

namespace rialto::ouch {

using WireSymbol = Alpha<8>;
using WireOrderId = Alpha<14>;  // the client's own
using WireFirm = Alpha<4>;

/// The price that means "at any price": $214,748.3647.
inline constexpr std::uint64_t market_price = 0x7fffffff;
inline constexpr std::uint64_t price_unit = 10'000;

// From the client. Behind the fields of the first five comes an appendage (options.hpp).

struct EnterOrder {
  static constexpr char type = 'O';
  std::uint32_t user_ref{};
  char side = 'B';  // B S; T and E (short sales) are refused
  std::uint32_t quantity{};
  WireSymbol symbol{};
  std::uint64_t price{};
  char time_in_force = '5';  // 0 day, 3 immediate or cancel, 5 till cancelled, 6 till a time
  char display = 'Y';
  char capacity = 'P';
  char intermarket_sweep = 'N';
  char cross_type = 'N';
  WireOrderId client_order_id{};
};
BOOST_DESCRIBE_STRUCT(EnterOrder, (),
                      (user_ref, side, quantity, symbol, price, time_in_force, display, capacity,
                       intermarket_sweep, cross_type, client_order_id))
struct ReplaceOrder {
  static constexpr char type = 'U';
  std::uint32_t original{};
  std::uint32_t user_ref{};
  std::uint32_t quantity{};  // the new total, what is filled included
  std::uint64_t price{};
  char time_in_force = '5';
  char display = 'Y';
  char intermarket_sweep = 'N';
  WireOrderId client_order_id{};
};
BOOST_DESCRIBE_STRUCT(ReplaceOrder, (),
                      (original, user_ref, quantity, price, time_in_force, display,
                       intermarket_sweep, client_order_id))
struct CancelOrder {
  static constexpr char type = 'X';
  std::uint32_t user_ref{};  // of the order
  std::uint32_t quantity{};  // the new total; 0 cancels all of it
};
BOOST_DESCRIBE_STRUCT(CancelOrder, (), (user_ref, quantity))
struct ModifyOrder {
  static constexpr char type = 'M';
  std::uint32_t user_ref{};  // of the order
  char side = 'B';
  std::uint32_t quantity{};  // the new total
};
BOOST_DESCRIBE_STRUCT(ModifyOrder, (), (user_ref, side, quantity))
struct MassCancel {
  static constexpr char type = 'C';
  std::uint32_t user_ref{};
  WireFirm firm{};
  WireSymbol symbol{};  // blank: every one
};
BOOST_DESCRIBE_STRUCT(MassCancel, (), (user_ref, firm, symbol))
struct DisableOrderEntry {
  static constexpr char type = 'D';
  std::uint32_t user_ref{};
  WireFirm firm{};
};
BOOST_DESCRIBE_STRUCT(DisableOrderEntry, (), (user_ref, firm))
struct EnableOrderEntry {
  static constexpr char type = 'E';
  std::uint32_t user_ref{};
  WireFirm firm{};
};
BOOST_DESCRIBE_STRUCT(EnableOrderEntry, (), (user_ref, firm))
struct AccountQuery {
  static constexpr char type = 'Q';
};
BOOST_DESCRIBE_STRUCT(AccountQuery, (), ())

// To the client. `options_size` announces the appendage.

struct SystemEvent {
  static constexpr char type = 'S';
  std::uint64_t time{};
  char event = 'S';  // S start, E end
};
BOOST_DESCRIBE_STRUCT(SystemEvent, (), (time, event))
struct Accepted {
  static constexpr char type = 'A';
  std::uint64_t time{};
  std::uint32_t user_ref{};
  char side = 'B';
  std::uint32_t quantity{};
  WireSymbol symbol{};
  std::uint64_t price{};
  char time_in_force = '5';
  char display = 'Y';
  std::uint64_t order{};
  char capacity = 'P';
  char intermarket_sweep = 'N';
  char cross_type = 'N';
  char state = 'L';
  WireOrderId client_order_id{};
  std::uint16_t options_size{};
};
BOOST_DESCRIBE_STRUCT(Accepted, (),
                      (time, user_ref, side, quantity, symbol, price, time_in_force, display, order,
                       capacity, intermarket_sweep, cross_type, state, client_order_id,
                       options_size))
struct Replaced {
  static constexpr char type = 'U';
  std::uint64_t time{};
  std::uint32_t original{};
  std::uint32_t user_ref{};
  char side = 'B';
  std::uint32_t quantity{};  // still to be done
  WireSymbol symbol{};
  std::uint64_t price{};
  char time_in_force = '5';
  char display = 'Y';
  std::uint64_t order{};
  char capacity = 'P';
  char intermarket_sweep = 'N';
  char cross_type = 'N';
  char state = 'L';
  WireOrderId client_order_id{};
  std::uint16_t options_size{};
};
BOOST_DESCRIBE_STRUCT(Replaced, (),
                      (time, original, user_ref, side, quantity, symbol, price, time_in_force,
                       display, order, capacity, intermarket_sweep, cross_type, state,
                       client_order_id, options_size))
struct Canceled {
  static constexpr char type = 'C';
  std::uint64_t time{};
  std::uint32_t user_ref{};
  std::uint32_t quantity{};  // taken off
  char reason = 'U';
};
BOOST_DESCRIBE_STRUCT(Canceled, (), (time, user_ref, quantity, reason))
/// Self-trade prevention made an order smaller.
struct AiqCanceled {
  static constexpr char type = 'D';
  std::uint64_t time{};
  std::uint32_t user_ref{};
  std::uint32_t quantity{};  // taken off
  char reason = 'Q';
  std::uint32_t prevented{};
  std::uint64_t price{};  // 0: the venue does not say
  char liquidity = 'R';
  char strategy = 'D';  // decrement
};
BOOST_DESCRIBE_STRUCT(AiqCanceled, (),
                      (time, user_ref, quantity, reason, prevented, price, liquidity, strategy))
struct Executed {
  static constexpr char type = 'E';
  std::uint64_t time{};
  std::uint32_t user_ref{};
  std::uint32_t quantity{};
  std::uint64_t price{};
  char liquidity = 'A';  // A added, R removed
  std::uint64_t match{};
  std::uint16_t options_size{};
};
BOOST_DESCRIBE_STRUCT(Executed, (),
                      (time, user_ref, quantity, price, liquidity, match, options_size))
struct Rejected {
  static constexpr char type = 'J';
  std::uint64_t time{};
  std::uint32_t user_ref{};
  std::uint16_t reason{};
  WireOrderId client_order_id{};
};
BOOST_DESCRIBE_STRUCT(Rejected, (), (time, user_ref, reason, client_order_id))
struct CancelReject {
  static constexpr char type = 'I';
  std::uint64_t time{};
  std::uint32_t user_ref{};
};
BOOST_DESCRIBE_STRUCT(CancelReject, (), (time, user_ref))
struct MassCancelResponse {
  static constexpr char type = 'X';
  std::uint64_t time{};
  std::uint32_t user_ref{};
  WireFirm firm{};
  WireSymbol symbol{};
  std::uint16_t options_size{};
};
BOOST_DESCRIBE_STRUCT(MassCancelResponse, (), (time, user_ref, firm, symbol, options_size))
struct DisableOrderEntryResponse {
  static constexpr char type = 'G';
  std::uint64_t time{};
  std::uint32_t user_ref{};
  WireFirm firm{};
  std::uint16_t options_size{};
};
BOOST_DESCRIBE_STRUCT(DisableOrderEntryResponse, (), (time, user_ref, firm, options_size))
struct EnableOrderEntryResponse {
  static constexpr char type = 'K';
  std::uint64_t time{};
  std::uint32_t user_ref{};
  WireFirm firm{};
  std::uint16_t options_size{};
};
BOOST_DESCRIBE_STRUCT(EnableOrderEntryResponse, (), (time, user_ref, firm, options_size))
struct AccountQueryResponse {
  static constexpr char type = 'Q';
  std::uint64_t time{};
  std::uint32_t next_user_ref{};
};
BOOST_DESCRIBE_STRUCT(AccountQueryResponse, (), (time, next_user_ref))

/// Bytes of a message, its type included, without an appendage.
template <class Message>
constexpr std::size_t message_size() {
  return 1 + wire_size<Message>();
}
template <class Message>
std::byte* write_message(std::byte* at, const Message& message) {
  *at = static_cast<std::byte>(Message::type);
  return write_wire(at + 1, message);
}
/// REQUIRES: message_size<Message>() bytes that begin with its type.
template <class Message>
Message read_message(ByteView bytes) {
  Message message;
  read_wire(bytes.data() + 1, message);
  return message;
}

}  // namespace rialto::ouch
