#include "apps/replay/kraken.hpp"

#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "apps/replay/fields.hpp"
#include "apps/replay/trial_venue.hpp"

namespace rialto::replay {
namespace {

struct NewOrder {
  std::int64_t user{};
  std::string symbol;
  Price price;  // 0: market
  Quantity quantity;
  Side side{};
  std::int64_t reference{};
};

std::optional<NewOrder> parse_new(Fields& fields) {
  NewOrder order;
  const auto user = fields.number();
  order.symbol = fields.text();
  const auto price = fields.number();
  const auto quantity = fields.number();
  const std::string_view side = fields.text();
  const auto reference = fields.number();
  if (!user || order.symbol.empty() || !price || *price < 0 || !quantity || *quantity <= 0 ||
      (side != "B" && side != "S") || !reference || !fields.complete())
    return std::nullopt;
  order.user = *user;
  order.price = {*price};
  order.quantity = {*quantity};
  order.side = side == "B" ? Side::buy : Side::sell;
  order.reference = *reference;
  return order;
}

/// One scenario: a venue of its own, and what it said.
class KrakenDriver {
 public:
  /// Nothing, or why the venue cannot express the order at all.
  std::optional<Rejection> enter(const NewOrder& order) {
    if (!instruments_.contains(order.symbol)) {
      const auto listed = venue_.list(order.symbol, 0, 0);
      if (!listed) return listed.error();
      instruments_[order.symbol] = *listed;
    }
    const InstrumentId instrument = instruments_[order.symbol];
    const auto report = venue_.place(
        {instrument, order.side, order.price, order.quantity, orders::TimeInForce::gtc, true});
    const bool accepted = report && report->status == flows::OrderStatus::pending;
    say(accepted ? 'A' : 'R', order.user, order.reference);
    if (!accepted) return std::nullopt;
    orders_[{order.user, order.reference}] = report->order;
    say_best(instrument);
    return std::nullopt;
  }

  void cancel(std::int64_t user, std::int64_t reference) {
    const auto found = orders_.find({user, reference});
    const orders::Order* order =
        found == orders_.end() ? nullptr : venue_.state().orders.order(found->second);
    if (!order) return say('R', user, reference);
    const InstrumentId instrument = order->instrument;
    const bool cancelled = venue_.cancel(order->id).has_value();
    say(cancelled ? 'A' : 'R', user, reference);
    say_best(instrument);
  }

  Scenario output;

 private:
  void say(char answer, std::int64_t user, std::int64_t reference) {
    output.push_back(fmt::format("{},{},{}", answer, user, reference));
  }

  void say_best(InstrumentId instrument) {
    for (const Side side : {Side::buy, Side::sell}) {
      std::string line = fmt::format("B,{},-,-", side == Side::buy ? 'B' : 'S');
      venue_.state().matching.levels(
          instrument, side, 1, [&](Price price, Quantity quantity, std::size_t) {
            line = fmt::format("B,{},{},{}", side == Side::buy ? 'B' : 'S', price.value,
                               quantity.value);
          });
      std::string& last = best_[instrument][static_cast<std::size_t>(side)];
      const bool was_empty_and_is = last.empty() && line.ends_with("-,-");
      if (line == last || was_empty_and_is) continue;
      output.push_back(line);
      last = line;
    }
  }

  TrialVenue venue_;
  std::map<std::string, InstrumentId> instruments_;
  std::map<std::pair<std::int64_t, std::int64_t>, OrderId> orders_;  // by user and the user's id
  std::map<InstrumentId, std::array<std::string, 2>> best_;          // as last said, by side
};

/// Takes one line that is no comment. False: it is not of the format. F, which ends a scenario, is
/// the caller's.
std::expected<bool, Rejection> take(KrakenDriver& driver, Fields fields) {
  const std::string_view kind = fields.text();
  if (kind == "N") {
    const auto order = parse_new(fields);
    if (!order) return false;
    if (const auto refusal = driver.enter(*order)) return std::unexpected(*refusal);
    return true;
  }
  if (kind != "C") return false;
  const auto user = fields.number();
  const auto reference = fields.number();
  if (!user || !reference || !fields.complete()) return false;
  driver.cancel(*user, *reference);
  return true;
}

std::vector<Scenario> scenarios_of(const std::vector<std::string>& lines) {
  std::vector<Scenario> scenarios;
  for (const std::string& line : lines) {
    if (line.starts_with("#name:")) scenarios.emplace_back();
    if (line.empty() || line.starts_with('#')) continue;
    if (scenarios.empty()) scenarios.emplace_back();
    scenarios.back().push_back(line);
  }
  return scenarios;
}

}  // namespace

Read<std::vector<Scenario>> kraken_outputs(const std::string& input) {
  auto file = SourceFile::open(input);
  if (!file) return std::unexpected(file.error());
  std::vector<Scenario> outputs;
  std::optional<KrakenDriver> driver;
  for (;;) {
    const auto text = file->next_line();
    if (!text) return std::unexpected(text.error());
    const std::string_view line = *text ? trimmed(**text) : std::string_view("F");
    if (line.empty() || line.starts_with('#')) continue;
    if (line == "F") {
      if (driver) outputs.push_back(std::move(driver->output));
      driver.reset();
      if (!*text) return outputs;
      continue;
    }
    if (!driver) driver.emplace();
    const auto taken = take(*driver, Fields(line));
    if (!taken)
      return std::unexpected(file->problem(
          InputError::refused, fmt::format("the venue refused the order: {}", taken.error().code)));
    if (!*taken)
      return std::unexpected(file->malformed(
          "expected N, <user>, <symbol>, <price>, <quantity>, B|S, <id> or C, <user>, <id> or F"));
  }
}

Read<KrakenReport> check_kraken(const std::string& input, const std::string& expected) {
  const auto outputs = kraken_outputs(input);
  if (!outputs) return std::unexpected(outputs.error());
  const auto lines = read_lines(expected);
  if (!lines) return std::unexpected(lines.error());
  const std::vector<Scenario> wanted = scenarios_of(*lines);
  KrakenReport report;
  report.scenarios = outputs->size();
  report.without_input = wanted.size() > outputs->size() ? wanted.size() - outputs->size() : 0;
  for (std::size_t i = 0; i < outputs->size(); ++i) {
    const auto difference =
        first_difference(i < wanted.size() ? wanted[i] : Scenario{}, (*outputs)[i]);
    report.equal += !difference;
    if (difference && !report.difference) {
      report.difference = difference;
      report.first_unequal = i + 1;
    }
  }
  return report;
}

}  // namespace rialto::replay
