// The independent auditor: recomputes balances, holds and fills from what clients asked and were
// told, with its own simple arithmetic, and holds the venue against it. Uses the published language
// (commands, replies, reports) and none of the venue's code.
//
// Told in this order: asked() for every command, step() for every durable step, answered() for
// every reply a client received. A command without an answer is resolved by the feed: either
// exactly one step names it, or it did nothing. One thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "flows/commands.hpp"
#include "tests/simulation/feed.hpp"
#include "tests/simulation/findings.hpp"

namespace rialto::simulation {

/// What a client reads from the venue, for comparison.
struct ShownBalance {
  AccountId account;
  AssetId asset;
  Amount owned;
  Amount held;
};
struct ShownOrder {
  OrderId order;
  AccountId account;
  Quantity quantity;
  Quantity filled;
  Amount hold;
  bool waiting{};
};
struct Shown {
  std::vector<ShownBalance> balances;
  std::vector<ShownOrder> open_orders;
};

/// The order that a command enters, whatever else it says; null for other commands.
inline const orders::PlaceOrder* entered_order(const flows::Command& command) {
  if (const auto* assigned = std::get_if<flows::PlaceAssignedOrder>(&command))
    return &assigned->order;
  return std::get_if<orders::PlaceOrder>(&command);
}

class Auditor {
 public:
  explicit Auditor(Findings& findings) : findings_(findings) {}

  /// `id` is the client's own name for this request, used once.
  void asked(Fingerprint id, const flows::Command& command);
  void step(const FeedStep& step);
  void answered(Fingerprint id, const flows::Reply& reply);
  void compare(const Shown& shown);

  /// What was seen how often: trades, cancellations by reason, commands done by kind.
  const std::map<std::string, std::size_t>& counts() const { return counts_; }

 private:
  using Wide = __int128;
  struct Listed {
    AssetId base;
    AssetId quote;
    Wide quote_per_tick_lot{};
    Wide base_per_lot{};
    instruments::Rules rules;
    bool halted = false;
  };
  struct Order {
    orders::PlaceOrder asked;  // price, stop price and quantity as amended
    Wide worst{};              // the worst price it may trade at
    Wide maker_ppm{};
    Wide taker_ppm{};
    Wide filled{};
    Wide notional{};
    Wide fee_exact{};  // millionths of a minor unit
    Wide fee_charged{};
    Timestamp expires{};  // 0: never
    Timestamp closed_at{};
    bool open = true;
    bool resting = false;
    bool waiting = false;
    bool rejected = false;
    std::optional<orders::CancelReason> reason;
    Wide left() const { return asked.quantity.value - filled; }
  };
  /// What a command did, as its step shows; compared with the reply when that arrives.
  struct Deed {
    Sequence last;
    OrderId order;
    flows::OrderStatus status{};
    Wide quantity{};
    Wide filled{};
    Wide notional{};
  };
  struct Asked {
    flows::Command command;
    std::optional<Deed> deed;
  };
  struct Done {  // under an idempotency key
    std::uint64_t content{};
    std::uint64_t order{};
    Timestamp at;
  };
  /// What must come true before the step under way ends.
  struct Expected {
    std::set<std::uint64_t> processed;    // entered orders owe exactly one OrderProcessed
    std::set<std::uint32_t> instruments;  // whose books were touched
    std::uint64_t cancelled = 0;
    std::uint64_t placed = 0;
    std::uint64_t amended = 0;
  };

  // Effects of commands, before the reports of their step are read.
  void apply(const orders::PlaceOrder&, const FeedStep&);
  void apply(const orders::AmendOrder&, const FeedStep&);
  void apply(const orders::CancelOrder&, const FeedStep&);
  void apply(const orders::CancelAllOrders&, const FeedStep&) {}
  void apply(const orders::BlockTrading&, const FeedStep&);
  void apply(const orders::UnblockTrading&, const FeedStep&);
  void apply(const ledger::CreditAccount&, const FeedStep&);
  void apply(const ledger::DebitAccount&, const FeedStep&);
  void apply(const flows::SetBalance&, const FeedStep&);
  void apply(const ledger::OpenAccount&, const FeedStep&);
  void apply(const flows::OpenWallet&, const FeedStep&) {}
  void apply(const ledger::CloseAccount&, const FeedStep&);
  void apply(const ledger::SetShortLimit&, const FeedStep&);
  void apply(const identity::RegisterUser&, const FeedStep&) {}
  void apply(const identity::UpdateUser&, const FeedStep&) {}
  void apply(const identity::DeleteUser&, const FeedStep&);
  void apply(const instruments::RegisterAsset&, const FeedStep&);
  void apply(const instruments::ListInstrument&, const FeedStep&);
  void apply(const instruments::ChangeRules&, const FeedStep&);
  void apply(const instruments::HaltInstrument&, const FeedStep&);
  void apply(const instruments::ResumeInstrument&, const FeedStep&);
  void apply(const flows::AdvanceClock&, const FeedStep&) {}
  // Sessions as such move neither money nor books.
  void apply(const flows::PlaceAssignedOrder& command, const FeedStep& step) {
    apply(command.order, step);
  }
  // How an account divides what it has moves nothing.
  void apply(const portfolio::CreatePortfolio&, const FeedStep&) {}
  void apply(const portfolio::ChangePortfolio&, const FeedStep&) {}
  void apply(const portfolio::DeletePortfolio&, const FeedStep&) {}
  void apply(const sessions::OpenSession&, const FeedStep&) {}
  void apply(const sessions::RevokeSession&, const FeedStep&) {}
  void apply(const sessions::RefuseOrder&, const FeedStep&) {}
  void apply(const sessions::CancelSessionOrders&, const FeedStep&) {}
  void apply(const sessions::SwitchOrderEntry&, const FeedStep&) {}
  void apply(const accounts::RegisterAccount&, const FeedStep&);
  void apply(const accounts::ChangeContact&, const FeedStep&) {}
  void apply(const accounts::ChangeAddress&, const FeedStep&) {}
  void apply(const corrections::EnterTrade&, const FeedStep&);
  void apply(const corrections::CorrectTrade&, const FeedStep&) {}
  void apply(const corrections::BustTrade&, const FeedStep&) {}
  void apply(const notifications::SetPreferences&, const FeedStep&) {}
  void apply(const notifications::PostMessage&, const FeedStep&) {}
  void apply(const notifications::MarkRead&, const FeedStep&) {}
  void apply(const apikeys::CreateApiKey&, const FeedStep&) {}
  void apply(const apikeys::RevokeApiKey&, const FeedStep&) {}
  void once_only(const Fingerprint& key, std::uint64_t content, Timestamp now);
  bool key_is_taken(const Fingerprint& key, Timestamp now) const;

  // What the venue reports.
  void report(const ledger::AccountOpened&, const FeedStep&);
  void report(const orders::OrderCreated&, const FeedStep&);
  void report(const orders::OrderUpdated&, const FeedStep&);
  void report(const matching::TradeExecuted&, const FeedStep&);
  void report(const matching::OrderCancelled&, const FeedStep&);
  void report(const matching::OrderReduced&, const FeedStep&);
  void report(const matching::OrderProcessed&, const FeedStep&);
  void report(const matching::OrderTriggered&, const FeedStep&);
  void report(const calendar::DayHasPassed&, const FeedStep&);
  void report(const corrections::TradeEntered&, const FeedStep&);
  void report(const corrections::TradeCorrected&, const FeedStep&);
  void report(const corrections::TradeBusted&, const FeedStep&);
  /// Moves what a trade moves, once (+1) or back (-1).
  void post(const corrections::Parties&, const corrections::Terms&, int sign);
  void number(TradeId);
  bool may_trade(const matching::TradeExecuted&, Side, Timestamp now);
  void check_maker(const matching::TradeExecuted&);
  static Wide charge(Order&, Wide notional, bool taker);
  void settle(const matching::TradeExecuted&, Side, Timestamp now);
  void finish_step(const FeedStep&);

  Order* open_order(OrderId, std::string_view doing);
  /// Best price of what rests on a side; none: nothing does.
  std::optional<Wide> best(InstrumentId, Side) const;
  static Wide collared(Wide from, Side, std::uint32_t collar_ppm);
  Wide worst_of(const orders::PlaceOrder&) const;
  /// What must be on hold for an open order: the worst that can still become of it.
  Wide hold_of(const Order&) const;
  void compare_balances(const Shown& shown);
  void close(OrderId, Timestamp now);
  void post(AccountId, AssetId, Wide amount);
  Wide owned(AccountId, AssetId) const;
  static flows::OrderStatus status_of(const Order&);
  const Listed& listed(InstrumentId id) const { return instruments_.at(id.value - 1); }

  Findings& findings_;
  std::unordered_map<std::uint64_t, Asked> asked_;  // by the low half of the request's name
  std::unordered_map<std::uint64_t, Order> orders_;
  std::map<std::uint64_t, Order*> open_;
  std::map<std::pair<std::uint64_t, std::uint32_t>, Wide> owned_;        // account, asset
  std::map<std::pair<std::uint64_t, std::uint32_t>, Wide> short_limit_;  // account, asset
  std::map<Fingerprint, Done> placed_keys_;
  std::map<Fingerprint, Done> money_keys_;
  std::map<std::uint64_t, ledger::AccountKind> accounts_;
  std::map<std::uint64_t, std::uint64_t> owner_;     // account, user
  std::vector<std::pair<std::string, int>> assets_;  // code, scale; index = number - 1
  std::vector<Listed> instruments_;                  // index = number - 1
  std::set<std::uint64_t> blocked_;                  // account; 0: the venue
  std::optional<std::int32_t> today_;
  Sequence last_;
  Timestamp last_time_;
  std::uint64_t last_trade_ = 0;
  struct Trade {
    corrections::Parties parties;
    corrections::Terms terms;
    std::uint32_t version{};
    bool busted = false;
  };
  std::unordered_map<std::uint64_t, Trade> trades_;
  Asked* cause_ = nullptr;  // of the step under way; null: queued work
  Expected expected_;
  std::map<std::string, std::size_t> counts_;
};

}  // namespace rialto::simulation
