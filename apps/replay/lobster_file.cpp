#include "apps/replay/lobster_file.hpp"

#include <fmt/format.h>

#include "apps/replay/fields.hpp"

namespace rialto::replay {
namespace {

constexpr int nanosecond_decimals = 9;

/// What is wrong with a message that changes the book; nothing when all is well.
std::optional<std::string_view> fault(const LobsterMessage& message, std::int64_t direction) {
  if (message.order.value <= 0) return "the order id must be positive";
  if (message.size.value <= 0) return "the size must be positive";
  if (message.price.value <= 0) return "the price must be positive";
  if (direction != 1 && direction != -1) return "the direction must be 1 or -1";
  return std::nullopt;
}

}  // namespace

Read<MessageFile> MessageFile::open(const std::string& path) {
  auto file = SourceFile::open(path);
  if (!file) return std::unexpected(file.error());
  return MessageFile(std::move(*file));
}

Read<std::optional<LobsterMessage>> MessageFile::next() {
  const auto line = source_.next_line();
  if (!line) return std::unexpected(line.error());
  if (!*line) return std::nullopt;
  Fields fields(**line);
  const auto time = round_decimal(fields.text(), nanosecond_decimals);
  const auto type = fields.number();
  const auto order = fields.number();
  const auto size = fields.number();
  const auto price = fields.number();
  const auto direction = fields.number();
  if (!time || !type || !order || !size || !price || !direction || !fields.complete())
    return std::unexpected(
        source_.malformed("expected six numbers: time, type, order id, size, price, direction"));
  if (*type < 1 || *type > 7)
    return std::unexpected(source_.malformed(fmt::format("unknown message type {}", *type)));
  const LobsterMessage message{{*time},  static_cast<MessageType>(*type),         {*order}, {*size},
                               {*price}, *direction == 1 ? Side::buy : Side::sell};
  if (message.changes_book())
    if (const auto what = fault(message, *direction))
      return std::unexpected(source_.malformed(*what));
  return message;
}

Read<BookFile> BookFile::open(const std::string& path, std::uint32_t levels) {
  auto file = SourceFile::open(path);
  if (!file) return std::unexpected(file.error());
  return BookFile(std::move(*file), levels);
}

Read<bool> BookFile::next(BookRow& row) {
  row.bids.clear();
  row.asks.clear();
  const auto line = source_.next_line();
  if (!line) return std::unexpected(line.error());
  if (!*line) return false;
  Fields fields(**line);
  for (std::uint32_t level = 0; level < levels_; ++level) {
    for (const Side side : {Side::sell, Side::buy}) {
      const auto price = fields.number();
      const auto size = fields.number();
      if (!price || !size || *size < 0)
        return std::unexpected(source_.malformed(fmt::format(
            "expected {} levels of ask price, ask size, bid price, bid size", levels_)));
      if (*size == 0) continue;  // no such level
      std::vector<VisibleLevel>& levels = row.side(side);
      const std::int64_t behind = levels.empty() ? 0 : *price - levels.back().price.value;
      if (*price <= 0 || (side == Side::buy ? behind > 0 : behind < 0) ||
          (behind == 0 && !levels.empty()))
        return std::unexpected(
            source_.malformed("the levels must go from the best price to the worst"));
      levels.push_back({{*price}, {*size}});
    }
  }
  if (!fields.complete())
    return std::unexpected(source_.malformed(fmt::format("more than {} levels", levels_)));
  return true;
}

}  // namespace rialto::replay
