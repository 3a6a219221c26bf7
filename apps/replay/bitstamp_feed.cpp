#include "apps/replay/bitstamp_feed.hpp"

#include <array>
#include <charconv>
#include <utility>

#include <simdjson.h>

#include "apps/replay/fields.hpp"

namespace rialto::replay {
namespace {

using simdjson::ondemand::value;

constexpr std::int64_t ns_per_ms = 1'000'000;
constexpr std::array<std::pair<std::string_view, FeedKind>, 5> kinds{
    {{"order_created", FeedKind::created},
     {"order_changed", FeedKind::changed},
     {"order_deleted", FeedKind::deleted},
     {"trade", FeedKind::trade},
     {"order_book", FeedKind::book}}};

std::optional<FeedKind> kind_of(std::string_view name) {
  for (const auto& [text, kind] : kinds)
    if (text == name) return kind;
  return std::nullopt;
}

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// A decimal written as a number or as text.
std::optional<std::int64_t> decimal(simdjson::simdjson_result<value> field, int scale) {
  simdjson::ondemand::json_type type;
  if (field.type().get(type) != simdjson::SUCCESS) return std::nullopt;
  std::string_view text;
  if (type == simdjson::ondemand::json_type::string) {
    if (field.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  } else if (type == simdjson::ondemand::json_type::number) {
    if (field.raw_json_token().get(text) != simdjson::SUCCESS) return std::nullopt;
  }
  return round_decimal(trimmed(text), scale);
}

bool read_order(simdjson::ondemand::document& json, FeedRecord& record) {
  // In the order in which the feed writes them, which is cheapest; any other order is found too.
  const auto price = decimal(json["price"], feed_price_decimals);
  const auto amount = decimal(json["amount"], feed_quantity_decimals);
  if (!price || !amount || *price <= 0 || *amount < 0) return false;
  record.price = {*price};
  record.quantity = {*amount};
  if (json["id"].get_int64().get(record.order) != simdjson::SUCCESS) return false;
  if (record.kind == FeedKind::trade) return true;
  std::int64_t type = 0;
  if (json["order_type"].get_int64().get(type) != simdjson::SUCCESS || (type != 0 && type != 1))
    return false;
  record.side = type == 0 ? Side::buy : Side::sell;
  return true;
}

bool read_book(simdjson::ondemand::document& json, FeedRecord& record) {
  for (const auto& [name, side] : {std::pair("bids", Side::buy), std::pair("asks", Side::sell)}) {
    simdjson::ondemand::array levels;
    if (json[name].get_array().get(levels) != simdjson::SUCCESS) return false;
    for (auto level : levels) {
      simdjson::ondemand::array pair;
      if (level.get_array().get(pair) != simdjson::SUCCESS) return false;
      std::array<std::optional<std::int64_t>, 2> numbers;
      std::size_t count = 0;
      for (auto number : pair) {
        if (count == 2) return false;
        numbers[count] = decimal(number, count == 0 ? feed_price_decimals : feed_quantity_decimals);
        ++count;
      }
      if (!numbers[0] || !numbers[1] || *numbers[0] <= 0 || *numbers[1] < 0) return false;
      record.levels.push_back({side, {*numbers[0]}, {*numbers[1]}});
    }
  }
  return true;
}

}  // namespace

struct FeedFile::Parser {
  simdjson::ondemand::parser json;
};

FeedFile::FeedFile(SourceFile source, std::unique_ptr<Parser> parser)
    : source_(std::move(source)), parser_(std::move(parser)) {}
FeedFile::FeedFile(FeedFile&&) noexcept = default;
FeedFile& FeedFile::operator=(FeedFile&&) noexcept = default;
FeedFile::~FeedFile() = default;

Read<FeedFile> FeedFile::open(const std::string& path) {
  auto file = SourceFile::open(path);
  if (!file) return std::unexpected(file.error());
  return FeedFile(std::move(*file), std::make_unique<Parser>());
}

Read<std::optional<FeedRecord>> FeedFile::next() {
  for (;;) {
    const auto line = source_.next_line();
    if (!line) return std::unexpected(line.error());
    if (!*line) return std::nullopt;
    const auto malformed = [&] {
      return std::unexpected(
          source_.malformed("expected <milliseconds> "
                            "order_created|order_changed|order_deleted|trade|order_book {…}"));
    };
    const auto first = (*line)->find(' ');
    const auto second = first == std::string_view::npos ? first : (*line)->find(' ', first + 1);
    if (second == std::string_view::npos) return malformed();
    const auto time = whole((*line)->substr(0, first));
    const auto kind = kind_of((*line)->substr(first + 1, second - first - 1));
    if (!time || !kind || *time < 0 || *time > INT64_MAX / ns_per_ms) return malformed();
    if (*kind == FeedKind::book && std::exchange(book_read_, true)) continue;

    FeedRecord record;
    record.time = {*time * ns_per_ms};
    record.kind = *kind;
    const simdjson::padded_string text((*line)->substr(second + 1));
    simdjson::ondemand::document json;
    if (parser_->json.iterate(text).get(json) != simdjson::SUCCESS) return malformed();
    if (!(*kind == FeedKind::book ? read_book(json, record) : read_order(json, record)))
      return malformed();
    return record;
  }
}

}  // namespace rialto::replay
