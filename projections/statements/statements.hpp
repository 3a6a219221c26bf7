// Account statements: every posting of every account, with the balances behind it. A follower with
// a store of its own, one row per account and event.
//
// STATEMENTS-1: what an account owned at the start of a period, plus the postings within, is what
// it owned at its end; without an end, that is what the ledger says now.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "projections/follower.hpp"
#include "projections/store/followed_store.hpp"

namespace rialto::projections {

BOOST_DEFINE_FIXED_ENUM_CLASS(PostingKind, std::uint8_t, credit, debit, trade,
                              entered,     // a trade that an administrator entered
                              correction,  // of a trade
                              bust)        // of a trade

/// One amount that moved: money or assets, or a fee.
struct Leg {
  AssetId asset;
  Amount change;  // signed
  bool fee = false;
};
BOOST_DESCRIBE_STRUCT(Leg, (), (asset, change, fee))

struct OwnedAmount {
  AssetId asset;
  Amount owned;
};
BOOST_DESCRIBE_STRUCT(OwnedAmount, (), (asset, owned))

/// What one event did to one account.
struct Posting {
  Sequence sequence;
  Timestamp time;
  PostingKind kind{};
  TradeId trade;
  OrderId order;
  std::vector<Leg> legs;
  std::vector<OwnedAmount> after;  // all that the account owned right behind it
};
BOOST_DESCRIBE_STRUCT(Posting, (), (sequence, time, kind, trade, order, legs, after))

using AssetAmounts = std::map<AssetId, Amount>;

/// Where a page ended.
struct Cursor {
  Timestamp time;
  Sequence sequence;
};

struct Statement {
  AssetAmounts opening;
  AssetAmounts closing;
  std::vector<Posting> postings;  // oldest first
  std::optional<Cursor> next;     // where the following page begins; none: this is the last
};

/// Which postings: time in [from, to), behind `after`, `limit` at most.
struct Period {
  std::optional<Timestamp> from{};
  std::optional<Timestamp> to{};
  std::optional<Cursor> after{};
  std::size_t limit = 100;
};

class Statements final : public Follower {
 public:
  /// The error is a sentence for the operator.
  static std::expected<std::unique_ptr<Statements>, std::string> open(const std::string& path);

  std::string_view name() const override { return "statements"; }
  Sequence kept() const override { return store_.kept(); }
  void follow(const flows::AnyEvent&, Moment, const flows::Venue& after) override;
  std::size_t pending() const override { return store_.pending(); }
  std::expected<void, std::string> store(Sequence position, bool durably) override {
    return store_.store(position, durably);
  }
  void clear() override { store_.clear(); }

  /// O(log postings) and the page.
  Statement statement(AccountId, const Period&) const;

 private:
  explicit Statements(FollowedStore store) : store_(std::move(store)) {}
  bool prepare();
  void record(AccountId, Posting&&, const flows::Venue& after);
  AssetAmounts owned_before(AccountId, std::optional<Timestamp>) const;

  FollowedStore store_;
  sqlite::Prepared insert_;
  sqlite::Prepared before_;
  sqlite::Prepared page_;
};

}  // namespace rialto::projections
