// What is over: closed orders and trades, in an embedded SQLite database. A read model: computed
// from the log alone, so it may be deleted at any time and is rebuilt from there.
//
// Owned by the replica and used on its thread only; reads see everything recorded before, flushed
// or not.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "contexts/corrections/contract.hpp"
#include "contexts/matching/contract.hpp"
#include "contexts/orders/orders.hpp"
#include "contexts/portfolio/contract.hpp"
#include "core/types.hpp"
#include "flows/commands.hpp"

namespace rialto::projections {

/// An order with what its owner may know of it.
struct OrderRecord {
  orders::Order order;
  orders::ClientOrderId client_order_id;
  flows::OrderStatus status{};
  std::optional<orders::CancelReason> reason;
  Timestamp updated;
  Sequence sequence;  // of the event that closed it; of the newest event known while open
  portfolio::Assignment assignment{};  // not kept here: whoever shows it asks Holdings
};

struct TradeRecord {
  matching::TradeExecuted trade;
  Timestamp time;
  Sequence sequence;
};

/// What an administrator did to a trade; an entered one begins with that.
struct TradeChange {
  using Event = std::variant<corrections::TradeEntered, corrections::TradeCorrected,
                             corrections::TradeBusted>;
  Event event;
  Timestamp time;
  Sequence sequence;
};

/// Which rows a list shows: newest first, older than `before` (0: from the newest), `limit` at
/// most.
struct Page {
  std::uint64_t before = 0;
  std::size_t limit = 100;
};
struct OrderFilter {
  std::optional<AccountId> account;
  std::optional<InstrumentId> instrument;
};

class History {
 public:
  /// Opens or makes the database. The error is SQLite's text.
  static std::expected<std::unique_ptr<History>, std::string> open(const std::string& path);
  ~History();

  /// Everything up to here is in the database. After a power cut it may be less again, but never
  /// less than what was made durable.
  Sequence flushed() const { return flushed_; }
  /// Forgets everything, before a rebuild.
  void clear();

  void record(const OrderRecord&);
  void record(const TradeRecord&);
  void record(const TradeChange&);
  /// Ends the transaction: all that was recorded is in the database, as of `position`, and stays
  /// there when the program is killed. After an error the database stays at the old position for
  /// good, and the next start continues from there.
  std::expected<void, std::string> flush(Sequence position);
  /// flush(), and after a power cut it is still there: before a snapshot that relies on it.
  std::expected<void, std::string> make_durable(Sequence position);
  std::size_t pending() const { return pending_; }

  std::optional<OrderRecord> order(OrderId) const;
  std::vector<OrderRecord> orders(const OrderFilter&, Page) const;
  std::optional<TradeRecord> trade(TradeId) const;
  std::vector<TradeRecord> trades(const OrderFilter&, Page) const;
  /// Oldest first.
  std::vector<TradeChange> changes(TradeId) const;

 private:
  struct Database;
  explicit History(std::unique_ptr<Database>);
  void note(int result);
  std::unique_ptr<Database> database_;
  Sequence flushed_;
  std::size_t pending_ = 0;
  std::optional<std::string> failure_;
};

}  // namespace rialto::projections
