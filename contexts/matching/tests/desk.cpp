#include "contexts/matching/tests/desk.hpp"

#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

namespace rialto::matching {
namespace {

constexpr const char* verbs[] = {"enter", "cancel", "shrink", "amend", "activate", "reload"};
constexpr const char* preventions[] = {"none", "newest", "oldest", "both", "decrement"};

template <std::size_t N>
std::size_t position(const char* const (&names)[N], std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (name == names[i]) return i;
  throw std::invalid_argument("no such word: " + std::string(name));
}

void read_option(Command& command, const std::string& word) {
  EnterOrder& order = command.order;
  const auto equals = word.find('=');
  const std::string key = word.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
  if (key == "ioc")
    order.time_in_force = TimeInForce::ioc;
  else if (key == "fok")
    order.time_in_force = TimeInForce::fok;
  else if (key == "market")
    order.market = true;
  else if (key == "post")
    order.post_only = true;
  else if (key == "display")
    order.display = {std::stoll(value)};
  else if (key == "stop")
    command.stop = {std::stoll(value)};
  else if (key == "on")
    order.instrument = {static_cast<std::uint32_t>(std::stoul(value))};
  else if (key == "stp")
    order.self_trade_prevention = SelfTradePrevention(position(preventions, value));
  else
    throw std::invalid_argument("no such option: " + word);
}

}  // namespace

Command parse(std::string_view line) {
  std::istringstream in{std::string(line)};
  std::string word;
  in >> word;
  Command command{.verb = Verb(position(verbs, word)), .order = {}, .stop = {}};
  EnterOrder& order = command.order;
  order.instrument = {1};
  char at = 0;
  if (command.verb == Verb::activate) in >> order.quantity.value;
  if (command.verb == Verb::activate || command.verb == Verb::reload) return command;
  in >> order.order.value;
  if (command.verb == Verb::shrink) in >> order.quantity.value;
  if (command.verb == Verb::amend) in >> order.quantity.value >> at >> order.limit.value;
  if (command.verb != Verb::enter) return command;
  char account = 0;
  in >> account >> word >> order.quantity.value >> at >> order.limit.value;
  order.account = {static_cast<std::uint64_t>(account - 'A' + 1)};
  order.side = word == "buy" ? Side::buy : Side::sell;
  while (in >> word) read_option(command, word);
  return command;
}

std::string to_text(const Command& command) {
  const EnterOrder& order = command.order;
  std::string text = verbs[static_cast<std::size_t>(command.verb)];
  if (command.verb == Verb::reload) return text;
  if (command.verb == Verb::activate) return text + fmt::format(" {}", order.quantity.value);
  text += fmt::format(" {}", order.order.value);
  if (command.verb == Verb::cancel) return text;
  if (command.verb == Verb::shrink) return text + fmt::format(" {}", order.quantity.value);
  const auto size = fmt::format(" {}@{}", order.quantity.value, order.limit.value);
  if (command.verb == Verb::amend) return text + size;
  text += fmt::format(" {} {}{}", static_cast<char>('A' + order.account.value - 1),
                      order.side == Side::buy ? "buy" : "sell", size);
  if (order.time_in_force == TimeInForce::ioc) text += " ioc";
  if (order.time_in_force == TimeInForce::fok) text += " fok";
  if (order.market) text += " market";
  if (order.post_only) text += " post";
  if (order.display.value != 0) text += fmt::format(" display={}", order.display.value);
  if (command.stop.value != 0) text += fmt::format(" stop={}", command.stop.value);
  if (order.instrument.value != 1) text += fmt::format(" on={}", order.instrument.value);
  if (order.self_trade_prevention != SelfTradePrevention::none)
    text +=
        fmt::format(" stp={}", preventions[static_cast<std::size_t>(order.self_trade_prevention)]);
  return text;
}

std::string to_text(const Fill& fill) {
  return fmt::format("trade {} {} {}@{} of {} ({} with {})\n", fill.taker.value,
                     fill.taker_side == Side::buy ? "buys" : "sells", fill.quantity.value,
                     fill.price.value, fill.maker.value,
                     static_cast<char>('A' + fill.taker_account.value - 1),
                     static_cast<char>('A' + fill.maker_account.value - 1));
}

std::string to_text(const Cancellation& gone) {
  return fmt::format("cancel {} leaving {}: {}\n", gone.order.value, gone.remaining.value,
                     boost::describe::enum_to_string(gone.reason, "?"));
}

std::string to_text(const Reduction& reduction) {
  return fmt::format("reduce {} by {}\n", reduction.order.value, reduction.by.value);
}

std::string to_text(const OrderProcessed& processed) {
  if (processed.outcome == Outcome::done) return fmt::format("done {}\n", processed.order.value);
  const auto hides = processed.display.value == 0
                         ? std::string{}
                         : fmt::format(" showing {}", processed.display.value);
  return fmt::format("{} {} {}@{}{}\n", processed.outcome == Outcome::resting ? "rest" : "wait",
                     processed.order.value, processed.remaining.value, processed.price.value,
                     hides);
}

}  // namespace rialto::matching
