// What an administrator does to trades: enters one, corrects one, busts one. Each is a fact of its
// own, with every number it moves; what was traded stays as it was written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "core/rejection.hpp"
#include "core/types.hpp"

namespace rialto::corrections {

struct Parties {
  InstrumentId instrument;
  AccountId buyer;
  AccountId seller;
  AssetId base;
  AssetId quote;
};
BOOST_DESCRIBE_STRUCT(Parties, (), (instrument, buyer, seller, base, quote))

/// The numbers of a trade as they stand.
struct Terms {
  Price price;
  Quantity quantity;
  Amount base_amount;  // quantity in minor units of base
  Amount notional;     // price × quantity in minor units of quote
  Amount buyer_fee;    // quote; negative is a rebate
  Amount seller_fee;   // quote
  friend constexpr bool operator==(const Terms&, const Terms&) = default;
};
BOOST_DESCRIBE_STRUCT(Terms, (), (price, quantity, base_amount, notional, buyer_fee, seller_fee))

/// The longest reason, in bytes.
inline constexpr std::size_t longest_reason = 500;

// Commands.

/// A trade that was agreed elsewhere: no order, no book, no fee.
struct EnterTrade {
  InstrumentId instrument;
  AccountId buyer;
  AccountId seller;
  Price price;
  Quantity quantity;
  UserId by;
  std::string reason;
  Fingerprint key;          // empty: no idempotency asked for
  std::uint64_t content{};  // digest of what was asked for
};
/// A trade as whoever asks has seen it: `seen` corrections of it, and its numbers behind the last.
/// Where there were none, they are those of the trade itself, which only its reader knows.
struct SeenTrade {
  TradeId trade;
  std::uint32_t seen{};
  Parties parties;
  Terms terms;
};
/// Absent fields stay as they are.
struct CorrectTrade {
  SeenTrade trade;
  std::optional<Price> price;
  std::optional<Quantity> quantity;
  UserId by;
  std::string reason;
};
struct BustTrade {
  SeenTrade trade;
  UserId by;
  std::string reason;
};

// Events.
struct TradeEntered {
  TradeId trade;
  Parties parties;
  Terms terms;
  UserId by;
  std::string reason;
  Fingerprint key;
  std::uint64_t content{};
};
BOOST_DESCRIBE_STRUCT(TradeEntered, (), (trade, parties, terms, by, reason, key, content))
/// The trade counts as `after` from now on. The ledger moves by the difference.
struct TradeCorrected {
  TradeId trade;
  std::uint32_t version{};  // 1 for the first change of this trade, and so on
  Parties parties;
  Terms before;
  Terms after;
  UserId by;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(TradeCorrected, (), (trade, version, parties, before, after, by, reason))
/// The trade counts as never done: money, assets and fees go back.
struct TradeBusted {
  TradeId trade;
  std::uint32_t version{};
  Parties parties;
  Terms terms;  // as they stood
  UserId by;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(TradeBusted, (), (trade, version, parties, terms, by, reason))

BOOST_DEFINE_FIXED_ENUM_CLASS(
    Reject, std::uint8_t,
    trade_not_found,  // raised by who looks the trade up
    idempotency_key_reused, idempotency_capacity_exhausted, reason_required, reason_too_long,
    trade_already_busted,
    trade_changed_meanwhile,  // somebody corrected it since it was looked up
    buyer_and_seller_must_differ, price_must_be_positive, quantity_must_be_positive,
    number_too_large, nothing_to_change,
    party_has_no_account)  // raised by the flow: closed since, or the venue's own

constexpr RejectKind kind(Reject reject) {
  switch (reject) {
    case Reject::trade_not_found:
      return RejectKind::not_found;
    case Reject::idempotency_key_reused:
    case Reject::trade_already_busted:
    case Reject::trade_changed_meanwhile:
    case Reject::party_has_no_account:
      return RejectKind::conflict;
    case Reject::idempotency_capacity_exhausted:
      return RejectKind::unavailable;
    default:
      return RejectKind::business;
  }
}

}  // namespace rialto::corrections
