#include "apps/replay/lobster_replay.hpp"

#include <chrono>

#include <fmt/format.h>

#include "apps/replay/lobster_driver.hpp"

namespace rialto::replay {
namespace {

constexpr std::uint64_t rows_between_progress = 4096;

/// The row after the message just read; the two files go in step.
Read<bool> next_row(const MessageFile& messages, BookFile* book, BookRow& row) {
  if (!book) return false;
  const auto got = book->next(row);
  if (got && !*got)
    return std::unexpected(
        messages.source().malformed("the order book file ends before this message"));
  return got;
}

}  // namespace

Read<LobsterReport> replay_lobster(const LobsterOptions& options,
                                   const std::function<void(double)>& progress) {
  const auto start = std::chrono::steady_clock::now();
  auto messages = MessageFile::open(options.messages);
  if (!messages) return std::unexpected(messages.error());
  std::optional<BookFile> book;
  if (options.orderbook) {
    auto opened = BookFile::open(*options.orderbook, options.levels);
    if (!opened) return std::unexpected(opened.error());
    book = std::move(*opened);
  }

  LobsterReport report;
  LobsterDriver driver(options.levels);
  BookRow row;
  for (;; ++report.rows) {
    const auto message = messages->next();
    if (!message) return std::unexpected(message.error());
    if (!*message) break;
    const auto known = next_row(*messages, book ? &*book : nullptr, row);
    if (!known) return std::unexpected(known.error());
    if (*known && report.rows == 0) {
      driver.seed(**message, row);
    } else {
      driver.apply(**message);
      const bool equal = *known && driver.matches(row);
      report.rows_checked += *known;
      report.rows_equal += equal;
      if (*known && !equal && report.first_unequal_row == 0)
        report.first_unequal_row = messages->source().line();
      driver.repair(*known ? &row : nullptr, equal);
    }
    if (const auto refusal = driver.refusal())
      return std::unexpected(messages->source().problem(
          InputError::refused, fmt::format("the venue refused the order: {}", refusal->code)));
    if (report.rows % rows_between_progress == 0) progress(messages->source().fraction());
  }
  if (report.rows == 0) return std::unexpected(messages->source().malformed("there is no message"));
  if (book) {
    const auto more = book->next(row);
    if (!more) return std::unexpected(more.error());
    if (*more) return std::unexpected(book->source().malformed("there is no message for this row"));
  }
  report.executions = driver.executions();
  report.executions_checked = driver.executions_checked();
  report.executions_maker_equal = driver.executions_maker_equal();
  report.corrections = driver.corrections();
  report.broken_invariant = driver.venue().broken_invariant();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace rialto::replay
