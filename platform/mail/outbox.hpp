// Letters that are to be sent, and what became of them, in an SQLite file of their own. Every
// change is on the disk before it returns.
//
// Not a read model, although it is filled from the log: that a letter has left the house is known
// nowhere else, so it must never be made anew. The position it has been filled to is kept in the
// same transaction as the letters, so each is added once (OUTBOX-1).
//
// An Outbox is one connection and belongs to one thread; several may share the file.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/describe/enum.hpp>

#include "core/codec.hpp"
#include "core/types.hpp"
#include "platform/sqlite/connection.hpp"

namespace rialto::mail {

BOOST_DEFINE_FIXED_ENUM_CLASS(LetterState, std::uint8_t,
                              waiting,  // for its first or next attempt
                              sent,     // the server has accepted it
                              dead,     // refused for good, or tried too often
                              dropped)  // its recipient is gone

struct NewLetter {
  std::string id;  // stable: made of its cause
  UserId recipient;
  Bytes content;  // whatever its writer needs to put it into words; no address, no plain text
};

struct Letter {
  std::uint64_t number{};  // grows; for paging
  std::string id;
  UserId recipient;
  Bytes content;  // empty once it needs no more attempts
  LetterState state{};
  std::uint32_t attempts{};
  Timestamp added;
  Timestamp next_attempt;  // waiting
  Timestamp changed;
  std::string problem;  // of the last attempt; names no address
};

class Outbox {
 public:
  /// The error is a sentence for the operator.
  static std::expected<Outbox, std::string> open(const std::string& path);

  /// Everything up to here has been looked at for letters.
  Sequence position() const { return position_; }
  /// Adds letters and moves the position, both or neither. An id that is known is passed over.
  std::expected<void, std::string> add(std::span<const NewLetter>, Sequence position,
                                       Timestamp now);

  /// Letters whose attempt is due, oldest first.
  std::vector<Letter> due(Timestamp now, std::size_t most) const;
  /// When the next one will be; none: nothing waits.
  std::optional<Timestamp> next_due() const;
  std::expected<void, std::string> note_sent(const Letter&, Timestamp now);
  std::expected<void, std::string> note_later(const Letter&, Timestamp next_attempt,
                                              const std::string& problem, Timestamp now);
  std::expected<void, std::string> note_dead(const Letter&, const std::string& problem,
                                             Timestamp now);
  std::expected<void, std::string> note_dropped(const Letter&, const std::string& why,
                                                Timestamp now);
  /// Forgets what has been sent or dropped before then.
  std::expected<void, std::string> prune(Timestamp before);

  /// Newest first, below `before` (0: from the newest).
  std::vector<Letter> list(std::optional<LetterState>, std::uint64_t before,
                           std::size_t most) const;
  std::map<LetterState, std::size_t> counts() const;

 private:
  explicit Outbox(sqlite::Connection connection) : connection_(std::move(connection)) {}
  bool prepare();
  std::expected<void, std::string> note(const Letter&, LetterState, Timestamp next_attempt,
                                        const std::string& problem, Timestamp now);

  sqlite::Connection connection_;
  sqlite::Prepared insert_;
  sqlite::Prepared set_position_;
  sqlite::Prepared due_;
  sqlite::Prepared next_due_;
  sqlite::Prepared update_;
  sqlite::Prepared prune_;
  sqlite::Prepared list_;
  sqlite::Prepared counts_;
  Sequence position_;
};

}  // namespace rialto::mail
