// Turns one LOBSTER message after the other into commands for the venue, and keeps the venue's
// queues those of the record. Invariants (REPLAY-n) and the reasons behind each rule:
// docs/protocols/replay.md.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "apps/replay/lobster_file.hpp"
#include "apps/replay/seen_book.hpp"
#include "apps/replay/trial_venue.hpp"

namespace rialto::replay {

class LobsterDriver {
 public:
  explicit LobsterDriver(std::uint32_t levels);

  /// Starts from the book after the first message.
  void seed(const LobsterMessage& first, const BookRow& row);
  /// Sends what the message tells of. The venue's book is then as its own rules left it.
  void apply(const LobsterMessage&);
  /// Whether the venue's book is the row. A level that comes into view as the last one, when the
  /// message emptied another, is taken from the row: no message tells of it.
  bool matches(const BookRow&);
  /// Makes the venue's queues those of the record again, for the next message; after matches(), so
  /// that no repair makes a row equal. `row`: the present one, if the book is known.
  void repair(const BookRow* row, bool row_equal);

  std::uint64_t executions() const { return executions_; }
  std::uint64_t executions_checked() const { return executions_checked_; }
  std::uint64_t executions_maker_equal() const { return executions_maker_equal_; }
  std::uint64_t corrections() const { return corrections_; }
  const TrialVenue& venue() const { return venue_; }
  /// The first command that the venue refused; the replay cannot go on behind it.
  std::optional<Rejection> refusal() const { return refusal_; }

 private:
  void submit(const LobsterMessage&);
  void shrink(const LobsterMessage&);
  void execute(const LobsterMessage&);
  void drop_crossed(const LobsterMessage&);

  OrderId place(Side, Price, Quantity, orders::TimeInForce = orders::TimeInForce::gtc);
  void withdraw(SeenOrder&);
  void re_enter(Side, Price, SeenLevel&, std::size_t from);
  void settle(Side, Price);
  void add_anonymous(Side, VisibleLevel);
  void drop_levels_behind(Side, Price last_visible);
  void take_over(const BookRow&);
  bool visible_is(Side, const std::vector<VisibleLevel>& row);

  std::uint32_t levels_;
  TrialVenue venue_;
  InstrumentId instrument_;
  SeenBook seen_;
  std::vector<std::pair<Side, Price>>
      touched_;  // levels that the message may have left to be settled
  std::optional<std::pair<Side, Price>> emptied_;  // the level that the message emptied
  bool corrected_ = false;                         // in this row
  std::vector<VisibleLevel> visible_;              // scratch
  std::optional<Rejection> refusal_;
  std::uint64_t executions_ = 0;
  std::uint64_t executions_checked_ = 0;
  std::uint64_t executions_maker_equal_ = 0;
  std::uint64_t corrections_ = 0;
};

}  // namespace rialto::replay
