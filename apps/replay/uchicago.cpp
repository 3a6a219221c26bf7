#include "apps/replay/uchicago.hpp"

#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include "apps/replay/fields.hpp"
#include "apps/replay/trial_venue.hpp"

namespace rialto::replay {
namespace {

struct Line {
  std::string_view symbol;
  bool add{};
  Side side{};
  Quantity quantity;
  Price price;
  std::int64_t reference{};
};

std::optional<Line> parse(std::string_view text) {
  Fields fields(text);
  if (fields.text() != "I") return std::nullopt;
  Line line;
  line.symbol = fields.text();
  const std::string_view action = fields.text();
  const std::string_view side = fields.text();
  const auto quantity = fields.number();
  const auto price = fields.number();
  const auto reference = fields.number();
  if (line.symbol.empty() || (action != "A" && action != "C") || (side != "B" && side != "S") ||
      !quantity || !price || !reference || !fields.complete())
    return std::nullopt;
  line.add = action == "A";
  line.side = side == "B" ? Side::buy : Side::sell;
  line.quantity = {*quantity};
  line.price = {*price};
  line.reference = *reference;
  return line;
}

class UchicagoDriver {
 public:
  std::expected<void, Rejection> take(std::uint64_t number, const Line& line) {
    return line.add ? add(number, line) : cancel(number, line);
  }
  std::vector<std::string> actions;

 private:
  struct Listed {
    InstrumentId instrument;
    std::unordered_map<std::int64_t, OrderId>
        orders;  // by the file's reference, the latest of each
  };

  std::expected<void, Rejection> add(std::uint64_t number, const Line& line) {
    auto at = listed_.find(line.symbol);
    if (at == listed_.end()) {
      const auto instrument = venue_.list(std::string(line.symbol), 0, 0);
      if (!instrument) return std::unexpected(instrument.error());
      at = listed_.emplace(line.symbol, Listed{*instrument, {}}).first;
    }
    const auto report = venue_.place({at->second.instrument, line.side, line.price, line.quantity});
    if (!report) return std::unexpected(report.error());
    for (const auto& trade : venue_.trades()) {
      const OrderId resting = line.side == Side::buy ? trade.sell_order : trade.buy_order;
      report_action(number, "EXECUTE", references_[resting.value], trade.price, trade.quantity);
    }
    references_[report->order.value] = line.reference;
    at->second.orders[line.reference] = report->order;
    if (const Quantity rest = venue_.remaining(report->order); rest.value > 0)
      report_action(number, line.side == Side::buy ? "BOOKED_BUY" : "BOOKED_SELL", line.reference,
                    line.price, rest);
    return {};
  }

  /// Takes as much as is left; an order that is not in that side's book is unknown, and says
  /// nothing.
  std::expected<void, Rejection> cancel(std::uint64_t number, const Line& line) {
    const auto at = listed_.find(line.symbol);
    if (at == listed_.end()) return {};
    const auto found = at->second.orders.find(line.reference);
    const orders::Order* order =
        found == at->second.orders.end() ? nullptr : venue_.state().orders.order(found->second);
    if (!order || order->side != line.side) return {};
    const Quantity taken = std::min(line.quantity, order->remaining);
    const Price price = order->price;
    if (taken.value <= 0) return {};
    const auto report =
        taken == order->remaining ? venue_.cancel(order->id) : venue_.reduce(order->id, taken);
    if (!report) return std::unexpected(report.error());
    report_action(number, line.side == Side::buy ? "CANCEL_BUY" : "CANCEL_SELL", line.reference,
                  price, taken);
    return {};
  }

  void report_action(std::uint64_t number, std::string_view action, std::int64_t reference,
                     Price price, Quantity quantity) {
    actions.push_back(
        fmt::format("{},{},{},{},{}", number, action, reference, price.value, quantity.value));
  }

  TrialVenue venue_;
  std::map<std::string, Listed, std::less<>> listed_;           // by symbol
  std::unordered_map<std::uint64_t, std::int64_t> references_;  // by the venue's order
};

}  // namespace

Read<std::vector<std::string>> uchicago_actions(const std::string& orders) {
  auto file = SourceFile::open(orders);
  if (!file) return std::unexpected(file.error());
  UchicagoDriver driver;
  for (std::uint64_t number = 0;; ++number) {
    const auto text = file->next_line();
    if (!text) return std::unexpected(text.error());
    if (!*text) return std::move(driver.actions);
    if (trimmed(**text).empty()) continue;
    const auto line = parse(**text);
    if (!line)
      return std::unexpected(
          file->malformed("expected I,<symbol>,A|C,B|S,<quantity>,<price>,<order id>"));
    const auto done = driver.take(number, *line);
    if (!done)
      return std::unexpected(file->problem(
          InputError::refused, fmt::format("the venue refused the order: {}", done.error().code)));
  }
}

Read<GoldenReport> check_uchicago(const std::string& orders, const std::string& expected) {
  const auto wanted = read_lines(expected);
  if (!wanted) return std::unexpected(wanted.error());
  const auto actions = uchicago_actions(orders);
  if (!actions) return std::unexpected(actions.error());
  return GoldenReport{wanted->size(), first_difference(*wanted, *actions)};
}

}  // namespace rialto::replay
