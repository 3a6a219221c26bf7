// The domain's quantities and identifiers. Money never touches floating point.
#pragma once

#include <cstdint>

#include <boost/describe/enum.hpp>

#include "core/strong.hpp"

namespace rialto {

using u128 = unsigned __int128;
using i128 = __int128;

/// Price of one lot-unit of the base asset, in ticks of the instrument.
using Price = StrongNumber<struct PriceTag, std::int64_t>;
/// Size of an order or trade, in lots of the instrument.
using Quantity = StrongNumber<struct QuantityTag, std::int64_t>;
/// Money or any other asset, in minor units of that asset (scale: see instruments).
using Amount = StrongNumber<struct AmountTag, std::int64_t>;
/// Fee rate in parts per million of the notional; negative is a rebate.
using FeeRate = StrongNumber<struct FeeRateTag, std::int32_t>;
/// Venue time in nanoseconds since 1970-01-01T00:00:00Z; never decreases along the log.
using Timestamp = StrongNumber<struct TimestampTag, std::int64_t>;

/// Number of an event in the log, from 1, without gaps. Also the client's consistency token.
using Sequence = StrongId<struct SequenceTag, std::uint64_t>;

// Identifiers are (home shard, dense local number): 16 bits of shard over 48 bits of number. On one
// machine the shard is 0, so an identifier is its dense number, counted from 1; 0 means "none".
using UserId = StrongId<struct UserIdTag, std::uint64_t>;
using AccountId = StrongId<struct AccountIdTag, std::uint64_t>;
using OrderId = StrongId<struct OrderIdTag, std::uint64_t>;
using TradeId = StrongId<struct TradeIdTag, std::uint64_t>;
using AssetId = StrongId<struct AssetIdTag, std::uint32_t>;
using InstrumentId = StrongId<struct InstrumentIdTag, std::uint32_t>;
using SessionId = StrongId<struct SessionIdTag, std::uint64_t>;

inline constexpr int shard_shift = 48;
template <class Id>
constexpr std::uint64_t local_number(Id id) {
  return id.value & ((std::uint64_t{1} << shard_shift) - 1);
}

/// 128-bit name of a command, of a person's blind index, or of a client order id within an account.
struct Fingerprint {
  std::uint64_t high{};
  std::uint64_t low{};
  friend constexpr auto operator<=>(const Fingerprint&, const Fingerprint&) = default;
  constexpr bool empty() const { return high == 0 && low == 0; }
};

BOOST_DEFINE_FIXED_ENUM_CLASS(Side, std::uint8_t, buy, sell)
constexpr Side opposite(Side side) {
  return side == Side::buy ? Side::sell : Side::buy;
}

/// The largest magnitude of any amount, balance, price or quantity: 18 decimal digits.
inline constexpr std::int64_t largest_number = 999'999'999'999'999'999;

}  // namespace rialto

template <>
struct std::hash<rialto::Fingerprint> {
  // The value is already a keyed hash: its low half is as good as any further mixing.
  std::size_t operator()(const rialto::Fingerprint& f) const noexcept { return f.low; }
};
