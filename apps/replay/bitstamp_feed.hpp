// Reader of the order-level feed: one JSON object a line, behind a time and a kind. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/replay/source_file.hpp"
#include "core/types.hpp"

namespace rialto::replay {

/// Prices in cents, quantities in units of 10^-8.
inline constexpr int feed_price_decimals = 2;
inline constexpr int feed_quantity_decimals = 8;

enum class FeedKind : std::uint8_t { created, changed, deleted, trade, book };

struct FeedLevel {
  Side side{};
  Price price;
  Quantity quantity;
};

struct FeedRecord {
  Timestamp time;
  FeedKind kind{};
  std::int64_t order{};  // the trade's number in a trade
  Side side{};           // not in a trade
  Price price;
  Quantity quantity;              // what is left of the order
  std::vector<FeedLevel> levels;  // of a book; only the first book of a feed is read
};

class FeedFile {
 public:
  static Read<FeedFile> open(const std::string& path);
  FeedFile(FeedFile&&) noexcept;
  FeedFile& operator=(FeedFile&&) noexcept;
  ~FeedFile();
  /// Nothing at the end. Errors: malformed, damaged.
  Read<std::optional<FeedRecord>> next();
  const SourceFile& source() const { return source_; }

 private:
  struct Parser;
  FeedFile(SourceFile source, std::unique_ptr<Parser> parser);
  SourceFile source_;
  std::unique_ptr<Parser> parser_;
  bool book_read_ = false;
};

}  // namespace rialto::replay
