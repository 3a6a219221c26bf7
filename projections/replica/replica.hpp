// The one replica: folds the durable log once and serves every read from it.
//
// Lives on one thread of its own. Everything it shows is durable, because it is only ever given
// durable frames. Its position is the newest event it has folded.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "flows/venue.hpp"
#include "projections/follower.hpp"
#include "projections/history/history.hpp"

namespace rialto::projections {

class Replica {
 public:
  /// `history` may be null: tools that need only the state.
  /// `followers` outlive it.
  explicit Replica(std::unique_ptr<History> history, std::vector<Follower*> followers = {});

  /// Folds one event. False where it is unknown or malformed: the log must be refused.
  bool fold(EventType type, ByteView payload, Sequence sequence, Timestamp now);

  /// Folds whole frames; the event that is unknown or malformed, if there is one.
  std::optional<Sequence> fold_frames(ByteView frames);

  /// Takes over a recovered state that has folded everything up to `position`.
  void adopt(flows::Venue&& venue, Sequence position, Timestamp now);

  /// What the history and the followers have not kept yet, of the one that has the most.
  std::size_t pending() const;
  /// The least that all of them have kept.
  Sequence kept() const;
  /// They keep everything folded so far; `durably`: through a power cut too. The error names the
  /// one that failed; it is left out from then on, and kept() stays where it is.
  std::expected<void, std::string> store(bool durably);

  const flows::Venue& venue() const { return venue_; }
  Sequence position() const { return position_; }
  Timestamp now() const { return now_; }
  History* history() const { return history_.get(); }

  /// An open or closed order. Null option: no such order.
  std::optional<OrderRecord> order(OrderId) const;
  /// Newest first; open and closed ones in one list.
  std::vector<OrderRecord> orders(AccountId, std::optional<InstrumentId>, Page) const;

 private:
  struct Following {
    Follower* follower;
    Sequence knew;        // before the first event behind the restored state
    bool failed = false;  // to store
  };
  static Following following(Follower*);

  void fold_event(const flows::AnyEvent&, Sequence, Timestamp now);
  void before(const matching::TradeExecuted&);
  void before(const matching::OrderCancelled&);
  void before(const corrections::TradeEntered&);
  void before(const corrections::TradeCorrected&);
  void before(const corrections::TradeBusted&);
  void close(const orders::Order&, flows::OrderStatus, std::optional<orders::CancelReason>);

  flows::Venue venue_;
  Sequence position_;
  Timestamp now_;
  std::unique_ptr<History> history_;
  bool history_failed_ = false;
  std::vector<Following> followers_;
};

}  // namespace rialto::projections
