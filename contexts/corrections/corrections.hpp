// The trades that an administrator has touched, as they stand. Owned by the venue's state; single
// writer. A trade nobody touched is not here.
#pragma once

#include <expected>
#include <map>
#include <optional>

#include "contexts/corrections/contract.hpp"
#include "core/codec.hpp"
#include "core/idempotency.hpp"

namespace rialto::corrections {

/// A touched trade.
struct Standing {
  TradeId trade;
  std::uint32_t version{};  // how often it was corrected or busted
  bool entered = false;     // by an administrator, not by the book
  bool busted = false;
  Parties parties;
  Terms terms;  // before the bust, where it was
};
BOOST_DESCRIBE_STRUCT(Standing, (), (trade, version, entered, busted, parties, terms))

/// What one lot is worth in an instrument.
struct Sizing {
  AssetId base;
  AssetId quote;
  Amount quote_per_tick_lot;
  Amount base_per_lot;
};

/// A fee in proportion to a new notional, rounded up (CORRECTIONS-3). REQUIRES: notional_before >
/// 0.
i128 fee_for(Amount fee, Amount notional_before, Amount notional_after);

class Corrections {
 public:
  Corrections() : Corrections(1'000'000) {}
  explicit Corrections(std::size_t most_keys) : done_(key_retention_ns, most_keys) {}

  /// The trade that this very command has entered already, if it has. O(1).
  std::expected<std::optional<TradeId>, Reject> done_before(const EnterTrade&, Timestamp now) const;
  /// `next` is the number the trade will have. REQUIRES: not done before.
  std::expected<TradeEntered, Reject> decide(const EnterTrade&, TradeId next, const Sizing&) const;
  /// `next` is the number of the next trade: there is none of it, or beyond.
  std::expected<TradeCorrected, Reject> decide(const CorrectTrade&, TradeId next,
                                               const Sizing&) const;
  std::expected<TradeBusted, Reject> decide(const BustTrade&, TradeId next, const Sizing&) const;

  void evolve(const TradeEntered&, Timestamp now);
  void evolve(const TradeCorrected&);
  void evolve(const TradeBusted&);

  /// Null for a trade that nobody has touched.
  const Standing* standing(TradeId) const;

  void save(BinaryWriter&) const;
  void load(BinaryReader&);

 private:
  static constexpr std::int64_t key_retention_ns = 86'400'000'000'000;  // a day of log time
  std::expected<Standing, Reject> current(const SeenTrade&, TradeId next, const Sizing&) const;

  std::map<TradeId, Standing> touched_;
  IdempotencyTable done_;
};

}  // namespace rialto::corrections
