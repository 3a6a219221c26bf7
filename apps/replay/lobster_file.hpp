// Readers of LOBSTER's two files: messages, and the book after each message. One thread; a reader
// owns its file. Format: docs/protocols/replay.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/replay/source_file.hpp"
#include "core/types.hpp"

namespace rialto::replay {

/// The exchange's number of an order, in the order of arrival; 0 for quantity whose orders were
/// never seen.
using SourceOrderId = StrongId<struct SourceOrderIdTag, std::int64_t>;
inline constexpr SourceOrderId anonymous{0};

enum class MessageType : std::uint8_t {
  submission = 1,
  reduction = 2,
  deletion = 3,
  execution = 4,
  hidden_execution = 5,
  cross_trade = 6,
  halt = 7,
};

/// Prices in units of 0.0001 dollars, sizes in shares.
struct LobsterMessage {
  Timestamp time;  // since midnight
  MessageType type{};
  SourceOrderId order;
  Quantity size;
  Price price;
  Side side{};  // of the resting order

  /// Whether the visible book changes: messages of the other types only tell of something.
  bool changes_book() const {
    return type >= MessageType::submission && type <= MessageType::execution;
  }
};

struct VisibleLevel {
  Price price;
  Quantity size;
  friend bool operator==(const VisibleLevel&, const VisibleLevel&) = default;
};

/// The occupied levels of one row, best first.
struct BookRow {
  std::vector<VisibleLevel> bids;
  std::vector<VisibleLevel> asks;
  std::vector<VisibleLevel>& side(Side side) { return side == Side::buy ? bids : asks; }
  const std::vector<VisibleLevel>& side(Side side) const { return side == Side::buy ? bids : asks; }
};

class MessageFile {
 public:
  static Read<MessageFile> open(const std::string& path);
  /// Nothing at the end. Errors: malformed, damaged.
  Read<std::optional<LobsterMessage>> next();
  const SourceFile& source() const { return source_; }

 private:
  explicit MessageFile(SourceFile source) : source_(std::move(source)) {}
  SourceFile source_;
};

class BookFile {
 public:
  static Read<BookFile> open(const std::string& path, std::uint32_t levels);
  /// Reads the next row; false at the end. Errors: malformed (another number of levels, say),
  /// damaged.
  Read<bool> next(BookRow& row);
  const SourceFile& source() const { return source_; }

 private:
  BookFile(SourceFile source, std::uint32_t levels) : source_(std::move(source)), levels_(levels) {}
  SourceFile source_;
  std::uint32_t levels_;
};

}  // namespace rialto::replay
